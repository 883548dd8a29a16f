"""Live queries: what drawings follow, and who has led to whose drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..... import ui
from ...records import LiveQuery
from .. import looks, parts, sentences
from ..inspection import Inspection

MOST_SHOWN = 20  # of the queries of one text


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
            ui.table_column("because", heading="What changed", width=260),
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
    alike = _alike(queries)
    rows = [
        {
            "number": nth,
            "tables": ", ".join(group[0].tables),
            "queries": len(group),
            "readers": sum(len(each.readers) for each in group),
            "sql": group[0].sql,
            "who": _who(group),
        }
        for nth, group in enumerate(alike)
    ]

    def more(row: dict[str, int]) -> None:
        _closer(alike[row["number"]])

    readers = sum(len(each.readers) for each in queries)
    ui.text(
        f"{sentences.number(len(queries), 'query', 'queries')}, {sentences.number(readers, 'reader')}",
        tone="quiet",
        size="s",
    )
    ui.table(
        rows,
        [
            ui.table_column("tables", heading="Tables", width=160),
            ui.table_column("queries", width=90),
            ui.table_column("readers", width=90),
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


def _alike(queries: Sequence[LiveQuery]) -> list[list[LiveQuery]]:
    """Those of one text, which differ in their parameters, together."""
    found: dict[str, list[LiveQuery]] = {}
    for query in queries:
        found.setdefault(query.sql, []).append(query)
    return list(found.values())


def _who(group: Sequence[LiveQuery]) -> str:
    names = Counter(f"{reader.part} in {reader.session}" for query in group for reader in query.readers)
    return ", ".join(f"{name} × {times}" if times > 1 else name for name, times in names.most_common(5))


def _closer(group: Sequence[LiveQuery]) -> None:
    parts.sql(group[0].sql)
    for nth, query in enumerate(group[:MOST_SHOWN]):
        with ui.row(gap="s", key=nth):
            given = ", ".join(f"{name}: {value}" for name, value in query.parameters.items())
            ui.text(given or "no parameters", size="s", style=looks.MONO)
            for reader in query.readers[:MOST_SHOWN]:
                ui.link(f"{reader.part} at {reader.place} in {reader.session}", f"/?session={reader.session}")
    if len(group) > MOST_SHOWN:
        ui.text(f"… and {len(group) - MOST_SHOWN:,} more", tone="quiet", size="s")
