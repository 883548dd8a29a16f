"""Profiles: of the whole program for some seconds, or of the next calls of one handler, drawing or task."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from threading import Lock
from typing import Any

from ..records import Profile, Unanswered
from . import flames
from .calls import INTERVAL_SECONDS, Calls
from .flames import Flame
from .sampling import Sampling

MOST_PROFILES = 20
LONGEST_SECONDS = 600.0
MOST_CALLS = 10_000


class _Kept:
    """One profile, while it is made and after."""

    def __init__(self, id: int, what: str) -> None:
        self.id, self.what = id, what
        self.began = time.time()
        self.seconds = 0.0
        self.work: Sampling | Calls | None = None
        self.is_over = False

    def over(self) -> None:
        self.is_over = True
        if not isinstance(self.work, Calls):
            self.seconds = time.time() - self.began

    def told(self, *, with_trees: bool) -> Profile:
        found: list[Flame] = []
        if isinstance(self.work, Calls):
            self.seconds = self.work.seconds
            found = [self.work.flame] if self.work.flame.samples else []
        elif self.work is not None:
            found = self.work.flames()
            self.seconds = self.seconds if self.is_over else time.time() - self.began
        return Profile(
            id=self.id,
            what=self.what,
            began=self.began,
            seconds=self.seconds,
            samples=sum(flame.samples for flame in found),
            is_over=self.is_over,
            calls=self.work.calls if isinstance(self.work, Calls) else 0,
            threads=[flame.call() for flame in found] if with_trees and self.is_over else [],
            problem="Nothing ran for long enough to be seen." if self.is_over and not found else "",
        )


class Profiles:
    """The profiles of one process, the newest kept."""

    def __init__(self) -> None:
        self._kept: dict[int, _Kept] = {}
        self._numbers = count(1)
        self._lock = Lock()

    def of_program(self, seconds: float) -> int:
        """Look at all threads from now on; raises Unanswered if that is done already."""
        describe, _ = _pyinstrument()
        if not 0 < seconds <= LONGEST_SECONDS:
            raise Unanswered(f"Say a number of seconds up to {LONGEST_SECONDS:.0f}.")
        if any(isinstance(kept.work, Sampling) and not kept.is_over for kept in self._kept.values()):
            raise Unanswered("The whole program is being looked at already. Wait for that, or stop it.")
        kept = self._new("the whole program")
        kept.work = Sampling(seconds, describe, kept.over)
        return kept.id

    def of_calls(self, kind: str, name: str, calls: int) -> int:
        """Look at the next calls of one function."""
        _, profiler = _pyinstrument()
        if not 0 < calls <= MOST_CALLS:
            raise Unanswered(f"Say a number of calls up to {MOST_CALLS:,}.")
        kept = self._new(f"{kind} {name}")
        kept.work = Calls(kind, name, calls, profiler, kept.over)
        return kept.id

    def all(self) -> list[Profile]:
        """All of them, newest first, without their trees."""
        return [kept.told(with_trees=False) for kept in reversed(self._kept.copy().values())]

    def one(self, id: int) -> Profile:
        """One of them; raises Unanswered if it is not there any more."""
        return self._find(id).told(with_trees=True)

    def stop(self, id: int) -> None:
        """End one now."""
        work = self._find(id).work
        if work is not None:
            work.stop()

    def speedscope(self, id: int) -> str:
        """One of them as a file of speedscope's."""
        profile = self.one(id)
        if not profile.threads:
            raise Unanswered(profile.problem or "This profile is not over yet.")
        return flames.speedscope(profile)

    def close(self) -> None:
        """End all of them."""
        for kept in list(self._kept.values()):
            if kept.work is not None and not kept.is_over:
                kept.work.stop()

    def _find(self, id: int) -> _Kept:
        kept = self._kept.get(id)
        if kept is None:
            raise Unanswered("This profile is not kept any more.")
        return kept

    def _new(self, what: str) -> _Kept:
        with self._lock:
            kept = _Kept(next(self._numbers), what)
            self._kept[kept.id] = kept
            for id in [each.id for each in self._kept.values() if each.is_over][
                : len(self._kept) - MOST_PROFILES
            ]:
                del self._kept[id]
            if len(self._kept) > MOST_PROFILES:
                del self._kept[kept.id]
                raise Unanswered(f"{MOST_PROFILES} profiles are being made already. Stop some of them.")
            return kept


def _pyinstrument() -> tuple[Callable[[Any], str], Callable[[Any], Any]]:
    """How pyinstrument names a function, and its profiler; raises Unanswered where it is not installed."""
    try:
        from pyinstrument import Profiler
        from pyinstrument.low_level.stat_profile import get_frame_info
    except ImportError:
        raise Unanswered(
            "Flame graphs need pyinstrument, which is not installed where the program runs: pip install 'hipflask[inspect]'."
        ) from None
    return get_frame_info, lambda mode: Profiler(interval=INTERVAL_SECONDS, async_mode=mode)
