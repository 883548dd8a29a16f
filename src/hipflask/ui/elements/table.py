"""Rows and columns: a window onto whatever holds them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, Literal, Unpack

from msgspec import Struct

from ...core.errors import UsageError
from ...core.ports import Field
from ...core.rows import RowSource, Total
from ..drawing import Drawing, current, place_of
from ..element import Common, choice, element
from ..rows import rows_of
from ..tables.asked import Asked, Sort
from ..tables.columns import Column, Columns, resolve
from ..tables.controller import Table
from ..tables.plan import Action, Plan, Selecting
from ..tree import Kind, Node
from .icon import known_icon

TABLE = Kind("table", "hf-table", role="table", label="label")
DETAILS = Kind("table details", "div")
DETAILS_PART = Kind("details of a row", "hf-part")

OnRow = Callable[[Any], object] | None


def table(
    source: object,
    columns: Columns | None = None,
    *,
    row_key: str | Callable[[Any], object] | None = None,
    label: str | None = None,
    height: str | None = None,
    sort: Sort | None = None,
    search: bool = False,
    filters: bool = True,
    group: str | Sequence[str] = (),
    totals: Mapping[str, Total] | None = None,
    select: Literal["none", "one", "many"] | None = None,
    selected: Field | None = None,
    on_select: OnRow = None,
    on_open: OnRow = None,
    menu: Sequence[Action] = (),
    details: OnRow = None,
    editable: bool | Collection[str] = False,
    removable: bool = False,
    name: str | None = None,
    export: bool = True,
    **common: Unpack[Common],
) -> Node:
    """Show rows in a table: a model, a query, a list, a frame; ten of them or ten million.

    Only what is in sight is read, and when something changes only the cells that differ are sent. `source` is a model or
    `db.select(…)`, a list of dicts, dataclasses, Structs or tuples, a pandas or Polars frame, or an Arrow table. `columns` are
    names, `ui.table_column(…)`, or a dict of names and headings; tuples need them. `row_key`, a column or a function of the row,
    tells the rows of a list apart. `height` is CSS, such as "30rem"; without it the table is as high as its rows, up to a point.

    `sort="-price"` sorts downwards at first, `group="base"` folds rows into groups, `totals={"runs": "sum"}` stand below and at
    each group. `search` offers a field to search in, `editable` cells to type in (True, or the names of columns), `removable`
    rows to delete; what is written there is checked by the source, and Ctrl+Z takes it back. `filters=False` and `export=False`
    leave those menus out.

    `selected=` is a state that keeps the key of the row that is chosen, or a list of keys with `select="many"`; `on_select`
    is called with the row (or the list of rows), `on_open` with the row that is double-clicked, and `menu` has a
    `ui.table_action` for each entry of the rows' menu. `details` is a function that draws more of a row, below it. With a
    `name`, widths and order of the columns are remembered for this person.

    >>> ui.table([{"base": "first", "player": "Who"}, {"base": "second", "player": "What"}], row_key="base")
    >>> ui.table([("Who", 0.301), ("What", 0.277)], ["Player", "Average"], sort="-Average", search=True)
    """
    drawing = current("ui.table")
    found = _source(drawing, source, columns, row_key)
    resolved = resolve(found.columns, columns, editable)
    shown = [column.name for column in resolved]
    if not found.columns:  # an empty list does not say what will be in it
        sort, group, totals = None, (), None
    if lost := [each for each in totals or {} if each not in {column.name for column in found.columns}]:
        raise UsageError(
            f"ui.table: totals has {lost[0]!r}, which is no column. It shows {', '.join(shown)}."
        )
    plan = Plan(
        found,
        resolved,
        Asked.first(sort, (group,) if isinstance(group, str) else group, resolved),
        {each: choice("table", "totals", total, Total) for each, total in (totals or {}).items()},  # type: ignore[misc]
        _selecting(select, selected, on_select, menu),
        selected,
        on_select,
        on_open,
        tuple(menu),
        details,
        name,
        search,
        filters,
        export,
        removable,
    )
    place = place_of(sys._getframe(1))
    controller = drawing.stream(("ui.table", *place, common.get("key")), Table)
    controller.draw(plan, drawing.cell(_apart_from_its_line(place), None))
    node = element(TABLE, {"label": label}, _with_height(common, height))
    controller.show(node)
    controller.listen(node)
    if details is not None:
        with node, element(DETAILS, {}, {}, {"slot": "details"}):
            drawing.draw_part(DETAILS_PART, controller.draw_details, None, (details,), {})
    return node


def _apart_from_its_line(place: tuple[object, ...]) -> tuple[object, ...]:
    """A place that hot reload finds again even if the call itself was edited: somebody adds a column, and what was asked stays."""
    file, function, *where = place
    return (file, function, sys.maxsize, tuple(where), "ui.table")


def _source(
    drawing: Drawing, what: object, columns: Columns | None, row_key: str | Callable[[Any], object] | None
) -> RowSource:
    found = drawing.part.owner.find_rows(what)
    if found is None:
        found = rows_of(what, row_key, None if _name_themselves(what) else _names(columns))
    if found is None:
        raise UsageError(
            f"ui.table shows a model, a db.select(…), a list of rows, a frame or an Arrow table, got {what!r:.200}."
        )
    return found


def _names(columns: Columns | None) -> list[str] | None:
    """What rows without names are to call their values."""
    if columns is None or isinstance(columns, str):
        return None
    specs = [each if isinstance(each, Column) else Column(str(each)) for each in columns]
    return [spec.name for spec in specs if spec.value is None]


def _name_themselves(rows: object) -> bool:
    first = rows[0] if isinstance(rows, Sequence) and rows else None
    return isinstance(first, Mapping | Struct) or is_dataclass(first) or hasattr(first, "_fields")


def _selecting(
    select: Selecting | None, selected: Field | None, on_select: OnRow, menu: Sequence[Action]
) -> Selecting:
    if selected is not None and not isinstance(selected, Field):
        raise UsageError(
            f"ui.table: selected= takes a state that keeps the key, got {selected!r}. Write "
            "`chosen = ui.state(None)` and `selected=chosen`, not `selected=chosen.value`."
        )
    if any(not isinstance(each, Action) for each in menu):
        raise UsageError("ui.table: menu takes a list of ui.table_action('Label', function).")
    for each in menu:
        if each.icon is not None:
            known_icon(each.icon)
    if select is None:
        wants = selected is not None or on_select is not None or menu
        return "one" if wants else "none"
    return choice("table", "select", select, Selecting)  # type: ignore[return-value]


def _with_height(common: Common, height: str | None) -> Common:
    return common if height is None else {**common, "style": {**common.get("style", {}), "height": height}}
