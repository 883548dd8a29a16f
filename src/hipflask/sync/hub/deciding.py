"""What becomes of each pushed change: checked, merged, and what is to be written for it. No database here.

    decision = taken(0, Change("item", "0199…", "update", ["price"], [1250], [clock], seen), tables)
    decision.row, decision.marks = …            as they are in the database, locked
    decide(decision, moment)
    decision.merged, decision.writes            what the row gets, in the form that psycopg takes
    decision.refuse("unique", "…")              whoever finds a reason not to write it, at any time

Nothing that a replica says is believed: what is no change at all is refused as a wrong value is, alone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any

import msgspec

from ...core.errors import ValueRefused
from ...core.words import join
from ..clock import Stamp, stamped
from ..merge import LAST, Kind, Marks, Merged, Rule, merge
from ..messages import Change, Outcome, Value
from ..rules import rules_of
from ..texts import merged as merged_text
from .columns import HubColumn
from .tables import HubTable

_logger = logging.getLogger(__name__)

SERVER_FAULT = "The hub could not write this; why is in its log."


class PushTable:
    """A shared table, as pushes see it."""

    def __init__(self, hub: HubTable) -> None:
        self.hub = hub
        self.name = hub.name
        self.columns = {column.name: HubColumn(column) for column in hub.table.columns}
        self.key = [self.columns[name] for name in hub.key_columns]
        self.rules: Mapping[str, Rule] = rules_of(hub.table)


@dataclass(frozen=True, slots=True)
class Moment:
    """When, by which clock, a push was made and is applied."""

    replica: str
    made: int  # by the replica's clock
    before: int  # the newest stamp of its earlier pushes
    seen: int  # no checkpoint can have had a later stamp than this
    now: int  # the hub's clock

    def stamp(self, clock: int, seen: int) -> Stamp:
        """The stamp of what was written at `clock` of the replica's clock."""
        return stamped(clock, self.made, seen, self.before, self.now), self.replica


class Decision(msgspec.Struct):
    """One pushed change, and what is known about it so far."""

    place: int
    change: Change
    table: PushTable | None = None
    key: str = ""  # as a text
    row: Mapping[str, Value] | None = None
    stored: Marks | None = None  # its marks as they stand in the database
    marks: Marks = Marks()  # and with what waits for the sequencer
    states: dict[str, bytes] = {}  # of documents
    merged: Merged | None = None
    values: dict[str, Value] = {}  # to be written, in kept form
    writes: dict[str, Any] = {}  # the same as psycopg takes them
    stamp: int = 0  # the newest of its values
    is_other: bool = False  # what the row has now is not what was pushed, or may be taken from the replica before it hears of it
    is_refused: bool = False
    outcome: Outcome | None = None

    @property
    def kind(self) -> Kind:
        """What is to be done to the row."""
        return "nothing" if self.merged is None or self.is_refused else self.merged.kind

    def refuse(self, code: str, sentence: str, columns: Sequence[str] = ()) -> None:
        """Write nothing of it, and tell why."""
        self.is_refused = self.is_other = True
        self.outcome = Outcome(self.place, code, sentence, list(columns))


def taken(place: int, change: Change, tables: Mapping[str, PushTable]) -> Decision:
    """A change in the one form that everything else relies on; refused if it is none."""
    decision = Decision(place, change, tables.get(change.table))
    table = decision.table
    if table is None:
        decision.refuse("value", f"The hub has no table {change.table!r}.")
        return decision
    flaw = _flaw(change, table)
    if flaw:
        decision.table = None
        decision.refuse("value", flaw)
        return decision
    try:
        parts = _key_parts(change, table)
    except ValueRefused as refused:
        decision.table = None
        decision.refuse("value", str(refused), table.hub.key_columns)
        return decision
    decision.key = table.hub.key.text(parts if len(parts) > 1 else parts[0])
    if change.kind != "delete":
        _check(decision, table, parts)
    return decision


def refuse_twice(decisions: Sequence[Decision]) -> None:
    """A push says of each row once what became of it; who says more is not believed the second time."""
    known: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        if decision.table is None:
            continue
        first = known.setdefault((decision.table.name, decision.key), decision)
        if first is not decision:
            decision.refuse("value", "This row stands in the push twice.")
            decision.table = None
            first.is_other = True  # it is sent again, as it is then


def decide(decision: Decision, moment: Moment) -> None:
    """Merge a change with the row as it is, and work out what is to be written."""
    table, change = decision.table, decision.change
    if table is None or decision.is_refused:
        return
    if change.seen > moment.seen:
        change = msgspec.structs.replace(change, seen=moment.seen)
    stamps = [moment.stamp(clock, change.seen) for clock in change.clocks]
    try:
        merged = merge(
            change, stamps, decision.row, decision.marks, table.rules, decision.states, merged_text
        )
        decision.values = _values(table, merged)
        decision.writes = {name: table.columns[name].there(value) for name, value in decision.values.items()}
    except ValueError as refused:  # ValueRefused, or a document that is none
        decision.refuse("value", str(refused))
        return
    except Exception:
        _logger.exception("The rule of a column of %s failed while changes were merged.", table.name)
        decision.refuse("server", SERVER_FAULT)
        return
    decision.merged = merged
    decision.stamp = max(stamp for stamp, _ in stamps)
    _conclude(decision, merged, table)


def _flaw(change: Change, table: PushTable) -> str:
    """What makes it no change of this table; empty if it is one."""
    if change.kind == "delete":
        return ""
    if not change.columns:
        return f"An {change.kind} has columns."
    if len(change.columns) > 1 and len(set(change.columns)) < len(change.columns):
        return "A column was named twice."
    unknown = [name for name in change.columns if name not in table.columns]
    return f"{table.name} has no column {unknown[0]!r} at the hub." if unknown else ""


def _key_parts(change: Change, table: PushTable) -> list[Value]:
    parts: list[Value] = change.key if isinstance(change.key, list) else [change.key]
    columns, is_one = table.key, not isinstance(change.key, list)
    if len(parts) != len(columns) or is_one != (len(columns) == 1) or None in parts:
        raise ValueRefused(
            f"A key of {table.name} is {join(table.hub.key_columns, 'and')}, got {change.key!r}."
        )
    return [column.kept(part) for column, part in zip(columns, parts, strict=True)]


def _check(decision: Decision, table: PushTable, parts: Sequence[Value]) -> None:
    """Have every value in its one form, the key's own among those of a new row."""
    change = decision.change
    names, values, clocks = [], [], []
    for name, value, clock in zip(change.columns, change.values, change.clocks, strict=True):
        if name in table.hub.key_columns:
            continue
        try:
            is_edit = isinstance(value, bytes) and name in table.hub.texts
            kept = value if is_edit else table.columns[name].kept(value)
        except ValueRefused as refused:
            decision.refuse("value", str(refused), [name])
            return
        decision.is_other = decision.is_other or kept != value
        names.append(name)
        values.append(kept)
        clocks.append(clock)
    if change.kind == "insert":
        names = [*table.hub.key_columns, *names]
        values = [*parts, *values]
        clocks = [*[max(change.clocks)] * len(parts), *clocks]
    elif not names:
        decision.refuse("value", f"An update of {table.name} has columns that are not its key's.")
        return
    elif all(map(is_, values, change.values)) and len(values) == len(change.values):
        return  # it has come in that form
    decision.change = msgspec.structs.replace(change, columns=names, values=values, clocks=clocks)


def _values(table: PushTable, merged: Merged) -> dict[str, Value]:
    """What is written, of a new row also what it begins with; raises ValueRefused for one that lacks something."""
    values = dict(merged.values)
    if merged.kind == "insert":
        for name, column in table.columns.items():
            if name not in values and column.is_needed:
                raise ValueRefused(f"{column.where} has to have a value.")
            if name not in values and (default := column.default()) is not None:
                values[name] = default
    return values


def _conclude(decision: Decision, merged: Merged, table: PushTable) -> None:
    """Whether the replica has to be told, and whether it has to be sent the row again."""
    if merged.code == "deleted":
        decision.refuse("deleted", "The row was deleted meanwhile.", merged.lost)
    elif merged.code == "merged":
        what = join(merged.lost, "and") if merged.lost else "the row"
        decision.outcome = Outcome(
            decision.place, "merged", f"Others have written {what} since.", list(merged.lost)
        )
        decision.is_other = True
    is_update = decision.change.kind == "update"
    # Where there are no rules, an update is in the row as it was pushed, or others have won.
    if decision.change.kind == "delete" or (is_update and not table.rules):
        return
    row = decision.row or {}
    for name, value in zip(decision.change.columns, decision.change.values, strict=True):
        is_increment = is_update and table.rules.get(name, LAST).kind == "sum"
        if not is_increment and merged.values.get(name, row.get(name)) != value:
            decision.is_other = True
