"""The shared tables as the hub knows them: number, key, scope, and how their rows are read in kept form.

    SELECT {table.key.of("t")}, {table.path.sql("t")}, {table.selected("t")} FROM {table.sql} t {table.path.joins("t")} {table.joins("t")}

A collaborative text has a column more, "notes:document", with the document's state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from ...store.changes.capture import bit
from ...store.models.shared import merge_of
from ...store.sql import quoted
from ..messages import Value
from .forms import Form, form_of
from .keys import KeyForm, key_form
from .layout import SCHEMA
from .scopes import Path, path_of

DOCUMENT = ":document"


@dataclass(frozen=True, eq=False)
class HubTable:
    """One shared table."""

    table: sa.Table
    number: int
    numbers: Mapping[str, int]  # of its columns
    key: KeyForm
    path: Path
    forms: Mapping[str, Form]

    @property
    def name(self) -> str:
        """Its name, in both databases."""
        return str(self.table.name)  # a plain one: SQLAlchemy's cannot be packed

    @cached_property
    def sql(self) -> str:
        """Its name in SQL."""
        return quoted(self.table.name)

    @cached_property
    def key_columns(self) -> tuple[str, ...]:
        """The names of its key's columns."""
        return tuple(str(column.name) for column in self.table.primary_key)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The columns that are collaborative texts."""
        return tuple(str(column.name) for column in self.table.columns if merge_of(column).kind == "text")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names under which a whole row travels, in the order of `selected`."""
        return (*self.forms, *(name + DOCUMENT for name in self.texts))

    def selected(self, alias: str) -> str:
        """SQL: the values of `columns`, of a row that is called `alias` there."""
        return ", ".join(self.selections(alias))

    def selections(self, alias: str) -> list[str]:
        """SQL: the same, each for itself."""
        parts = [form.of(name, alias) for name, form in self.forms.items()]
        return [*parts, *(f"d{place}.state" for place in range(len(self.texts)))]

    def joins(self, alias: str) -> str:
        """SQL: what `selected` needs beside the row."""
        return "".join(
            f' LEFT JOIN {SCHEMA}.document d{place} ON d{place}."table" = {self.number} AND d{place}.key = {self.key.of(alias)}'
            f" AND d{place}.\"column\" = '{name.replace(chr(39), chr(39) * 2)}'"
            for place, name in enumerate(self.texts)
        )

    def converted(self, values: Sequence[Any]) -> list[Value]:
        """The values of `selected` in kept form."""
        kept = list(values)
        for place, convert in self._converts:
            kept[place] = convert(kept[place])
        return kept

    def changed(self, mask: int) -> tuple[str, ...]:
        """The columns that travel when those of a mask have changed: the key's, and those."""
        known = self._changed.get(mask)
        if known is None:
            known = self._changed[mask] = tuple(
                name
                for name in self.columns
                if name in self.key_columns or mask >> self._bits[name.removesuffix(DOCUMENT)] & 1
            )
        return known

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each of `columns` stands."""
        return {name: place for place, name in enumerate(self.columns)}

    @cached_property
    def _changed(self) -> dict[int, tuple[str, ...]]:
        return {}

    @cached_property
    def _bits(self) -> dict[str, int]:
        return {name: bit(number) for name, number in self.numbers.items()}

    @cached_property
    def _converts(self) -> list[tuple[int, Any]]:
        return [
            (place, form.convert)
            for place, form in enumerate(self.forms.values())
            if form.convert is not None
        ]


class HubTables:
    """All of them, those that others refer to first."""

    def __init__(self, tables: Iterable[HubTable]) -> None:
        self._tables = list(tables)
        self.by_number = {table.number: table for table in self._tables}
        self.by_name = {table.name: table for table in self._tables}

    def __iter__(self) -> Iterator[HubTable]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def hub_table(table: sa.Table, number: int, numbers: Mapping[str, int]) -> HubTable:
    """A shared table under its numbers; raises UsageError if it cannot be exchanged."""
    forms = {str(column.name): form_of(column) for column in table.columns}
    return HubTable(table, number, numbers, key_form(table), path_of(table), forms)
