"""How far a long call has come, told to whoever is waiting for it: a bar in a shell, a note to an assistant.

    for file in track(files, "Reading"):        # 1 of 12, 2 of 12, …
        read(file)

    progress(3, 12, "Reading c.csv")            # the same by hand
    progress(4711)                              # of nobody knows how many

Nobody listens unless a surface says so; then both do nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
Listener = Callable[[float, float | None, str], None]

_listener: ContextVar[Listener | None] = ContextVar("hipflask.progress", default=None)


def progress(done: float, total: float | None = None, message: str = "") -> None:
    """Tell whoever waits for this call how far it has come: so much of `total`, or of nobody knows how much.

    It raises Cancelled if they no longer wait: let it pass, and what the call has written is taken back.
    """
    listener = _listener.get()
    if listener is not None:
        listener(done, total, message)


def track(items: Iterable[T], message: str = "", total: int | None = None) -> Iterator[T]:
    """Go through items, and tell whoever waits how many of them are done; `total` is their number where they have none of their own."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    progress(0, total, message)
    for done, item in enumerate(items, 1):
        yield item
        progress(done, total, message)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have `listener(done, total, message)` told by what is called meanwhile; it may raise Cancelled."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
