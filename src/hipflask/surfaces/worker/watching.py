"""What has happened in a bucket's folder: what is there now, beside what its functions have been told of.

    told:   a.jpg of 10 bytes         there:   a.jpg of 12 bytes, b.jpg         ObjectCreated for both, once each lies still
    told:   a.jpg                     there:   nothing                          ObjectRemoved

A file that somebody copies into the folder grows for a while. It counts as soon as it has been the same for `STILL_SECONDS`; one that
the program itself puts there is whole from the beginning, and its functions are told at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .bucket import Found

STILL_SECONDS = 1.0


@dataclass
class Watch:
    """How long the files of one bucket have been as they are."""

    seen: dict[str, tuple[Found, float]] = field(default_factory=dict)

    def look(
        self, there: Iterable[Found], told: Mapping[str, Found], now: float
    ) -> tuple[list[Found], list[str]]:
        """What is new or different and lies still, and the keys of what has gone; `now` is a clock that is never set."""
        found = {each.key: each for each in there}
        fresh = [each for each in found.values() if told.get(each.key) != each]
        self.seen = {each.key: (each, self._since(each, now)) for each in fresh}
        still = [each for each, since in self.seen.values() if now - since >= STILL_SECONDS]
        return still, [key for key in told if key not in found]

    @property
    def is_waiting(self) -> bool:
        """Whether something is there that may still be growing."""
        return bool(self.seen)

    def _since(self, each: Found, now: float) -> float:
        before = self.seen.get(each.key)
        return before[1] if before is not None and before[0] == each else now
