"""Rows in groups: an outline, of which groups are unfolded one by one, and the window of lines that is shown of it.

    rates   2 rows            ← a group: its key is ("rates",)
      buy   1 row             ← ("rates", "buy"), since ("rates",) is open
        7   10.50             ← a row, since ("rates", "buy") is open
      sell  1 row
    fx      8,000,000 rows    ← closed: nothing of what is in it is read

Groups are counted in SQL, each level when the one above it is open, and remembered until something changes. Rows are read where they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.rows import Key, Question
from .asked import Asked, Read, total
from .sql import Term, groups

MOST = 100_000

Fetch = Callable[[str, Mapping[str, Any]], Sequence[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Group:
    """One group: the kept values that its rows have in common, its key, size and totals."""

    path: tuple[Any, ...]
    key: tuple[Any, ...]
    size: int
    totals: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that follow each other: one group, or the rows of an open one."""

    group: Group
    is_rows: bool

    @property
    def size(self) -> int:
        """How many lines."""
        return self.group.size if self.is_rows else 1


class Outline:
    """The groups of one question as far as they are unfolded."""

    def __init__(self, asked: Asked, question: Question) -> None:
        self._asked = asked
        self._question = question
        self._names = [f"c{asked.place(name)}" for name in question.group]
        self._readers = [asked.readers[asked.place(name)] for name in question.group]
        self._totals = {name: total(asked.shown.column(name), how) for name, how in question.totals.items()}
        self._known: dict[tuple[Any, ...], list[Group]] = {}

    def stretches(self, fetch: Fetch, opened: frozenset[Key]) -> list[Stretch]:
        """All lines, in order; what is not known yet is fetched."""
        return list(self._under((), (), fetch, opened))

    def condition(self, path: Sequence[Any]) -> tuple[str, dict[str, Any]]:
        """SQL for being in a group."""
        wheres = [f"{name} IS :group{at}" for at, name in enumerate(self._names[: len(path)])]
        return " AND ".join(wheres), {f"group{at}": value for at, value in enumerate(path)}

    def _under(
        self, path: tuple[Any, ...], key: tuple[Any, ...], fetch: Fetch, opened: frozenset[Key]
    ) -> Iterator[Stretch]:
        if path not in self._known:
            self._known[path] = self._fetch(path, key, fetch)
        for group in self._known[path]:
            yield Stretch(group, is_rows=False)
            if group.key in opened:
                if len(group.path) < len(self._names):
                    yield from self._under(group.path, group.key, fetch, opened)
                else:
                    yield Stretch(group, is_rows=True)

    def _fetch(self, path: tuple[Any, ...], key: tuple[Any, ...], fetch: Fetch) -> list[Group]:
        level = len(path)
        named = [
            f"{function}(c{self._asked.place(name)}) AS t{at}"
            for at, (name, (function, _)) in enumerate(self._totals.items())
        ]
        where, parameters = self.condition(path)
        statement = groups(self._asked.base, self._names[level], named, where, self._terms(level))
        rows = fetch(statement, {**parameters, "most": MOST + 1})
        if len(rows) > MOST:
            raise ValueError(
                f"There are more than {MOST:,} groups by {self._question.group[level]}. Group by something that more rows have in common."
            )
        return [self._group(path, key, row) for row in rows]

    def _group(self, path: tuple[Any, ...], key: tuple[Any, ...], row: tuple[Any, ...]) -> Group:
        value, size, *found = row
        shown = readable(self._readers[len(path)], value)
        if shown.__hash__ is None:
            raise ValueError(f"Rows cannot be grouped by {self._question.group[len(path)]}.")
        totals = {
            name: readable(read, each)
            for (name, (_, read)), each in zip(self._totals.items(), found, strict=True)
        }
        return Group((*path, value), (*key, shown), size, totals)

    def _terms(self, level: int) -> list[Term]:
        """Groups by their value or by a total, as the person says; by their value among equals."""
        by_total = {name: f"t{at}" for at, name in enumerate(self._totals)}
        mine = self._question.group[level]
        terms = [
            Term("g0" if each.column == mine else by_total[each.column], each.descending, is_nullable=True)
            for each in self._question.order
            if each.column == mine or each.column in by_total
        ]
        return terms if any(term.name == "g0" for term in terms) else [*terms, Term("g0", is_nullable=True)]


def readable(read: Read | None, value: Any) -> Any:
    """A kept value as Python's."""
    return value if read is None else read(value)
