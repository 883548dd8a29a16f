"""Lines to one process: as many as there are questions at the same time, each used again and again."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TypeVar

import msgspec

from . import door, questions
from .records import Unanswered

T = TypeVar("T")

ANSWER_SECONDS = 15.0
MOST_IDLE = 2

_BUSY = "The program has not answered within {:.0f} seconds. It may be busy."


class Gone(Exception):
    """The process does not answer any more."""


class Asking:
    """Asks one process; may be used from any thread."""

    def __init__(self, address: door.Address, file: Path) -> None:
        self._address, self._file = address, file
        self._idle: list[door.Line] = []
        self._lock = Lock()
        self._is_over = False

    def ask(self, question: questions.Asked, expected: type[T], seconds: float = ANSWER_SECONDS) -> T:
        """The answer to a question; raises Unanswered if there is none, and Gone if there is nobody any more."""
        line, is_new = self._line()
        try:
            data = _exchange(line, question, seconds)
        except TimeoutError:
            line.close()
            raise Unanswered(_BUSY.format(seconds)) from None
        except (OSError, EOFError):
            line.close()
            if is_new:
                raise Gone from None
            return self.ask(question, expected, seconds)  # lines that had lain idle may have been hung up
        self._put_back(line)
        try:
            return questions.decode_answer(data, expected)
        except msgspec.DecodeError:
            raise Unanswered(
                "The program has answered in a way that this inspector does not know: its Hipflask is another version."
            ) from None

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self._is_over = True
            idle, self._idle = self._idle, []
        for line in idle:
            line.close()

    def _line(self) -> tuple[door.Line, bool]:
        with self._lock:
            if self._idle:
                return self._idle.pop(), False
        try:
            return door.connect(self._address, self._file), True
        except (
            TimeoutError,
            BlockingIOError,
        ):  # it is there, and stands still: where a debugger holds it, say
            raise Unanswered(_BUSY.format(door.GREETING_SECONDS)) from None
        except (OSError, EOFError, ValueError, OverflowError):
            raise Gone from None
        except door.Refused as error:
            raise Unanswered(f"The program does not let this inspector in: {error}.") from None

    def _put_back(self, line: door.Line) -> None:
        with self._lock:
            if not self._is_over and len(self._idle) < MOST_IDLE:
                self._idle.append(line)
                return
        line.close()


def _exchange(line: door.Line, question: questions.Asked, seconds: float) -> bytes:
    line.wait_at_most(seconds)
    line.send(questions.encode_question(question))
    try:
        return line.receive()
    except door.Refused as error:
        raise OSError(str(error)) from None
