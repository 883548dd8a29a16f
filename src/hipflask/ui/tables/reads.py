"""Reading for one table in a thread apart: one read at a time, the newest question first, whatever was asked before called off.

reads.ask(question);  reads.wait(0.02);  reads.take()      → Read(question, answer) if it was quick, else None
…the read ends later: done() is called, and take() has it

Reading again what was quick to read the last time it had changed is done by the asking thread itself. To hand sixty reads a second to another
thread costs more than the reads: with one more thread that computes all the time, a turn took 23 ms instead of 0.6 in one of ten cases. The
first that turns out to be slow is the last that is done so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition

from ...core.rows import Answer, Cancelled, Question, RowReader
from ..workers import Pool

_logger = logging.getLogger(__name__)

Asking = tuple[Question, int]

QUICK_SECONDS, SLOW_SECONDS = 0.005, 0.02


@dataclass(slots=True)
class Read:
    """What has become of a question: an answer, or a sentence that says why there is none."""

    question: Question
    number: int  # by which whoever asked knows it
    answer: Answer | None
    failure: str = ""


class Reads:
    """The reads of one reader."""

    def __init__(self, reader: RowReader, pool: Pool, done: Callable[[], None]) -> None:
        self._reader, self._pool, self._done = reader, pool, done
        self._changed = Condition()  # guards all below; notified when a read has ended
        self._wanted: Asking | None = None  # to be read next
        self._current: Asking | None = None  # being read
        self._is_working = False  # somebody reads, or will in a moment: one at a time
        self._is_called_off = False  # a person does not want to wait for the current one
        self._read: Read | None = None
        self._began = 0.0
        self._is_closed = False
        self._last: Question | None = None
        self._is_quick = False  # reading once more what has been read before

    @property
    def is_busy(self) -> bool:
        """Whether a read waits or is under way."""
        return self._current is not None or self._wanted is not None

    @property
    def seconds(self) -> float:
        """For how long somebody has been waiting for an answer."""
        return time.monotonic() - self._began if self.is_busy else 0.0

    def ask(self, question: Question, number: int = 0) -> None:
        """Have it read; one under way that asks for something else is called off."""
        with self._changed:
            if self._is_closed or (question, number) in (self._wanted, self._current):
                return
            if not self.is_busy:
                self._began = time.monotonic()
            is_idle, self._is_working = not self._is_working, True
            is_at_once = is_idle and self._is_quick and question == self._last
            self._wanted = question, number
            if self._current is not None:
                self._reader.cancel()
        if is_at_once:
            self._work()
        elif is_idle:
            self._pool.submit(self._work_and_tell)

    def wait(self, seconds: float) -> None:
        """Wait until nothing is being read any more, but not for longer than this."""
        with self._changed:
            self._changed.wait_for(lambda: not self.is_busy, seconds)

    def take(self) -> Read | None:
        """What has been read since this was last called."""
        with self._changed:
            read, self._read = self._read, None
            return read

    def cancel(self) -> None:
        """The person does not want to wait any longer."""
        with self._changed:
            self._wanted = None
            if self._current is not None:
                self._is_called_off = True
                self._reader.cancel()

    def close(self) -> None:
        """Read nothing any more."""
        with self._changed:
            self._is_closed = True
            self._wanted = None
            is_reading = self._current is not None
        if is_reading:
            self._reader.cancel()
        self._reader.close()

    def _work_and_tell(self) -> None:
        self._work()
        self._done()

    def _work(self) -> None:
        while (asking := self._next()) is not None:
            read = self._attempt(*asking)
            with self._changed:
                self._current = None
                if read is None and not self._is_called_off and self._wanted is None and not self._is_closed:
                    # The cancellation was meant for a read that had ended just before it came.
                    self._wanted = asking
                self._read = read or self._read
                self._changed.notify_all()

    def _next(self) -> Asking | None:
        with self._changed:
            self._current, self._wanted = self._wanted, None
            self._is_called_off = False
            self._is_working = self._current is not None
            return self._current

    def _attempt(self, question: Question, number: int) -> Read | None:
        began = time.monotonic()
        try:
            answer = self._reader.read(question)
            self._note(question, time.monotonic() - began)
            return Read(question, number, answer)
        except Cancelled:
            return Read(question, number, None) if self._is_called_off else None
        except BaseException as error:  # whatever it is, the table says so and lives on
            if self._is_closed:
                return None
            _logger.warning("The rows of a table could not be read", exc_info=error)
            return Read(question, number, None, sentence_of(error))

    def _note(self, question: Question, seconds: float) -> None:
        if question != self._last or seconds > SLOW_SECONDS:
            self._is_quick = False
        elif seconds < QUICK_SECONDS:
            self._is_quick = True
        self._last = question


def sentence_of(error: BaseException) -> str:
    """What an error says to a person."""
    said = error.args[0] if isinstance(error, LookupError) and error.args else error
    return str(said) or f"{type(error).__name__}, and no more is known."
