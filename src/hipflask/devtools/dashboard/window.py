"""What the dashboard's window shows: who is there, how things went of late, and what takes the time."""

from __future__ import annotations

from math import isfinite
from typing import Any

from ... import ui
from .measures import DRAWINGS, HANDLERS, MEASURES, REQUESTS, Measure, Value, gauge, milliseconds, rate
from .target import Target
from .watching import Line, Watching

WATCHING = "HIPFLASK_DASHBOARD"  # where the program's configuration has what is watched
LOOKS = {"1 minute": 60.0, "5 minutes": 300.0, "1 hour": 3600.0, "Everything": None}
NOTHING = "–"
ERRORS = "Errors/s"
HUES = (0, 150, 60, 240, 300, 110, 200, 30)  # as far from each other as eight can be
LINK = "hipflask dashboard"  # one cursor for all charts

_OVERVIEW: tuple[tuple[str, Value, int], ...] = (
    ("Requests/s", rate(REQUESTS), 1),
    ("Handlers/s", rate(HANDLERS), 1),
    ("Handlers p95 (ms)", milliseconds(HANDLERS, 0.95), 1),
    ("Drawings p95 (ms)", milliseconds(DRAWINGS, 0.95), 1),
    ("Sessions", gauge("hipflask_sessions"), 0),
)


def page(watching: Watching) -> None:
    """Draw the window."""
    looks: Any = ui.state(next(iter(LOOKS)))
    with ui.row(justify="between", align="end"):
        ui.heading("Dashboard")
        ui.select("Charts show", list(LOOKS), bind=looks, style={"flex": "0 0 12rem"})
    overview(watching)
    charts(watching, LOOKS[looks.value])
    busiest(watching)


@ui.component
def overview(watching: Watching) -> None:
    """The targets, and who of them is not there."""
    watching.rounds.value  # noqa: B018 what is read here has changed with it
    for target in watching.targets:
        if target.trouble is not None:
            said = (
                f"{_shown(target)}: {target.trouble}. It is asked again every {watching.seconds:g} seconds."
            )
            ui.callout(said, title=f"{target.name} is down", tone="danger", key=target.name)
    ui.table(
        [_line(watching, target) for target in watching.targets],
        [
            ui.table_column("Target", pinned="start"),
            ui.table_column("State", tone={"up": "success", "down": "danger"}),
            *(ui.table_column(title, align="end") for title, _, _ in _OVERVIEW),
            ui.table_column(ERRORS, align="end"),
        ],
        label="Targets",
        row_key="Target",
    )


@ui.component
def charts(watching: Watching, seconds: float | None) -> None:
    """A chart for everything that any of them says something about."""
    seen = watching.seen.value
    if not seen:
        ui.text("Charts appear with the first figures that come.")
    with ui.grid(min_width="24rem"):
        for measure in MEASURES:
            if any(line.name in seen for line in watching.lines[measure]):
                _chart(watching, measure, seen, seconds)


@ui.component
def busiest(watching: Watching) -> None:
    """What has taken the most time in the last seconds."""
    watching.rounds.value  # noqa: B018
    ui.heading("What takes the time", level=2)
    rows = [
        {
            "Target": row.target,
            "Kind": row.kind,
            "Name": row.name,
            "Per second": row.per_second,
            "p50 (ms)": row.median,
            "p95 (ms)": row.slow,
            "Busy": row.busy,
            ERRORS: row.errors,
        }
        for row in watching.rows()
    ]
    columns: list[Any] = [
        "Target", "Kind", "Name",
        ui.table_column("Per second", digits=2),
        ui.table_column("p50 (ms)", digits=1),
        ui.table_column("p95 (ms)", digits=1),
        ui.table_column("Busy", format="percent", digits=1),
        ui.table_column(ERRORS, digits=2, tone=lambda errors: "danger" if errors else None),
    ]  # fmt: skip
    ui.table(rows, columns, label="What takes the time", search=True, height="20rem")


def _chart(watching: Watching, measure: Measure, seen: frozenset[str], seconds: float | None) -> None:
    """A chart of the lines that there are; in all charts a target has one colour."""
    shown = [line for line in watching.lines[measure] if line.name in seen]
    ui.chart(
        watching.series[measure],
        y={line.name: line.title for line in shown},
        colors={line.name: _color(line) for line in shown},
        label=measure.title,
        window=seconds,
        unit=measure.unit,
        digits=measure.digits,
        low=0,
        link=LINK,
        height="15rem",
        key=measure.title,
    )


def _color(line: Line) -> str:
    hue = HUES[line.target % len(HUES)]
    color = f"oklch(from var(--wa-color-brand-50) 0.6 max(c, 0.11) calc(h + {hue}))"
    return color if line.nth == 0 else f"color-mix(in oklab, {color} 60%, var(--wa-color-surface-default))"


def _line(watching: Watching, target: Target) -> dict[str, object]:
    state = "down" if target.trouble is not None else "up" if target.has_answered else "…"
    figures = {title: _figure(value, digits, target) for title, value, digits in _OVERVIEW}
    failures = watching.failures(target)
    return {
        "Target": target.name,
        "State": state,
        **figures,
        ERRORS: f"{failures:.2f}" if isfinite(failures) else NOTHING,
    }


def _figure(value: Value, digits: int, target: Target) -> str:
    known = value(target.interval) if target.interval is not None else float("nan")
    return f"{known:,.{digits}f}" if isfinite(known) else NOTHING


def _shown(target: Target) -> str:
    """Where it was looked for, without what may be a password."""
    host = f"[{target.url.hostname}]" if ":" in str(target.url.hostname) else target.url.hostname
    port = f":{target.url.port}" if target.url.port else ""
    return f"{target.url.scheme}://{host}{port}{target.url.path}"
