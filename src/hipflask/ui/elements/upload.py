"""Files from whoever sits at the screen."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Unpack

from ...core.errors import UsageError
from ..element import Args, Common, element, listen
from ..tree import Kind, Node
from ..uploads import UploadedFile

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
    props = {
        "label": label,
        "accept": ",".join(ending.lower() for ending in accept),
        "multiple": multiple or None,
        "most": int(max_mb * 1_000_000),
        "hint": hint,
        "disabled": disabled or None,
    }
    node = element(UPLOAD, props, common)
    listen(node, "upload", _and_forget(on_upload), args)
    node.decode = _arrived
    return node


def _and_forget(function: Callable[..., object]) -> Callable[..., object]:
    """The same handler, after which the file is deleted unless it was moved."""

    def handle(*args: Any, **kwargs: Any) -> object:
        file = next(each for each in args if isinstance(each, UploadedFile))
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


def _arrived(value: object) -> UploadedFile:
    """Files come by a way of their own; a screen that says so in an event is not believed."""
    if not isinstance(value, UploadedFile):
        raise ValueError("a file was expected")
    return value
