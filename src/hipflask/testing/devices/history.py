"""What everybody wrote, and whether the end is one that it can have led to.

    Ann    name "<1>"                          certain, and somebody has written over it
    Bob    name "<2>", where he saw "<1>"      certain
    Cyd    name "<3>", on a device that was lost before anybody heard of it: uncertain

The hub may end with "<2>" or "<3>", and with nothing else: a value that somebody knew when he replaced it does not come back, and what is
certain does not vanish unless somebody else wrote, deleted the row, or was told that it was refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from hipflask.store.models.shared import merge_of
from hipflask.sync.messages import Value

from .contents import Contents, Entry, Row, with_groups

Place = tuple[str, Any]


@dataclass
class Deed:
    """One row that somebody wrote."""

    who: str
    entry: Entry
    is_certain: bool = True
    is_knowing: bool = (
        True  # that it replaces what it replaces: not before a download has come to its checkpoint
    )


@dataclass
class History:
    """All that was written by anybody."""

    tables: Mapping[str, sa.Table]
    deeds: dict[Place, list[Deed]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._groups = {name: _groups(table) for name, table in self.tables.items()}

    def note(self, who: str, entries: Iterable[Entry], *, is_knowing: bool = True) -> None:
        """Somebody has written this."""
        for entry in entries:
            self.deeds[entry.table, entry.key].append(Deed(who, entry, is_knowing=is_knowing))

    def doubt(self, who: str | None, since: int) -> None:
        """What somebody (None: anybody) wrote since then may be lost: a device or a hub was put back."""
        for deeds in self.deeds.values():
            for deed in deeds:
                if deed.entry.at >= since and who in (None, deed.who):
                    deed.is_certain = False

    def double(self, entries: Iterable[Entry]) -> None:
        """These were waiting in a file of which there are two now: both will say them, each in its own time."""
        for entry in entries:
            for deed in self.deeds.get((entry.table, entry.key), ()):
                if deed.entry is entry:
                    deed.is_certain = False

    def refuse(self, places: Iterable[Place], who: set[str]) -> None:
        """Somebody was told that what he wrote to these rows was not taken, or not all of it."""
        for place in places:
            for deed in self.deeds.get(place, ()):
                if deed.who in who:
                    deed.is_certain = False

    def complaint(self, contents: Contents) -> str:
        """What cannot be in a hub that ends with these rows; empty if nothing is wrong."""
        for place, deeds in self.deeds.items():
            table, key = place
            row = contents[table].get(key)
            if row is None:
                if problem := self._vanished(place, deeds, contents):
                    return problem
                continue
            if problem := self._came_back(place, deeds) or self._torn(place, deeds, row):
                return problem
            for column in self.tables[table].columns:
                if column.name in row and (problem := self._cell(place, deeds, column, row[column.name])):
                    return problem
        return ""

    def _vanished(self, place: Place, deeds: list[Deed], contents: Contents) -> str:
        is_deleted = any(deed.entry.kind == "delete" for deed in deeds)
        is_certain = any(deed.is_certain and deed.entry.kind == "insert" for deed in deeds)
        if is_deleted or not is_certain or self._is_cascaded(deeds, contents):
            return ""
        return f"2: {place} was inserted by {deeds[0].who}, nobody deleted it, and it is not in the hub"

    def _came_back(self, place: Place, deeds: list[Deed]) -> str:
        """A row that was made once and deleted is there."""
        made = [deed for deed in deeds if deed.entry.kind == "insert"]
        deleted = [deed for deed in deeds if deed.entry.kind == "delete" and deed.is_certain]
        if len(made) != 1 or not made[0].is_certain or not deleted:
            return ""
        return f"2: {place} was deleted by {deleted[0].who or 'somebody'}, and it is in the hub"

    def _torn(self, place: Place, deeds: list[Deed], row: Row) -> str:
        """Columns that belong together hold what nobody ever saw together."""
        if any(deed.entry.kind == "delete" for deed in deeds):
            return ""
        for names in self._groups[place[0]]:
            seen = [tuple(each.get(name) for name in names) for deed in deeds for each in deed.entry.rows]
            if set(names) <= row.keys() and tuple(row[name] for name in names) not in seen:
                return f"2: {place}: {names} are {[row[name] for name in names]}, and nobody ever saw that"
        return ""

    def _is_cascaded(self, deeds: list[Deed], contents: Contents) -> bool:
        """Whether a row that it refers or referred to has gone, and has taken it along."""
        for deed in deeds:
            for reference in self.tables[deed.entry.table].foreign_keys:
                values = {
                    row.get(reference.parent.name) for row in (deed.entry.before, deed.entry.after) if row
                }
                parent = reference.column.table.name
                for value in values - {None}:
                    gone = [
                        each for each in self.deeds.get((parent, value), ()) if each.entry.kind == "delete"
                    ]
                    if gone or value not in contents.get(parent, {}):
                        return True
        return False

    def _cell(self, place: Place, deeds: list[Deed], column: sa.Column[Any], value: Value) -> str:
        table = self.tables[place[0]]
        written = [deed for deed in deeds if column.name in with_groups(table, deed.entry.columns)]
        if not written or any(deed.entry.kind == "delete" for deed in deeds):
            return ""
        where = f"{place}, {column.name}"
        match merge_of(column).kind:
            case "sum":
                return _sum(where, written, column.name, value)
            case "last" if value not in _possible(written, column.name):
                found = sorted(_possible(written, column.name), key=repr)
                return f"2: {where} is {value!r}, and can only be one of {found}"
            case "text":
                return _text(where, written, column.name, value)
        return ""


def _groups(table: sa.Table) -> list[list[str]]:
    """The columns of each group that wins or loses as one."""
    by_group: dict[str, list[str]] = defaultdict(list)
    for column in table.columns:
        by_group[merge_of(column).group].append(str(column.name))
    return [names for group, names in by_group.items() if group]


def _possible(written: list[Deed], name: str) -> set[Value]:
    """What a column may end with: values that were not replaced by somebody who knew them."""
    values = [deed.entry.after[name] for deed in written]
    uncertain = {deed.entry.after[name] for deed in written if not deed.is_certain}
    certain = [deed for deed in written if deed.is_certain]
    known = [*values, *_unwritten(written, name)]
    if not certain or len({*known}) < len(known):  # equal values cannot be told apart
        return {*values} | {deed.entry.before.get(name) for deed in written if uncertain or not certain}
    replaced = {deed.entry.before.get(name) for deed in certain if deed.is_knowing}
    unseen = {deed.entry.before.get(name) for deed in certain if not deed.is_knowing}
    return (
        uncertain
        | unseen
        | {deed.entry.after[name] for deed in certain if deed.entry.after[name] not in replaced}
    )


def _unwritten(written: list[Deed], name: str) -> set[Value]:
    """Values that were there before anybody wrote them: a new column's default."""
    found, seen = set[Value](), set[Value]()
    for deed in written:
        if name in deed.entry.before and deed.entry.before[name] not in seen:
            found.add(deed.entry.before[name])
        seen.add(deed.entry.after[name])
    return found


def _sum(where: str, written: list[Deed], name: str, value: Value) -> str:
    if not all(deed.is_certain and isinstance(deed.entry.after[name], int | float) for deed in written):
        return ""
    added = [_number(deed.entry.after[name]) - _number(deed.entry.before.get(name)) for deed in written]
    if not any(deed.entry.kind == "insert" for deed in written) or value == sum(added):
        return ""
    return f"2: {where} is {value!r}, and all that was added to it makes {sum(added)!r}"


def _text(where: str, written: list[Deed], name: str, value: Value) -> str:
    """Everything that was put into a text is in it, unless two copies of a file have both made the row."""
    if any(deed.entry.kind == "insert" and not deed.is_certain for deed in written):
        return ""
    for deed in written:
        before, after = deed.entry.before.get(name), deed.entry.after[name]
        if not deed.is_certain or not isinstance(before, str) or not isinstance(after, str):
            continue
        token = _inserted(before, after)
        if token and isinstance(value, str) and any(letter not in value for letter in token):
            return f"2: {where} is {value!r}, and {token!r} was put into it"
    return ""


def _inserted(before: str, after: str) -> str:
    start = next(
        (at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), len(before)
    )
    return after[start : start + len(after) - len(before)]


def _number(value: Value) -> int | float:
    return value if isinstance(value, int | float) else 0
