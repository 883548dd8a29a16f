"""What a statement reads: which tables, under which equalities, and which columns. Pure: a compiled statement in, a shape out.

    select(Player).where(Player.base == "first", Player.points > 3)
        → [TableRead("player", {"base": ?}, {"id", "name", "base", "points"}, keys known)]
    select(Player).join(Team)
        → [TableRead("player"), TableRead("team")]     all else is read by the table

An equality narrows: a row that does not have that value cannot be in the result, whatever else the statement asks for. So
`points > 3` may be left out, and nothing that matters is missed. What cannot be understood reads everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList, Null

# Instead of a table's name: a statement whose tables are not known, written as text.
EVERYTHING = "*"

Keep = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Equality:
    """`column = value`, where the value is that of a parameter, or NULL."""

    column: str
    parameter: str | None
    keep: Keep | None = None  # a value as SQLite keeps it

    def value(self, parameters: Mapping[str, Any]) -> Any:
        """What the column has to be equal to, as SQLite keeps it."""
        given = None if self.parameter is None else parameters[self.parameter]
        return given if given is None or self.keep is None else self.keep(given)


@dataclass(frozen=True, slots=True)
class TableRead:
    """What a statement reads of one table; `columns` is None for all of them."""

    table: str
    equalities: tuple[Equality, ...] = ()
    columns: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """All that a statement reads."""

    reads: tuple[TableRead, ...] = field(default=(TableRead(EVERYTHING),))
    shows_rows: bool = False  # each row of the result is one row of the one table, so results have keys


def shape_of(statement: Any, names: Mapping[Any, str], dialect: Dialect) -> Shape:
    """What a statement of Core reads; anything but a SELECT that can be understood reads everything.

    `names` are those of its parameters, as they were compiled.
    """
    if not isinstance(statement, sa.Select):
        return _all_tables(statement)
    froms = statement.get_final_froms()
    if len(froms) != 1 or not isinstance(froms[0], sa.Table) or _is_more_than(statement, froms[0]):
        return _all_tables(statement)
    return Shape((_one_table(statement, froms[0], names, dialect),), _shows_rows(statement, froms[0]))


def _all_tables(statement: Any) -> Shape:
    if not isinstance(statement, visitors.ExternallyTraversible) or isinstance(statement, sa.TextClause):
        return Shape()
    found = [each for each in _walk(statement) if isinstance(each, sa.Table | sa.TextClause)]
    names = {each.fullname for each in found if isinstance(each, sa.Table)}
    if not names or any(isinstance(each, sa.TextClause) for each in found):
        return Shape()
    return Shape(tuple(TableRead(name) for name in sorted(names)))


def _is_more_than(statement: sa.Select[Any], table: sa.Table) -> bool:
    """Whether it reads anything beside this table, or is written in part as text."""
    return any(
        isinstance(each, sa.TextClause | sa.SelectBase)
        or (isinstance(each, sa.Table) and each.fullname != table.fullname)
        or (isinstance(each, sa.Column) and _table_of(each) != table.fullname)
        for each in _walk(statement)
        if each is not statement
    )


def _walk(element: Any) -> Iterator[Any]:
    """All that a statement is made of; a table is one thing, not all its columns."""
    yield element
    if not isinstance(element, sa.Table):
        for part in element.get_children():
            yield from _walk(part)


def _one_table(
    statement: sa.Select[Any], table: sa.Table, names: Mapping[Any, str], dialect: Dialect
) -> TableRead:
    where = statement.whereclause
    equalities = tuple(_equalities(where, names, dialect)) if where is not None else ()
    columns = {each.name for each in _walk(statement) if isinstance(each, sa.Column)}
    return TableRead(table.fullname, equalities, frozenset(columns))


def _shows_rows(statement: sa.Select[Any], table: sa.Table) -> bool:
    shown = statement.selected_columns
    is_plain = not (statement._group_by_clauses or statement._distinct or statement._having_criteria)
    has_key = {column.name for column in table.primary_key} <= {column.key for column in shown}
    # After an offset, rows that are not shown decide which ones are.
    return is_plain and has_key and statement._offset_clause is None and all(map(_is_column, shown))


def _is_column(each: Any) -> bool:
    return isinstance(each, sa.Column)


def _equalities(clause: Any, names: Mapping[Any, str], dialect: Dialect) -> Iterator[Equality]:
    if isinstance(clause, BooleanClauseList) and clause.operator is operators.and_:
        for part in clause.clauses:
            yield from _equalities(part, names, dialect)
    elif isinstance(clause, BinaryExpression) and clause.operator in (operators.eq, operators.is_):
        for column, value in ((clause.left, clause.right), (clause.right, clause.left)):
            if isinstance(column, sa.Column):
                if isinstance(value, Null):
                    yield Equality(column.name, None)
                elif isinstance(value, BindParameter) and value in names and not value.expanding:
                    yield Equality(column.name, names[value], _keep(value, dialect))


def _keep(parameter: BindParameter[Any], dialect: Dialect) -> Keep | None:
    return parameter.type.dialect_impl(dialect).bind_processor(dialect)


def _table_of(column: sa.Column[Any]) -> str:
    return getattr(column.table, "fullname", "")
