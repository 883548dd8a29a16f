"""Why a program could not be loaded, for the window that waits for it: the place first, then the author's own frames."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from flask.cli import NoAppException

from ..core.errors import HipflaskError
from ..ui.wire import Halted
from .sources import is_own

TITLE = "The program cannot start as it stands"


def halted_by(error: BaseException) -> Halted:
    """What to say about an error that loading the program has raised."""
    error = _real(error)
    if isinstance(error, SystemExit):
        return Halted(
            TITLE, f"{_place(error)}the program ended itself with sys.exit({error.code!r}).", _detail(error)
        )
    if isinstance(error, NoAppException | HipflaskError):
        return Halted(TITLE, f"{_place(error)}{error}", "")
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return Halted(TITLE, f"{_place(error)}{type(error).__name__}: {said}", _detail(error))


def ended(code: int | None) -> Halted:
    """What to say about a program that was there and is not any more."""
    return Halted(
        "The program has ended",
        f"Its process ended with exit code {code}. Save a file to start it again.",
        "",
    )


def files_of(error: BaseException) -> set[str]:
    """The files that an error speaks of: mending one of them may mend it."""
    error = _real(error)
    named = {frame.filename for frame in traceback.extract_tb(error.__traceback__)}
    if isinstance(error, SyntaxError) and error.filename:
        named.add(error.filename)
    return {os.path.realpath(file) for file in named if is_own(os.path.realpath(file))}


def _real(error: BaseException) -> BaseException:
    """Flask tells of an ImportError in words of its own; the error itself says where it was."""
    is_wrapped = isinstance(error, NoAppException) and isinstance(error.__context__, ImportError)
    return error.__context__ or error if is_wrapped else error


def _place(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}: "
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if is_own(os.path.realpath(frame.filename))
    ]
    return f"{Path(own[-1].filename).name}, line {own[-1].lineno}: " if own else ""


def _detail(error: BaseException) -> str:
    told = traceback.TracebackException.from_exception(error)
    told.stack = traceback.StackSummary.from_list(
        [frame for frame in told.stack if is_own(os.path.realpath(frame.filename))]
    )
    return "".join(told.format())
