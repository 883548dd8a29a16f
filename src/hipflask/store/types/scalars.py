"""bool, str, bytes and UUID."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from operator import add
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.operators import concat_op

from ..sql import quoted
from .exact import SOMEWHERE, Comparator, Convert, Exact


@dataclass(frozen=True)
class Length:
    """`Annotated[str, Length(80)]`: the most characters (or bytes) that a column takes."""

    most: int


class Bool(Exact):
    """True and False: 1 and 0 in SQLite."""

    impl = sa.Boolean
    here, there = sa.Integer(), sa.Boolean()
    expected = "true or false"

    def check(self, value: Any) -> bool:
        if type(value) is not bool:
            self.refuse(value)
        return value

    def to_kept(self, there: bool) -> Convert | None:
        return None if there else int

    def from_kept(self, there: bool) -> Convert | None:
        return None if there else {0: False, 1: True}.__getitem__

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        return f"{quoted(name)} IN (0, 1)" if dialect == "sqlite" else None


class TextComparator(Comparator):
    """Operators of text, whose `+` is SQL's `||`."""

    __slots__ = ()

    def _adapt_expression(self, op: Any, other_comparator: Any) -> tuple[Any, Any]:
        op, kind = super()._adapt_expression(op, other_comparator)
        return concat_op if op is add else op, kind


class Str(Exact):
    """Text that both engines can keep; sorted by code point, as Python sorts it."""

    there = sa.Text(collation="C")
    operators = TextComparator

    def __init__(self, length: int | None = None, where: str = SOMEWHERE) -> None:
        super().__init__(where)
        self.length = length

    @property
    def expected(self) -> str:
        return "text" if self.length is None else f"text of at most {self.length} characters"

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            self.refuse(value)
        text = str.__str__(value)  # of a subclass, the text alone
        flaw = bad_text(text)
        if flaw:
            self.refuse(value, flaw)
        if self.length is not None and len(text) > self.length:
            self.refuse(value, f"it has {len(text):,}")
        return text

    def writer(self, there: bool) -> Convert:
        check = self.check
        most = self.length or 2**63

        def write(value: Any) -> Any:
            if type(value) is str and value.isascii() and "\0" not in value and len(value) <= most:
                return value
            return None if value is None else check(value)

        return write

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        return None if self.length is None else f"length({quoted(name)}) <= {self.length}"

    def result_of(self, op: Any, other: Any) -> Any:
        return Str(where=self.where) if op is add and isinstance(other, Str) else super().result_of(op, other)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """A pattern, or what somebody searches for, may be longer than what is found."""
        return Str(where=self.where)


class Bytes(Exact):
    """Bytes."""

    impl = sa.LargeBinary
    here = there = sa.LargeBinary()

    def __init__(self, length: int | None = None, where: str = SOMEWHERE) -> None:
        super().__init__(where)
        self.length = length

    @property
    def expected(self) -> str:
        return "bytes" if self.length is None else f"at most {self.length} bytes"

    def check(self, value: Any) -> bytes:
        if not isinstance(value, bytes):
            self.refuse(value, f"write bytes({type(value).__name__})" if isinstance(value, bytearray) else "")
        if self.length is not None and len(value) > self.length:
            self.refuse(value, f"it has {len(value):,}")
        return bytes(value)

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        return None if self.length is None else f"length({quoted(name)}) <= {self.length}"

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return Bytes(where=self.where)


class Uuid(Exact):
    """A UUID: 36 characters in SQLite, so that everybody can read and write it."""

    impl = sa.Uuid
    there = sa.Uuid()
    expected = "a UUID"

    def check(self, value: Any) -> uuid.UUID:
        if not isinstance(value, uuid.UUID):
            self.refuse(value, f"write UUID({value!r})" if isinstance(value, str) else "")
        return value

    def to_kept(self, there: bool) -> Convert | None:
        return None if there else str

    def from_kept(self, there: bool) -> Convert | None:
        return None if there else _uuid

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        column = quoted(name)
        return f"length({column}) = 36 AND {column} = lower({column})" if dialect == "sqlite" else None


def _uuid(text: str) -> uuid.UUID:
    found = uuid.UUID(text)
    if len(text) != 36:  # UUID() takes braces, too; then no comparison in SQL would find it
        raise ValueError(text)
    return found


def bad_text(text: str) -> str:
    """Why a text cannot be kept; empty if it can."""
    if "\0" in text:
        return "it has a NUL character in it, which PostgreSQL cannot keep"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "it has half of a surrogate pair in it, which no database can keep"
    return ""
