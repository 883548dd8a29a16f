"""Where in the code something is, in words that may leave the computer: `desk/orders.py:12`, and no folder of a person's.

lines.of(function)        "orders.py:12", where it is defined
lines.caller()            "orders.py:40", the line of the app's own that has led here
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import lru_cache, partial
from types import CodeType, FrameType

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARIES = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))
_STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep


def place(code: CodeType, line: int = 0) -> str:
    """A line of some code; its first one, where none is given."""
    return at(code.co_filename, line or code.co_firstlineno)


@lru_cache(maxsize=16_384)
def at(file: str, line: int) -> str:
    """A line of a file."""
    return f"{short(file)}:{line}"


def of(function: Callable[..., object]) -> str:
    """Where a function is defined; "" for one that is not written in Python."""
    while isinstance(function, partial):
        function = function.func
    function = getattr(function, "__wrapped__", function)
    code = getattr(function, "__code__", None)
    return place(code) if isinstance(code, CodeType) else ""


def name(function: Callable[..., object]) -> str:
    """The name by which a newcomer would look for a function."""
    while isinstance(function, partial):
        function = function.func
    return str(getattr(function, "__qualname__", "") or type(function).__qualname__)


def caller() -> str:
    """The nearest line of the app's own among those that have led here; "" if there is none."""
    frame = app_frame(sys._getframe(1))
    return place(frame.f_code, frame.f_lineno) if frame is not None else ""


def app_frame(frame: FrameType | None) -> FrameType | None:
    """This frame, or the nearest above it, that is neither ours, nor a library's, nor Python's."""
    while frame is not None and not is_app(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


@lru_cache(maxsize=4096)
def is_app(file: str) -> bool:
    """Whether a file is the app's own."""
    if file.startswith(("<", _PACKAGE, _STANDARD)):
        return False
    return not any(library in file for library in _LIBRARIES)


@lru_cache(maxsize=4096)
def short(file: str) -> str:
    """A file as it is found on the path of imports, without the folders above: they may be named after a person."""
    above = [folder for folder in map(_folder, sys.path) if folder != os.sep and file.startswith(folder)]
    return file[len(max(above, key=len)) :].replace(os.sep, "/") if above else os.path.basename(file)


def _folder(path: str) -> str:
    return os.path.join(os.path.abspath(path), "")
