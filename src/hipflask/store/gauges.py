"""What can be asked of the stores that are open, at any time: how large their files are, and who follows them.

A store is called by its file's name, as `lineup`: never by where that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from weakref import WeakSet

from ..core import tracing
from .opened import Opened

Told = Iterator[tuple[Mapping[str, str], float]]

_all: WeakSet[Opened] = WeakSet()


def watch(opened: Opened) -> None:
    """Count this one, for as long as it is there."""
    _all.add(opened)
    tracing.gauges["hipflask_store_bytes"] = _bytes
    tracing.gauges["hipflask_live_queries"] = _each(lambda opened: len(opened.live))
    tracing.gauges["hipflask_feed_lag_seconds"] = _each(lambda opened: opened.feed.lag)
    tracing.gauges["hipflask_write_lock_held"] = _each(lambda opened: opened.writers.locked())


def forget(opened: Opened) -> None:
    """It is closed."""
    _all.discard(opened)


def _each(ask: Callable[[Opened], float]) -> tracing.Gauge:
    return lambda: [({"store": opened.file.stem}, float(ask(opened))) for opened in tuple(_all)]


def _bytes() -> Told:
    for opened in tuple(_all):
        files = {"file": opened.file, "wal": opened.file.with_name(f"{opened.file.name}-wal")}
        if opened.volatile is not None:
            files["volatile"] = opened.volatile
        for part, file in files.items():
            yield {"store": opened.file.stem, "part": part}, float(_size(file))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # there is no write-ahead log until somebody writes
        return 0
