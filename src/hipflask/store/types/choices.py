"""Enum and Literal: one of a few values, all text or all whole numbers.

    class Status(Enum):
        OPEN = "open"        kept as 'open'

An Enum is kept by the values of its members, as it travels on every other surface. Other readers of the database see what
was chosen as data ('open'), not how the program spells it, and a member may be renamed without touching a row. Give whole
numbers by hand: those of `auto()` would mean other members once one is put between.
"""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa

from ...core.errors import UnsupportedType
from ...core.hints import choices
from ...core.words import expected, join
from ..sql import quoted
from .exact import SOMEWHERE, Convert, Exact, text_literal
from .scalars import bad_text


class Choice(Exact):
    """One of an Enum's members, or of a Literal's values."""

    def __init__(self, options: Any, where: str = SOMEWHERE) -> None:
        super().__init__(where)
        self.options = options
        kept = _kept(options)
        self._taken = dict(zip(kept, options if _is_enum(options) else kept, strict=True))
        self._kind = options if _is_enum(options) else type(kept[0])
        self._is_text = isinstance(kept[0], str)

    @property
    def expected(self) -> str:
        if not _is_enum(self.options):
            return expected(self.options)
        return (
            "one of " + join((str(member) for member in self.options), "or")
            if len(self._taken) > 1
            else str(*self.options)
        )

    def column_type(self, there: bool) -> Any:
        if self._is_text:
            return sa.Text(collation="C") if there else sa.Text()
        return sa.BigInteger() if there else sa.Integer()

    def check(self, value: Any) -> Any:
        if type(value) is not self._kind or not (_is_enum(self._kind) or value in self._taken):
            self.refuse(value)
        return value

    def to_kept(self, there: bool) -> Convert | None:
        return _value_of if _is_enum(self.options) else None

    def from_kept(self, there: bool) -> Convert | None:
        return self._taken.__getitem__

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        return f"{quoted(name)} IN ({', '.join(text_literal(v) if self._is_text else str(v) for v in self._taken)})"


def _is_enum(options: Any) -> bool:
    return isinstance(options, type) and issubclass(options, enum.Enum)


def _value_of(member: Any) -> Any:
    return member.value


def _kept(options: Any) -> list[Any]:
    kept = list(choices(options) or ())
    kinds = {type(value) for value in kept}
    if _is_enum(options) and issubclass(options, enum.Flag):
        raise UnsupportedType(
            f"{options!r} is a set of flags, not a choice. Declare the column as int, or as one bool each."
        )
    if kinds not in ({str}, {int}):
        raise UnsupportedType(
            f"{options!r} cannot be a column: its choices have to be all text or all whole numbers, not"
            f" {join(sorted({kind.__name__ for kind in kinds}), 'and') if kinds else 'none at all'}."
        )
    for value in kept:
        flaw = (
            bad_text(value)
            if isinstance(value, str)
            else ""
            if -(2**63) <= value < 2**63
            else "it has more than 64 bits"
        )
        if flaw:
            raise UnsupportedType(
                f"{options!r} cannot be a column: {value!r} cannot be kept, because {flaw}."
            )
    return kept
