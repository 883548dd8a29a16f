"""What people might write: random rows of any models, with values that meet, collide, and lie at the borders of their types."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections.abc import Sequence
from random import Random
from typing import Any

import sqlalchemy as sa

from hipflask.core import hints
from hipflask.core.errors import ValueRefused
from hipflask.store.models.shared import merge_of
from hipflask.store.types.exact import Exact
from hipflask.sync.messages import Value

from .contents import Contents, Row
from .memory.hub import Writing

# Few, so that keys and unique values of several people meet; users are among them, so that rows grant them something.
WORDS = ("ann", "bob", "cyd", "red", "blue", "teal", "o'hara", "naïve 😀")
ODD_TEXTS = ("", "'; DROP TABLE item; --", "%s", "a\nb", "ÄÖÜß", "\U0010ffff", "null", "7.0")


class Workload:
    """Statements against the rows that somebody has before them."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._count = 0
        self._earlier: dict[tuple[str, Any, str], Value] = {}  # what cells held before somebody wrote to them

    def writing(self, tables: Sequence[sa.Table], contents: Contents) -> Writing | None:
        """One statement; None where there is nothing to write to."""
        random = self._random
        table = random.choice(tables)
        keys = [*contents[table.name]]
        kind = random.choices(["insert", "update", "delete"], [4, 6, 1])[0] if keys else "insert"
        if kind == "insert":
            return self._insert(table, contents)
        key = random.choice(keys)
        if kind == "delete":
            return "delete", str(table.name), key, {}
        free = [column for column in table.columns if not column.primary_key]
        if not free:
            return None
        chosen = random.sample(free, random.randint(1, min(3, len(free))))
        row = contents[table.name][key]
        values = {str(column.name): self._changed(column, key, row, contents) for column in chosen}
        # A value that was there already would be a write that nobody can see afterwards.
        values = {name: value for name, value in values.items() if value != row[name]}
        self._earlier |= {(str(table.name), key, name): row[name] for name in values}
        return ("update", str(table.name), key, values) if values else None

    def _insert(self, table: sa.Table, contents: Contents) -> Writing | None:
        values = {str(column.name): self._value(column, contents) for column in table.columns}
        parts = tuple(values[column.name] for column in table.primary_key)
        if None in parts or any(
            values[column.name] is None and not column.nullable for column in table.columns
        ):
            return None
        key: Any = parts if len(parts) > 1 else parts[0]
        if key in contents[table.name]:
            return None
        return "insert", str(table.name), key, values

    def _changed(self, column: sa.Column[Any], key: Any, row: Row, contents: Contents) -> Value:
        value, before = self._value(column, contents), row[column.name]
        kind = merge_of(column).kind
        cell = str(column.table.name), key, str(column.name)
        if kind == "last" and cell in self._earlier and self._random.random() < 0.04:
            return self._earlier[cell]  # somebody takes back what was written
        if kind == "sum" and isinstance(before, int | float) and isinstance(value, int | float):
            return before + value
        if kind == "text" and isinstance(before, str):
            at = self._random.randint(0, len(before))
            return before[:at] + self._token() + before[at:]
        return value

    def _value(self, column: sa.Column[Any], contents: Contents) -> Value:
        if column.nullable and self._random.random() < 0.2:
            return None
        for key in column.foreign_keys:
            parents = contents.get(key.column.table.name, {})
            found = [row[key.column.name] for row in parents.values()]
            return self._random.choice(found) if found else None
        kind = column.type
        if not isinstance(kind, Exact):
            return None
        is_unique = column.primary_key or bool(column.unique)
        for _ in range(20):
            try:
                kept: Value = kind.writer(False)(self._python(kind.hint, is_unique, merge_of(column).kind))
                return kept
            except ValueRefused:
                continue
        return None

    def _python(self, hint: Any, is_unique: bool, merge: str) -> Any:
        random = self._random
        members = hints.members(hint)
        base, _ = hints.bare(random.choice(members))
        chosen = hints.choices(base)
        if chosen is not None:
            value = random.choice(chosen)
            return base(value) if isinstance(base, type) and issubclass(base, enum.Enum) else value
        if base is str:
            if is_unique:
                return random.choice(WORDS)
            return random.choice(ODD_TEXTS) if random.random() < 0.05 else self._token()
        if base is int and merge in ("sum", "max"):
            return random.randint(-9, 9)
        if base is int:
            return random.choice([2**63 - 1, -(2**63), 0]) if random.random() < 0.02 else self._number()
        return _OTHERS.get(base, lambda random, number: {"n": number})(random, self._number())

    def _number(self) -> int:
        self._count += 1
        return self._count

    def _token(self) -> str:
        return f"<{self._number()}>"


_OTHERS: dict[Any, Any] = {
    bool: lambda random, number: random.random() < 0.5,
    float: lambda random, number: random.choice([float(number), 1e300, 0.1]),
    bytes: lambda random, number: random.choice([number.to_bytes(8, "big"), b"", b"\0"]),
    decimal.Decimal: lambda random, number: decimal.Decimal(number),
    uuid.UUID: lambda random, number: uuid.UUID(int=random.getrandbits(128), version=4),
    datetime.datetime: lambda random, number: (
        datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=number)
    ),
    datetime.date: lambda random, number: datetime.date(2000, 1, 1) + datetime.timedelta(days=number),
    datetime.time: lambda random, number: datetime.time(number % 24, number % 60),
    datetime.timedelta: lambda random, number: datetime.timedelta(seconds=number),
}
