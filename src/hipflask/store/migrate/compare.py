"""Two shapes compared: which steps lead from one to the other."""

from __future__ import annotations

from . import code
from .plan import Count, Decisions, Plan, Question
from .shape import Shape
from .table import TableChange, is_empty


def plan(
    have: Shape, want: Shape, last: Shape, decisions: Decisions, count: Count | None, asks: bool = False
) -> Plan:
    """The steps from one shape to another; with `asks`, what is only gone is asked about, too."""
    planned = Plan()
    _drop_indexes(planned, have, want, last)
    new = [table for name, table in want.tables.items() if name not in have.tables]
    dropped = _gone_tables(planned, have, want, last, decisions, count, asks)
    for table in new:
        planned.add(f"{table.name}: a new table", code.add_table(table))
    converted: set[tuple[str, str]] = set()
    for name in want.tables:
        if name in have.tables:
            change = TableChange(planned, have, want, last, name, decisions, count, asks)
            change.plan()
            converted |= {(name, column.name) for column in change.aside}
    for name in dropped:
        planned.add(f"{name}: dropped", code.drop_table(name))
    _add_indexes(planned, have, want, converted)
    return planned


def _gone_tables(
    planned: Plan,
    have: Shape,
    want: Shape,
    last: Shape,
    decisions: Decisions,
    count: Count | None,
    asks: bool,
) -> list[str]:
    new = tuple(name for name in want.tables if name not in have.tables)
    dropped = []
    for name in have.tables:
        if name in want.tables or name not in last.tables:
            continue
        if name in decisions.drops or is_empty(count, name):
            dropped.append(name)
        elif name in decisions.keeps or not (new or asks):
            planned.kept.append(name)
        else:
            planned.questions.append(Question(name, new))
    return dropped


def _drop_indexes(planned: Plan, have: Shape, want: Shape, last: Shape) -> None:
    for name, index in have.indexes.items():
        wanted = want.indexes.get(name)
        was_ours = name in last.indexes and index.table in want.tables
        if was_ours if wanted is None else wanted.same != index.same:
            planned.add(f"{index.table}: index {name} dropped", code.drop_index(index))


def _add_indexes(planned: Plan, have: Shape, want: Shape, converted: set[tuple[str, str]]) -> None:
    for name, index in want.indexes.items():
        there = have.indexes.get(name)
        goes_with_column = any(
            index.table == table and column.lower() in index.same.split() for table, column in converted
        )
        if there is None or there.same != index.same or index.table in planned.anew or goes_with_column:
            planned.add(f"{index.table}: index {name}", code.add_index(index))
