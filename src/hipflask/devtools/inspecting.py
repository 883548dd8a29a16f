"""The keys that open the inspector, pressed in a window of a program that is being written."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Thread

from flask import Flask

from .messages import Inspected

VARIABLE = "HIPFLASK_INSPECT"  # as in inspector/door.py, nothing of which is loaded before it is wanted


class Inspecting:
    """Opens the inspector over the program of this process; `tell` has the supervisor let it see the next one, too."""

    def __init__(self, app: Flask, tell: Callable[[Inspected], None]) -> None:
        self._app, self._tell = app, tell

    def open(self) -> None:
        """Open it; returns at once, whoever looks on meanwhile."""
        Thread(target=self._open, name="hipflask-inspecting", daemon=True).start()

    def _open(self) -> None:
        from .inspector import agent, door, launching

        if VARIABLE not in os.environ:
            os.environ[VARIABLE] = str(door.new_address())
        address = os.environ[VARIABLE]
        agent.start(self._app)
        self._tell(Inspected(address))
        launching.open_window(address)
