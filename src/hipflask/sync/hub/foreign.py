"""What writers in the database itself leave to us: when they wrote, and the documents of texts that they replaced.

psql keeps no marks. So a row that it updated gets them from the sequencer: each changed column was written when the trigger ran, and
after whatever it replaced. Of what psql only inserted or deleted nothing is kept, unless a replica had written the row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from .. import texts
from ..clock import Stamp
from ..merge import Marks
from . import marks
from .arrays import array
from .database import Connection
from .layout import SCHEMA
from .outbox import Touched
from .tables import HubTable

NOBODY = ""
_UPDATE = frozenset("u")

_encode = msgspec.json.Encoder().encode

# Each column when it was written, and later than whatever was there.
_UPDATED = f"""
    INSERT INTO {SCHEMA}.marks AS m ("table", key, columns)
    SELECT %s, key, columns::jsonb FROM unnest(%s::text[], %s::text[]) AS new (key, columns) ORDER BY key
    ON CONFLICT ("table", key) DO UPDATE SET columns = m.columns || (
        SELECT jsonb_object_agg(name, jsonb_build_array(
            greatest((stamp ->> 0)::bigint, coalesce((m.columns -> name ->> 0)::bigint, m.born) + 1), '{NOBODY}'))
        FROM jsonb_each(excluded.columns) AS each (name, stamp))"""


def write_marks(connection: Connection, table: HubTable, rows: Mapping[str, Touched]) -> None:
    """Write down when somebody else wrote these rows, and bring the documents of their texts to what they read now."""
    written = {key: touched for key, touched in rows.items() if touched.foreign_kinds}
    if not written:
        return
    _mark_updated(connection, table, written)
    others = [key for key, touched in written.items() if touched.foreign_kinds != _UPDATE]
    if others:
        with connection.cursor() as cursor:
            known = marks.read(cursor, table.number, others)
            new = {key: marked(old, written[key]) for key, old in known.items()}
            marks.write(cursor, table.number, new, known)
    texts_of = {
        name: [key for key, touched in written.items() if name in table.changed(touched.foreign_mask)]
        for name in table.texts
    }
    for name, keys in texts_of.items():
        if keys:
            _replace_text(connection, table, name, keys)


def _mark_updated(connection: Connection, table: HubTable, written: Mapping[str, Touched]) -> None:
    """Of rows that were only updated, which may be many, PostgreSQL works out the marks."""
    stamps: dict[tuple[int, int], str] = {}
    keys, columns = [], []
    for key, touched in written.items():
        if touched.foreign_kinds == _UPDATE:
            which = touched.foreign_mask, touched.foreign_at
            if which not in stamps:
                stamp = touched.foreign_at, NOBODY
                stamps[which] = _encode(dict.fromkeys(_changed(table, touched), stamp)).decode()
            if stamps[which] != "{}":
                keys.append(key)
                columns.append(stamps[which])
    if keys:
        connection.execute(_UPDATED, (table.number, array(keys), array(columns)))


def marked(old: Marks, touched: Touched) -> Marks:
    """A row's marks after somebody else has written it, and not only updated it."""
    newest = max(
        [stamp[0] for stamp in (old.born, old.gone, *old.columns.values()) if stamp is not None], default=0
    )
    after: Stamp = max(touched.foreign_at, newest + 1), NOBODY
    return Marks(born=after, gone=old.gone) if "i" in touched.foreign_kinds else Marks(gone=after)


def _changed(table: HubTable, touched: Touched) -> list[str]:
    return [
        name
        for name in table.changed(touched.foreign_mask)
        if name in table.forms and name not in table.key_columns
    ]


def drop_documents(connection: Connection, table: HubTable, keys: Collection[str]) -> None:
    """Forget the documents of rows that are gone."""
    if table.texts and keys:
        connection.execute(
            f'DELETE FROM {SCHEMA}.document d USING unnest(%s::text[]) AS k (key) WHERE d."table" = %s AND d.key = k.key '
            f"AND NOT EXISTS (SELECT 1 FROM {table.sql} t WHERE {table.key.find('t', 'k.key')})",
            (array(keys), table.number),
            prepare=False,
        )


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
