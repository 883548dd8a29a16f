"""The folder of a program's crash reports: at most twenty, the newest; and one for each place and minute, however often it happens.

Names sort by time: `20261123T172031-0123456789abcdef.json`. One that nobody has been told of yet ends in `.unseen.json`.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from ...core import report
from ...core.errors import ReportUnreadable
from ...core.report import Report

MOST_REPORTS = 20
SECONDS_BETWEEN = 60.0  # two reports about one place
MOST_PLACES = 200  # that are remembered for that

_NAME = re.compile(r"\d{8}T\d{6}-([0-9a-f]{16})(\.unseen)?\.json")


class Shelf:
    """Keeps reports; what cannot be written is not kept, and nobody is worse off for that."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self._clock = clock
        self._claimed: dict[str, tuple[float, str]] = {}  # place → when, and the report's id
        self._lock = Lock()

    def claim(self, place: str, new: str) -> str:
        """The id of the report about this place: that of the one from less than a minute ago, or else the new one."""
        with self._lock:
            now = self._clock()
            known = self._claimed.pop(place, None)
            claimed = known if known is not None and now - known[0] < SECONDS_BETWEEN else (now, new)
            self._claimed[place] = claimed  # the last to be forgotten
            while len(self._claimed) > MOST_PLACES:
                del self._claimed[next(iter(self._claimed))]
            return claimed[1]

    def put(self, told: Report, *, is_seen: bool) -> bool:
        """Keep a report; returns whether that went well."""
        name = f"{told.when:%Y%m%dT%H%M%S}-{told.id}{'' if is_seen else '.unseen'}.json"
        new = self.folder / f"{name}.new"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            new.write_bytes(report.encode(told))
            os.replace(new, self.folder / name)
        except OSError:
            with contextlib.suppress(OSError):
                new.unlink()
            return False
        for old in self.files()[:-MOST_REPORTS]:
            with contextlib.suppress(OSError):
                old.unlink()
        return True

    def files(self) -> list[Path]:
        """The files of all reports, the newest last."""
        try:
            return sorted(file for file in self.folder.iterdir() if _NAME.fullmatch(file.name))
        except OSError:
            return []

    def get(self, wanted: str) -> Report | None:
        """The report of that id, if it is there and can be read."""
        for file in self.files():
            match = _NAME.fullmatch(file.name)
            if match is not None and match[1] == wanted:
                with contextlib.suppress(ReportUnreadable):
                    return report.read(file)
        return None

    def take_unseen(self) -> str:
        """The id of the newest report that nobody has been told of, "" if there is none; now somebody is."""
        newest = ""
        for file in self.files():
            match = _NAME.fullmatch(file.name)
            if match is not None and match[2]:
                newest = match[1]
                with contextlib.suppress(OSError):
                    file.rename(file.with_name(file.name.replace(".unseen", "")))
        return newest
