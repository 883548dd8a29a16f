"""Workspaces, as a matter of thinking: which windows make one up, and what brings it back. Nothing here opens a window.

wanted = [Standing(OpenWindow("/blotter"), left), Standing(OpenWindow("/chart/EURUSD"), right)]
arrange(wanted, {"1": Standing(OpenWindow("/blotter"), elsewhere), "2": Standing(OpenWindow("/orders"))})
# Arrangement(moves=[("1", wanted[0])], opens=[wanted[1]], others=["2"])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..core.desk import OpenWindow
from .window.shell import Placement

# Windows that close within this time of each other, at the end, were left together.
TOGETHER_SECONDS = 1.0
# Each window that is open when the person quits may ask them something first.
QUITTING_SECONDS = 60.0
MOST_CLOSED = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """One window of a workspace: how it was asked for, with the address that it shows now, and where its person has put it."""

    asked: OpenWindow
    placement: Placement | None = None  # None: wherever its program would like it

    def shows(self, address: str) -> Standing:
        """The same window, at another address of the program."""
        return replace(self, asked=replace(self.asked, path=address))


@dataclass(frozen=True)
class Arrangement:
    """What brings a workspace back."""

    moves: list[tuple[str, Standing]] = field(default_factory=list)  # windows that are open, by name
    opens: list[Standing] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # open, and no part of it


def arrange(wanted: Iterable[Standing], there: Mapping[str, Standing]) -> Arrangement:
    """What is to be done with the windows that are there: those at the same address are the same, the first opened first."""
    free = dict(there)
    arrangement = Arrangement()
    for standing in wanted:
        same = (name for name, each in free.items() if each.asked.path == standing.asked.path)
        name = next(same, None)
        if name is None:
            arrangement.opens.append(standing)
        else:
            del free[name]
            arrangement.moves.append((name, standing))
    arrangement.others.extend(free)
    return arrangement


@dataclass(frozen=True, slots=True)
class _Closed:
    at: float
    number: int
    standing: Standing


class Diary:
    """Which windows are open, and which had been when their person left; times are seconds of any clock."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[int, Standing]] = {}  # with its number, in the order of opening
        self._closed: list[_Closed] = []
        self._opened = 0
        self._quit_wanted: float | None = None

    @property
    def there(self) -> dict[str, Standing]:
        """The windows that are open, by name, the first opened first."""
        return {name: standing for name, (_, standing) in self._open.items()}

    def note(self, name: str, standing: Standing) -> None:
        """A window has been opened, or is no longer as it was."""
        if name in self._open:
            self._open[name] = self._open[name][0], standing
            return
        self._opened += 1
        self._open[name] = self._opened, standing
        self._quit_wanted = None  # they go on working

    def closed(self, name: str, now: float) -> None:
        """A window has been closed."""
        if name in self._open:
            number, standing = self._open.pop(name)
            self._closed = [*self._closed, _Closed(now, number, standing)][-MOST_CLOSED:]

    def forget(self, name: str) -> None:
        """A window should never have been there."""
        self._open.pop(name, None)

    def quit_wanted(self, now: float) -> None:
        """The person wants to end the program; each window is asked about it."""
        self._quit_wanted = now

    def left(self, now: float) -> list[Standing]:
        """The windows that were left, now that the program ends: all that are open yet, and those that were closed with the last."""
        left = dict(self._open.values())
        then = now if self._open else None
        for closed in reversed(self._closed):
            if then is not None and then - closed.at > self._patience(closed.at):
                break
            left[closed.number] = closed.standing
            then = closed.at
        return [left[number] for number in sorted(left)]

    def _patience(self, at: float) -> float:
        """How long after a window that closed then another may close and have been left with it."""
        has_quit = self._quit_wanted is not None and at >= self._quit_wanted
        return QUITTING_SECONDS if has_quit else TOGETHER_SECONDS
