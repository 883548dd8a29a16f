"""The program's log, and its notes."""

from __future__ import annotations

from typing import Any

from ..... import ui
from .....ui.tables.columns import CellTone
from ...records import Log, Note
from .. import looks, parts, recorded, sentences
from ..inspection import Inspection
from ..recorded import Line
from ..sieve import Sieve

_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
_TONES: dict[str, CellTone] = {
    "DEBUG": "quiet",
    "WARNING": "warning",
    "ERROR": "danger",
    "CRITICAL": "danger",
}


def draw(inspection: Inspection) -> None:
    """Draw the view."""
    least: Any = ui.state("DEBUG")
    chosen: Any = ui.state(None)
    with ui.row():
        ui.select("At least", list(_LEVELS), bind=least, style=looks.NARROW_FIELD)
    with ui.row(gap="m", wrap=False, align="stretch", style=looks.FILL):
        with ui.column(gap="none", style=looks.PANE | {"flex": "3 1 0"}):
            _table(inspection, least, chosen)
        if chosen.value is not None:
            with parts.closer_look(chosen):
                _closer(inspection, chosen.value)


@ui.component
def _table(inspection: Inspection, least: Any, chosen: Any) -> None:
    inspection.recorded.follow()
    sieve: Sieve[Line] = ui.state(Sieve[Line]()).value
    level = _LEVELS[least.value]
    rows = sieve.pour(inspection.recorded.logs, level, lambda row: _LEVELS.get(row.level, 20) >= level)
    if not rows:
        parts.nothing("The program has logged nothing of that kind.")
        return
    ui.table(
        rows,
        [
            ui.table_column("at", heading="Time", width=105),
            ui.table_column("level", heading="Level", width=90, tone=_TONES),
            ui.table_column("name", heading="Logger", width=150, tone=lambda _: "quiet"),
            ui.table_column("message", heading="Message", width=480),
            ui.table_column("place", heading="Place", width=150, tone=lambda _: "quiet"),
            ui.table_column("session", heading="Window", width=76, tone=lambda _: "quiet"),
            ui.table_column("number", hidden=True),
        ],
        row_key="number",
        label="Log",
        height="100%",
        sort="-number",
        search=True,
        selected=chosen,
        name="inspector logs",
    )


def _closer(inspection: Inspection, number: int) -> None:
    record = inspection.recorded.record(number)
    if not isinstance(record, Log | Note):
        parts.nothing("This is so long ago that it is not kept any more.")
        return
    with ui.row(gap="s"):
        ui.badge(record.kind)
        ui.text(f"{sentences.clock(record.at)} · {record.name}", tone="quiet", size="s")
    ui.text(record.message if isinstance(record, Log) else recorded.told(record), style=looks.WIDE)
    if record.trace:
        ui.link("Show the trace", f"/trace?id={record.trace}")
    if isinstance(record, Log):
        parts.code_at(inspection, record.place)
        if record.traceback:
            ui.code(record.traceback)
