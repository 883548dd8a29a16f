"""Results as a person in a shell reads them: text as it is, a record line by line, records as a table.

base    player  since
first   Who      2024
second  What     1998
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ...core.results import to_builtins

Row = dict[str, Any]


def lines(result: object) -> Iterator[str]:
    """The lines that show a result; None shows as nothing."""
    plain = to_builtins(result)
    if isinstance(plain, dict):
        yield from (f"{key}: {_inline(value)}".rstrip() for key, value in plain.items())
    elif isinstance(plain, list | tuple) and plain and all(isinstance(each, dict) for each in plain):
        yield from table(plain)
    elif isinstance(plain, list | tuple):
        yield from map(_inline, plain)
    elif plain is not None:
        yield plain if isinstance(plain, str) else _inline(plain)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Rows under the names of their columns, numbers to the right."""
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    cells = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    numeric = [all(_is_number(row.get(name)) for row in rows) for name in names]
    for row in cells:
        padded = (_pad(*each) for each in zip(row, widths, numeric, strict=True))
        yield "  ".join(padded).rstrip()


def _pad(text: str, wide: int, right: bool) -> str:
    space = " " * (wide - width(text))
    return space + text if right else text + space


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cell(value: object) -> str:
    """One value on one line: a newline, tab or escape in the data must not break the table or the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in _inline(value))


def _inline(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def width(text: str) -> int:
    """How many columns a terminal takes for a text: two for a wide letter, none for an accent that is added."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )
