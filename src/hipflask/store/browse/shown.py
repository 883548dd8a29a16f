"""What a query shows: which columns, under which keys, in which order. Pure: a query in, plain data out.

    select(Trade).where(Trade.desk == "rates").order_by(Trade.price.desc())
        → columns id, desk, price, …; the key is Trade.id; first by price, the highest first; can be read anywhere
    select(Trade.desk, func.sum(Trade.size)).group_by(Trade.desk)
        → columns desk, sum; every value together is the key; read-only; it is one closed result

Of an *open* query each row stands for one row of each of its tables, so it can be asked for keys alone, entered at any row and be cut as we like. A
closed one (with GROUP BY, DISTINCT, LIMIT, UNION) is a subquery, of which only the result can be asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import Label, Over, UnaryExpression
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import Alias, Join, SelectBase

from ..models.rows import Row

AGGREGATES = {"count", "sum", "avg", "min", "max", "total", "group_concat", "string_agg", "json_group_array"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of what is shown: its SQL, and where it comes from if that is an attribute of a model."""

    name: str
    expression: Any
    model: type[Row] | None = None
    attribute: str = ""

    @property
    def stored(self) -> sa.Column[Any] | None:
        """The column of a table that it is, if it is one."""
        return _stored(self.expression)


@dataclass(frozen=True, slots=True)
class Sorted:
    """One part of the query's own ORDER BY."""

    expression: Any
    descending: bool = False


@dataclass(frozen=True)
class Shown:
    """A query as a table shows it."""

    query: Any
    columns: tuple[Column, ...]
    keys: tuple[Any, ...]  # together they name one row
    order: tuple[Sorted, ...]
    is_open: bool
    owners: Mapping[type[Row], slice] = field(
        default_factory=dict
    )  # where in the keys that of a model stands
    tables: tuple[
        tuple[str, slice], ...
    ] = ()  # of an open one: the tables that its rows are rows of, and where in the keys each stands
    is_outer: bool = False  # a join may leave columns empty that are never empty in their tables

    @property
    def model(self) -> type[Row] | None:
        """The model whose rows handlers are given."""
        return next(iter(self.owners), None)

    @property
    def name(self) -> str:
        """What the rows are called."""
        return self.model.__name__ if self.model is not None else "Rows"

    def column(self, name: str) -> Column:
        """The column of that name; raises ValueError with a sentence."""
        for each in self.columns:
            if each.name == name:
                return each
        known = ", ".join(each.name for each in self.columns)
        raise ValueError(f"{self.name} has no column {name!r}. It has: {known}.")


def shown(query: Any) -> Shown:
    """What a model or a query shows."""
    query = sa.select(query) if isinstance(query, type) else query
    columns = tuple(_named(_columns(query))) if isinstance(query, sa.Select) else ()
    leaves = _leaves_of(query) if columns and _is_open(query, columns) else ()
    if not leaves:
        return _closed(query, columns)
    keys = tuple(key for leaf in leaves for key in _keys(leaf))
    tables = tuple(_places(leaves))
    return Shown(
        query, columns, keys, tuple(_order(query)), True, _owners(columns, tables), tables, _is_outer(query)
    )


def _columns(query: sa.Select[Any]) -> Iterator[Column]:
    for place, described in enumerate(query.column_descriptions):
        expression, entity = described["expr"], described.get("entity")
        model = _model(entity)
        if expression is entity and entity is not None:
            for attribute in sa.inspect(entity).mapper.column_attrs:
                yield Column(attribute.key, getattr(entity, attribute.key), model, attribute.key)
        elif model is not None and hasattr(expression, "property"):
            yield Column(described["name"], expression, model, expression.key)
        else:
            yield Column(described["name"] or f"column_{place + 1}", expression)


def _model(entity: Any) -> type[Row] | None:
    if entity is None:
        return None
    found = sa.inspect(entity).mapper.class_
    return found if issubclass(found, Row) else None


def _named(columns: Iterator[Column]) -> Iterator[Column]:
    """The columns under names of their own: the second `name` is `team_name`."""
    taken: set[str] = set()
    for each in columns:
        name, number = each.name, 2
        if name in taken and each.model is not None:
            name = f"{each.model.__name__.lower()}_{name}"
        base = name
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        yield Column(name, each.expression, each.model, each.attribute)


def _is_open(query: sa.Select[Any], columns: Sequence[Column]) -> bool:
    is_cut = query._limit_clause is not None or query._offset_clause is not None
    if is_cut or query._distinct or query._group_by_clauses or query._having_criteria:
        return False
    return not any(_is_of_many_rows(each.expression) for each in columns)


def _is_of_many_rows(expression: Any) -> bool:
    element = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
    return any(
        isinstance(each, Over | sa.TextClause)
        or (isinstance(each, FunctionElement) and getattr(each, "name", "").lower() in AGGREGATES)
        for each in visitors.iterate(element)
    )


def _leaves_of(query: sa.Select[Any]) -> tuple[Any, ...]:
    """The tables that rows of the query are made of; none if it reads anything else, or one without a key."""
    found = [leaf for each in query.get_final_froms() for leaf in _leaves(each)]
    tables = [leaf.element if isinstance(leaf, Alias) else leaf for leaf in found]
    if not all(isinstance(table, sa.Table) and table.primary_key for table in tables):
        return ()
    return tuple(found)


def _is_outer(query: Any) -> bool:
    return not isinstance(query, sa.Select) or any(
        isinstance(part, Join) and (part.isouter or part.full)
        for each in query.get_final_froms()
        for part in visitors.iterate(each)
    )


def _places(leaves: Sequence[Any]) -> Iterator[tuple[str, slice]]:
    start = 0
    for leaf in leaves:
        table: Any = leaf.element if isinstance(leaf, Alias) else leaf
        end = start + len(table.primary_key)
        yield table.fullname, slice(start, end)
        start = end


def _leaves(source: Any) -> Iterator[Any]:
    if isinstance(source, Join):
        yield from _leaves(source.left)
        yield from _leaves(source.right)
    else:
        yield source


def _keys(table: Any) -> list[Any]:
    base = table.element if isinstance(table, Alias) else table
    return [table.c[column.key] for column in base.primary_key]


def _owners(columns: Sequence[Column], tables: Sequence[tuple[str, slice]]) -> dict[type[Row], slice]:
    """The models that are shown, in that order; one whose table is read twice, so that a value may be of either, owns nothing."""
    found: dict[type[Row], slice] = {}
    for model in dict.fromkeys(each.model for each in columns if each.model is not None):
        mapper = sa.inspect(model)
        places = [place for name, place in tables if name == getattr(mapper.local_table, "fullname", "")]
        if len(places) == 1 and mapper.inherits is None:
            found[model] = places[0]
    return found


def _order(query: Any) -> Iterator[Sorted]:
    for clause in getattr(query, "_order_by_clauses", ()):
        descending = False
        while isinstance(clause, UnaryExpression) and clause.modifier is not None:
            descending = descending or clause.modifier is operators.desc_op
            clause = clause.element
        yield Sorted(clause.element if isinstance(clause, Label) else clause, descending)


def _closed(query: SelectBase, columns: Sequence[Column]) -> Shown:
    order = list(_order(query))
    inside, hidden = _with_order(query, columns, order)
    given = list(inside.subquery("closed").c)
    if not columns:
        columns = tuple(Column(each.key, each) for each in given)
    outside = tuple(
        Column(each.name, there, each.model, each.attribute)
        for each, there in zip(columns, given, strict=False)
    )
    models = {each.model for each in columns}
    model = next(iter(models)) if len(models) == 1 else None
    keys = _keys_among(outside, model) if model is not None else ()
    owners = {model: slice(0, len(keys))} if model is not None and keys else {}
    if not keys:
        outside = tuple(Column(each.name, each.expression) for each in outside)
        keys = tuple(each.expression for each in outside)
    by_name = {each.name: each.expression for each in outside} | dict(
        zip(hidden, given[len(columns) :], strict=False)
    )
    sorting = tuple(
        Sorted(by_name[name], each.descending) for name, each in _sorted_by(order, columns, hidden)
    )
    return Shown(query, outside, keys, sorting, False, owners, is_outer=_is_outer(query))


def _with_order(query: Any, columns: Sequence[Column], order: Sequence[Sorted]) -> tuple[Any, list[str]]:
    """The query, with what it is sorted by among its columns where that changes nothing else; and the names of what was added."""
    if not isinstance(query, sa.Select) or query._distinct:
        return query, []
    known = [name for name, _ in _sorted_by(order, columns, [])]
    if len(known) == len(order):
        return query, []
    added = {f"sorted_{at}": each.expression for at, each in enumerate(order)}
    return query.add_columns(*(each.label(name) for name, each in added.items())), list(added)


def _sorted_by(
    order: Sequence[Sorted], columns: Sequence[Column], hidden: Sequence[str]
) -> Iterator[tuple[str, Sorted]]:
    """What each part of an order is called among the columns, as far as it is there."""
    if hidden:
        yield from zip(hidden, order, strict=True)
        return
    for each in order:
        for column in columns:
            element = _element(column.expression)
            if element is each.expression or element.compare(_element(each.expression)):
                yield column.name, each
                break


def _element(expression: Any) -> Any:
    found = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
    return found.element if isinstance(found, Label) else found


def _keys_among(columns: Sequence[Column], model: type[Row]) -> tuple[Any, ...]:
    mapper = sa.inspect(model)
    by_attribute = {each.attribute: each.expression for each in columns}
    names = [mapper.get_property_by_column(key).key for key in mapper.primary_key]
    return tuple(by_attribute[name] for name in names) if all(name in by_attribute for name in names) else ()


def _stored(expression: Any) -> sa.Column[Any] | None:
    element = expression.__clause_element__() if hasattr(expression, "__clause_element__") else expression
    bases = list(element.base_columns) if isinstance(element, sa.Column) else []
    base: Any = bases[0] if len(bases) == 1 else None
    return base if isinstance(base, sa.Column) and isinstance(base.table, sa.Table) else None
