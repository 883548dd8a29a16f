"""The exchange with the hub: how it stands, what waits, what was refused."""

from __future__ import annotations

from ..... import ui
from .. import looks, parts, sentences
from ..inspection import Inspection


def draw(inspection: Inspection) -> None:
    """Draw the view."""
    sync = parts.answered(inspection.ask("sync", inspection.source.sync))
    if sync is None:
        return
    with ui.row(gap="s", align="stretch"):
        parts.tile("State", sync.state, sync.sentence)
        parts.tile(
            "Waiting",
            f"{sync.waiting:,}",
            "changes that the hub does not have",
            "warning" if sync.waiting else "normal",
        )
        parts.tile(
            "Refused",
            f"{sync.refused:,}",
            "changes that it would not take",
            "danger" if sync.refused else "normal",
        )
        parts.tile("Heard of last", sentences.clock(sync.since)[:8] if sync.since else "just now")
    _figures(inspection)
    if not sync.queue:
        parts.nothing("Nothing waits.")
        return
    rows = [
        {
            "nth": nth,
            "table": each.table,
            "key": each.key,
            "kind": each.kind,
            "code": each.code,
            "sentence": each.sentence,
        }
        for nth, each in enumerate(sync.queue)
    ]
    ui.heading("Queue", level=2)
    ui.table(
        rows,
        [
            ui.table_column("table", width=150),
            ui.table_column("key", width=280),
            ui.table_column("kind", heading="What", width=90),
            ui.table_column("code", heading="Refused as", width=140, tone=lambda _: "danger"),
            ui.table_column("sentence", heading="Why", width=360),
            ui.table_column("nth", hidden=True),
        ],
        row_key="nth",
        label="Queue",
        height="100%",
        search=True,
        style=looks.FILL,
    )


@ui.component
def _figures(inspection: Inspection) -> None:
    answer = inspection.ask("figures", inspection.source.figures).answer
    figures = (
        [each for each in (answer.value or ()) if "replica" in each.name or "sync" in each.name]
        if answer
        else []
    )
    if figures:
        parts.facts({_named(each.name, each.labels): f"{each.value:g}" for each in figures}, label="Figures")


def _named(name: str, labels: dict[str, str]) -> str:
    which = ", ".join(labels.values())
    words = name.removeprefix("hipflask_").replace("_", " ").capitalize()
    return f"{words} ({which})" if which else words
