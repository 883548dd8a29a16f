"""The program that looks into others: its windows are drawn by `devtools.inspector.window`, over what the command line has found."""

from __future__ import annotations

from pathlib import Path

from .app import Hipflask
from .devtools.inspector import window
from .devtools.inspector.window.looks import THEME

app = Hipflask(__name__, root_path=str(Path(window.__file__).parent), theme=THEME)
