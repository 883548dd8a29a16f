"""What a table is told about one of its columns."""

from __future__ import annotations

from ..tables.columns import Align, Column, Side, ToneOf, ValueOf, checked


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
