"""One trace, and whichever of its spans is chosen."""

from __future__ import annotations

from ..... import ui
from .. import details, looks, parts
from ..inspection import Inspection
from .activity import closer


def draw(inspection: Inspection, trace: str) -> None:
    """Draw the view."""
    spans = inspection.recorded.trace(trace)
    if not spans:
        parts.nothing("Nothing is known of this trace, or not any more.")
        return
    chosen = ui.state(spans[-1].number)
    with ui.row(gap="m", wrap=False, align="stretch", style=looks.FILL):
        with ui.column(gap="s", style=looks.PANEL | {"flex": "1 1 0"}):
            details.draw_trace(inspection, trace, chosen.value, chosen.set)
        with ui.column(gap="s", style=looks.PANEL | {"flex": "1 1 0"}):
            closer(inspection, chosen.value, chosen.set)
