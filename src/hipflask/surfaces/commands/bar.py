"""How far a command has come: one line at the foot of the terminal, on standard error, and gone when it is done.

Reading c.csv  ━━━━━━━━━━━━━━━━━━───────  412 of 1,024  0:03 left

Nothing is written where standard error is no terminal: a log of a thousand such lines helps nobody.
"""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType

from .printing import width

_SECONDS = 0.1  # between two looks: more often than that nobody sees
_BAR = 25
_LEFT_AFTER = 2.0  # a guess about the time that is left is worth something after so long


class Bar:
    """The line, for the time of one call."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._is_drawn = False
        self._begun = time.monotonic()
        self._drawn_at = 0.0

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def tell(self, done: float, total: float | None, message: str) -> None:
        """Show how far it is, unless that was done a moment ago."""
        now = time.monotonic()
        if not self._is_shown or now - self._drawn_at < _SECONDS:
            return
        self._drawn_at = now
        self._is_drawn = True
        room = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r\x1b[K{shown(done, total, message, now - self._begun, room)}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line to others."""
        if self._is_drawn:
            self._is_drawn = False
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def shown(done: float, total: float | None, message: str, seconds: float, room: int) -> str:
    """The line: what is being done, a bar if its end is known, how much, and about how long it will take yet."""
    message = "".join(letter if letter.isprintable() else " " for letter in message)
    parts = [message] if message else []
    if total:
        share = min(max(done / total, 0.0), 1.0)
        full = round(share * _BAR)
        parts += ["━" * full + "─" * (_BAR - full), f"{_number(done)} of {_number(total)}"]
        if seconds > _LEFT_AFTER and 0 < share < 1:
            parts.append(f"{_clock(seconds / share - seconds)} left")
    else:
        parts += [_number(done), _clock(seconds)]
    line = "  ".join(parts)
    while line and width(line) > room:
        line = line[:-1]
    return line


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
