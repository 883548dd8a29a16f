"""A shared column at the hub: which pushed values it takes, and how PostgreSQL is told of them.

    stock: Mapped[Annotated[int, Meta(ge=0), Merge.sum]] = 0

    column.kept("7")      → ValueRefused: Item.stock takes a whole number of at least 0, got '7'.
    column.kept(-2)       → -2, in the form SQLite keeps; what is pushed of a sum may well be negative
    column.there(-2)      → ValueRefused: Item.stock takes a whole number of at least 0, got -2.

A replica may say anything, so its values are read by the column's exact type as if they stood in its file, and written by the
same type for PostgreSQL. The limits of `Meta` are about what is written in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ...core.errors import UnreadableValue, UsageError, ValueRefused
from ...core.hints import bare, members
from ...core.words import expected
from ...store.types.exact import Exact, short
from ..messages import Value

_POSTGRES: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
_SQLITE: Any = sqlite.dialect()
_UNREADABLE = (UnreadableValue, ValueError, TypeError, LookupError, ArithmeticError, RecursionError)


@dataclass(frozen=True, eq=False)
class HubColumn:
    """A column, and what is done with its values."""

    column: sa.Column[Any]

    @property
    def name(self) -> str:
        """Its name in both databases."""
        return self.column.name

    @cached_property
    def sql_type(self) -> str:
        """PostgreSQL's name of its type, to be written after `::`."""
        kind = self.column.type
        plain = kind.column_type(True) if isinstance(kind, Exact) else kind
        return str(_POSTGRES.type_compiler_instance.process(plain)).partition(" COLLATE")[0]

    @property
    def is_needed(self) -> bool:
        """Whether a new row has to come with a value, because nothing else gives it one."""
        column = self.column
        is_given = column.server_default is not None or column.default is not None
        return not (column.nullable or column.primary_key or is_given)

    def default(self) -> Value:
        """What a new row begins with where nothing came, in the form SQLite keeps; None if the model does not say."""
        default = self.column.default
        if not isinstance(default, sa.ColumnDefault) or default.is_clause_element:
            return None
        return self._write_here(default.arg(None) if default.is_callable else default.arg)  # type: ignore[no-any-return]

    def kept(self, value: Value) -> Value:
        """A pushed value in the one form that SQLite keeps; raises ValueRefused."""
        if value is None:
            return None
        return self._write_here(self.python(value))  # type: ignore[no-any-return]

    def there(self, kept: Value) -> Any:
        """What psycopg is given to write; raises ValueRefused, also for what the model's limits forbid."""
        if kept is None:
            if self.column.nullable:
                return None
            raise ValueRefused(f"{self.where} has to have a value.")
        python = self.python(kept)
        self._limit(python)
        return self._write_there(python)

    def python(self, kept: Value) -> Any:
        """The value that the program knows; raises ValueRefused."""
        if kept is None or self._read is None:
            return kept
        try:
            return self._read(kept)
        except _UNREADABLE:
            raise ValueRefused(f"{self.where} takes {self._expected}, got {short(kept)}.") from None

    @property
    def where(self) -> str:
        """Its place, as errors name it."""
        kind = self.column.type
        return kind.where if isinstance(kind, Exact) else f"{self.column.table.name}.{self.name}"

    def _limit(self, python: Any) -> None:
        if self._limited is not None:
            try:
                msgspec.convert(python, self._limited)
            except msgspec.ValidationError:
                raise ValueRefused(
                    f"{self.where} takes {expected(self._limited)}, got {short(python)}."
                ) from None

    @cached_property
    def _limited(self) -> Any:
        """The hint with its `Meta` alone; None if there is none."""
        kind = self.column.type
        hint = kind.hint if isinstance(kind, Exact) else None
        parts = [bare(part) for part in (hint, *members(hint))]
        metas = tuple(extra for _, extras in parts for extra in extras if _is_limit(extra))
        if not metas:
            return None
        limited = Annotated[(parts[-1][0], *metas)]  # type: ignore[valid-type]
        try:
            msgspec.inspect.type_info(limited)
        except TypeError as error:
            raise UsageError(
                f"The hub cannot check the limits of {self.where}: {error}. Check them in a rule: `@db.before_push(…)`."
            ) from None
        return limited

    @cached_property
    def _expected(self) -> str:
        kind = self.column.type
        return kind.expected if isinstance(kind, Exact) else "another value"

    @cached_property
    def _read(self) -> Callable[[Any], Any] | None:
        kind: Any = self.column.type
        if isinstance(kind, Exact):
            return kind.reader(False)
        return kind.dialect_impl(_SQLITE).result_processor(_SQLITE, None)  # type: ignore[no-any-return]

    @cached_property
    def _write_here(self) -> Callable[[Any], Any]:
        return self._writer(_SQLITE)

    @cached_property
    def _write_there(self) -> Callable[[Any], Any]:
        return self._writer(_POSTGRES)

    def _writer(self, dialect: Any) -> Callable[[Any], Any]:
        kind: Any = self.column.type
        if isinstance(kind, Exact):
            return kind.writer(dialect is _POSTGRES)
        return kind.dialect_impl(dialect).bind_processor(dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _is_limit(extra: Any) -> bool:
    return isinstance(extra, msgspec.Meta) and any(
        getattr(extra, name) is not None
        for name in ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length", "tz")
    )
