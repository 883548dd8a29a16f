"""Files from whoever sits at the screen."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Unpack

from ...core.desk import Dropped
from ...core.errors import UsageError
from ..acting import ask
from ..element import Args, Common, element, listen
from ..tree import Kind, Node, Props
from ..uploads import UploadedFile, arrived

UPLOAD = Kind("upload", "hf-upload", role="button", label="label")


def upload(
    label: str,
    *,
    on_upload: Callable[..., object],
    args: Args = (),
    accept: Sequence[str] = (),
    multiple: bool = False,
    max_mb: float = 100,
    hint: str | None = None,
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show a place to drop files on or choose them with; `on_upload(*args, file)` is called with each that has arrived.

    The file has a `name`, made safe, a `size`, a `type` as the browser calls it, and a temporary `path`; `file.keep(path)`
    moves it to where it is to stay, otherwise it is deleted when `on_upload` has ended. It is written to disk as it comes;
    above `max_mb` megabytes nothing of it is kept. `accept` names the endings that will do.

    >>> def read(file):
    ...     print(file.name, file.size, file.read_text())
    >>> ui.upload("Line-up", on_upload=read, accept=[".csv", ".txt"], max_mb=5)
    """
    if isinstance(accept, str) or not all(ending.startswith(".") for ending in accept):
        raise UsageError(f"ui.upload: accept takes endings such as ['.csv', '.txt'], got {accept!r}.")
    if max_mb <= 0:
        raise UsageError(f"ui.upload: max_mb takes a number above 0, got {max_mb!r}.")
    props: Props = {
        "label": label,
        "accept": ",".join(ending.lower() for ending in accept),
        "multiple": multiple or None,
        "most": int(max_mb * 1_000_000),
        "hint": hint,
        "disabled": disabled or None,
    }
    node = element(UPLOAD, props, common)
    handle = _and_forget(on_upload)
    listen(node, "upload", handle, args)
    listen(node, "dropped", _with_dropped(handle, props["accept"], props["most"], multiple), args)
    node.decode = _arrived
    return node


def _and_forget(function: Callable[..., object]) -> Callable[..., object]:
    """The same handler, after which the file is deleted unless it was moved."""

    def handle(*args: Any, **kwargs: Any) -> object:
        file = next((each for each in args if isinstance(each, UploadedFile)), None)
        if file is None:  # a screen that says so and has sent nothing
            return None
        result: object = None
        try:
            result = function(*args, **kwargs)
        finally:
            if not inspect.iscoroutine(result):
                file.forget()
        return _then_forget(result, file) if inspect.iscoroutine(result) else result

    return handle


async def _then_forget(coroutine: Coroutine[Any, Any, object], file: UploadedFile) -> None:
    try:
        await coroutine
    finally:
        file.forget()


def _with_dropped(
    handle: Callable[..., object], accept: str, most: int, multiple: bool
) -> Callable[..., object]:
    """The same handler for files that were dropped on a page which was not given them, as in WebKitGTK's windows."""

    async def read_and_handle(*args: Any, **kwargs: Any) -> None:
        *given, _ = args
        paths = await asyncio.to_thread(ask, "ui.upload", Dropped())
        for path in paths if multiple else paths[:1]:
            file = await asyncio.to_thread(arrived, Path(path), accept, most)
            result = await asyncio.to_thread(handle, *given, file, **kwargs)
            if inspect.iscoroutine(result):
                await result

    return read_and_handle


def _arrived(value: object) -> UploadedFile | None:
    """Files come by a way of their own; a screen that says so in an event is not believed."""
    if value is None or isinstance(value, UploadedFile):
        return value
    raise ValueError("a file was expected")
