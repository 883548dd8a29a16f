"""Text as JSON-like values, guided by the hint: what argv, a query, a form or a path hold.

    reader(int)("5")                  -> 5
    reader(bool)("yes")               -> True
    reader(list[float])(["1", "2.5"]) -> [1.0, 2.5]
    reader(Order)('{"lines": []}')    -> {"lines": []}
    reader(date)("2026-11-22")        -> "2026-11-22"    text already says it; msgspec makes the date

A reader that cannot make sense of its text leaves it alone: the conversion that follows refuses it, in one place and
with one sentence.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Callable
from itertools import chain, repeat
from typing import Any

import msgspec

from .fault import REFUSALS, convert
from .hints import allows_none, bare, choices, is_list, is_object, item, members, row

Reader = Callable[[Any], Any]

# Not int() and float() alone, which also take 1_000, nan, and the digits of other scripts.
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,40}\s*")
_NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*")
_NO_SECONDS = re.compile(r"(.*[ T])?[0-9]{2}:[0-9]{2}")  # what <input type="time"> and datetime-local send
_BOOLS = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)


def reader(hint: Any) -> Reader:
    """The function that reads the text of one hint."""
    options = members(hint)
    if options != (hint,):
        return _any_of(options, allows_none(hint))
    known = choices(hint)
    if known is not None:
        return _choice(known, allows_none(hint))
    if is_list(hint):
        return _list(hint)
    if is_object(hint):
        return _json
    return _SCALARS.get(bare(hint)[0], _same)


def _same(text: Any) -> Any:
    return text


def _whole(text: Any) -> Any:
    return int(text) if _WHOLE.fullmatch(text) else text


def _number(text: Any) -> Any:
    return float(text) if _NUMBER.fullmatch(text) else text


def _bool(text: Any) -> Any:
    return _BOOLS.get(text.strip().lower(), text)


def _time(text: Any) -> Any:
    return f"{text}:00" if _NO_SECONDS.fullmatch(text) else text


def _json(text: Any) -> Any:
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return text


def _choice(values: tuple[Any, ...], none: bool) -> Reader:
    by_text = {str(value): value for value in values}
    if none:
        by_text.setdefault("", None)
    return lambda text: by_text.get(text, text)


def _list(hint: Any) -> Reader:
    fixed = [_item(inner) for inner in row(hint) or ()]
    each = _item(item(hint))

    def read(texts: Any) -> Any:
        given = texts if isinstance(texts, list | tuple) else [texts]
        readers = chain(fixed, repeat(_same)) if fixed else repeat(each)
        return [read_one(text) for read_one, text in zip(readers, given, strict=False)]

    return read


def _item(hint: Any) -> Reader:
    """A list inside a list is one text, so it is JSON."""
    return _json if is_list(hint) else reader(hint)


def _any_of(options: tuple[Any, ...], none: bool) -> Reader:
    """Reads text as the first member that it fits, the narrowest first: '5' is a number wherever numbers may come."""
    tries = [(reader(option), option) for option in sorted(options, key=_width)]
    takes_empty_text = any(bare(option)[0] is str for option in options)

    def read(text: Any) -> Any:
        if none and text == "" and not takes_empty_text:
            return None  # a form's empty field
        for read_one, option in tries:
            with contextlib.suppress(*REFUSALS, TypeError):  # TypeError: several texts, where one is read
                value = read_one(text)
                convert(value, option)
                return value
        return text

    return read


def _width(hint: Any) -> int:
    if choices(hint) is not None:
        return 0
    base, _ = bare(hint)
    return _WIDTHS.index(base) + 1 if base in _WIDTHS else len(_WIDTHS)


_WIDTHS: tuple[Any, ...] = (int, float, bool, list, str)
_SCALARS: dict[Any, Reader] = {
    int: _whole,
    float: _number,
    bool: _bool,
    datetime.time: _time,
    datetime.datetime: _time,
}
