"""How a hub process stands, for whoever asks from outside.

Whoever asks waits for the database no longer than a connection does; where it does not answer, the page says so, and has all else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from weakref import WeakSet

from ...core import tracing
from ...core.errors import HipflaskError
from .health import Health

Sample = tuple[Mapping[str, str], float]


class Asked(Protocol):
    """A hub process, as far as it is asked here."""

    @property
    def newest(self) -> int:
        """The newest version that it has heard of."""

    @property
    def positions(self) -> Sequence[int]:
        """The newest version that each replica which is connected to it has been sent."""

    @property
    def is_sequencer(self) -> bool:
        """Whether it is the one that makes versions."""

    def health(self) -> Health:
        """What its database says."""


_open: WeakSet[Asked] = WeakSet()


def count(hub: Asked) -> None:
    """Have it counted from now on."""
    _open.add(hub)
    tracing.gauges.update(_GAUGES)


def forget(hub: Asked) -> None:
    """Have it counted no more."""
    _open.discard(hub)


def _replicas() -> Iterable[Sample]:
    """Replicas that are connected to this process."""
    return [({}, float(sum(len(hub.positions) for hub in _open)))]


def _version() -> Iterable[Sample]:
    """The newest version that this process has heard of."""
    return [({}, float(max(hub.newest for hub in _open)))] if _open else []


def _behind() -> Iterable[Sample]:
    """Versions that the slowest of the connected replicas has not been sent yet."""
    behind = [hub.newest - position for hub in _open for position in hub.positions]
    return [({}, float(max(behind, default=0)))]


def _sequencer() -> Iterable[Sample]:
    """1 for the process that makes the versions, 0 for the others."""
    return [({}, float(any(hub.is_sequencer for hub in _open)))]


def _database() -> Iterable[Sample]:
    """1 where the database answers, 0 where it does not."""
    return [({}, float(all(_health(hub).database for hub in _open)))]


def _waiting() -> Iterable[Sample]:
    """Changes in the database that are in no version yet; ten thousand may be more."""
    found = [_health(hub) for hub in _open]
    return [({}, float(max(health.waiting for health in found)))] if all(h.database for h in found) else []


def _health(hub: Asked) -> Health:
    try:
        return hub.health()
    except HipflaskError:
        return Health(database=False, sequencer=False)


_GAUGES = {
    "hipflask_hub_replicas": _replicas,
    "hipflask_hub_version": _version,
    "hipflask_hub_behind": _behind,
    "hipflask_hub_sequencer": _sequencer,
    "hipflask_hub_database": _database,
    "hipflask_hub_waiting": _waiting,
}
