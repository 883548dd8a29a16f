"""Taking back what was done in this window, and doing it again: `ui.undo`, `ui.redo`, and the keys for both."""

from __future__ import annotations

from collections.abc import Callable

from ..core.errors import UndoRefused
from ..core.ports import History
from .acting import acting_session
from .drawing import current, is_drawing
from .elements.notify import notify
from .handlers import current_session


def undo() -> None:
    """Take back what the person at this window did last, from a handler; where it cannot be, a note says why.

    It is what Ctrl+Z does. An action is one call of a handler, with all that it wrote to the store.

    >>> ui.button("Undo", on_click=ui.undo, disabled=not ui.can_undo())
    """
    _turn("ui.undo", lambda history: history.undo())


def redo() -> None:
    """Do again what was taken back last, from a handler; where it cannot be, a note says why.

    It is what Ctrl+Shift+Z and Ctrl+Y do.

    >>> ui.button("Redo", on_click=ui.redo, disabled=not ui.can_redo())
    """
    _turn("ui.redo", lambda history: history.redo())


def can_undo() -> bool:
    """Whether there is something to take back in this window; what draws it follows.

    >>> ui.menu_item("Undo", on_click=ui.undo, disabled=not ui.can_undo(), shortcut="Ctrl+Z")
    """
    history = _history("ui.can_undo")
    return history is not None and history.can_undo()


def can_redo() -> bool:
    """Whether there is something to do again in this window; what draws it follows.

    >>> ui.menu_item("Redo", on_click=ui.redo, disabled=not ui.can_redo(), shortcut="Ctrl+Shift+Z")
    """
    history = _history("ui.can_redo")
    return history is not None and history.can_redo()


# What the screen tells of when the person presses the keys for it.
TURNS: dict[str, Callable[[], None]] = {"undo": undo, "redo": redo}


def _turn(what: str, turn: Callable[[History], str | None]) -> None:
    history = acting_session(what).history
    if history is None:
        return
    try:
        turn(history)
    except UndoRefused as error:
        notify(str(error), tone="warning", seconds=8.0)


def _history(what: str) -> History | None:
    return current(what).part.owner.history if is_drawing() else current_session(what).history
