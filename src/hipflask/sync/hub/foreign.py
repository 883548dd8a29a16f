"""What writers in the database itself leave to us: when they wrote, and the documents of texts that they replaced.

psql keeps no marks. So a row that it updated gets them from the sequencer: each changed column was written when the trigger ran, and
after whatever it replaced. Of what psql only inserted or deleted nothing is kept, unless a replica had written the row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .. import texts
from ..clock import Stamp
from ..merge import Marks
from . import marks
from .database import Connection
from .layout import SCHEMA
from .outbox import Touched
from .tables import HubTable

NOBODY = ""


def write_marks(connection: Connection, table: HubTable, rows: Mapping[str, Touched]) -> None:
    """Write down when somebody else wrote these rows, and bring the documents of their texts to what they read now."""
    written = {key: touched for key, touched in rows.items() if touched.foreign_kinds}
    if not written:
        return
    with connection.cursor() as cursor:
        known = marks.read(cursor, table.number, written)
        new = {
            key: marked(known.get(key), touched, table)
            for key, touched in written.items()
            if key in known or touched.foreign_kinds == {"u"}
        }
        marks.write(cursor, table.number, new, known)
    texts_of = {
        name: [key for key, touched in written.items() if name in table.changed(touched.foreign_mask)]
        for name in table.texts
    }
    for name, keys in texts_of.items():
        if keys:
            _replace_text(connection, table, name, keys)


def marked(old: Marks | None, touched: Touched, table: HubTable) -> Marks:
    """A row's marks after somebody else has written it."""
    old = old or Marks()
    newest = max(
        [stamp[0] for stamp in (old.born, old.gone, *old.columns.values()) if stamp is not None], default=0
    )
    after: Stamp = max(touched.foreign_at, newest + 1), NOBODY
    if "i" in touched.foreign_kinds:
        return Marks(born=after, gone=old.gone)
    if "d" in touched.foreign_kinds:
        return Marks(gone=after)
    changed = [
        name
        for name in table.changed(touched.foreign_mask)
        if name in table.forms and name not in table.key_columns
    ]
    return Marks(
        old.born,
        {**old.columns, **{name: _after(old.of(name), touched.foreign_at) for name in changed}},
        old.gone,
    )


def drop_documents(connection: Connection, table: HubTable, keys: Collection[str]) -> None:
    """Forget the documents of rows that are gone."""
    if table.texts and keys:
        connection.execute(
            f'DELETE FROM {SCHEMA}.document d USING unnest(%s::text[]) AS k (key) WHERE d."table" = %s AND d.key = k.key '
            f"AND NOT EXISTS (SELECT 1 FROM {table.sql} t WHERE {table.key.find('t', 'k.key')})",
            (list(keys), table.number),
            prepare=False,
        )


def _after(stored: Stamp | None, at: int) -> Stamp:
    return (at if stored is None else max(at, stored[0] + 1)), NOBODY


def _replace_text(connection: Connection, table: HubTable, name: str, keys: list[str]) -> None:
    """Somebody wrote the text without its document, which is now edited to read the same."""
    found = connection.execute(
        f"SELECT d.key, d.state, {table.forms[name].of(name, 't')} FROM {SCHEMA}.document d "
        f"JOIN {table.sql} t ON {table.key.find('t', 'd.key')} "
        'WHERE d."table" = %s AND d."column" = %s AND d.key = ANY(%s)',
        (table.number, name, keys),
        prepare=False,
    ).fetchall()
    for key, state, text in found:
        connection.execute(
            f'UPDATE {SCHEMA}.document SET state = %s WHERE "table" = %s AND key = %s AND "column" = %s',
            (texts.edited(bytes(state), text or "")[0], table.number, key, name),
        )
