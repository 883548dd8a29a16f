"""What all exact types share: a value is checked, kept in one form, and read back as it was.

    price = type_of(Annotated[Decimal, Digits(12, 2)]).at("Item.price")
    price.check(Decimal("12.5"))     → Decimal("12.50"), the form that is kept
    price.check(12.5)                → ValueRefused: Item.price takes a decimal number …, got 12.5: …

A type says how in five small methods: `check`, `to_kept`, `from_kept`, `checks` and, where SQL can calculate with it,
`result_of`. Whatever is written or compared passes `check` on its way to the driver, so neither SQLite's conversions nor
PostgreSQL's are ever asked for.

The place that errors name is an argument of the type and thereby part of SQLAlchemy's cache key: a compiled statement is
used again with the types that it was compiled with, and must not blame another column.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable
from functools import cache
from operator import add, floordiv, mod, mul, sub, truediv
from typing import Any, ClassVar, NoReturn, Self

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

from ...core import errors

Convert = Callable[[Any], Any]

ARITHMETIC = {add: "+", sub: "-", mul: "*", truediv: "/", floordiv: "//", mod: "%"}
SOMEWHERE = "This column"


class ValueRefused(errors.ValueRefused, DontWrapMixin):
    """The same, passed on by SQLAlchemy as it is."""


class UnreadableValue(errors.UnreadableValue, DontWrapMixin):
    """The same, passed on by SQLAlchemy as it is."""


class Comparator(TypeDecorator.Comparator[Any]):
    """Operators between columns; arithmetic is what both engines agree about, and an error beyond that."""

    __slots__ = ()

    def _adapt_expression(self, op: Any, other_comparator: Any) -> tuple[Any, Any]:
        mine = self.type
        if op in ARITHMETIC and isinstance(mine, Exact):
            return op, mine.result_of(op, other_comparator.type)
        result: tuple[Any, Any] = super()._adapt_expression(op, other_comparator)
        return result


class Exact(TypeDecorator[Any]):
    """A column's type that takes what it can give back unchanged, and nothing else."""

    impl: Any = sa.Text  # how SQLAlchemy's operators see it
    here: ClassVar[Any] = sa.Text()  # the type of the column in SQLite
    there: ClassVar[Any] = sa.Text()  # and in PostgreSQL
    operators: ClassVar[type[Comparator]] = Comparator

    #: The Python hint that the column was declared with.
    hint: Any = Any

    def __init_subclass__(cls) -> None:
        cls.cache_ok = True  # SQLAlchemy asks each class itself
        super().__init_subclass__()

    def __init__(self, where: str = SOMEWHERE) -> None:
        super().__init__()
        self.where = where

    def at(self, where: str) -> Self:
        """The same type at its place, as "Player.base": the place that its errors begin with."""
        placed = self.copy()
        placed.__dict__.pop("_static_cache_key", None)  # in which SQLAlchemy has noted the old place
        placed.where = where
        return placed

    @property
    def expected(self) -> str:
        """What it takes, in words."""
        raise NotImplementedError

    def check(self, value: Any) -> Any:
        """The value in the one form that is kept; raises ValueRefused, naming the place, the value and what fits."""
        raise NotImplementedError

    def to_kept(self, there: bool) -> Convert | None:
        """From a checked value to what SQLite's driver takes (PostgreSQL's if `there`); None: as it is."""
        return None

    def from_kept(self, there: bool) -> Convert | None:
        """From what a driver gives to the value; None: as it is."""
        return None

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        """SQL, for sqlalchemy.text(), of a CHECK constraint that keeps other programs' writes in shape; None if there is none."""
        return None

    def result_of(self, op: Any, other: Any) -> Any:
        """The type of `this op other` in SQL; raises UsageError where the engines would not agree."""
        raise errors.UsageError(
            f"{self.where} cannot be calculated with in SQL ({ARITHMETIC[op]}): SQLite and PostgreSQL would not agree about"
            " the result. Calculate in Python first, as in `Task.due < now + timedelta(days=1)`."
        )

    def refuse(self, value: Any, reason: str = "") -> NoReturn:
        """Raise the error for a value that `check` does not take."""
        because = f": {reason}" if reason else ""
        raise ValueRefused(f"{self.where} takes {self.expected}, got {short(value)}{because}.")

    def writer(self, there: bool) -> Convert:
        """What every value passes on its way to the driver."""
        check, convert = self.check, self.to_kept(there)

        def write(value: Any) -> Any:
            if value is None:
                return None
            return check(value) if convert is None else convert(check(value))

        return write

    def reader(self, there: bool) -> Convert | None:
        """What every value passes on its way back."""
        convert = self.from_kept(there)
        if convert is None:
            return None

        def read(value: Any) -> Any:
            if value is None:
                return None
            try:
                return convert(value)
            except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
                self._cannot_read(value)

        return read

    def bind_processor(self, dialect: Dialect) -> Convert:
        """SQLAlchemy's name for `writer`."""
        return self.writer(is_there(dialect))

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        """SQLAlchemy's name for `reader`."""
        return self.reader(is_there(dialect))

    def literal_processor(self, dialect: Dialect) -> Convert:
        """SQL text of a value, for DDL."""
        write = self.writer(is_there(dialect))
        return lambda value: _literal(write(value), dialect)

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """The column's own type."""
        return self.column_type(is_there(dialect))

    def column_type(self, there: bool) -> Any:
        """SQLAlchemy's type for the DDL."""
        return self.there if there else self.here

    @property
    def comparator_factory(self) -> Any:  # type: ignore[override]
        """Its operators: ours, then those of `impl`."""
        ours: Any = self.operators
        theirs: Any = self.impl_instance.comparator_factory
        return _comparator(ours, theirs)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """What a column is compared with is checked as what is written to it."""
        return self

    def _cannot_read(self, value: Any) -> NoReturn:
        raise UnreadableValue(
            f"{self.where} takes {self.expected}, but the database holds {short(value)} there. Another program must have"
            " written it in a form of its own: correct it in the database."
        )


@cache
def _comparator(ours: Any, theirs: Any) -> Any:
    return type("ExactComparator", (ours, theirs), {"__slots__": ()})


def is_there(dialect: Dialect) -> bool:
    """Whether this is PostgreSQL; SQLite is here."""
    return dialect.name == "postgresql"


def short(value: Any, limit: int = 80) -> str:
    """A value for an error's sentence."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def text_literal(text: str) -> str:
    """Text in the SQL of sqlalchemy.text(), where a colon would begin the name of a parameter."""
    return "'" + text.replace("'", "''").replace(":", r"\:") + "'"


def _literal(kept: Any, dialect: Dialect) -> str:
    match kept:
        case bool():
            return "true" if kept else "false"
        case int() | float():
            return repr(kept)
        case decimal.Decimal():
            return format(kept, "f")
        case bytes():
            return f"'\\x{kept.hex()}'" if is_there(dialect) else f"X'{kept.hex()}'"
        case datetime.datetime() | datetime.date() | datetime.time() | uuid.UUID():
            kept = str(kept)
    text: Any = sa.String()
    return str(text.literal_processor(dialect)(kept))
