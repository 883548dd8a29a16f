"""Frames: how many, how large, and how soon they are painted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..... import ui
from .. import looks, parts, sentences
from ..inspection import Inspection
from ..recorded import Doing
from ..sieve import Sieve


def draw(inspection: Inspection) -> None:
    """Draw the view."""
    with ui.column(gap="m", style=looks.FILL):
        _sessions(inspection)
        _frames(inspection)


@ui.component
def _sessions(inspection: Inspection) -> None:
    inspection.recorded.follow()
    traffic = list(inspection.recorded.totals.traffic.values())
    if not traffic:
        parts.nothing("No screen has been sent anything yet.")
        return
    with ui.row(gap="s", align="stretch"):
        parts.tile(
            "Frames",
            f"{sum(each.frames for each in traffic):,}",
            f"in {sentences.number(len(traffic), 'window')}",
        )
        parts.tile("Sent", sentences.size(sum(each.bytes for each in traffic)))
        parts.tile(
            "Painted after",
            sentences.seconds(max(each.usual for each in traffic)),
            "usually, in the slowest window",
        )
        parts.tile(
            "All anew", f"{sum(each.resets for each in traffic):,}", "whole trees that were sent again"
        )
    rows = [
        {
            "window": each.session,
            "frames": each.frames,
            "patches": each.patches,
            "bytes": each.bytes,
            "per_frame": each.bytes / each.frames,
            "usual": each.usual * 1000,
            "slow": each.slow * 1000,
        }
        for each in traffic
    ]
    ui.table(
        rows,
        [
            ui.table_column("window", width=90),
            ui.table_column("frames", width=100),
            ui.table_column("patches", width=100),
            ui.table_column("bytes", heading="Sent", format="bytes", width=110),
            ui.table_column("per_frame", heading="A frame", format="bytes", width=110),
            ui.table_column("usual", heading="Round trip, ms", digits=1, width=130),
            ui.table_column("slow", heading="19 of 20 within, ms", digits=1, width=160),
        ],
        row_key="window",
        label="Windows",
        filters=False,
        export=False,
    )


@ui.component
def _frames(inspection: Inspection) -> None:
    inspection.recorded.follow()
    sieve: Sieve[Doing] = ui.state(Sieve[Doing]()).value
    rows = sieve.pour(inspection.recorded.doings, "frames", lambda row: row.kind == "frame")
    if not rows:
        return
    ui.heading("Frames", level=2)

    def facts(row: Mapping[str, Any], name: str) -> object:
        record = inspection.recorded.record(row["number"])
        return record.facts.get(name) if record is not None else None

    ui.table(
        rows,
        [
            ui.table_column("at", heading="Time", width=110),
            ui.table_column("session", heading="Window", width=90),
            ui.table_column(
                "frame", heading="Number", width=90, align="end", value=lambda row: facts(row, "number")
            ),
            ui.table_column("name", heading="What", width=90),
            ui.table_column("patches", width=90),
            ui.table_column(
                "bytes",
                heading="Bytes",
                format="bytes",
                align="end",
                width=100,
                value=lambda row: facts(row, "bytes"),
            ),
            ui.table_column("ms", heading="Painted after, ms", digits=1, width=150),
            ui.table_column("why", heading="Why", width=320),
            ui.table_column("number", hidden=True),
        ],
        row_key="number",
        label="Frames",
        height="100%",
        sort="-number",
        style={"flex": "1 1 12rem", "min-height": "10rem"},
    )
