"""`hipflask logs`: what functions print, several beside each other, each line once.

CloudWatch pages what it has, may give an empty page in between, and takes in lines late: one of 12:00:01 can be there after one of
12:00:05 has been read. So each look begins a little before the newest line that is known, and what is known already is left out:

    first look, from 12:00:00     12:00:03 a    12:00:05 b
    second look, from 11:59:55    12:00:01 c    12:00:03 a    12:00:05 b    12:00:06 d    →    c, d
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ...core.errors import DeployError
from .account import Account, unless
from .functions import Function

LATE = 10_000  # milliseconds by which a line may be taken in after a newer one
_AGO = re.compile(r"(\d+)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True)
class Line:
    """One line of a log."""

    at: int
    id: str
    text: str

    @property
    def when(self) -> datetime:
        """The moment it was printed."""
        return datetime.fromtimestamp(self.at / 1000, UTC)


@dataclass
class Reading:
    """How far one log has been read."""

    start: int
    _newest: int = 0
    _known: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._newest = self.start

    @property
    def begins(self) -> int:
        """From when on to look the next time."""
        return max(self.start, self._newest - LATE)

    def take(self, lines: Iterable[Line]) -> list[Line]:
        """Those that were not there before, by time."""
        new = []
        for line in lines:
            if line.id not in self._known:
                self._known[line.id] = line.at
                new.append(line)
        self._newest = max([self._newest, *(line.at for line in new)])
        self._known = {id: at for id, at in self._known.items() if at >= self.begins}
        return sorted(new, key=lambda line: line.at)


def since(words: str, now: datetime) -> int:
    """The milliseconds of a moment that is said as "10m", "2h" or "2026-11-22T14:00"."""
    if ago := _AGO.fullmatch(words.strip()):
        return int((now.timestamp() - int(ago[1]) * _SECONDS[ago[2]]) * 1000)
    try:
        moment = datetime.fromisoformat(words)
    except ValueError as error:
        raise DeployError(
            f"--since {words} is neither a while, as 10m, 2h or 7d, nor a moment, as 2026-11-22T14:00."
        ) from error
    return int(moment.astimezone().timestamp() * 1000)


def read(
    account: Account, functions: list[Function], start: int, pattern: str = "", *, follow: bool = False
) -> Iterator[tuple[Function, Line]]:
    """What functions have printed since then, in the order in which they did; with `follow` it goes on."""
    readings = [(function, Reading(start)) for function in functions]
    while True:
        new = [
            (function, line)
            for function, reading in readings
            for line in reading.take(_lines(account, function, reading.begins, pattern))
        ]
        yield from sorted(new, key=lambda pair: pair[1].at)
        if not follow:
            return
        time.sleep(account.pause)


def _lines(account: Account, function: Function, start: int, pattern: str) -> list[Line]:
    asked: dict[str, Any] = {"logGroupName": function.log_group, "startTime": start}
    if pattern:
        asked["filterPattern"] = pattern
    pages = account.client("logs").get_paginator("filter_log_events").paginate(**asked)
    told = unless({"ResourceNotFoundException"}, lambda: [line for page in pages for line in page["events"]])
    # None: a log begins with a function's first call.
    return [Line(one["timestamp"], one["eventId"], one["message"].rstrip("\n")) for one in told or ()]
