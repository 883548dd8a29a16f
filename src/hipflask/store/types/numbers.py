"""int, float and Decimal, and what SQL can calculate with them.

A Decimal with two digits after its point is NUMERIC in PostgreSQL, and in SQLite, which has no such thing, a whole number
of hundredths:

    Annotated[Decimal, Digits(12, 2)]     Decimal("12.50")  →  1250

So it sorts and compares as a number, and sums are exact: as TEXT '9' would come after '10', and sum() would go through
floats. The price is that SQL has to mind the digits after the point, which it does here, wherever SQLAlchemy's operators
are used: `price * quantity` keeps two of them, `price * rate` adds those of both, and before `price > quantity` or
`price + fee` the number with fewer of them is scaled up.
"""

from __future__ import annotations

import decimal
import math
import sys
from operator import add, eq, floordiv, ge, gt, le, lt, mod, mul, ne, sub, truediv
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import between_op, in_op, not_in_op

from ...core.errors import UsageError
from ..sql import quoted
from .digits import (
    LOOSE,
    MOST_DIGITS,
    ORDINARY,
    Digits,
    finite,
    fitted,
    from_whole,
    places,
    to_whole,
    trimmed,
)
from .exact import SOMEWHERE, Comparator, Convert, Exact, UnreadableValue

SMALLEST, LARGEST = -(2**63), 2**63 - 1
_ALIGNED = {add, sub, mod, eq, ne, lt, le, gt, ge}


class NumberComparator(Comparator):
    """Operators that bring both sides to the same digits after the point first."""

    __slots__ = ()

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        if op is between_op and not kwargs.get("symmetric"):
            return (self.expr >= other[0]) & (self.expr <= other[1])
        if op in _ALIGNED and len(other) == 1:
            left, right = _aligned(self.expr, other[0])
            if left is not self.expr:
                return op(left, right)
            other = (right,)
        if op in (in_op, not_in_op):
            _refuse_other_digits(self.expr, other[0])
        return super().operate(op, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        if op in _ALIGNED and isinstance(other, decimal.Decimal):
            return op(sa.literal(other, _typed(other)), self.expr)
        return super().reverse_operate(op, other, **kwargs)


class Int(Exact):
    """A whole number of 64 bits."""

    impl = sa.BigInteger
    here, there = sa.Integer(), sa.BigInteger()
    operators = NumberComparator
    expected = "a whole number"

    def check(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(value)
        if not SMALLEST <= value <= LARGEST:
            self.refuse(value, "it has more than 64 bits")
        return int(value)

    def writer(self, there: bool) -> Convert:
        check = self.check

        def write(value: Any) -> Any:
            if type(value) is int and SMALLEST <= value <= LARGEST:
                return value
            return None if value is None else check(value)

        return write

    def from_kept(self, there: bool) -> Convert | None:
        return int if there else None  # sum() of PostgreSQL is a Decimal

    def result_of(self, op: Any, other: Any) -> Any:
        return _result(op, self, other)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return _typed(value) if isinstance(value, float | decimal.Decimal) else Int(self.where)


class Float(Exact):
    """A finite number of binary digits."""

    impl = sa.Double
    here, there = sa.REAL(), sa.Double()
    operators = NumberComparator
    expected = "a number"

    def check(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, float | int):
            self.refuse(value)
        if not _is_same_as_float(value):
            self.refuse(value, "it would be rounded")
        if not math.isfinite(value):
            self.refuse(value, "a database cannot calculate with it")
        return float(value) + 0.0  # -0.0 becomes 0.0: SQLite has no other

    def writer(self, there: bool) -> Convert:
        check = self.check

        def write(value: Any) -> Any:
            if type(value) is float and value - value == 0.0:  # false for infinities and NaN
                return value + 0.0
            return None if value is None else check(value)

        return write

    def from_kept(self, there: bool) -> Convert | None:
        return _finite if there else None  # avg() of PostgreSQL is a Decimal

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        return f"{quoted(name)} BETWEEN -{sys.float_info.max!r} AND {sys.float_info.max!r}"

    def result_of(self, op: Any, other: Any) -> Any:
        return _result(op, self, other)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return Float(self.where)


class Decimal(Exact):
    """A decimal number with a fixed number of digits after the point."""

    impl = sa.Numeric
    here = sa.Integer()
    operators = NumberComparator

    def __init__(
        self, digits: Digits | None = None, where: str = SOMEWHERE, is_rounded: bool = False
    ) -> None:
        super().__init__(where)
        self.digits = digits
        self.is_rounded = is_rounded  # the result of a division, for which SQLite goes through floats
        self._digits = digits or ORDINARY

    @property
    def after_point(self) -> int:
        """How many digits stand after the point."""
        return self._digits.after_point

    @property
    def expected(self) -> str:
        most, after = self._digits.most, self.after_point
        if most == LOOSE:
            return f"a decimal number with at most {after} digits after the point"
        return f"a decimal number of at most {most} digits, {after} of them after the point"

    def column_type(self, there: bool) -> Any:
        if not there:
            return self.here
        return sa.Numeric() if self._digits.most == LOOSE else sa.Numeric(self._digits.most, self.after_point)

    def check(self, value: Any) -> decimal.Decimal:
        if isinstance(value, bool) or not isinstance(value, decimal.Decimal | int):
            self.refuse(
                value,
                f"a float is rarely what it seems; write Decimal('{value}')"
                if isinstance(value, float)
                else "",
            )
        number = decimal.Decimal(value)
        if not number.is_finite():
            self.refuse(value, "a database cannot calculate with it")
        try:
            kept = fitted(number, self._digits)
        except decimal.Inexact:
            self.refuse(
                value, "it would be rounded" + ("" if self.digits else "; declare Digits(most, after_point)")
            )
        except decimal.InvalidOperation:
            self.refuse(value, "it has too many digits")
        return self._shown(kept)

    def to_kept(self, there: bool) -> Convert | None:
        after = self.after_point
        return None if there else lambda number: to_whole(number, after)

    def from_kept(self, there: bool) -> Convert | None:
        after, shown = self.after_point, self._shown
        if there:
            return lambda kept: shown(finite(kept))
        return lambda kept: shown(from_whole(self._whole(kept), after))

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        most = decimal.Decimal(10**self._digits.most - 1)
        last = most if dialect == "sqlite" else most.scaleb(-self.after_point)
        return f"{quoted(name)} BETWEEN -{last:f} AND {last:f}"  # PostgreSQL's NUMERIC takes NaN

    def result_of(self, op: Any, other: Any) -> Any:
        return _result(op, self, other)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        if op in (mul, truediv) and type(value) in (int, decimal.Decimal):
            return _typed(value, self.where)
        return Decimal(Digits(LOOSE, self.after_point), self.where)

    def _whole(self, kept: Any) -> Any:
        if type(kept) is float and not self.is_rounded:
            raise UnreadableValue(
                f"A result calculated from {self.where} has more than 64 bits, which SQLite could only give as the float {kept!r}."
                " Select the columns, and calculate in Python."
            )
        return kept

    def _shown(self, number: decimal.Decimal) -> decimal.Decimal:
        """With all declared digits after the point; where none were declared, without needless zeros."""
        return trimmed(number) if self.digits is None else number


class Scaled(FunctionElement[Any]):
    """A number with more digits after its point: multiplied in SQLite, as it is in PostgreSQL."""

    inherit_cache = True
    name = "scaled"

    def __init__(self, number: Any, zeros: int, to: int) -> None:
        super().__init__(number, sa.literal_column(str(10**zeros)))
        kind = number.type
        self.type = Decimal(
            Digits(LOOSE, to), getattr(kind, "where", SOMEWHERE), getattr(kind, "is_rounded", False)
        )


@compiles(Scaled)
def _plainly(element: Scaled, compiler: Any, **kwargs: Any) -> str:
    return str(compiler.process(next(iter(element.clauses)), **kwargs))


@compiles(Scaled, "sqlite")
def _multiplied(element: Scaled, compiler: Any, **kwargs: Any) -> str:
    number, factor = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"({number} * {factor})"


def to_digits(number: Any, after_point: int) -> Any:
    """A number's SQL with this many digits after its point, if it has fewer."""
    has = after_point_of(number)
    return (
        number
        if has is None or has >= after_point
        else Scaled(number.self_group(mul), after_point - has, after_point)
    )


def after_point_of(element: Any) -> int | None:
    """How many digits a number's SQL has after its point; None if it is no number of that kind."""
    if not isinstance(element, ColumnElement):
        return None
    kind = element.type
    return 0 if isinstance(kind, Int | sa.Integer) else getattr(kind, "after_point", None)


def _aligned(left: Any, right: Any) -> tuple[Any, Any]:
    if _has_more_digits(right, left):
        right = sa.literal(right, _typed(right, left.type.where))
    elif hasattr(right, "__clause_element__"):
        right = right.__clause_element__()
    mine, others = after_point_of(left), after_point_of(right)
    if mine is None or others is None or mine == others:
        _refuse_mixture(left, right)
        return left, right
    return to_digits(left, others), to_digits(right, mine)


def _has_more_digits(value: Any, element: Any) -> bool:
    known = after_point_of(element)
    return (
        known is not None and type(value) in (int, decimal.Decimal) and places(decimal.Decimal(value)) > known
    )


def _refuse_other_digits(left: Any, query: Any) -> None:
    for column in getattr(query, "selected_columns", ()):
        mine, others = after_point_of(left), after_point_of(column)
        if None not in (mine, others) and mine != others:
            raise UsageError(
                f"{left.type.where} and {getattr(column.type, 'where', column)} have different digits after the point, which IN does not"
                " see. Write `.where(sa.exists().where(one == other))`, or declare both alike."
            )


def _refuse_mixture(left: Any, right: Any) -> None:
    kinds = {type(element.type) for element in (left, right) if isinstance(element, ColumnElement)}
    if {Decimal, Float} <= kinds:
        raise _mixture(left.type)


def _mixture(kind: Exact) -> UsageError:
    return UsageError(
        f"{kind.where} and a float or another kind of number cannot be combined in SQL: one of them is exact and the other is not."
        " Calculate in Python, or declare both as Decimal."
    )


def _result(op: Any, left: Exact, right: Any) -> Any:
    if isinstance(right, Decimal) or isinstance(left, Decimal):
        return _decimal_result(op, left, right)
    if not isinstance(right, Int | Float | sa.Integer | sa.Float):
        return Exact.result_of(left, op, right)
    are_whole = isinstance(left, Int) and isinstance(right, Int | sa.Integer)
    if op in (mod, floordiv) and not are_whole:
        return Exact.result_of(left, op, right)
    return Int(left.where) if are_whole and op is not truediv else Float(left.where)


def _decimal_result(op: Any, left: Any, right: Any) -> Any:
    if not all(isinstance(kind, Int | Decimal | sa.Integer) for kind in (left, right)):
        raise _mixture(left)
    if op is floordiv:
        return Exact.result_of(left, op, right)
    mine, others = getattr(left, "after_point", 0), getattr(right, "after_point", 0)
    after = {mul: mine + others, truediv: mine - others}.get(op, max(mine, others))
    is_rounded = op is truediv or any(getattr(kind, "is_rounded", False) for kind in (left, right))
    return Decimal(Digits(LOOSE, after), left.where, is_rounded)


def _typed(value: Any, where: str = SOMEWHERE) -> Exact:
    if isinstance(value, decimal.Decimal):
        return Decimal(Digits(LOOSE, min(places(value), MOST_DIGITS)), where)
    return Float(where) if isinstance(value, float) else Int(where)


def _is_same_as_float(value: Any) -> bool:
    try:
        return not isinstance(value, int) or float(value) == value
    except OverflowError:
        return False


def _finite(kept: Any) -> float:
    if not math.isfinite(kept):
        raise ValueError(kept)
    return float(kept)
