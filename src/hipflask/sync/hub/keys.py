"""Keys as texts: how PostgreSQL makes one of a row, how Python makes the same, and how the row is found by it again.

    item.id                UUID    '0199…'              "id"::text                              "id" = (k)::uuid
    entry.(day, number)    two     '["2026-11-23", 7]'  json_build_array(to_char(…), "number")::text

A text, since one column of the hub's own tables holds the keys of all tables.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ...core.errors import UsageError
from ...store.sql import quoted
from ...store.types.choices import Choice
from ...store.types.exact import Exact
from ...store.types.moments import Date, DateTime, Time, TimeDelta
from ...store.types.numbers import Decimal, Int
from ...store.types.scalars import Bool, Bytes, Str, Uuid
from ..messages import Key
from .forms import form_of


@dataclass(frozen=True)
class KeyPart:
    """One column of a key: whether its kept form is a number or bytes, and the way back from text in SQL ({0})."""

    column: str
    sql: str  # of the kept form; {0} is the column
    back: str  # from text to the column's own type; {0} is the text
    is_number: bool = False
    is_bytes: bool = False

    def text(self, value: Any) -> Any:
        """A kept value as it stands in a key's text."""
        return value.hex() if self.is_bytes else value

    def value(self, text: Any) -> Any:
        """What `text` was made from."""
        if self.is_bytes:
            return bytes.fromhex(text)
        return int(text) if self.is_number else text


@dataclass(frozen=True)
class KeyForm:
    """The key of one table."""

    parts: tuple[KeyPart, ...]

    def of(self, alias: str) -> str:
        """SQL: the key's text, of a row of the table that is called `alias` there."""
        values = [part.sql.replace("{0}", f"{alias}.{quoted(part.column)}") for part in self.parts]
        return f"({values[0]})::text" if len(values) == 1 else f"json_build_array({', '.join(values)})::text"

    def find(self, alias: str, key: str) -> str:
        """SQL: whether a row has the key that the expression `key` gives as a text; serves the key's own index."""
        one = len(self.parts) == 1
        texts = [key if one else f"(({key})::json ->> {place})" for place in range(len(self.parts))]
        return " AND ".join(
            f"{alias}.{quoted(part.column)} = {part.back.replace('{0}', text)}"
            for part, text in zip(self.parts, texts, strict=True)
        )

    def text(self, key: Key) -> str:
        """The text of a key in kept form."""
        if len(self.parts) == 1:
            return str(self.parts[0].text(key))
        values = [part.text(value) for part, value in zip(self.parts, key, strict=True)]
        return json.dumps(values, ensure_ascii=False)  # to the letter what json_build_array() writes

    def key(self, text: str) -> Key:
        """The key in kept form: a value, or a list of them."""
        if len(self.parts) == 1:
            return self.parts[0].value(text)
        return [part.value(value) for part, value in zip(self.parts, json.loads(text), strict=True)]


def key_form(table: sa.Table) -> KeyForm:
    """How a table's keys become texts; raises UsageError for one that cannot."""
    return KeyForm(tuple(_part(column) for column in table.primary_key))


_BACK: dict[type[Exact], str] = {
    Int: "({0})::bigint",
    TimeDelta: "({0})::bigint",
    Bool: "(({0}) = '1')",
    Uuid: "({0})::uuid",
    Bytes: "decode({0}, 'hex')",
    DateTime: "({0})::timestamptz",
    Date: "({0})::date",
    Time: "({0})::time",
    Str: "({0})",
}


def _part(column: sa.Column[Any]) -> KeyPart:
    kind, sql = column.type, form_of(column).pattern
    if isinstance(kind, Decimal):
        return KeyPart(column.name, sql, f"(({{0}})::numeric * 1e-{kind.after_point})", is_number=True)
    if isinstance(kind, Choice):
        is_text = isinstance(kind.column_type(True), sa.Text)
        return KeyPart(column.name, sql, _BACK[Str if is_text else Int], is_number=not is_text)
    for known, back in _BACK.items():
        if isinstance(kind, known):
            is_bytes = known is Bytes
            return KeyPart(
                column.name,
                "encode({0}, 'hex')" if is_bytes else sql,
                back,
                is_number=known in (Int, TimeDelta, Bool),
                is_bytes=is_bytes,
            )
    raise UsageError(
        f"{column.table.name}.{column.name} is part of a key, and rows that are exchanged cannot be told apart by a {type(kind).__name__}. "
        "Make the key of text, whole numbers, UUIDs, dates or bytes, or keep the table here: `class …(db.Model, local=True)`."
    )
