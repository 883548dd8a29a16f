"""The shape of a database, read from the text that made it: what there is to compare.

    CREATE TABLE player (id TEXT NOT NULL, base TEXT DEFAULT 'first' NOT NULL,
        CONSTRAINT pk_player PRIMARY KEY (id), CONSTRAINT ck_player_base CHECK ("base" IN ('first', 'second'))) STRICT

is a Table with two columns and two constraints. Models are read in the same way, from the statements that would make their
tables. So both sides have the same form, whatever SQLAlchemy or SQLite call a thing, and a choice more or a longer text is found
where it stands: in a CHECK. Constraints are compared by what they say, not by their names, which outlive a renamed column.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from .tokens import Token, closing, same_of, source_of, split, tokens, unquoted

_KINDS = ("primary", "foreign", "unique", "check")
_OF_TABLE = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}
_OF_COLUMN = {*_OF_TABLE, "NOT", "NULL", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS"}


@dataclass(frozen=True)
class Column:
    """A column: its type as the file has it, and what is said about it."""

    name: str
    type: str
    is_needed: bool = False
    default: str | None = field(default=None, compare=False)
    computed: str | None = field(default=None, compare=False)
    is_stored: bool = False
    same: tuple[str, ...] = ()  # default, collation and computation, to be compared
    kind: str = field(
        default="", compare=False
    )  # what is kept in it, which its type may not tell: "Date" in TEXT


@dataclass(frozen=True)
class Constraint:
    """A constraint of a table: check, unique, primary or foreign; `text` is what is behind its columns, or the condition."""

    kind: str
    columns: tuple[str, ...]
    text: str = field(compare=False)
    same: str
    name: str | None = field(default=None, compare=False)

    def speaks_of(self, column: str) -> bool:
        """Whether it cannot be without that column."""
        return column in self.columns or (
            self.kind == "check" and any(token.same == column.lower() for token in tokens(self.text))
        )


@dataclass(frozen=True)
class Table:
    """A table."""

    name: str
    columns: Mapping[str, Column]
    constraints: tuple[Constraint, ...]
    is_strict: bool
    has_rowid: bool
    sql: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of its primary key."""
        return next((each.columns for each in self.constraints if each.kind == "primary"), ())


@dataclass(frozen=True)
class Index:
    """An index."""

    name: str
    table: str
    same: str
    sql: str = field(compare=False)


@dataclass(frozen=True)
class Shape:
    """All tables and indexes."""

    tables: Mapping[str, Table]
    indexes: Mapping[str, Index]

    @property
    def kinds(self) -> dict[str, str]:
        """What is kept in each column, by "table.column"."""
        return {
            f"{table.name}.{name}": column.kind
            for table in self.tables.values()
            for name, column in table.columns.items()
        }

    @property
    def statements(self) -> list[str]:
        """The SQL that makes it."""
        return [*(each.sql for each in self.tables.values()), *(each.sql for each in self.indexes.values())]


def shape_of(statements: Iterable[str], kinds: Mapping[str, str] | None = None) -> Shape:
    """The shape that CREATE TABLE and CREATE INDEX statements make; tables that are Hipflask's or SQLite's own are left out."""
    tables: dict[str, Table] = {}
    indexes: dict[str, Index] = {}
    for sql in statements:
        found = tokens(sql)
        if found[1].same == "table":
            table = _table(sql, found, kinds or {})
            tables[table.name] = table
        else:
            index = _index(sql, found)
            indexes[index.name] = index
    return Shape(tables, indexes)


def read(connection: sqlite3.Connection, kinds: Mapping[str, str] | None = None) -> Shape:
    """The shape of a database."""
    return shape_of(statements_of(connection), kinds)


def statements_of(connection: sqlite3.Connection) -> list[str]:
    """The text of all tables and indexes that are the app's: neither Hipflask's own nor those of other modules of SQLite's."""
    found = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL "
        r"AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND tbl_name NOT LIKE '\_hipflask\_%' ESCAPE '\' "
        r"AND tbl_name NOT LIKE '\_alembic\_%' ESCAPE '\' AND sql NOT LIKE 'CREATE VIRTUAL %' ORDER BY type DESC, name"
    )
    return [sql for (sql,) in found]


def plain_kind(column: Column) -> str:
    """What a column's type suggests that is kept in it."""
    return {"TEXT": "Str", "INTEGER": "Int", "REAL": "Float", "BLOB": "Bytes"}.get(column.type, column.type)


def _table(sql: str, found: list[Token], kinds: Mapping[str, str]) -> Table:
    begin = next(place for place, token in enumerate(found) if token.text == "(")
    end = closing(found, begin)
    name = unquoted(found[begin - 1].text)
    columns: dict[str, Column] = {}
    constraints: list[Constraint] = []
    for part in split(found[begin + 1 : end]):
        if part[0].is_word and part[0].text.upper() in _OF_TABLE:
            constraints += _constraints(sql, part, None)
        else:
            column, more = _column(sql, part)
            kind = kinds.get(f"{name}.{column.name}") or plain_kind(column)
            columns[column.name] = replace(column, kind=kind)
            constraints += more
    options = same_of(found[end + 1 :])
    key = [each for constraint in constraints if constraint.kind == "primary" for each in constraint.columns]
    has_rowid = "without rowid" not in options
    for each in key if not has_rowid else ():  # which has no NULL in its key, said or not
        columns[each] = replace(columns[each], is_needed=True)
    named = (_named(each, name, place) for place, each in enumerate(dict.fromkeys(constraints)))
    # SQLAlchemy has constraints in no order.
    ordered = sorted(named, key=lambda each: (_KINDS.index(each.kind), each.columns, each.same))
    return Table(name, columns, tuple(ordered), "strict" in options.split(), has_rowid, sql)


def _named(constraint: Constraint, table: str, place: int) -> Constraint:
    """With a name, or it could not be dropped."""
    if constraint.name is not None:
        return constraint
    return replace(constraint, name=f"{constraint.kind}_{table}_{place}")


def _index(sql: str, found: list[Token]) -> Index:
    on = next(place for place, token in enumerate(found) if token.is_word and token.same == "on")
    return Index(unquoted(found[on - 1].text), unquoted(found[on + 1].text), same_of(found), sql)


def _column(sql: str, part: list[Token]) -> tuple[Column, list[Constraint]]:
    name = unquoted(part[0].text)
    said = next(
        (place for place, token in enumerate(part) if place and _begins(token, _OF_COLUMN)), len(part)
    )
    kind = " ".join(token.text.upper() for token in part[1:said])
    constraints: list[Constraint] = []
    is_needed = is_stored = False
    default = computed = None
    same: list[str] = []
    for clause in _clauses(part[said:]):
        word = clause[0].same
        if word == "not":
            is_needed = True
        elif word == "default":
            default = source_of(sql, clause[1:])
            same.append(f"default {same_of(_bare(clause[1:]))}")
        elif word == "collate":
            same.append(same_of(clause))
        elif word in ("generated", "as"):
            begin = next(place for place, token in enumerate(clause) if token.text == "(")
            end = closing(clause, begin)
            computed = source_of(sql, clause[begin + 1 : end])
            is_stored = "stored" in same_of(clause[end:])
            same.append(f"as {same_of(clause[begin : end + 1])}")
        elif word != "null":
            constraints += _constraints(sql, clause, name)
    column = Column(name, kind, is_needed, default, computed, is_stored, tuple(sorted(same)))
    return column, constraints


def _bare(found: list[Token]) -> list[Token]:
    """Without parentheses around all of it, which SQLite and SQLAlchemy put where they like."""
    while len(found) > 2 and found[0].text == "(" and closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return found


def _clauses(part: list[Token]) -> Iterator[list[Token]]:
    """What is said about a column, one by one; a constraint's name goes with it."""
    clause: list[Token] = []
    depth = 0
    for token in part:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        is_new = depth == 0 and _begins(token, _OF_COLUMN) and not _goes_on(clause, token)
        if is_new and clause:
            yield clause
            clause = []
        clause.append(token)
    if clause:
        yield clause


def _goes_on(clause: list[Token], token: Token) -> bool:
    words = [each.same for each in clause]
    if not words:
        return False
    if words[0] == "constraint" and len(words) == 2:
        return True
    if words[-1] in ("set", "default", "not", "on"):  # SET NULL, SET DEFAULT, DEFAULT NULL, NOT NULL
        return True
    if token.same == "not" or token.same == "as":
        return words[0] == "generated" and words[-1] == "always"
    return False


def _begins(token: Token, words: set[str]) -> bool:
    return token.is_word and token.text.upper() in words


def _constraints(sql: str, part: list[Token], column: str | None) -> list[Constraint]:
    name = None
    if part[0].same == "constraint":
        name, part = unquoted(part[1].text), part[2:]
    if not part:
        return []
    kind = {"references": "foreign"}.get(part[0].same, part[0].same)
    begin = next((place for place, token in enumerate(part) if token.text == "("), len(part))
    if kind == "check":
        inner = part[begin + 1 : closing(part, begin)]
        return [Constraint(kind, (), source_of(sql, inner), same_of(inner), name)]
    if column is not None:
        rest = part if kind == "foreign" else []
        return [Constraint(kind, (column,), source_of(sql, rest), same_of(rest), name)]
    end = closing(part, begin)
    columns = tuple(unquoted(each[0].text) for each in split(part[begin + 1 : end]))
    rest = part[end + 1 :]
    return [Constraint(kind, columns, source_of(sql, rest), same_of(rest), name)]
