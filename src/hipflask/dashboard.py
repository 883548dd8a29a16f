"""The program that `hipflask dashboard` opens: one window over the targets that the command line has named."""

from __future__ import annotations

from flask import current_app

from .app import Hipflask
from .devtools.dashboard import window

app = Hipflask(__name__)


@app.window("/", title="Dashboard", width=1400, height=900)
def dashboard() -> None:
    """Draw what is watched."""
    window.page(current_app.config[window.WATCHING])
