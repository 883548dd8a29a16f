"""The digits of a decimal number: how many a column takes, and the whole number that SQLite keeps instead.

    fitted(Decimal("12.5"), Digits(12, 2))     → Decimal("12.50")
    to_whole(Decimal("12.50"), 2)              → 1250
    from_whole(1250, 2)                        → Decimal("12.50")

None of it looks at the program's own decimal context, which may round.
"""

from __future__ import annotations

import decimal
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...core.errors import UnsupportedType

MOST_DIGITS = 18  # what 64 bits hold for certain
LOOSE = 19  # of a result: as many as fit

_WIDE = decimal.Context(prec=400, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)


@dataclass(frozen=True)
class Digits:
    """`Annotated[Decimal, Digits(12, 2)]`: the most digits of a column, and how many of them stand after the point."""

    most: int
    after_point: int


ORDINARY = Digits(18, 6)  # of a Decimal that declares none: sums of money, with fractions of a cent


def checked(digits: Digits) -> Digits:
    """The same; raises UnsupportedType where SQLite could not keep as many."""
    if 0 <= digits.after_point <= digits.most <= MOST_DIGITS and digits.most > 0:
        return digits
    raise UnsupportedType(
        f"{digits} cannot be kept exactly: a column has at most {MOST_DIGITS} digits in all, and those after the point are among"
        " them. Longer numbers can be kept as text."
    )


def fitted(number: decimal.Decimal, digits: Digits) -> decimal.Decimal:
    """The number with exactly its digits after the point; raises decimal.Inexact or InvalidOperation if it does not fit."""
    kept = number.quantize(_unit(digits.after_point), context=_exactly(digits.most))
    return abs(kept) if kept.is_zero() else kept  # PostgreSQL knows no -0


def trimmed(number: decimal.Decimal) -> decimal.Decimal:
    """The number without needless zeros after its point, and never as 1E+3."""
    return (
        _WIDE.quantize(number, decimal.Decimal(1))
        if number == number.to_integral_value()
        else _WIDE.normalize(number)
    )


def to_whole(number: decimal.Decimal, after_point: int) -> int:
    """The number in units of its last digit."""
    return int(_WIDE.scaleb(number, after_point))


def from_whole(kept: Any, after_point: int) -> decimal.Decimal:
    """The number of so many units; of a float, which SQLite's avg() and `/` give, the digits that it shows."""
    return _WIDE.scaleb(decimal.Decimal(repr(kept) if isinstance(kept, float) else kept), -after_point)


def finite(kept: Any) -> decimal.Decimal:
    """What PostgreSQL kept; raises ValueError for its NaN."""
    number = decimal.Decimal(kept)
    if not number.is_finite():
        raise ValueError(kept)
    return number


def places(number: decimal.Decimal) -> int:
    """How many digits stand after its point."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@lru_cache
def _unit(after_point: int) -> decimal.Decimal:
    return decimal.Decimal(1).scaleb(-after_point)


@lru_cache
def _exactly(digits: int) -> decimal.Context:
    return decimal.Context(prec=digits, traps=[decimal.Inexact, decimal.InvalidOperation])
