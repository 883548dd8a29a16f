"""The change log, newest first, further back by the page."""

from __future__ import annotations

from datetime import datetime

from ..... import ui
from .....ui.tables.columns import CellTone
from .. import looks, parts
from ..inspection import Inspection

PAGE = 200
_TONES: dict[str, CellTone] = {"insert": "success", "delete": "danger", "update": "primary"}


def draw(inspection: Inspection) -> None:
    """Draw the view."""
    before = ui.state(0)
    question = inspection.ask(
        ("changes", before.value), lambda: inspection.source.changes(before.value, PAGE)
    )
    changes = parts.answered(question)
    if changes is None:
        return
    if not changes:
        parts.nothing(
            "The change log is empty.", "Rows stay in it for a minute, or until they have been pushed."
        )
        return
    rows = [
        {"number": each.number, "at": datetime.fromtimestamp(each.at).strftime("%H:%M:%S.%f")[:-3], "kind": each.kind,
         "table": each.table, "key": each.key, "columns": ", ".join(each.columns)}
        for each in changes
    ]  # fmt: skip
    with ui.row(gap="s"):
        ui.button(
            "Newest",
            icon="chevrons-up",
            size="s",
            appearance="outlined",
            on_click=before.set,
            args=(0,),
            disabled=not before.value,
        )
        ui.button("Older", icon="chevron-down", size="s", appearance="outlined", on_click=before.set, args=(changes[-1].number,),
                  disabled=len(changes) < PAGE)  # fmt: skip
    ui.table(
        rows,
        [
            ui.table_column("number", heading="No.", width=90),
            ui.table_column("at", heading="Time", width=115),
            ui.table_column("kind", heading="What", width=90, tone=_TONES),
            ui.table_column("table", width=160),
            ui.table_column("key", width=300),
            ui.table_column("columns", heading="Columns", width=320),
        ],
        row_key="number",
        label="Change log",
        height="100%",
        sort="-number",
        search=True,
        style=looks.FILL,
    )
