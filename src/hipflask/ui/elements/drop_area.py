"""A place to drop files whose paths matter."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, Unpack

from ...core.desk import Dropped
from ..acting import ask
from ..element import Args, Common, element, listen
from ..tree import Kind, Node

DROP_AREA = Kind("drop_area", "hf-drop", role="group", label="aria-label")


def drop_area(
    label: str, *, on_drop: Callable[..., object], args: Args = (), **common: Unpack[Common]
) -> Node:
    """Show a place to drop files and folders of this computer on; `on_drop(*args, paths)` is called with their `Path`s.

    Elements drawn inside it stand in it. Nothing is copied, and so nothing is needed but the paths; in a browser, which
    does not tell them, dropping raises WindowError, and ui.upload is for there. Those who cannot drag want a button
    with ui.open_files beside it.

    >>> ui.drop_area("Drop tables here", on_drop=lambda paths: print([path.name for path in paths]))
    """
    node = element(DROP_AREA, {}, common, {"role": "group", "aria-label": label})
    listen(node, "files", _with_paths(on_drop), args, sends="names")
    node.decode = _names
    return node


def _with_paths(function: Callable[..., object]) -> Callable[..., object]:
    def handle(*args: Any, **kwargs: Any) -> object:
        *given, names = args
        paths = [Path(path) for path in ask("ui.drop_area", Dropped())]
        # Of this drop, and not of one elsewhere; a page in WebKitGTK is not told the names.
        wanted = [path for path in paths if path.name in names or not names]
        return function(*given, wanted, **kwargs) if wanted else None

    if inspect.iscoroutinefunction(function):

        async def handle_later(*args: Any, **kwargs: Any) -> object:
            result = await asyncio.to_thread(handle, *args, **kwargs)
            return await result if inspect.iscoroutine(result) else result

        return handle_later
    return handle


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("a list of names was expected")
    return value
