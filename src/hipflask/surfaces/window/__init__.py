"""Windows of this machine's own kind, behind one small interface; see `shell.py`.

Everything is loaded at first use: a server or a command that opens no window pays for no GUI library.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hipflask.surfaces.window import headless
    from hipflask.surfaces.window.choice import choose
    from hipflask.surfaces.window.shell import Shell, Window, WindowOptions

__all__ = ["Shell", "Window", "WindowOptions", "choose", "headless"]

_HOMES = {"Shell": "shell", "Window": "shell", "WindowOptions": "shell", "choose": "choice"}


def __getattr__(name: str) -> Any:
    if name == "headless":
        return importlib.import_module(f"{__name__}.headless")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
