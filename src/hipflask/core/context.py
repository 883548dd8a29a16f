"""Who is reading just now: the one context variable that the screen sets and that data sources look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from .ports import Source


class Recorder(Protocol):
    """Collects what a drawing reads."""

    def record(self, source: Source) -> None:
        """Note that `source` was read."""


recorder: ContextVar[Recorder | None] = ContextVar("hipflask.recorder", default=None)


def record(source: Source) -> None:
    """Note that `source` is being read, if anybody is drawing; outside a drawing this does nothing."""
    current = recorder.get()
    if current is not None:
        current.record(source)


@contextmanager
def nobody_records() -> Iterator[None]:
    """For reads that are not those of a drawing, though one has caused them."""
    token = recorder.set(None)
    try:
        yield
    finally:
        recorder.reset(token)
