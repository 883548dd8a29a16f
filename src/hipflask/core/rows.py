"""Rows that a screen shows a window of: the contract between tables and charts, and whatever holds the rows.

    source = find_rows(db.select(Trade))                     # a `RowSource`: its columns, and nothing read yet
    reader = source.open(changed)                            # one table's view of it
    reader.read(Question(("price", "size"), first=10_400, count=60, order=(Order("price"),)))
    # Answer(first=10400, rows=[Line(key=…, values=(10.5, 300)), …], total=10_000_000, is_exact=True)

Ten rows or ten million cost the same to show: only what a person can see is ever asked for. All of this is plain data, so that
the thinking about it needs no database and no browser.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

ColumnKind = Literal[
    "text", "integer", "float", "decimal", "boolean", "date", "time", "datetime", "duration", "choice", "bytes", "json", "numbers", "other"
]  # fmt: skip
Test = Literal[
    "is", "is not", "contains", "starts with", "ends with", "<", "<=", ">", ">=", "between", "in", "empty", "not empty"
]  # fmt: skip
Total = Literal["sum", "mean", "min", "max", "count"]

Key = object  # of a row: what the source knows it by, hashable; of a group: the tuple of values that its rows have in common


class Cancelled(Exception):
    """A read was called off by `RowReader.cancel`."""


@dataclass(frozen=True, slots=True)
class RowColumn:
    """One column that a source has."""

    name: str
    kind: ColumnKind
    is_key: bool = False
    is_nullable: bool = True
    is_editable: bool = False
    is_indexed: bool = False  # sorting by it reads no more rows than are shown
    choices: tuple[str, ...] = ()  # of a "choice": the texts that a person chooses from
    digits: int | None = None  # after the point, where the source says so


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by a column; empty values come last, either way round."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Only rows that pass a test; texts are compared without regard to case.

    `value` is a Python value of the column's kind; a pair for "between" (both ends included), a tuple for "in", None for "empty" and "not empty".
    """

    column: str
    test: Test
    value: object = None


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows a screen wants to show, and what of them.

    With `group`, the lines are groups, outermost first, each followed by what is in it if its key is in `open`. `totals` are computed for
    every group and for all rows together.
    """

    columns: tuple[str, ...]
    first: int = 0
    count: int = 100
    order: tuple[Order, ...] = ()
    filters: tuple[Filter, ...] = ()
    search: str = ""  # every word of it stands somewhere in the row's texts
    group: tuple[str, ...] = ()
    open: frozenset[Key] = frozenset()
    totals: Mapping[str, Total] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """One line of an answer: a row, or a group of rows. Values are in the order of `Question.columns`; a group has totals, and None elsewhere."""

    key: Key
    values: tuple[object, ...]
    level: int = 0  # how many groups it stands in
    size: int | None = None  # of a group: how many rows are in it; None for a row


@dataclass(slots=True)
class Answer:
    """What a source has answered; `first` and `total` may be guesses, which a later answer replaces."""

    first: int
    rows: list[Line]
    total: int
    is_exact: bool = True
    totals: Mapping[str, object] = field(default_factory=dict)
    advice: str = ""  # one sentence for the developer: which index would make this quick


class RowReader(Protocol):
    """One table's view of a source. `read` is called by one thread at a time; `cancel` and `close` by any."""

    def read(self, question: Question) -> Answer:
        """The rows asked for; may take long. Raises Cancelled, or an error whose sentence is for the person at the screen.

        From now on `changed` is called, from any thread, when the answer to this question might be another one.
        """

    def cancel(self) -> None:
        """Call off the read that is under way, if there is one; it raises Cancelled soon."""

    def close(self) -> None:
        """Follow nothing any more, and let go of everything."""


class RowSource(Protocol):
    """Something that holds rows."""

    @property
    def columns(self) -> Sequence[RowColumn]:
        """The columns it has, in their own order."""

    @property
    def name(self) -> str:
        """What the rows are called, for a person: "Trade"."""

    def open(self, changed: Callable[[], None]) -> RowReader:
        """A new view of it."""

    def row(self, key: Key) -> object:
        """The row of that key as handlers get it (an object of the model, a dict, …); None if it is gone."""

    def write(self, cells: Iterable[tuple[Key, str, object]]) -> None:
        """Put values into cells (row's key, column, value), all or none, in the caller's unit of work.

        They are gone through once, before anything is changed that a unit of work would not put back: what that raises calls it off.
        Raises ValueError with a sentence where a value does not fit, LookupError with one where a row is gone.
        """

    def remove(self, keys: Collection[Key]) -> None:
        """Delete rows, in the caller's unit of work; those that are gone already do not matter."""

    def same_as(self, other: object) -> bool:
        """Whether the other source shows the same rows from the same place, so that a table may go on with what it has read."""


# Whoever knows what `ui.table(what)` may show; None if it is nothing of theirs.
FindRows = Callable[[object], RowSource | None]
