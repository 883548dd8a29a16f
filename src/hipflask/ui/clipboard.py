"""The clipboard of the computer that the window is on."""

from __future__ import annotations

from ..core.desk import Copy, Paste
from .acting import ask


def copy(text: object) -> None:
    """Put a text on the clipboard; raises WindowError where a browser does not allow that.

    >>> ui.button("Copy", on_click=ui.copy, args=("Who is on first",))
    """
    ask("ui.copy", Copy(str(text)))


def paste() -> str:
    """The text on the clipboard, empty if there is none; a browser asks the person first.

    >>> ui.button("Paste", on_click=lambda: print(ui.paste()))
    """
    return str(ask("ui.paste", Paste()))
