"""What the hub has of the rows of a push, read and held until its transaction ends.

Rows are locked table by table in the order of the models, and by key in each, so two pushes of the same rows wait for each other
instead of for one another. What is not there cannot be locked: `marks.write` and the primary key notice who was quicker.

What somebody else wrote in the database itself may still wait for the sequencer, and then has no marks yet. It gets them
here, so that an older change cannot win over it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from msgspec import structs

from ...store.changes.capture import bit
from .. import texts
from ..merge import Marks
from . import marks, outbox
from .arrays import array
from .deciding import Decision
from .layout import SCHEMA
from .tables import DOCUMENT, HubTable

Cursor = psycopg.Cursor[Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change by somebody else that has no marks yet."""

    kind: str
    columns: Sequence[str]
    at: int


def fill(
    cursor: Cursor,
    by_table: Mapping[HubTable, Sequence[Decision]],
    replica: str,
    judged: Container[str] = (),
) -> None:
    """Tell decisions how their rows are, and hold these: all of a row in tables that are `judged`, else what merging looks at."""
    for table, decisions in by_table.items():
        rows = _rows(cursor, table if table.name in judged else _needed(table, decisions), _keys(decisions))
        for decision in decisions:
            decision.row = rows.get(decision.key)
            decision.states = _states(decision.row or {}, table)
    # From here on in the sequencer's order. It may also have taken all marks for itself, and then is waited for with nothing in hand
    # that it needs.
    cursor.execute(f"LOCK TABLE {SCHEMA}.marks IN ROW EXCLUSIVE MODE")
    entries = {
        table: _entries(cursor, table, _keys(decisions), replica) for table, decisions in by_table.items()
    }
    for table, decisions in by_table.items():
        stored = marks.read(cursor, table.number, _keys(decisions))
        for decision in decisions:
            decision.stored = stored.get(decision.key)
            decision.marks = decision.stored or marks.NONE
            for entry in in_order(entries[table].get(decision.key, ()), decision.row is not None):
                decision.marks = after(decision.marks, entry, decision.stored is not None)


def _keys(decisions: Sequence[Decision]) -> list[str]:
    return sorted({decision.key for decision in decisions})


def in_order(entries: Iterable[Entry], is_there: bool) -> list[Entry]:
    """What somebody did to a row, one after the other; of the same millisecond, so that it ends as the row is now."""
    kinds = "diu" if is_there else "iud"
    return sorted(entries, key=lambda entry: (entry.at, kinds.index(entry.kind)))


def after(there: Marks, entry: Entry, has_marks: bool) -> Marks:
    """A row's marks after somebody wrote it in the database itself: later than whatever was there."""
    if entry.kind == "u":
        written = {name: (_later(entry.at, there.of(name)), "") for name in entry.columns}
        return structs.replace(there, columns={**there.columns, **written})
    if not has_marks:  # it came and went without a replica, like most rows
        return there
    if entry.kind == "i":
        return Marks((_later(entry.at, there.gone), ""), {}, there.gone)
    newest = max([stamp for stamp in (there.born, *there.columns.values()) if stamp], default=None)
    return Marks(gone=(_later(entry.at, newest), ""))


def _later(at: int, stamp: tuple[int, str] | None) -> int:
    return at if stamp is None else max(at, stamp[0] + 1)


def _needed(table: HubTable, decisions: Sequence[Decision]) -> HubTable:
    """The table with the columns at which merging looks: of updates those that were pushed, often one of many."""
    if table.texts or any(decision.change.kind == "insert" for decision in decisions):
        return table
    pushed = {name for decision in decisions for name in decision.change.columns}
    return replace(table, forms={name: form for name, form in table.forms.items() if name in pushed})


def _rows(cursor: Cursor, table: HubTable, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    cursor.execute(
        f"SELECT {', '.join(['wanted.key', *table.selections('t')])} FROM unnest(%s::text[]) AS wanted (key) "
        f"JOIN {table.sql} t ON {table.key.find('t', 'wanted.key')}{table.joins('t')} "
        'ORDER BY wanted.key COLLATE "C" FOR NO KEY UPDATE OF t',
        (array(keys),),
    )
    return {key: dict(zip(table.columns, table.converted(row), strict=True)) for key, *row in cursor}


def _entries(cursor: Cursor, table: HubTable, keys: Sequence[str], replica: str) -> dict[str, list[Entry]]:
    """What others wrote and the sequencer has not seen. It is noted as done: the push writes its marks."""
    found = cursor.execute(_waiting(table, _LATER), {"keys": array(keys)}).fetchall()
    if not found:
        return {}
    keys = sorted({key for _, some, *_ in found for key in some})
    entries: dict[str, list[Entry]] = {}
    held = cursor.execute(f"{_waiting(table)} ORDER BY o.ctid FOR UPDATE OF o", {"keys": array(keys)})
    for place, some, rows, kind, mask, at in held.fetchall():
        columns = [name for name in table.forms if kind == "u" and mask >> bit(table.numbers[name]) & 1]
        for key in some:
            entries.setdefault(key, []).append(Entry(kind, columns, at))
        outbox.give(cursor, place, rows, some, replica)
    return entries


# A row that was written last before the transaction of an entry began is not in it. So a push need not read the million keys of a bulk
# load that waits. A row that is not there may have been updated or deleted by it.
_LATER = """AND EXISTS (SELECT FROM there WHERE CASE WHEN by IS NULL THEN o.kind <> 'i' ELSE age(by) <= age(o.xid::xid) END)"""


def _waiting(table: HubTable, condition: str = "") -> str:
    """SQL: the entries of a table with some of these keys, and which."""
    return (
        f"WITH there AS (SELECT t.xmin AS by FROM unnest(%(keys)s::text[]) AS k (key) LEFT JOIN {table.sql} t ON {table.key.find('t', 'k.key')}) "
        "SELECT o.ctid::text, ARRAY(SELECT key FROM unnest(o.keys) AS key WHERE key = ANY(%(keys)s::text[])), o.rows, o.kind::text, o.mask, o.at "
        f"FROM {SCHEMA}.outbox o WHERE o.\"table\" = {table.number} AND o.origin = '' AND o.kind IN ('i', 'u', 'd') {condition} "
        "AND EXISTS (SELECT FROM unnest(o.keys) AS key WHERE key = ANY(%(keys)s::text[]))"
    )


def _states(row: Mapping[str, Any], table: HubTable) -> dict[str, bytes]:
    """Documents that read what the row reads: somebody may have written the text in the database itself."""
    known = {}
    for name in table.texts:
        text, state = row.get(name), row.get(name + DOCUMENT)
        if state is not None and isinstance(text, str):
            known[name] = state if texts.reading(state) == text else texts.edited(state, text)[0]
    return known
