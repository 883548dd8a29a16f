"""How a command that opens a window can be told to open it: the same three options wherever there is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--shell", metavar="NAME", help="webkitgtk, webview, browser or url; the best there is by default."
    ),
    click.option("--headless", is_flag=True, help="Open on a display that nobody sees."),
    click.option(
        "--screenshot",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Photograph the window, and close it.",
    ),
)


def window_options(command: F) -> F:
    """Give a command `shell`, `headless` and `screenshot`, as `desktop.Options` has them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
