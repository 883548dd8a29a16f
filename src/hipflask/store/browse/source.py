"""A model or a query as a source of rows: what `ui.table(db.select(Trade))` shows.

source = QuerySource(store, shown(db.select(Trade)))
reader = source.open(changed)                          # see `reader.py`
source.write([(key, "price", "10.50")])                # as a person types it, or as it is
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ...core.rows import ColumnKind, Key, Question, RowColumn
from ..types.choices import Choice
from ..types.exact import Exact
from ..types.json_type import Json
from ..types.moments import Date, DateTime, Time, TimeDelta
from ..types.numbers import Decimal, Float, Int
from ..types.scalars import Bool, Bytes, Str, Uuid
from .asked import ask, is_nullable
from .browsing import Browsing
from .lines import Again
from .reader import Reader
from .shown import Column, Shown
from .writing import remove_rows, write_cells

_KINDS: list[tuple[Any, ColumnKind]] = [
    (Choice, "choice"),
    (Str | Uuid, "text"),
    (Bool | sa.Boolean, "boolean"),
    (Int | sa.Integer, "integer"),
    (Float | sa.Float, "float"),
    (Decimal | sa.Numeric, "decimal"),
    (DateTime | sa.DateTime, "datetime"),
    (Date | sa.Date, "date"),
    (Time | sa.Time, "time"),
    (TimeDelta | sa.Interval, "duration"),
    (Bytes | sa.LargeBinary, "bytes"),
    (Json | sa.JSON, "json"),
    (sa.String, "text"),
]
_NUMBERS = (list[float], list[int])


class Store(Protocol):
    """What a source needs of a store."""

    def get(self, model: type[Any], key: Any, /) -> Any:
        """The row of that key."""

    def writing(self, what: str) -> AbstractContextManager[Session]:
        """For one write, in the unit of work."""

    def browsing(self) -> Browsing:
        """What is open on its file."""


class QuerySource:
    """A `RowSource` over a query."""

    def __init__(self, store: Store, shown: Shown) -> None:
        self._store = store
        self._shown = shown

    @cached_property
    def columns(self) -> Sequence[RowColumn]:
        """The columns it has, in their own order."""
        return [self._column(each) for each in self._shown.columns]

    @property
    def name(self) -> str:
        """What the rows are called."""
        return self._shown.name

    def open(self, changed: Callable[[], None]) -> Reader:
        """A new view of it."""
        return Reader(self._shown, self._store.browsing, changed)

    def row(self, key: Key) -> object:
        """The row of that key: an object of the model, or, of a query that shows no model's rows, its values by name."""
        plain = key.key if isinstance(key, Again) else key
        parts = plain if isinstance(plain, tuple) else (plain,)
        model = self._shown.model
        if model is None:
            return dict(zip((each.name for each in self._shown.columns), parts, strict=False))
        own = parts[self._shown.owners[model]]
        return self._store.get(model, own if len(own) > 1 else own[0])

    def write(self, cells: Iterable[tuple[Key, str, object]]) -> None:
        """Put values into cells, all or none, in the caller's unit of work; raises ValueError or LookupError with a sentence."""
        with self._store.writing(f"Editing {self.name}") as session:
            write_cells(session, self._shown, ((_plain(key), name, value) for key, name, value in cells))

    def remove(self, keys: Collection[Key]) -> None:
        """Delete rows, in the caller's unit of work."""
        if keys:
            with self._store.writing(f"Deleting {self.name}") as session:
                remove_rows(session, self._shown, [_plain(key) for key in keys])

    def same_as(self, other: object) -> bool:
        """Whether the other source shows the same rows."""
        return (
            isinstance(other, QuerySource)
            and other._store is self._store
            and other._identity == self._identity
        )

    @cached_property
    def _identity(self) -> Any:
        return ask(self._shown, Question(())).base.identity, [each.name for each in self._shown.columns]

    def _column(self, column: Column) -> RowColumn:
        kind, stored = column.expression.type, column.stored
        is_key = stored is not None and bool(stored.primary_key)
        return RowColumn(
            column.name,
            _kind_of(kind),
            is_key=is_key,
            is_nullable=is_nullable(self._shown, column.expression),
            is_editable=column.model in self._shown.owners
            and stored is not None
            and not is_key
            and isinstance(kind, Exact),
            is_indexed=self._shown.is_open and stored is not None and stored.name in _indexed(stored.table),
            choices=tuple(str(each) for each in kind._taken) if isinstance(kind, Choice) else (),
            digits=_digits(kind),
        )


def _plain(key: Key) -> tuple[Any, ...]:
    key = key.key if isinstance(key, Again) else key
    return key if isinstance(key, tuple) else (key,)


def _kind_of(kind: Any) -> ColumnKind:
    if isinstance(kind, Json) and kind.hint in _NUMBERS:
        return "numbers"
    return next((name for classes, name in _KINDS if isinstance(kind, classes)), "other")


def _digits(kind: Any) -> int | None:
    return kind.after_point if isinstance(kind, Decimal) and kind.digits is not None else None


def _indexed(table: Any) -> set[str]:
    """The columns that an index begins with."""
    sets = [list(table.primary_key), *(list(index.columns) for index in table.indexes)]
    sets += [list(each.columns) for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    return {columns[0].name for columns in sets if columns}
