"""Live queries: what drawings follow, and who has led to whose drawing."""

from __future__ import annotations

from ..... import ui
from .. import details, looks, parts, sentences
from ..inspection import Inspection


def draw(inspection: Inspection) -> None:
    """Draw the view."""
    with ui.column(gap="m", style=looks.FILL | {"overflow": "auto"}):
        ui.heading("Who has whom drawn again", level=2)
        _reruns(inspection)
        ui.heading("Followed now", level=2)
        _queries(inspection)


@ui.component
def _reruns(inspection: Inspection) -> None:
    inspection.recorded.follow()
    reruns = list(inspection.recorded.totals.reruns.values())
    if not reruns:
        parts.nothing("Nothing has been drawn again yet.")
        return
    rows = [
        {"key": each.key, "because": each.because, "by": each.by, "drawing": each.drawing, "window": each.session,
         "times": each.times, "ms": each.seconds * 1000}
        for each in reruns
    ]  # fmt: skip
    ui.table(
        rows,
        [
            ui.table_column("by", heading="Who", width=210),
            ui.table_column("because", heading="Changed what", width=240),
            ui.table_column("drawing", heading="Has this drawn again", width=210),
            ui.table_column("window", width=90),
            ui.table_column("times", width=90, format="bar"),
            ui.table_column("ms", heading="ms in all", width=110, digits=1),
            ui.table_column("key", hidden=True),
        ],
        row_key="key",
        label="Who has whom drawn again",
        height="18rem",
        sort="-times",
        search=True,
    )


@ui.component
def _queries(inspection: Inspection) -> None:
    queries = parts.answered(inspection.ask("live queries", inspection.source.live_queries))
    if queries is None:
        return
    if not queries:
        parts.nothing("No drawing follows a query just now.")
        return
    rows = [
        {
            "number": nth,
            "tables": ", ".join(each.tables),
            "readers": len(each.readers),
            "sql": each.sql,
            "who": ", ".join(f"{reader.part} in {reader.session}" for reader in each.readers),
        }
        for nth, each in enumerate(queries)
    ]

    def more(row: dict[str, int]) -> None:
        query = queries[row["number"]]
        ui.code(query.sql, style=details.WRAPPED)
        if query.parameters:
            parts.facts(query.parameters, label="Parameters")
        for nth, reader in enumerate(query.readers):
            with ui.row(gap="s", key=nth):
                ui.text(f"{reader.part} at {reader.place}", size="s")
                ui.link(reader.session, f"/?session={reader.session}")

    ui.text(
        f"{sentences.number(len(queries), 'query', 'queries')}, {sentences.number(sum(len(each.readers) for each in queries), 'reader')}",
        tone="quiet",
        size="s",
    )
    ui.table(
        rows,
        [
            ui.table_column("tables", heading="Tables", width=160),
            ui.table_column("readers", heading="Readers", width=90),
            ui.table_column("who", heading="Who is drawn again", width=280),
            ui.table_column("sql", heading="Query", width=460),
            ui.table_column("number", hidden=True),
        ],
        row_key="number",
        label="Live queries",
        sort="-readers",
        height="20rem",
        search=True,
        details=more,
    )
