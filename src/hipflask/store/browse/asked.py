"""A question in SQL: the base that it is read from, the order of its rows, how values are read. Pure.

ask(shown, Question(("price", "size"), order=(Order("price"),)))
    → base     SELECT trade.id AS k0, trade.price AS c0, trade.size AS c1, … FROM trade
      terms    c0, k0
      readers  how what SQLite keeps becomes Decimal("10.50")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import SelectBase

from ...core.rows import Order, Question, Total
from ..live.reading import EVERYTHING
from ..search.index import COLUMNS
from ..types.numbers import Int
from ..types.scalars import Bool
from .conditions import conditions, is_indexed
from .shown import Column, Shown
from .sql import Base, Term

Read = Callable[[Any], Any]
Reads = Mapping[str, frozenset[str]]  # columns by the full name of their table

_DIALECT = sqlite.dialect(paramstyle="named")


@dataclass(frozen=True)
class Asked:
    """What a question asks for, in SQL."""

    shown: Shown
    base: Base
    terms: tuple[Term, ...]
    readers: tuple[Read | None, ...]  # of all columns
    key_readers: tuple[Read | None, ...]
    selects: Reads  # what decides which rows there are, and their totals
    sorts: Reads  # what decides where they stand
    shows: Reads  # of the tables that rows are rows of: what is shown of them
    is_narrowed: bool  # by filters or a search

    def place(self, column: str) -> int:
        """A column's place, in the base as in `readers`."""
        return self.shown.columns.index(self.shown.column(column))


def ask(shown: Shown, question: Question) -> Asked:
    """A question, put in SQL; raises ValueError where it makes no sense."""
    wheres = list(conditions(shown, question.filters, question.search))
    sorting = [] if question.order else [each.expression for each in shown.order]
    statement = _select(shown, _labelled(shown, sorting), wheres)
    selects, sorts, shows = _reads(shown, question, sorting, wheres)
    return Asked(
        shown,
        _compiled(statement, len(shown.keys)),
        tuple(_terms(shown, question.order)),
        tuple(reader(each.expression.type) for each in shown.columns),
        tuple(reader(each.type) for each in shown.keys),
        selects,
        sorts,
        shows,
        bool(wheres),
    )


def _labelled(shown: Shown, sorting: list[Any]) -> list[Any]:
    named = {"k": shown.keys, "c": [each.expression for each in shown.columns], "o": sorting}
    return [
        each.label(f"{letter}{at}") for letter, several in named.items() for at, each in enumerate(several)
    ]


def _reads(
    shown: Shown, question: Question, sorting: list[Any], wheres: list[Any]
) -> tuple[Reads, Reads, Reads]:
    if not shown.is_open or any(map(_has_query, shown.columns)):
        everything = reads_of(shown.query)
        return everything, everything, {}
    keys = [each.label(f"k{at}") for at, each in enumerate(shown.keys)]

    def read(expressions: list[Any]) -> Reads:
        return reads_of(_select(shown, [*keys, *expressions], wheres))

    def of(names: Iterable[str]) -> list[Any]:
        return [shown.column(name).expression.label(f"d{at}") for at, name in enumerate(names)]

    totals = [*question.group, *question.totals]
    own = {name for name, _ in shown.tables}
    others = {name: columns for name, columns in reads_of(shown.query).items() if name not in own}
    selects = {**others, **read(of(totals))}
    if question.search and is_indexed(shown):
        words = sa.inspect(shown.model).local_table
        selects[words.fullname] = selects[words.fullname] | frozenset(words.info[COLUMNS])
    ordering = [each.label(f"o{at}") for at, each in enumerate(sorting)]
    sorts = read(ordering + of({each.column: None for each in question.order}))
    shows = {name: columns for name, columns in read(of(question.columns)).items() if name in own}
    return selects, sorts, shows


def _select(shown: Shown, columns: list[Any], wheres: list[Any]) -> Any:
    if not shown.is_open:
        return sa.select(*columns).where(*wheres)
    chosen = shown.query.with_only_columns(*columns, maintain_column_froms=True)
    return chosen.order_by(None).where(*wheres)


def _terms(shown: Shown, order: tuple[Order, ...]) -> Iterator[Term]:
    """Sorted as the person says, else as the query does; the key decides between equals, in the direction of the last one, as an index has it."""
    descending = False
    if order:
        for asked in order:
            column, descending = shown.column(asked.column), asked.descending
            yield Term(f"c{shown.columns.index(column)}", descending, is_nullable(shown, column.expression))
    else:
        for at, each in enumerate(shown.order):
            descending = each.descending
            yield Term(f"o{at}", descending, is_nullable(shown, each.expression))
    for at, key in enumerate(shown.keys):
        yield Term(f"k{at}", descending, is_nullable(shown, key))


def is_nullable(shown: Shown, expression: Any) -> bool:
    """Whether it may be empty: all that is not a column of a table that says otherwise."""
    element = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
    return shown.is_outer or not (isinstance(element, sa.Column) and element.nullable is False)


def _compiled(statement: Any, width: int) -> Base:
    compiled = statement.compile(dialect=_DIALECT)
    state = compiled.construct_expanded_state(escape_names=False)
    processors = {**compiled._bind_processors, **state.processors}
    kept = {
        name: processors[name](value) if processors.get(name) is not None else value
        for name, value in state.parameters.items()
    }
    return Base(state.statement, kept, width)


def reader(kind: Any) -> Read | None:
    """How a kept value of this type becomes Python's; None: as it is."""
    found: Read | None = kind.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
    return found


def total(column: Column, how: Total) -> tuple[str, Read | None]:
    """The SQL function of a total, and how its result is read; raises ValueError where there is none."""
    if how == "count":
        return "count", None
    kind = column.expression.type
    counted = sa.type_coerce(column.expression, Int()) if isinstance(kind, Bool) else column.expression
    function = {"sum": "sum", "mean": "avg", "min": "min", "max": "max"}[how]
    if how in ("sum", "mean") and not _can_be_added(kind):
        raise ValueError(f"{column.name} cannot be added up: it is no number.")
    if how in ("min", "max"):
        counted = column.expression
    return function, reader(getattr(sa.func, function)(counted).type)


def _can_be_added(kind: Any) -> bool:
    impl = kind.column_type(False) if hasattr(kind, "column_type") else kind
    return isinstance(impl, sa.Integer | sa.Numeric | sa.Float | sa.Double)


def _has_query(column: Column) -> bool:
    expression = column.expression
    element = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
    return any(isinstance(each, SelectBase) for each in visitors.iterate(element))


def reads_of(statement: Any) -> Reads:
    """Which columns of which tables a statement reads; of EVERYTHING where that cannot be known."""
    found: dict[str, set[str]] = {}
    for each in visitors.iterate(statement):
        if isinstance(each, sa.TextClause):
            found.setdefault(EVERYTHING, set())
        elif isinstance(each, sa.Table):
            found.setdefault(each.fullname, set())
        elif isinstance(each, sa.Column):
            for base in each.base_columns:
                if isinstance(base, sa.Column) and isinstance(base.table, sa.Table):
                    found.setdefault(base.table.fullname, set()).add(base.name)
    return {table: frozenset(columns) for table, columns in found.items()}
