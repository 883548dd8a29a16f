"""JSON: dicts and lists of what JSON can say, with the hint they were declared with.

A value is taken if it is what comes back: it is written as JSON, read again by the hint, and compared. That one rule refuses
a NaN (it would be null), a tuple (a list), a set, and keys that are not text; nothing else needs to be known about them.

SQLite keeps the text with sorted keys and no spaces, so that equal values are equal in SQL; PostgreSQL keeps JSONB, which
would print 1e300 as a 1 and 300 zeros, so floats of that size are sent with a point.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ..sql import quoted
from .exact import SOMEWHERE, Comparator, Convert, Exact, short

_encode = msgspec.json.Encoder(order="deterministic").encode
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # and not a backslash before u0000
_FAULTS = (ValueError, TypeError, RecursionError, msgspec.MsgspecError)
_TEXT_OR_LARGE = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9.]+[eE]\+?[0-9]+')


class JsonComparator(Comparator):
    """Operators of JSON: `Item.data["key"]` and `Item.data["list", 0]`, which may be any JSON."""

    __slots__ = ()

    def _setup_getitem(self, index: Any) -> tuple[Any, Any, Any]:
        op, where, kind = super()._setup_getitem(index)  # type: ignore[misc]
        return op, where, Json(Any, kind.where)


class Json(Exact):
    """What JSON can say: None, bool, int, float, str, lists of them, and dicts from str to them."""

    impl = sa.JSON
    here, there = sa.Text(), postgresql.JSONB()
    operators = JsonComparator

    def __init__(self, form: Any = Any, where: str = SOMEWHERE) -> None:
        super().__init__(where)
        self.form = form

    @property
    def expected(self) -> str:
        if self.form is Any:
            return "what JSON can say"
        name = self.form.__name__ if isinstance(self.form, type) else str(self.form)
        return f"{name.replace('typing.', '')} as JSON"

    def check(self, value: Any) -> Any:
        text = self._text(value)
        try:
            same = _decoder(self.form).decode(text)
            is_same = bool(same == value)
        except _FAULTS as fault:
            self.refuse(value, str(fault))
        if not is_same:
            self.refuse(value, f"it would come back as {short(same)}")
        return same

    def to_kept(self, there: bool) -> Convert | None:
        return _for_jsonb if there else _for_text

    def from_kept(self, there: bool) -> Convert | None:
        if not there:
            return _decoder(self.form).decode
        form = self.form
        return None if form is Any else lambda value: msgspec.convert(value, form)

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        return f"{quoted(name)} IS NULL OR json_valid({quoted(name)})" if dialect == "sqlite" else None

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return Json(Any, self.where)

    def _text(self, value: Any) -> bytes:
        try:
            text = _encode(value)
        except _FAULTS as fault:
            self.refuse(value, str(fault))
        if _NUL.search(text):
            self.refuse(value, "it has a NUL character in it, which PostgreSQL cannot keep")
        return text


@lru_cache
def _decoder(form: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(form)


def _for_text(value: Any) -> str:
    return _encode(value).decode()


def _for_jsonb(value: Any) -> str:
    return _TEXT_OR_LARGE.sub(_with_point, _encode(value).decode())


def _with_point(match: re.Match[str]) -> str:
    text = match[0]
    return text if text.startswith('"') else format(float(text), ".1f")
