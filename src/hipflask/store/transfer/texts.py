"""A column's values as they stand in a file of CSV or JSON lines, and back, exactly.

    text_of(Decimal("12.50"))                → "12.50"
    text_reader(column.type)("12.50")        → Decimal("12.50")
    text_reader(column.type)("a dozen")      → Misfit: expected a decimal number …, got 'a dozen'

In CSV an empty field is None, and `""` is an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from ...core import hints
from ...core.errors import UsageError
from ...core.fault import REFUSALS, convert
from ...core.reading import reader
from ..types.choices import Choice
from ..types.exact import Exact, ValueRefused, short
from ..types.json_type import Json
from ..types.moments import Date, DateTime, Time, TimeDelta
from ..types.numbers import Decimal, Float
from ..types.scalars import Bytes, Str, Uuid

Read = Callable[[Any], Any]

_WITH_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_PLAIN_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_FAULTS = (*REFUSALS, msgspec.MsgspecError, TypeError, RecursionError)
_EXAMPLES: dict[type[Exact], str] = {
    Decimal: " such as 12.50",
    Float: " such as 12.5",
    Date: " such as 2026-11-22",
    DateTime: " such as 2026-11-22T15:30:00Z",
    Time: " such as 15:30:00",
    TimeDelta: " such as PT1H30M",
    Uuid: " such as 6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f",
    Bytes: " as base64 such as aGlwZmxhc2s=",
}


class Quoted(str):
    """A field that stood in quotation marks: empty, it is an empty text."""

    __slots__ = ()


@dataclass(frozen=True)
class BadLine:
    """A line that does not fit: its number, the column, what was seen there and what was expected."""

    line: int
    column: str
    value: str
    expected: str
    reason: str = ""

    def __str__(self) -> str:
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        because = f": {self.reason}" if self.reason else ""
        return f"{where}: expected {self.expected}, got {short(self.value)}{because}"


class Misfit(Exception):
    """What a field, or a whole line, holds does not fit."""

    def __init__(self, expected: str, reason: str = "", value: str | None = None) -> None:
        self.expected, self.reason, self.value = expected, reason, value
        super().__init__(expected)


def expected_of(kind: Exact) -> str:
    """What a column takes, in words and as it stands in a file."""
    return f"{kind.expected}{_EXAMPLES.get(type(kind), '')}"


def misfit(kind: Exact, value: Any, error: ValueRefused) -> Misfit:
    """What is wrong with a value that the column's type has refused."""
    known = f"{kind.where} takes {kind.expected}, got {short(value)}"
    return Misfit(expected_of(kind), str(error).removeprefix(known).strip(": ."))


# ── out ───────────────────────────────────────────────────────────────────────────────────────────


def text_of(value: Any, is_json: bool = False) -> str | None:
    """A value as text; None stays None."""
    if value is None or (type(value) is str and not is_json):
        return value
    if is_json:
        return msgspec.json.encode(value, order="deterministic").decode()
    plain = msgspec.to_builtins(value)
    return ("true" if plain else "false") if isinstance(plain, bool) else str(plain)


def json_of(row: dict[str, Any]) -> bytes:
    """A row as a line of JSON."""
    return msgspec.json.encode(row)


# ── in ────────────────────────────────────────────────────────────────────────────────────────────


def text_reader(column: sa.Column[Any], has_decimal_commas: bool = False) -> Read:
    """What reads a field of CSV for this column; it raises Misfit."""
    kind = _exact(column)
    convert_text = _from_text(kind, has_decimal_commas)
    may_be_empty = isinstance(kind, Str | Bytes) or (isinstance(kind, Choice) and "" in _choices(kind))
    is_always_text = isinstance(kind, Str) and not column.nullable

    def read(text: str) -> Any:
        if not text and not (may_be_empty and (is_always_text or type(text) is Quoted)):
            return None
        try:
            return convert_text(text)
        except _FAULTS:
            raise Misfit(expected_of(kind)) from None

    return read


def json_reader(column: sa.Column[Any]) -> Read:
    """What reads the JSON of one value for this column; it raises Misfit."""
    kind = _exact(column)
    decoder = msgspec.json.Decoder(kind.form if isinstance(kind, Json) else _hint(kind))

    def read(raw: msgspec.Raw) -> Any:
        if bytes(raw) == b"null":
            return None
        try:
            return decoder.decode(raw)
        except _FAULTS:
            raise Misfit(expected_of(kind)) from None

    return read


def _from_text(kind: Exact, has_decimal_commas: bool) -> Read:
    if isinstance(kind, Str):
        return str
    if isinstance(kind, Json):
        decode = msgspec.json.Decoder(kind.form).decode
        return lambda text: decode(str(text))
    hint = _hint(kind)
    read = reader(hint)
    if isinstance(kind, Choice):
        return lambda text: convert(read(str(text)), hint)
    if not isinstance(kind, Decimal | Float):
        return lambda text: convert(read(str(text).strip()), hint)

    def number(text: str) -> Any:
        plain = text.strip()
        if has_decimal_commas and _WITH_COMMA.fullmatch(plain):
            plain = plain.replace(",", ".")
        if not _PLAIN_DECIMAL.fullmatch(plain):
            raise ValueError(text)  # 1_000 and the digits of other scripts, which Python would take
        return convert(read(plain), hint)

    return number


def _exact(column: sa.Column[Any]) -> Exact:
    if not isinstance(column.type, Exact):
        raise UsageError(
            f"{column.table.name}.{column.name} has a type of its own ({column.type!r}), of which nobody knows how it stands in a "
            "file. Leave the column out of the file, or declare it with a plain type."
        )
    return column.type


def _hint(kind: Exact) -> Any:
    return hints.bare(hints.members(kind.hint)[0])[0]


def _choices(kind: Choice) -> tuple[Any, ...]:
    return hints.choices(kind.options) or ()
