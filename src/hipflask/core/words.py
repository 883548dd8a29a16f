"""What a type hint asks for, in the words of somebody who does not read Python."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from .hints import Field, bare, choices, is_list, is_object, item, members, record, row

_PLAIN: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    bytes: "base64 text such as aGlwZmxhc2s=",
    decimal.Decimal: "a decimal number such as 12.50",
    datetime.date: "a date such as 2026-11-22",
    datetime.time: "a time such as 15:30:00",
    datetime.datetime: "a date and time such as 2026-11-22T15:30:00",
    datetime.timedelta: "a duration such as PT1H30M",
    uuid.UUID: "a UUID such as 6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f",
    Any: "anything",
    None: "nothing",
    type(None): "nothing",
}
_UNITS: dict[Any, str] = {str: " characters", bytes: " bytes"}
_MOST_CHOICES = 20  # an Enum of the world's airports would bury the sentence


def expected(hint: Any) -> str:
    """A hint in words: "a whole number of at least 3", "one of 'first', 'second' or 'third'"."""
    options = members(hint)
    if len(options) != 1 or options[0] is not hint:
        return " or ".join(dict.fromkeys(expected(option) for option in options)) or "nothing"
    known = choices(hint)
    if known is not None:
        return _one_of(known)
    base, extras = bare(hint)
    return _base(base) + _limits(base, [extra for extra in extras if isinstance(extra, msgspec.Meta)])


def limits(hint: Any) -> str:
    """What `Annotated[…, Meta(…)]` demands of a value beyond its type, as a sentence: "At least 3." """
    base, extras = bare(hint)
    metas = [extra for extra in extras if isinstance(extra, msgspec.Meta) and extra.pattern is None]
    words = _limits(base, metas).strip().removeprefix("of ")
    return f"{words[0].upper()}{words[1:]}." if words else ""


def join(words: Iterable[str], last: str) -> str:
    """Words in a row: "a, b and c"."""
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail


def _base(base: Any) -> str:
    if base in _PLAIN:
        return _PLAIN[base]
    fixed = row(base)
    if fixed is not None:
        return f"a list of {len(fixed)}: {', then '.join(map(expected, fixed))}"
    known = record(base)
    if known is not None:
        return _record(known)
    if is_list(base):
        return _each("a list, each item", item(base))
    return (
        _each("an object, each value", item(base))
        if is_object(base)
        else str(getattr(base, "__name__", base))
    )


def _each(words: str, inner: Any) -> str:
    return words.partition(",")[0] if inner is Any else f"{words} {expected(inner)}"


def _one_of(values: Sequence[Any]) -> str:
    shown = [repr(value) for value in values[:_MOST_CHOICES]]
    if len(values) > _MOST_CHOICES:
        return f"one of {', '.join(shown)} … ({len(values)} in all)"
    return join(shown, "or") if len(shown) < 3 else f"one of {join(shown, 'or')}"


def _record(known: Iterable[Field]) -> str:
    needed = [field.name for field in known if field.required]
    return f"an object with {join(needed, 'and')}" if needed else "an object"


def _limits(base: Any, metas: Sequence[msgspec.Meta]) -> str:
    def given(name: str) -> Any:
        return next((getattr(meta, name) for meta in metas if getattr(meta, name) is not None), None)

    parts = [
        _span(given("ge"), given("le"), ""),
        _when("above {}", given("gt")),
        _when("below {}", given("lt")),
        _when("divisible by {}", given("multiple_of")),
        _span(given("min_length"), given("max_length"), _UNITS.get(base, " items")),
        _when("matching {}", given("pattern")),
        {True: "with a time zone", False: "without a time zone"}.get(given("tz")),
    ]
    return "".join(f" {part}" for part in parts if part)


def _when(words: str, limit: Any) -> str:
    return "" if limit is None else words.format(limit)


def _span(least: Any, most: Any, unit: str) -> str:
    if least is None:
        return _when("of at most {}", most) + (unit if most is not None else "")
    return (f"of at least {least}" if most is None else f"from {least} to {most}") + unit
