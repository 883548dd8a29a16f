"""A short note that goes away by itself."""

from __future__ import annotations

from ...core.desk import Announce
from ..acting import acting_session, ask
from ..element import VARIANTS, Tone, choice


def notify(message: object, *, tone: Tone = "normal", seconds: float = 5.0, system: bool = False) -> None:
    """Show a short note in a corner of the window, from a handler or a task; after so many seconds it goes away.

    With `system` the note is one of the system's, which people see while they look at another program. A browser asks the
    person first whether it may show such.

    >>> ui.button("Save", on_click=ui.notify, args=("Saved.",))
    """
    if system:
        ask("ui.notify", Announce(str(message)))
        return
    note = {
        "message": str(message),
        "kind": VARIANTS[choice("notify", "tone", tone, Tone)],
        "seconds": float(seconds),
    }
    acting_session("ui.notify").call("notify", note)
