"""Who wins: one pushed change against what the hub has, column by column. No database and no clock; values in the form SQLite keeps.

    the hub      name "Bolt" (stamp 9:00, ann)      stock 10 (8:00)
    pushed       name "Nut"  (stamp 8:50, bob)      stock -2, a sum
    merged       name stays, and bob is told that it was lost; stock 8

* The later stamp wins; of equal ones that of the greater name, so that the order in which pushes arrive does not matter.
* A delete wins over changes, whenever they were made; only an insert brings a row back, if it is later than the delete.
* What a replica writes later always replaces what it wrote before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from .clock import Stamp
from .messages import Change, Value

Kind = Literal["insert", "update", "delete", "nothing"]
MergeText = Callable[[bytes | None, str | None, bytes | str], tuple[bytes, str]]
"""From a document's state (None: only the text is known), the text, and an update or what it is to read: the new state and text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`Merge` as it acts on kept values."""

    kind: str = "last"
    group: str = ""
    function: Callable[[Value, Value], Value] | None = None


LAST = Rule()


# Of these there is one for each change: a dataclass is made in five times the time.
class Marks(Struct, frozen=True):
    """When the values of one row were written: `born` for those columns that have no stamp of their own."""

    born: Stamp | None = None
    columns: Mapping[str, Stamp] = {}
    gone: Stamp | None = None

    def of(self, column: str) -> Stamp | None:
        """When a column was last written, None if before anybody kept count."""
        return self.columns.get(column, self.born)


class Merged(Struct, frozen=True):
    """What is to be done, and what became of the change."""

    kind: Kind
    values: Mapping[str, Value]  # to be written; of an insert, all that came
    marks: Marks
    lost: Sequence[str] = ()  # columns in which others have won
    code: str = ""  # "merged" where some were lost, "deleted" where all were because the row is gone
    states: Mapping[str, bytes] = {}  # of documents


def merge(
    change: Change,
    stamps: Sequence[Stamp],
    row: Mapping[str, Value] | None,
    marks: Marks,
    rules: Mapping[str, Rule],
    states: Mapping[str, bytes] | None = None,
    merge_text: MergeText | None = None,
) -> Merged:
    """One change against the row as the hub has it (None: it has none); `stamps` are those of the change's columns, or of its delete."""
    if change.kind == "delete":
        return _deleted(stamps[0], row, marks)
    if row is None:
        return _inserted(change, stamps, marks, rules, merge_text)
    if not rules and change.kind == "update":
        return _updated_plainly(change, stamps, row, marks)
    return _updated(change, stamps, row, marks, rules, states or {}, merge_text)


def _deleted(stamp: Stamp, row: Mapping[str, Value] | None, marks: Marks) -> Merged:
    newest = max(stamp, marks.gone) if marks.gone else stamp
    if row is None:
        return Merged("nothing", {}, replace(marks, gone=newest))
    if marks.born is not None and stamp < marks.born:  # meant for the row that had this key before
        return Merged("nothing", {}, replace(marks, gone=newest), code="merged")
    return Merged("delete", {}, Marks(gone=newest))


def _inserted(
    change: Change,
    stamps: Sequence[Stamp],
    marks: Marks,
    rules: Mapping[str, Rule],
    merge_text: MergeText | None,
) -> Merged:
    born = max(stamps)
    if change.kind == "update" or (marks.gone is not None and born < marks.gone):
        return Merged("nothing", {}, marks, lost=change.columns, code="deleted")
    values = dict(zip(change.columns, change.values, strict=True))
    states = {}
    for name, value in values.items():
        if isinstance(value, bytes) and rules.get(name, LAST).kind == "text" and merge_text is not None:
            states[name], values[name] = merge_text(None, None, value)
    own = {name: stamp for name, stamp in zip(change.columns, stamps, strict=True) if stamp != born}
    return Merged("insert", values, Marks(born, own, marks.gone), states=states)


def _updated_plainly(
    change: Change, stamps: Sequence[Stamp], row: Mapping[str, Value], marks: Marks
) -> Merged:
    """What `_updated` comes to where the later one wins in every column, in a third of its time: most changes are of this kind."""
    columns, born = dict(marks.columns), marks.born
    values: dict[str, Value] = {}
    lost: list[str] = []
    for name, value, stamp in zip(change.columns, change.values, stamps, strict=True):
        mark = columns.get(name, born)
        if mark is not None and stamp < mark:
            lost.append(name)
            continue
        columns[name] = stamp
        if value != row.get(name):
            values[name] = value
    left = Marks(born, columns, marks.gone)
    return Merged("update" if values else "nothing", values, left, lost, "merged" if lost else "")


def _updated(
    change: Change,
    stamps: Sequence[Stamp],
    row: Mapping[str, Value],
    marks: Marks,
    rules: Mapping[str, Rule],
    states: Mapping[str, bytes],
    merge_text: MergeText | None,
) -> Merged:
    come = {
        name: (value, stamp) for name, value, stamp in zip(change.columns, change.values, stamps, strict=True)
    }
    winners = _winning_groups(come, marks, rules)
    values: dict[str, Value] = {}
    columns, lost, new_states = dict(marks.columns), [], {}
    for name, (value, stamp) in come.items():
        rule = rules.get(name, LAST)
        mark = marks.of(name)
        is_known = mark is None or mark[0] <= change.seen or mark[1] == stamp[1]
        wins = winners[rule.group] if rule.group else mark is None or stamp >= mark
        match rule.kind:
            case "sum" if (
                change.kind == "update"
            ):  # of an insert it is a value like any other, and no increment
                values[name] = _sum(row.get(name), value)
            case "max":
                values[name] = _greater(row.get(name), value)
            case "text" if isinstance(value, bytes | str) and merge_text is not None:
                new_states[name], values[name] = merge_text(states.get(name), _text(row.get(name)), value)
            case "by" if not is_known and rule.function is not None:
                values[name] = rule.function(row.get(name), value)
            case "server" if not is_known:
                lost.append(name)
                continue
            case "server" | "by":
                values[name] = value
            case _ if wins:
                values[name] = value
            case _:
                lost.append(name)
                continue
        columns[name] = stamp if mark is None else max(stamp, mark)
    changed = {name: value for name, value in values.items() if value != row.get(name) or name in new_states}
    kind: Kind = "update" if changed else "nothing"
    left = Marks(marks.born, columns, marks.gone)
    if change.kind == "insert":
        left = _born_again(left, row, max(stamps))
    return Merged(kind, changed, left, lost, "merged" if lost else "", new_states)


def _born_again(marks: Marks, row: Mapping[str, Value], stamp: Stamp) -> Marks:
    """The row was made at this time, too: an earlier delete is not meant for it, whichever of the two comes first."""
    if marks.born is not None and stamp <= marks.born:
        return marks
    kept = {name: mark for name in row if (mark := marks.of(name)) is not None}
    return Marks(stamp, kept, marks.gone)


def _winning_groups(
    come: Mapping[str, tuple[Value, Stamp]], marks: Marks, rules: Mapping[str, Rule]
) -> dict[str, bool]:
    """Which groups of columns win: by the newest stamp that came against the newest that was there, in any of their columns."""
    newest: dict[str, Stamp] = {}
    for name, (_, stamp) in come.items():
        if group := rules.get(name, LAST).group:
            newest[group] = max(newest.get(group, stamp), stamp)
    if not newest:  # as in most tables
        return {}
    there: dict[str, Stamp] = {}
    for name, rule in rules.items():
        mark = marks.of(name)
        if rule.group in newest and mark is not None:
            there[rule.group] = max(there.get(rule.group, mark), mark)
    return {group: group not in there or stamp >= there[group] for group, stamp in newest.items()}


def _sum(there: Value, added: Value) -> Value:
    if not isinstance(added, int | float):
        return there
    return added if not isinstance(there, int | float) else there + added


def _greater(there: Value, come: Value) -> Value:
    if there is None or come is None:
        return come if there is None else there
    return max(there, come)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
