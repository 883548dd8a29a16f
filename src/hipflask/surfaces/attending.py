"""Assistants at the program whose windows are open: they work on what is there, as far as its person allows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from ..core.action import Action, Door, Registry
from ..core.signature import plan
from . import pages
from .mcp.consent import RULE, Consent
from .mcp.neighbours import attending
from .mcp.protocol import Protocol
from .remembered import Remembered

NOTEBOOK = "consent.json"  # in the program's folder


class Attendant:
    """Lets in the assistants of one program, and asks its person what they may do."""

    def __init__(self, app: Flask, actions: Registry, folder: Path) -> None:
        self._folder = folder
        self._show: Callable[[str], None] = _nowhere
        self._notebook = Remembered(folder / NOTEBOOK)
        self._consent = Consent(self._notebook, lambda path: self._show(path))
        self._protocol = Protocol(app, actions, self._consent.permit)
        options = {
            "title": f"{app.name}: an assistant asks",
            "width": 560,
            "height": 360,
            "endpoint": "hipflask_assistant",
        }
        door = Door("window", RULE, options)
        draw = self._consent.draw
        pages.mount(app, Action(draw, plan(draw), [door]), door)

    @contextmanager
    def attending(self, show: Callable[[str], None]) -> Iterator[None]:
        """Let them in; `show` opens a window at a path."""
        self._show = show
        try:
            with attending(self._folder, self._protocol):
                yield
        finally:
            self._notebook.flush()


def _nowhere(_: str) -> None:
    """Nobody has a window yet."""
