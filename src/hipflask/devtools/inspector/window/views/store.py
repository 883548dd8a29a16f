"""The local database: sizes, who writes, and the statements that take the time."""

from __future__ import annotations

from typing import Any

from ..... import ui
from .....ui.tables.columns import CellTone
from ...records import Store
from .. import details, looks, parts, sentences
from ..inspection import Inspection


def draw(inspection: Inspection) -> None:
    """Draw the view."""
    page: Any = ui.state("Statements")
    _sizes(inspection)
    with ui.tabs(bind=page, style=looks.FILL):
        ui.tab("Statements", icon="list-ordered", draw=lambda: _statements(inspection))
        ui.tab("Tables", icon="table", draw=lambda: _tables(inspection))
        ui.tab("Locks", icon="lock", draw=lambda: _commits(inspection))


@ui.component
def _sizes(inspection: Inspection) -> None:
    store = parts.answered(inspection.ask("store", inspection.source.store))
    if store is None:
        return
    with ui.row(gap="s", align="stretch"):
        parts.tile("Database", sentences.size(store.bytes), f"{sentences.size(store.free_bytes)} of it free")
        parts.tile("Write-ahead log", sentences.size(store.wal_bytes))
        parts.tile(
            "Rows",
            f"{sum(max(table.rows, 0) for table in store.tables):,}",
            f"in {sentences.number(len(store.tables), 'table')}",
        )
        parts.tile("Write lock", *_lock(store))
    ui.text(store.file, tone="quiet", size="s", style=looks.MONO | looks.WIDE)


def _lock(store: Store) -> tuple[str, str]:
    waiting = f"{sentences.number(store.waiting, 'thread')} waiting" if store.waiting else ""
    if not store.holder:
        return "free", waiting
    return sentences.seconds(store.held_seconds), ", ".join(
        filter(None, (f"held by {store.holder}", waiting))
    )


@ui.component
def _statements(inspection: Inspection) -> None:
    inspection.recorded.follow()
    chosen: Any = ui.state(None)
    known = inspection.recorded.totals.statements
    if not known:
        parts.nothing("No statement has been run yet.")
        return
    rows = [
        {"sql": each.sql, "times": each.times, "all": each.seconds * 1000, "mean": each.mean * 1000,
         "slowest": each.slowest * 1000, "rows": each.rows, "place": each.place}
        for each in known.values()
    ]  # fmt: skip
    with ui.row(gap="m", wrap=False, align="stretch", style={"height": "26rem"}):
        with ui.column(gap="none", style=looks.PANE | {"flex": "3 1 0"}):
            ui.table(
                rows,
                [
                    ui.table_column("sql", heading="Statement", width=300),
                    ui.table_column("times", width=80),
                    ui.table_column("all", heading="ms in all", digits=1, width=100),
                    ui.table_column("mean", heading="ms a run", digits=2, width=100, tone=_slowness),
                    ui.table_column("slowest", heading="Slowest", digits=1, width=95, tone=_slowness),
                    ui.table_column("rows", width=90),
                    ui.table_column("place", width=150, tone=lambda _: "quiet"),
                ],
                row_key="sql",
                label="Statements",
                height="100%",
                sort="-all",
                search=True,
                selected=chosen,
            )
        if chosen.value in known:
            statement = known[chosen.value]
            with parts.closer_look(chosen):
                ui.heading("The slowest run", level=2)
                parts.sql(statement.sql)
                parts.code_at(inspection, statement.place)
                with ui.column(gap="xs", key=statement.record):
                    details.draw_plan(inspection, statement.record)


def _slowness(ms: float) -> CellTone | None:
    return "danger" if ms > 100 else "warning" if ms > 10 else None


@ui.component
def _tables(inspection: Inspection) -> None:
    store = parts.answered(inspection.ask("store", inspection.source.store))
    if store is None:
        return
    rows = [
        {
            "name": table.name,
            "rows": _known(table.rows),
            "bytes": _known(table.bytes),
            "indexes": ", ".join(table.indexes),
        }
        for table in store.tables
    ]
    ui.table(
        rows,
        [
            ui.table_column("name", heading="Table", width=200),
            ui.table_column("rows", width=120),
            ui.table_column("bytes", heading="Size", format="bytes", width=120),
            ui.table_column("indexes", width=420),
        ],
        row_key="name",
        label="Tables",
        sort="-rows",
    )


def _known(number: int) -> int | None:
    return number if number >= 0 else None


@ui.component
def _commits(inspection: Inspection) -> None:
    inspection.recorded.follow()
    waits = list(inspection.recorded.totals.waits)
    if not waits:
        parts.nothing("Nothing has been written yet.")
        return
    rows = [
        {"number": span.number, "at": sentences.clock(span.at), "waited": waited * 1000, "held": held * 1000,
         "place": str(span.facts.get("place", "")), "tables": _listed(span.facts.get("tables"))}
        for span, waited, held in waits
    ]  # fmt: skip
    ui.table(
        rows,
        [
            ui.table_column("at", heading="Time", width=110),
            ui.table_column("waited", heading="Waited for it, ms", digits=1, width=140, tone=_slowness),
            ui.table_column("held", heading="Held it, ms", digits=1, width=120, tone=_slowness),
            ui.table_column("place", width=200),
            ui.table_column("tables", heading="Wrote", width=260),
            ui.table_column("number", hidden=True),
        ],
        row_key="number",
        label="Commits",
        height="24rem",
        sort="-number",
    )


def _listed(tables: object) -> str:
    return ", ".join(map(str, tables)) if isinstance(tables, list | tuple | dict) else str(tables or "")
