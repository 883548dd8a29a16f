"""What processes cost, read from /proc: processor time since one began to look, and memory without counting what they share twice."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Processes:
    """Some processes, watched from now on."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._ids = list(ids)
        self._begun, self._before = time.monotonic(), self._seconds()

    def cores(self) -> float:
        """How many processors they have kept busy so far, 1 being one of them all the time."""
        return (self._seconds() - self._before) / (time.monotonic() - self._begun)

    def memory_mb(self) -> float:
        """Their memory; what several of them share counts once."""
        return sum(map(_memory_kb, self._ids)) / 1024

    def _seconds(self) -> float:
        return sum(map(_ticks, self._ids)) / _TICKS


def cpu_seconds(process: int) -> float:
    """What one process has cost until now, to the nanosecond: Linux has a clock for each."""
    return time.clock_gettime((~process << 3) | 2)


def below(ancestor: int, *names: str) -> list[int]:
    """The processes that one has started, and those that these have, whose names begin with one of `names`."""
    parents = {int(each.name): _parent(each) for each in _PROC.iterdir() if each.name.isdecimal()}
    found = {ancestor}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return [each for each in sorted(found - {ancestor}) if _name(each).startswith(names)]


def _parent(folder: Path) -> int:
    with suppress(OSError):
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _name(process: int) -> str:
    with suppress(OSError):
        return (_PROC / str(process) / "comm").read_text().strip()
    return ""


def _ticks(process: int) -> int:
    with suppress(OSError):
        said = (_PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
        return int(said[11]) + int(said[12])
    return 0


def _memory_kb(process: int) -> int:
    with suppress(OSError):
        lines = (_PROC / str(process) / "smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0
