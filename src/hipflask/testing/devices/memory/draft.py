"""Rows as one transaction would have them, and what stands against that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hipflask.sync.merge import Marks
from hipflask.sync.messages import Value

from .schema import Schema
from .state import KeyOf, Place, Row, State, Written


@dataclass(frozen=True)
class Complaint:
    """Why a row may not be as it would be; `cause` is the change to blame."""

    cause: int
    code: str
    sentence: str
    columns: tuple[str, ...] = ()


class Draft:
    """What a transaction has changed so far, over what is committed; nothing is there for others before `commit`."""

    def __init__(self, schema: Schema, state: State) -> None:
        self._schema = schema
        self._state = state
        self.rows: dict[Place, Row | None] = {}
        self.marks: dict[Place, Marks] = {}
        self.documents: dict[tuple[str, KeyOf, str], bytes | None] = {}
        self.columns: dict[Place, frozenset[str] | None] = {}
        self.causes: dict[Place, int] = {}  # which change was the last to write a row

    def get(self, table: str, key: KeyOf) -> Row | None:
        """A row as it would be."""
        place = (table, key)
        return self.rows[place] if place in self.rows else self._state.rows[table].get(key)

    def marks_of(self, place: Place) -> Marks:
        """When the values of a row were written."""
        return self.marks.get(place) or self._state.marks.get(place) or Marks()

    def document(self, table: str, key: KeyOf, name: str) -> bytes | None:
        """The state of a collaborative text."""
        place = (table, key, name)
        return self.documents[place] if place in self.documents else self._state.documents.get(place)

    def all(self, table: str) -> Iterator[tuple[KeyOf, Row]]:
        """All rows of a table as they would be."""
        for key, row in self._state.rows[table].items():
            if (table, key) not in self.rows:
                yield key, row
        for (name, key), written in [*self.rows.items()]:
            if name == table and written is not None:
                yield key, written

    def put(self, place: Place, row: Row, columns: frozenset[str] | None, cause: int) -> None:
        """Write a row; no columns: all of them."""
        before = self.columns.get(place, frozenset())
        self.columns[place] = None if columns is None or before is None else before | columns
        self.rows[place] = row
        self.causes[place] = cause

    def delete(self, place: Place, marks: Marks, cause: int) -> None:
        """Take a row away, and with it or before it what refers to it, as the models say."""
        self.columns[place] = None
        self.rows[place] = None
        self.marks[place] = marks
        self.causes[place] = cause
        table, key = place
        for other in self._schema.tables:
            for own, parent, _, action in self._schema.references(other):
                if parent == table and action in ("CASCADE", "SET NULL"):
                    self._follow(other, own, key, action, marks, cause)

    def _follow(self, table: str, own: list[str], key: KeyOf, action: str, marks: Marks, cause: int) -> None:
        parts = key if isinstance(key, tuple) else (key,)
        for child, row in [*self.all(table)]:
            if tuple(row[name] for name in own) != parts:
                continue
            if action == "CASCADE":
                self.delete((table, child), marks, cause)
            else:
                self.put((table, child), row | dict.fromkeys(own), frozenset(own), cause)

    def complaints(self) -> list[Complaint]:
        """What stands against it: values that are there twice, and references to nothing."""
        written = {table for table, _ in self.rows}
        found = [each for table in written for each in self._twice(table)]
        return found + [each for table in self._schema.tables for each in self._dangling(table, written)]

    def _twice(self, table: str) -> Iterator[Complaint]:
        for names in self._schema.uniques(table):
            seen: dict[tuple[Value, ...], list[KeyOf]] = {}
            for key, row in self.all(table):
                values = tuple(row[name] for name in names)
                if None not in values:
                    seen.setdefault(values, []).append(key)
            for values, keys in seen.items():
                causes = [cause for key in keys if (cause := self._cause((table, key), names)) is not None]
                if len(keys) > 1 and causes:
                    sentence = f"There is a row of {table!r} with {', '.join(names)} = {values} already."
                    yield Complaint(max(causes), "unique", sentence, tuple(names))

    def _dangling(self, table: str, written: set[str]) -> Iterator[Complaint]:
        for own, parent, theirs, _ in self._schema.references(table):
            if table not in written and parent not in written:
                continue
            there = {tuple(row[name] for name in theirs) for _, row in self.all(parent)}
            for key, row in self.all(table):
                values = tuple(row[name] for name in own)
                if None in values or values in there:
                    continue
                sentence = (
                    f"{', '.join(own)} of a row of {table!r} refers to a row of {parent!r} that is not there."
                )
                cause = self._cause((table, key), own)
                cause = self._taker(parent, theirs, values) if cause is None else cause
                if cause is not None:
                    yield Complaint(cause, "reference", sentence, tuple(own))

    def _cause(self, place: Place, names: list[str]) -> int | None:
        """Which change wrote one of these columns of a row."""
        columns = self.columns.get(place, frozenset())
        return self.causes[place] if columns is None or columns & {*names} else None

    def _taker(self, parent: str, theirs: list[str], values: tuple[Value, ...]) -> int | None:
        """Which change has taken away the row that others refer to by these values."""
        for (table, key), row in self.rows.items():
            before = self._state.rows[table].get(key) if table == parent else None
            if before is not None and tuple(before[name] for name in theirs) == values and row != before:
                return self.causes[table, key]
        return None

    def commit(self, origin: str) -> None:
        """Let it be so for all."""
        for place, row in self.rows.items():
            table, key = place
            if row is None:
                self._state.rows[table].pop(key, None)
            else:
                self._state.rows[table][key] = row
            self._state.outbox.append(Written(place, self.columns[place], origin))
        self._state.marks.update(self.marks)
        for document, content in self.documents.items():
            if content is None:
                self._state.documents.pop(document, None)
            else:
                self._state.documents[document] = content
