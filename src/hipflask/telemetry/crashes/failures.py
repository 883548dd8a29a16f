"""What an exception is in a report: types, places and lines of code; and what it said, apart from that.

The name of a file says where it lies below the folders that Python looks for modules in. Code that lies nowhere there was made up
while the program ran, perhaps by its person, so nothing of it is told.
"""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ...core import bundled, lines
from ...core.report import MOST_FAILURES, MOST_FRAMES, Failure, Frame, Link, cut

ELSEWHERE = Frame("(elsewhere)", 0, "")
MOST_MEMBERS = 3  # of one group

Place = tuple[str, int, str]  # file, line, function


class Told(NamedTuple):
    """An exception in a report, and what it said, which is not in it."""

    failures: list[Failure]
    messages: list[str]


def failures_of(error: BaseException) -> Told:
    """An exception and those that led to it, the last first."""
    told = Told([], [])
    for link, each in _chain(error, "", set()):
        if len(told.failures) == MOST_FAILURES:
            break
        places = [
            (frame.f_code.co_filename, line, frame.f_code.co_qualname)
            for frame, line in traceback.walk_tb(each.__traceback__)
        ]
        told.failures.append(failure(type_name(each), places, link))
        told.messages.append(_message(each))
    return told


def failure(kind: str, places: Sequence[Place], link: Link = "") -> Failure:
    """A failure of a report from the places that it came through, outermost first."""
    half = MOST_FRAMES // 2
    is_long = len(places) > MOST_FRAMES
    kept = [*places[:half], *places[-half:]] if is_long else places
    return Failure(cut(kind), [_frame(*place) for place in kept], len(places) - len(kept), link)


def function_of(failures: Sequence[Failure]) -> str:
    """The program's own function that was called when it went wrong; "" if none was."""
    frames = [frame for each in failures for frame in each.frames if frame.own]
    return frames[0].function if frames else ""


def type_name(error: BaseException) -> str:
    """The type of an exception, as it is imported."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _chain(error: BaseException, link: Link, seen: set[int]) -> Iterator[tuple[Link, BaseException]]:
    """An exception and all that led to it; of a ring each once."""
    if id(error) in seen or len(seen) > MOST_FAILURES:
        return
    seen.add(id(error))
    yield link, error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions[:MOST_MEMBERS]:
            yield from _chain(member, "member", seen)
    if error.__cause__ is not None:
        yield from _chain(error.__cause__, "cause", seen)
    elif error.__context__ is not None:  # also where `from None` hides it in a log: it may say more
        yield from _chain(error.__context__, "context", seen)


def _message(error: BaseException) -> str:
    try:
        return "\n".join([str(error), *map(str, getattr(error, "__notes__", ()))])
    except Exception:  # the app's own
        return ""


def _frame(file: str, line: int, function: str) -> Frame:
    if not _is_known(file):
        return ELSEWHERE
    source = linecache.getline(file, line).strip()
    return Frame(cut(lines.short(file)), max(line, 0), cut(function), cut(source), _is_own(file))


def _is_known(file: str) -> bool:
    """Whether a file is a module of the program, its packages or Python, and its name says nothing about a person."""
    if file.startswith("<frozen "):
        return True
    # A folder above the person's own would leave their name in what is below it.
    home = Path.home()
    folders = [Path(folder).absolute() for folder in sys.path]
    return os.path.isfile(file) and any(
        Path(file).is_relative_to(folder) and folder not in home.parents for folder in folders
    )


def _is_own(file: str) -> bool:
    if bundled.program_id() is None:
        return lines.is_app(file)
    return Path(file).is_relative_to(bundled.app_folder())
