"""The frames of one session, kept so that one can go back to any of them: whole trees now and then, and what was sent between. Pure.

    reels:   [ tree, frame, frame, frame, … ] [ tree, frame, … ]
                └ the oldest reel goes first, whole, when there is no room

So what is kept is always enough to make a tree, and to make one never takes longer than to run through a reel.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ....core.tracing import Origin
from ....ui.wire import Frame, Reset, WireNode
from .. import records
from . import patching

MOST_FRAMES = 500  # of one reel
REEL_BYTES = 1 << 18  # of patches, at least, before a tree is taken anew
_SHOT_BYTES = 200


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame, as it was sent."""

    number: int
    at: int  # nanoseconds since 1970
    patches: int
    data: bytes
    origin: Origin | None
    states: tuple[records.State, ...]
    states_bytes: int = 0  # of those that the shot before had not


@dataclass(slots=True)
class _Reel:
    tree: bytes  # a `Reset`, after the first shot
    shots: list[Shot] = field(default_factory=list)
    patch_bytes: int = 0
    bytes: int = 0

    def add(self, shot: Shot) -> int:
        self.shots.append(shot)
        self.patch_bytes += len(shot.data)
        size = _SHOT_BYTES + len(shot.data) + shot.states_bytes
        self.bytes += size
        return size

    @property
    def is_full(self) -> bool:
        return len(self.shots) >= MOST_FRAMES or self.patch_bytes > max(REEL_BYTES, 2 * len(self.tree))


class Film:
    """What one session has shown."""

    def __init__(self) -> None:
        self._reels: deque[_Reel] = deque()
        self.bytes = 0

    def add(self, shot: Shot, tree: Callable[[], bytes | None], *, is_whole: bool = False) -> None:
        """Keep a frame; `tree` is asked for the tree after it, as a `Reset`, where one is due. A whole frame is one itself."""
        reel = self._reels[-1] if self._reels else None
        if reel is None or is_whole or reel.is_full:
            taken = shot.data if is_whole else tree()
            if taken is not None:
                reel = _Reel(taken)
                reel.bytes = 0 if is_whole else len(taken)
                self.bytes += reel.bytes
                self._reels.append(reel)
        if reel is not None:  # without a tree the frames before the first one are of no use
            self.bytes += reel.add(shot)

    def drop_oldest(self) -> bool:
        """Make room; False if there was nothing to give up."""
        if not self._reels:
            return False
        self.bytes -= self._reels.popleft().bytes
        return True

    def shots(self) -> Iterator[Shot]:
        """Every frame that one can go back to, oldest first."""
        for reel in self._reels:
            yield from reel.shots

    def up_to(self, number: int) -> tuple[bytes, list[Shot]] | None:
        """A tree, and the frames from that one on, up to one; None if that is not there any more."""
        for reel in self._reels:
            for place, shot in enumerate(reel.shots):
                if shot.number == number:
                    return reel.tree, reel.shots[: place + 1]
        return None


def developed(tree: bytes, shots: list[Shot]) -> WireNode:
    """The tree after the last of these frames, if the first of them has led to that tree."""
    first = patching.message(tree)
    assert isinstance(first, Reset)
    picture = patching.Picture(first.tree)
    for shot in shots[1:]:
        sent = patching.message(shot.data)
        if isinstance(sent, Frame):
            picture.apply(sent.patches)
        else:
            picture = patching.Picture(sent.tree)
    return picture.shown()
