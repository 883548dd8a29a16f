"""Can this hub do its work? For a balancer, and for whoever looks after it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """What there is to know."""

    database: bool = True  # it answers
    sequencer: bool = True  # somebody makes versions
    version: int = 0
    waiting: int = 0  # changes that are in no version yet; counted up to some thousands

    def as_dict(self) -> dict[str, bool | int]:
        """As it is told."""
        return asdict(self)
