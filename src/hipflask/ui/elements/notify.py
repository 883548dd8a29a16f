"""A short note that goes away by itself."""

from __future__ import annotations

from ...core.errors import DrawingError
from ..drawing import is_drawing
from ..element import VARIANTS, Tone, choice
from ..handlers import current_session


def notify(message: object, *, tone: Tone = "normal", seconds: float = 5.0) -> None:
    """Show a short note in a corner of the window, from a handler or a task; after so many seconds it goes away.

    >>> ui.button("Save", on_click=ui.notify, args=("Saved.",))
    """
    if is_drawing():
        raise DrawingError(
            "ui.notify was used while drawing, so the note would come again with every drawing. "
            "Use it in a handler: `on_click=lambda: ui.notify('Saved.')`."
        )
    note = {
        "message": str(message),
        "kind": VARIANTS[choice("notify", "tone", tone, Tone)],
        "seconds": float(seconds),
    }
    current_session("ui.notify").call("notify", note)
