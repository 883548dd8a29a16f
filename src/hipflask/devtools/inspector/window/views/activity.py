"""Every handler call and drawing, query and frame, as a table with the closer look beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import time
from typing import Any

from ..... import ui
from .....ui.tables.columns import CellTone
from ...records import Span
from .. import details, looks, parts, sentences
from ..inspection import Inspection
from ..recorded import Doing
from ..sieve import Sieve

SLOW_MS = 100.0
LONG_SECONDS = 1.0  # what goes on for longer than that is worth a word

_SHOWN: dict[str, Callable[[Doing], bool]] = {
    "Handlers and drawings": lambda row: row.kind not in ("statement", "commit", "frame"),
    "Queries and commits": lambda row: row.kind in ("statement", "commit"),
    "Frames": lambda row: row.kind == "frame",
    "Errors": lambda row: bool(row.error),
    "Slow ones": lambda row: row.ms > SLOW_MS,
    "Everything": lambda row: True,
}
_KIND_TONES: dict[str, CellTone] = {
    "handler": "warning",
    "task": "warning",
    "draw": "primary",
    "statement": "danger",
    "commit": "danger",
    "frame": "success",
}


def draw(inspection: Inspection, session: str) -> None:
    """Draw the view; `session` is the one whose doings are shown at first."""
    shown = ui.state("Handlers and drawings")
    of = ui.state(session)
    chosen: Any = ui.state(None)
    _filters(inspection, shown, of)
    _running(inspection)
    ui.chart(
        inspection.recorded.timeline,
        kind="scatter",
        label="Timeline",
        unit="ms",
        colors=["warning", "primary", "danger"],
        digits=1,
        height="8.5rem",
    )
    with ui.row(gap="m", wrap=False, align="stretch", style=looks.FILL):
        with ui.column(gap="none", style=looks.PANE | {"flex": "3 1 0"}):
            _table(inspection, shown, of, chosen)
        if chosen.value is not None:
            with parts.closer_look(chosen):
                closer(inspection, chosen.value, chosen.set)


def _filters(inspection: Inspection, shown: Any, of: Any) -> None:
    with ui.row(gap="m"):
        ui.select("Show", list(_SHOWN), bind=shown, style=looks.NARROW_FIELD | {"flex-basis": "16rem"})
        _sessions(inspection, of)


@ui.component
def _sessions(inspection: Inspection, of: Any) -> None:
    inspection.recorded.follow()
    names = sorted(inspection.recorded.sessions | ({of.value} - {""}))
    ui.select(
        "Window", {"": "All windows"} | {name: name for name in names}, bind=of, style=looks.NARROW_FIELD
    )


@ui.component
def _running(inspection: Inspection) -> None:
    """What has been going on for a while."""
    inspection.recorded.follow()
    now = time()
    long = [each for each in inspection.recorded.running.value if now - each.at > LONG_SECONDS]
    if long:
        first = min(long, key=lambda each: each.at)
        more = f", and {len(long) - 1} more" if len(long) > 1 else ""
        words = f"{sentences.KINDS.get(first.kind, first.kind)} {first.name}"
        ui.callout(
            f"Still going on since {sentences.clock(first.at)}: {words}{more}.",
            icon="hourglass",
            tone="normal",
        )


@ui.component
def _table(inspection: Inspection, shown: Any, of: Any, chosen: Any) -> None:
    inspection.recorded.follow()
    sieve: Sieve[Doing] = ui.state(Sieve[Doing]()).value
    passes, session = _SHOWN[shown.value], of.value
    rows = sieve.pour(
        inspection.recorded.doings,
        (shown.value, session),
        lambda row: passes(row) and session in ("", row.session),
    )
    if not rows:
        parts.nothing("Nothing of the kind has happened yet.", "Use the program, and it will be told here.")
        return
    ui.table(
        rows,
        [
            ui.table_column("at", heading="Time", width=104),
            ui.table_column("kind", heading="What", width=82, tone=_KIND_TONES),
            ui.table_column("name", heading="Name", width=160, tone=_badness),
            ui.table_column("ms", heading="ms", width=66, digits=1, tone=_slowness),
            ui.table_column("why", heading="Because", width=400, tone=_badness),
            ui.table_column("queries", heading="Queries", width=76, tone=_quiet_zero),
            ui.table_column("patches", heading="Patches", width=76, tone=_quiet_zero),
            ui.table_column("session", heading="Window", width=72, tone=lambda _: "quiet"),
            ui.table_column("error", hidden=True),
            ui.table_column("number", hidden=True),
        ],
        row_key="number",
        label="Activity",
        height="100%",
        sort="-number",
        search=True,
        selected=chosen,
        name="inspector activity",
    )


def _slowness(ms: float) -> CellTone | None:
    return "danger" if ms > SLOW_MS else "warning" if ms > 16 else None


def _badness(_: str, row: Mapping[str, object]) -> CellTone | None:
    return "danger" if row.get("error") else None


def _quiet_zero(count: int) -> CellTone | None:
    return None if count else "quiet"


def closer(inspection: Inspection, number: int, choose: Callable[[int], object]) -> None:
    """Look closely at the span of that number."""
    record = inspection.recorded.record(number)
    if isinstance(record, Span):
        details.draw_span(inspection, record, choose)
    else:
        parts.nothing("This is so long ago that it is not kept any more.")
