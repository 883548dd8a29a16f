"""What has changed, by scope, as lists of `messages.Rows`: written by the sequencer, put together for a visitor. No database.

    version 8, "team:5"    task 1: title → 'Tea'; task 2 gone          task 2 has moved to team 6
    version 8, "team:6"    task 2: all of it
    version 9, "team:5"    task 1: done → 1

    for somebody with both teams, from 7 to 9:    task 1: title, done; task 2: all of it

Within a version what is gone comes first, so that a row which moved between two of somebody's scopes stays; and a later version
replaces an earlier one column by column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..messages import Key, Rows, Value, pack, pack_small, unpack

PAGE_ROWS = 5_000
Body = list[Rows]


@dataclass
class Delta:
    """What has changed in one version in one scope, while it is being put together."""

    gone: dict[str, list[Key]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[tuple[str, tuple[str, ...], bool], list[list[Value]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    count: int = 0

    def remove(self, table: str, key: Key) -> None:
        """A row is not there any more."""
        self.gone[table].append(key)
        self.count += 1

    def add(self, table: str, columns: tuple[str, ...], row: list[Value], is_whole: bool) -> None:
        """A row is there, all of it or only those columns."""
        self.rows[table, columns, is_whole].append(row)
        self.count += 1

    def body(self) -> Body:
        """As it travels."""
        gone = [Rows(table, [], [], keys, True) for table, keys in self.gone.items()]
        rows = [
            Rows(table, list(columns), rows, [], is_whole)
            for (table, columns, is_whole), rows in self.rows.items()
        ]
        return [*gone, *rows]


def unpacked(body: bytes) -> Body:
    """What was kept."""
    return unpack(body, list[Rows])  # type: ignore[no-any-return]


@dataclass(slots=True)
class _Row:
    values: dict[str, Value]
    is_whole: bool


def folded(versions: Iterable[Sequence[Body]], keys: Mapping[str, Sequence[str]]) -> Delta:
    """What several versions come to, each of several scopes; `keys` are the columns of each table's key."""
    state: dict[tuple[str, tuple[Value, ...]], _Row | None] = {}
    for bodies in versions:
        for rows in (each for body in bodies for each in body):
            for key in rows.gone:
                state[rows.table, _parts(key)] = None
        for rows in (each for body in bodies for each in body if each.rows):
            _apply(state, rows, keys[rows.table])
    delta = Delta()
    for (table, key), row in state.items():
        if row is None:
            delta.remove(table, key[0] if len(key) == 1 else list(key))
        else:
            delta.add(table, tuple(row.values), list(row.values.values()), row.is_whole)
    return delta


def pages(body: Body) -> Iterator[Body]:
    """The same, so many rows at a time."""
    most, page = PAGE_ROWS, list[Rows]()
    room = most
    for rows in body:
        for part in _parts_of(rows, most):
            size = len(part.rows) + len(part.gone)
            if size > room and page:
                yield page
                page, room = [], most
            page.append(part)
            room -= size
    if page:
        yield page


def fitting(body: Body) -> Iterator[bytes]:
    """The same, packed: halved until each page is small enough, or one row."""
    found = pack_small(body)
    halves = () if found is not None else _halves(body)
    if not halves:
        yield found if found is not None else pack(body)
    for half in halves:
        yield from fitting(half)


def _halves(body: Body) -> tuple[Body, ...]:
    """Two, with half of the rows each; none, if there is but one row."""
    room = sum(len(rows.rows) + len(rows.gone) for rows in body) // 2
    if not room:
        return ()
    first, second = list[Rows](), list[Rows]()
    for rows in body:
        gone, there = rows.gone, rows.rows
        here = Rows(rows.table, rows.columns, there[:room], gone[:room], rows.is_whole)
        left = Rows(rows.table, rows.columns, there[room:], gone[room:], rows.is_whole)
        first += [here] if here.rows or here.gone else []
        second += [left] if left.rows or left.gone else []
        room = max(0, room - len(there) - len(gone))
    return first, second


def _apply(
    state: dict[tuple[str, tuple[Value, ...]], _Row | None], rows: Rows, key_columns: Sequence[str]
) -> None:
    places = [rows.columns.index(name) for name in key_columns]
    for values in rows.rows:
        key = rows.table, tuple(values[place] for place in places)
        before = state.get(key)
        if rows.is_whole or before is None:
            state[key] = _Row(dict(zip(rows.columns, values, strict=True)), rows.is_whole)
        else:
            before.values.update(zip(rows.columns, values, strict=True))


def _parts(key: Key) -> tuple[Value, ...]:
    return tuple(key) if isinstance(key, list | tuple) else (key,)


def _parts_of(rows: Rows, most: int) -> Iterator[Rows]:
    for start in range(0, len(rows.gone), most):
        yield Rows(rows.table, [], [], rows.gone[start : start + most], True)
    for start in range(0, len(rows.rows), most):
        yield Rows(rows.table, rows.columns, rows.rows[start : start + most], [], rows.is_whole)
