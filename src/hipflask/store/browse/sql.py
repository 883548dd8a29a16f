"""The SQL of windows onto a base: text around a SELECT whose columns are called k0, k1, … (its keys) and c0, c1, … (its values).

    SELECT k0 FROM (SELECT id AS k0, price AS c2, … FROM trade WHERE …) WHERE (c2, k0) > (:at0, :at1) ORDER BY c2, k0 LIMIT :count

SQLite folds such a subquery into the outer SELECT: columns that nobody asks for cost nothing, and an index that holds the rest serves alone. Whatever
stands here compares values as SQLite keeps them, so types have no part in it.

Rows that come after a given one are found in *pieces*, each a range of one index:

    by price, then size the other way, then key; after (10, 300, 7):
        price = 10 AND size = 300 AND key > 7       by key
        price = 10 AND size < 300                   by size, key
        price > 10                                  by all three

and one more for the empty values of a column that may have them, which come last either way. Where all go the same way and none is empty, one
comparison of rows says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Base:
    """A compiled SELECT, its parameters as SQLite keeps them, and how many keys it has."""

    sql: str
    parameters: Parameters
    width: int

    @property
    def identity(self) -> tuple[Any, ...]:
        """Equal for those that select the same."""
        return self.sql, tuple(sorted((name, repr(value)) for name, value in self.parameters.items()))

    @property
    def keys(self) -> str:
        """The names of its keys."""
        return ", ".join(f"k{place}" for place in range(self.width))


@dataclass(frozen=True, slots=True)
class Term:
    """One part of an order."""

    name: str
    descending: bool = False
    is_nullable: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of rows, in the order of the terms that are left to it."""

    terms: tuple[Term, ...]
    where: str = ""
    parameters: Parameters = field(default_factory=dict)


def ordered_by(terms: Sequence[Term]) -> str:
    """ORDER BY; empty values last. Going down they are by themselves."""
    parts = [
        f"{term.name} DESC"
        if term.descending
        else f"{term.name} NULLS LAST"
        if term.is_nullable
        else term.name
        for term in terms
    ]
    return f" ORDER BY {', '.join(parts)}"


def pieces_after(terms: Sequence[Term], values: Sequence[Any] | None) -> list[Piece]:
    """What comes after the row with these values in its terms, piece by piece; all rows for None."""
    terms = tuple(terms)
    if values is None:
        return [Piece(terms)]
    parameters = {f"at{place}": value for place, value in enumerate(values)}
    if len({term.descending for term in terms}) == 1 and not any(term.is_nullable for term in terms):
        names = ", ".join(term.name for term in terms)
        marks = ", ".join(f":{name}" for name in parameters)
        return [Piece(terms, f"({names}) {'<' if terms[0].descending else '>'} ({marks})", parameters)]
    return [piece for place in reversed(range(len(terms))) for piece in _level(terms, values, place)]


def _level(terms: tuple[Term, ...], values: Sequence[Any], place: int) -> Iterator[Piece]:
    """The rows that are alike up to this place, and come later there."""
    term, value = terms[place], values[place]
    if value is None:  # nothing comes after what is empty
        return
    alike = [f"{terms[i].name} IS :at{i}" for i in range(place)]
    parameters = {f"at{i}": values[i] for i in range(place)}
    later = f"{term.name} {'<' if term.descending else '>'} :at{place}"
    yield Piece(terms[place:], " AND ".join([*alike, later]), {**parameters, f"at{place}": value})
    if term.is_nullable:
        empty = f"{term.name} IS NULL"
        yield Piece(terms[place + 1 :], " AND ".join([*alike, empty]), parameters)


def sorted_by(terms: Sequence[Term]) -> str:
    """The same order, of all rows: sorted, since to follow an index and look up each of its rows takes many times as long."""
    return ordered_by([Term(f"+{term.name}", term.descending, term.is_nullable) for term in terms])


def window(base: Base, columns: str, piece: Piece, more: str = "") -> str:
    """The rows of a piece from :skip on, :count of them; `more` is a condition on top."""
    wheres = [each for each in (piece.where, more) if each]
    where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
    return f"SELECT {columns} FROM ({base.sql}){where}{ordered_by(piece.terms)} LIMIT :count OFFSET :skip"


def size_of(base: Base, piece: Piece, more: str = "") -> str:
    """How many rows a piece has, counted up to :skip."""
    wheres = [each for each in (piece.where, more) if each]
    where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
    return f"SELECT count(*) FROM (SELECT 1 FROM ({base.sql}){where} LIMIT :skip)"


def of_keys(base: Base, columns: str, count: int) -> str:
    """The rows of so many keys, whose parts are parameters :key0, :key1, …."""
    marks = [f":key{number}" for number in range(count * base.width)]
    if base.width == 1:
        return f"SELECT {columns} FROM ({base.sql}) WHERE k0 IN ({', '.join(marks)})"
    rows = [f"({', '.join(marks[at : at + base.width])})" for at in range(0, len(marks), base.width)]
    return f"SELECT {columns} FROM ({base.sql}) WHERE ({base.keys}) IN (VALUES {', '.join(rows)})"


def facts(base: Base, totals: Sequence[str], more: str = "") -> str:
    """How many rows there are, and their totals."""
    where = f" WHERE {more}" if more else ""
    return f"SELECT {', '.join(['count(*)', *totals])} FROM ({base.sql}){where}"


def groups(base: Base, name: str, totals: Sequence[str], more: str, terms: Sequence[Term]) -> str:
    """The groups of rows alike in this column (g0), with their sizes and totals; :most of them."""
    where = f" WHERE {more}" if more else ""
    chosen = ", ".join([f"{name} AS g0", "count(*) AS size", *totals])
    return f"SELECT {chosen} FROM ({base.sql}){where} GROUP BY {name}{ordered_by(terms)} LIMIT :most"


def is_served(plan: Sequence[str]) -> bool:
    """Whether an index gives the rows in order, so that only those that are shown are read; equal ones may be sorted among themselves."""
    return not any(step.startswith("USE TEMP B-TREE FOR ORDER BY") for step in plan)
