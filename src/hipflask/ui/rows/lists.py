"""Lists of rows that the program has made: shown as they are, changed in place.

One list may be shown by many windows, and given to `ui.table` anew with every drawing. Whoever writes through one of its sources tells the
readers of all of them; and whoever gives it anew has them look again whether something was changed in place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, MutableSequence, Sequence
from functools import cached_property
from itertools import count, islice
from threading import Lock, RLock
from typing import Any
from weakref import WeakSet

from ...core.errors import UsageError
from ...core.rows import Key, Question, RowColumn
from ..states import fingerprint
from .arranging import Rows, arranged
from .functions import is_same
from .kinds import LOOKED_AT, guess, misfit
from .memory import MemorySource
from .records import Records
from .sorting import Check

RowKey = str | Callable[[Any], Key] | None

_MOST_COMPARED = 100_000  # rows that are other objects than before, and might be equal all the same
_COMPARED_AT_ONCE = 1000

_writing = RLock()
_sources: WeakSet[ListSource] = WeakSet()
_listing = Lock()  # of that set
_ages = count()


class ListSource(MemorySource):
    """Rows in a list."""

    def __init__(
        self, rows: Sequence[Any], row_key: RowKey = None, names: Sequence[str] | None = None
    ) -> None:
        super().__init__()
        self.rows = rows
        self._row_key = row_key
        self._records = Records(rows, names)
        self._places: dict[Key, int] = {}  # of rows, by key: where they were when last looked for
        self._age = next(_ages)
        with _listing:
            _sources.add(self)

    @cached_property
    def columns(self) -> Sequence[RowColumn]:
        """The columns that the first rows have."""
        some, records = [*islice(self.rows, LOOKED_AT)], self._records
        return [
            RowColumn(
                name,
                guess(records.column(some, name)),
                is_key=name == self._row_key,
                is_nullable=records.takes_none(name),
                is_editable=records.are_editable and name != self._row_key,
            )
            for name in records.names
        ]

    @property
    def name(self) -> str:
        """What one of the rows is called."""
        return self._records.called

    # ── reading ───────────────────────────────────────────────────────────────────────────────────

    def arranged(self, asked: Question, check: Check) -> ListPart:
        """The rows that pass, in order; the list may be changed by other threads meanwhile, so this is about a copy of it."""
        rows = [*self.rows]
        columns = _Columns(rows, self._records)
        positions = arranged(len(rows), columns, self._texts, asked, check)
        return ListPart(positions, columns)

    @property
    def _texts(self) -> list[str]:
        return [column.name for column in self.columns if column.kind in ("text", "choice", "other")]

    def is_current(self, part: Any) -> bool:
        """Whether list and values are still those that the rows were arranged by."""
        columns: _Columns = part.columns
        return columns.are_current([*self.rows])

    def lines(
        self, part: Any, positions: Sequence[int], names: Sequence[str]
    ) -> list[tuple[Key, tuple[Any, ...]]]:
        """Key and values of rows, as they are by now."""
        rows, value = part.columns.rows, self._records.value
        return [
            (self._key(rows[at], at), tuple([value(rows[at], name) for name in names])) for at in positions
        ]

    def whole_columns(self, names: Sequence[str], most: int) -> dict[str, Sequence[Any]]:
        """The values of columns, in the first `most` rows."""
        rows = [*islice(self.rows, most)]
        return {name: self._records.column(rows, name) for name in names}

    def row(self, key: Key) -> object:
        """The row of that key, the object itself; None if it is gone."""
        at = self._place(key)
        return None if at is None else self.rows[at]

    def _key(self, row: Any, at: int) -> Key:
        if self._row_key is None:
            return at
        return (
            self._records.value(row, self._row_key) if isinstance(self._row_key, str) else self._row_key(row)
        )

    def _place(self, key: Key) -> int | None:
        at = key if self._row_key is None else self._places.get(key)
        if self._is_at(key, at):
            return at  # type: ignore[return-value]
        if self._row_key is None:
            return None
        self._places = {self._key(row, place): place for place, row in enumerate([*self.rows])}
        return self._places.get(key)

    def _is_at(self, key: Key, at: object) -> bool:
        try:
            return isinstance(at, int) and at >= 0 and self._key(self.rows[at], at) == key
        except IndexError:
            return False

    # ── writing ───────────────────────────────────────────────────────────────────────────────────

    def write(self, cells: Iterable[tuple[Key, str, object]]) -> None:
        """Put values into the rows, in place, all or none."""
        known = {column.name: column for column in self.columns}
        before: list[tuple[Any, str, object]] = []
        with _writing:
            changes = [
                (self._row_there(key), name, _fitting(known[name], value)) for key, name, value in cells
            ]
            try:
                for row, name, value in changes:
                    before.append((row, name, self._records.value(row, name)))
                    self._records.put(row, name, value)
            except BaseException:  # a row may have a setter that refuses
                for row, name, value in reversed(before[:-1]):
                    self._records.put(row, name, value)
                raise
        self._tell_all()

    def remove(self, keys: Collection[Key]) -> None:
        """Take rows out of the list."""
        if not isinstance(self.rows, MutableSequence):
            raise UsageError(
                f"Rows cannot be removed from a {type(self.rows).__name__}. Give ui.table a list."
            )
        with _writing:
            places = {at for key in keys if (at := self._place(key)) is not None}
            for at in sorted(places, reverse=True):
                del self.rows[at]
        self._tell_all()

    def _row_there(self, key: Key) -> Any:
        row = self.row(key)
        if row is None:
            raise LookupError("This row is not there any more.")
        return row

    def _tell_all(self) -> None:
        with _listing:
            mine = [source for source in _sources if source.rows is self.rows]
        for source in mine:
            source.touched()

    # ── the next drawing ──────────────────────────────────────────────────────────────────────────

    def same_as(self, other: object) -> bool:
        """Whether the other has the same rows. If so, the older one goes on for both, with the newer one's list, and looks at it again."""
        if not isinstance(other, ListSource) or not self._is_alike(other):
            return False
        if self.rows is not other.rows:
            if not _are_equal(self.rows, other.rows):
                return False
            older, newer = sorted((self, other), key=lambda source: source._age)
            older.rows = newer.rows
        self.touched()
        other.touched()
        return True

    def _is_alike(self, other: ListSource) -> bool:
        return self._records.is_like(other._records) and is_same(self._row_key, other._row_key)


class _Columns:
    """The columns of some rows, read when they are asked for and kept as they were then."""

    def __init__(self, rows: list[Any], records: Records) -> None:
        self.rows = rows
        self._records = records
        self._read: dict[str, list[Any]] = {}

    def __call__(self, name: str) -> list[Any]:
        if name not in self._read:
            self._read[name] = self._records.column(self.rows, name)
        return self._read[name]

    def are_current(self, rows: list[Any]) -> bool:
        """Whether these are the same rows, with the same values in all columns that were read."""
        try:
            return self.rows == rows and all(
                self._records.column(rows, name) == values for name, values in [*self._read.items()]
            )
        except Exception:  # arrays, say, which are not simply equal or not
            return False


class ListPart(Rows):
    """All rows of a list that pass."""

    def __init__(self, positions: Sequence[int], columns: _Columns) -> None:
        super().__init__(positions, columns)
        self.columns = columns


def _fitting(column: RowColumn, value: object) -> object:
    if value is None and not column.is_nullable:
        raise ValueError(f"{column.name}: this cannot be empty.")
    expected = misfit(column.kind, value)
    if expected:
        raise ValueError(f"{column.name}: {value!r} is not {expected}.")
    return value


def _are_equal(rows: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether they show the same; exactly, since 1, 1.0 and True are equal to Python."""
    if len(rows) != len(others):
        return False
    unlike = [(row, other) for row, other in zip(rows, others, strict=False) if row is not other]
    if len(unlike) > _MOST_COMPARED:
        return False
    for start in range(0, len(unlike), _COMPARED_AT_ONCE):
        ours, theirs = zip(*unlike[start : start + _COMPARED_AT_ONCE], strict=True)
        looks = fingerprint(ours)
        if looks is None or looks != fingerprint(theirs):
            return False
    return True
