"""How the exchange stands, for whoever asks from outside: of all stores of this process together, as it is shown to people."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Protocol
from weakref import WeakSet

from ...core import tracing
from ...core.ports import SyncStatus

Sample = tuple[Mapping[str, str], float]

_APART = frozenset({"offline", "signed out", "turned away", "paused", "connecting"})


class Exchanging(Protocol):
    """Who has a status."""

    @property
    def shown(self) -> SyncStatus:
        """How it stands, for nobody who would want to follow it."""

    @property
    def waiting_since(self) -> float | None:
        """When (`time.time`) everything that was written here was in the hub last; None: it is."""


_open: WeakSet[Exchanging] = WeakSet()


def count(exchange: Exchanging) -> None:
    """Have it counted from now on."""
    _open.add(exchange)


def forget(exchange: Exchanging) -> None:
    """Have it counted no more."""
    _open.discard(exchange)


def _waiting() -> Iterable[Sample]:
    """Changes that were written here and are not in the hub yet."""
    return _sum(status.waiting for status in _statuses())


def _refused() -> Iterable[Sample]:
    """Changes that the hub has refused and nobody has answered yet."""
    return _sum(status.refused for status in _statuses())


def _connected() -> Iterable[Sample]:
    """Stores that are connected to their hub."""
    return _sum(status.state not in _APART for status in _statuses())


def _offline() -> Iterable[Sample]:
    """Seconds since the hub was heard of last; 0 while it is connected."""
    since = [status.since.timestamp() for status in _statuses() if status.since is not None]
    return _sum([max(time.time() - min(since), 0.0)] if since else [0.0])


def _lag() -> Iterable[Sample]:
    """Seconds since everything that was written here was in the hub last; 0 where it is."""
    since = [at for exchange in list(_open) if (at := exchange.waiting_since) is not None]
    return _sum([max(time.time() - min(since), 0.0)] if since else [0.0])


def _statuses() -> list[SyncStatus]:
    return [exchange.shown for exchange in list(_open)]


def _sum(numbers: Iterable[float]) -> list[Sample]:
    return [({}, float(sum(numbers)))] if _open else []


tracing.gauges |= {
    "hipflask_sync_waiting": _waiting,
    "hipflask_sync_refused": _refused,
    "hipflask_sync_connected": _connected,
    "hipflask_sync_offline_seconds": _offline,
    "hipflask_sync_lag_seconds": _lag,
}
