"""What a person typed into a cell, as a value of the column's kind; and why not, in a sentence.

read(price, "1.234,5", ",")    → Decimal("1234.5")
read(price, "a dozen", ".")    → ValueError: Price takes a number such as 12.50, not “a dozen”.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from ...core.rows import ColumnKind
from .columns import Shown

# Thousands are set apart by a comma or a point, or by one of these, depending on the country.
_BLANKS = dict.fromkeys(map(ord, " \u00a0\u2009\u202f'’_"))
_YES = frozenset({"true", "yes", "y", "1", "x", "on", "✓"})
_NO = frozenset({"false", "no", "n", "0", "off", ""})
_CLOCK = re.compile(r"(-)?(?:(\d+) days?,? )?(\d+):([0-5]?\d)(?::([0-5]?\d(?:\.\d{1,6})?))?")
_LONGEST = 40
_EXAMPLES: dict[ColumnKind, str] = {
    "integer": "a whole number such as 12",
    "float": "a number such as 12.5",
    "decimal": "a number such as 12.50",
    "boolean": "yes or no",
    "date": "a date such as 2026-11-22",
    "time": "a time such as 15:30",
    "datetime": "a date and time such as 2026-11-22 15:30",
    "duration": "a duration such as 1:30:00",
    "json": "JSON such as [1, 2]",
}


def read(column: Shown, text: object, decimal: str = ".", *, is_zoned: bool = False) -> object:
    """The value that was meant; raises ValueError with a sentence that names the column and what was seen."""
    if isinstance(text, bool) and column.kind == "boolean":
        return text
    if not isinstance(text, str):
        raise ValueError(f"{column.heading} takes a text, as it was typed.")
    bare = text.strip()
    if not (text if column.kind == "text" else bare):
        return _nothing(column)
    if column.kind == "datetime":
        return _fitting(column, text, lambda: moment(bare, is_zoned=is_zoned))
    if column.choices:
        return _choice(column, bare)
    reader = _READERS.get(column.kind)
    return text if reader is None else _fitting(column, text, lambda: reader(bare, decimal))


def _nothing(column: Shown) -> object:
    if column.is_nullable:
        return None
    if column.kind in ("text", "other"):
        return ""
    if column.kind == "boolean":
        return False
    raise ValueError(f"{column.heading} cannot be left empty.")


def _choice(column: Shown, text: str) -> str:
    if text not in column.choices:
        raise ValueError(f"{column.heading} takes one of {', '.join(column.choices)}, not “{_short(text)}”.")
    return text


def _fitting(column: Shown, text: str, value: Callable[[], object]) -> object:
    try:
        return value()
    except (ValueError, ArithmeticError, msgspec.MsgspecError, RecursionError):
        expected = _EXAMPLES[column.kind]
        raise ValueError(f"{column.heading} takes {expected}, not “{_short(text)}”.") from None


def plain_number(text: str, decimal: str) -> str:
    """A number as Python writes it, from one with the signs of a country; raises ValueError if they stand where none can."""
    bare = text.translate(_BLANKS).replace("−", "-")
    group = "," if decimal == "." else "."
    whole, point, rest = bare.partition(decimal)
    if group in whole:
        first, *others = whole.lstrip("+-").split(group)
        if not 1 <= len(first) <= 3 or any(len(each) != 3 for each in others):
            raise ValueError("the thousands are not in threes")
        whole = whole.replace(group, "")
    if group in rest:
        raise ValueError("there are thousands behind the point")
    return whole + ("." if point else "") + rest


def _decimal(text: str, decimal: str) -> Decimal:
    percent = text.endswith("%")
    number = Decimal(plain_number(text.removesuffix("%"), decimal))
    return number.scaleb(-2) if percent else number


def _float(text: str, decimal: str) -> float:
    percent = text.endswith("%")
    number = float(plain_number(text.removesuffix("%"), decimal))
    return number / 100 if percent else number


def _integer(text: str, decimal: str) -> int:
    number = Decimal(plain_number(text, decimal))
    if not number.is_finite() or number.adjusted() > 1000 or number != number.to_integral_value():
        raise InvalidOperation
    return int(number)


def _boolean(text: str, _: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError("neither yes nor no")


def moment(text: str, *, is_zoned: bool) -> datetime.datetime:
    """A date and time; where the column's have a zone, one that was typed without is a time of this machine."""
    found = datetime.datetime.fromisoformat(text)
    return found.astimezone() if is_zoned and found.tzinfo is None else found


def _duration(text: str, _: str) -> datetime.timedelta:
    clock = _CLOCK.fullmatch(text)
    if text[:1].isdigit() and clock is None:
        return datetime.timedelta(seconds=float(text))
    if clock is None:
        return msgspec.convert(text, datetime.timedelta)
    sign, days, hours, minutes, seconds = clock.groups("0")
    found = datetime.timedelta(int(days), float(seconds), minutes=int(minutes), hours=int(hours))
    return -found if sign == "-" else found


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


_READERS: dict[ColumnKind, Callable[[str, str], Any]] = {
    "integer": _integer,
    "float": _float,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": lambda text, _: datetime.date.fromisoformat(text),
    "time": lambda text, _: datetime.time.fromisoformat(text),
    "duration": _duration,
    "json": lambda text, _: json.loads(text),
}
