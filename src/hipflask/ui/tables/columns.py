"""The columns of one table: what the source has, with what the program says about each.

resolve(source.columns, ["price", table_column("size", heading="Lots")], editable=True)
# (Shown("price", "Price", "decimal", …), Shown("size", "Lots", "integer", …))
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from ...core.errors import UsageError
from ...core.rows import ColumnKind, RowColumn

CellTone = Literal["success", "danger", "warning", "primary", "quiet"]
Align = Literal["start", "end", "center"]
Side = Literal["start", "end"]
ToneOf = Callable[..., CellTone | None] | Mapping[Any, CellTone]
ValueOf = Callable[[Mapping[str, Any]], object]

_RIGHT = frozenset({"integer", "float", "decimal", "duration"})
_UNSORTABLE = frozenset({"bytes", "json", "numbers"})
_FORMATS = frozenset(
    {"", "percent", "compact", "bytes", "signed", "sparkline", "bar", "progress", "currency"}
)
_KINDS: dict[type, ColumnKind] = {
    bool: "boolean",
    int: "integer",
    float: "float",
    str: "text",
    list: "numbers",
}


@dataclass(frozen=True, slots=True)
class Column:
    """What the program says about one column; None: as the source, or the table, has it."""

    name: str
    heading: str | None = None
    format: str = ""
    width: int | None = None
    align: Align | None = None
    pinned: Side | None = None
    hidden: bool = False
    editable: bool | None = None
    tone: ToneOf | None = None
    flash: bool = False
    digits: int | None = None
    value: ValueOf | None = None


Columns = Sequence[str | Column] | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """One column as a table shows it."""

    name: str
    heading: str
    kind: ColumnKind
    align: Align
    is_editable: bool
    is_nullable: bool
    is_sortable: bool
    choices: tuple[str, ...]
    digits: int | None
    spec: Column

    @property
    def is_computed(self) -> bool:
        """Whether its values come from the others of the row, and not from the source."""
        return self.spec.value is not None

    def described(self) -> dict[str, object]:
        """The column as the screen is told of it."""
        spec = self.spec
        return {
            "name": self.name, "heading": self.heading, "kind": self.kind, "align": self.align, "width": spec.width,
            "pinned": spec.pinned, "hidden": spec.hidden, "editable": self.is_editable,
            "choices": list(self.choices) or None, "digits": self.digits, "format": spec.format, "flash": spec.flash,
            "sortable": self.is_sortable, "filterable": self.is_sortable, "nullable": self.is_nullable,
        }  # fmt: skip

    def with_kind_of(self, value: object) -> Shown:
        """The same column, once a value tells what kind a computed one is of."""
        kind = _KINDS.get(type(value), "decimal" if type(value).__name__ == "Decimal" else "other")
        return replace(self, kind=kind, align=_align(self.spec, kind))


def table_column(
    name: str,
    *,
    heading: str | None = None,
    format: str = "",
    width: int | None = None,
    align: Align | None = None,
    pinned: Side | None = None,
    hidden: bool = False,
    editable: bool | None = None,
    tone: ToneOf | None = None,
    flash: bool = False,
    sparkline: bool = False,
    digits: int | None = None,
    value: ValueOf | None = None,
) -> Column:
    """Say how a column of `ui.table` is shown.

    `format` is "percent", "compact", "bytes", "signed", "currency:EUR", "bar", "progress" or "sparkline" (for lists of numbers; also
    as `sparkline=True`), `digits` how many stand after the point. `pinned="start"` keeps it in sight, `flash` lights a cell up when it
    changes. `tone` colours cells: a dict of values, or a function of the value (or of value and row), giving "success",
    "danger", "warning", "primary", "quiet" or None. `value` is a function of the row, for what is computed from other columns.

    >>> rows = [{"player": "Who", "runs": 12, "average": 0.301}, {"player": "What", "runs": 8, "average": 0.277}]
    >>> ui.table(rows, [
    ...     ui.table_column("player", width=160, pinned="start"),
    ...     ui.table_column("average", format="percent", digits=1, tone=lambda value: "success" if value > 0.3 else None),
    ...     ui.table_column("per_game", value=lambda row: row["runs"] / 4),
    ... ])
    """
    if sparkline:
        format = "sparkline"
    return checked(
        Column(name, heading, format, width, align, pinned, hidden, editable, tone, flash, digits, value)
    )


def resolve(
    there: Sequence[RowColumn], wanted: Columns | None, editable: bool | Collection[str]
) -> tuple[Shown, ...]:
    """The columns of a table, in order; raises UsageError for those that the source does not have."""
    known = {column.name: column for column in there}
    specs = [Column(each.name) for each in there if _is_told(each)] if wanted is None else _specs(wanted)
    names = [spec.name for spec in specs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"ui.table: the column {twice!r} stands there twice. Each column is shown once.")
    if (
        there
        and not isinstance(editable, bool)
        and (lost := [name for name in editable if name not in names])
    ):
        raise UsageError(
            f"ui.table: editable names {lost[0]!r}, which it does not show. It shows {', '.join(names)}."
        )
    return tuple(_shown(spec, known, editable) for spec in specs)


def _is_told(column: RowColumn) -> bool:
    """Whether a column says something to a person; what rows are told apart by, if nobody has chosen it, does not."""
    return not (column.is_key and column.name == "id" and column.kind in ("text", "other"))


def _specs(wanted: Columns) -> list[Column]:
    if isinstance(wanted, Mapping):
        return [Column(name, heading) for name, heading in wanted.items()]
    if isinstance(wanted, str):
        raise UsageError(f"ui.table: columns is a list of names, got {wanted!r}. Write [{wanted!r}].")
    return [_spec(each) for each in wanted]


def _spec(each: object) -> Column:
    if isinstance(each, Column):
        return each
    name = each if isinstance(each, str) else getattr(each, "key", None)  # Trade.price knows its name
    if not isinstance(name, str):
        raise UsageError(
            f"ui.table: a column is a name or a ui.table_column('name', …), got {each!r}. "
            "With a dict, its keys are the names and its values the headings."
        )
    return Column(name)


def _shown(spec: Column, known: Mapping[str, RowColumn], editable: bool | Collection[str]) -> Shown:
    column = (
        known.get(spec.name) if known else RowColumn(spec.name, "other")
    )  # nothing is there yet: no rows, no kinds
    if column is None and spec.value is None:
        raise UsageError(
            f"ui.table: the rows have no column {spec.name!r}. They have: {', '.join(known) or 'none'}. "
            f"What is computed needs a function: ui.table_column({spec.name!r}, value=lambda row: …)."
        )
    heading = spec.name.replace("_", " ").capitalize() if spec.heading is None else spec.heading
    if spec.value is not None or column is None:
        kind: ColumnKind = "numbers" if spec.format == "sparkline" else "other"
        align = _align(spec, kind)
        return Shown(spec.name, heading, kind, align, False, True, False, (), spec.digits, spec)
    wants = spec.editable if spec.editable is not None else editable is True or _names(editable, spec.name)
    if wants and not column.is_editable and editable is not True:
        raise UsageError(
            f"ui.table: {spec.name!r} cannot be edited: what it is shown from does not take it back."
        )
    digits = column.digits if spec.digits is None else spec.digits
    is_editable = bool(wants and column.is_editable)
    is_sortable = column.kind not in _UNSORTABLE
    return Shown(
        spec.name, heading, column.kind, _align(spec, column.kind), is_editable, column.is_nullable, is_sortable,
        column.choices, digits, spec,
    )  # fmt: skip


def _names(editable: bool | Collection[str], name: str) -> bool:
    return not isinstance(editable, bool) and name in editable


def _align(spec: Column, kind: ColumnKind) -> Align:
    if spec.align is not None:
        return spec.align
    return "end" if kind in _RIGHT else "center" if kind == "boolean" else "start"


def checked(column: Column) -> Column:
    """The same column, once it is sure that it can be shown; raises UsageError otherwise."""
    what = f"ui.table_column({column.name!r}):"
    if column.format.partition(":")[0] not in _FORMATS:
        known = ", ".join(sorted(map(repr, _FORMATS - {"", "currency"})))
        raise UsageError(f"{what} format takes {known} or 'currency:EUR', got {column.format!r}.")
    if column.width is not None and not 20 <= column.width <= 4000:
        raise UsageError(f"{what} width is in pixels, from 20 to 4000, got {column.width!r}.")
    for name, given, kinds in (("align", column.align, Align), ("pinned", column.pinned, Side)):
        if given is not None and given not in get_args(kinds):
            raise UsageError(f"{what} {name} takes {' or '.join(map(repr, get_args(kinds)))}, got {given!r}.")
    if column.digits is not None and not 0 <= column.digits <= 20:
        raise UsageError(f"{what} digits takes 0 to 20, got {column.digits!r}.")
    if column.tone is not None and not (callable(column.tone) or isinstance(column.tone, Mapping)):
        raise UsageError(f"{what} tone takes a function of the value, or a dict, got {column.tone!r}.")
    if column.value is not None and not callable(column.value):
        raise UsageError(f"{what} value takes a function of the row, got {column.value!r}.")
    return column


def takes_row(function: Callable[..., object]) -> bool:
    """Whether a tone's function wants the whole row beside the value."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # something built in, which hardly takes a row
        return False
    required = [each for each in parameters if each.default is each.empty and each.kind in _BY_PLACE]
    return len(required) > 1


_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def looks_at_rows(column: Shown) -> bool:
    """Whether a function of the column's looks at more than its own value."""
    return column.is_computed or has_tone_of_row(column)


def has_tone_of_row(column: Shown) -> bool:
    """Whether the column's tone depends on more than its own value."""
    tone = column.spec.tone
    return tone is not None and not isinstance(tone, Mapping) and takes_row(tone)
