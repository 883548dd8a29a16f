"""What an action sends out of the program, held back until all that it writes is sure to stay.

with held_back():                     what Registry.unit_of_work puts around an action call
    hold(lambda: queue.send("…"))     True: it is sent when the block has ended, and never if it raises
hold(…)                               False: nothing is under way, so send it now
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from threading import Lock

Deliver = Callable[[], object]


class held_back:
    """Deliver what is held in the block when it has ended, in order, and nothing of it if it raises.

    A task that the block has started may outlive it, and finds it closed.
    """

    __slots__ = ("_deliveries", "_token")

    def __enter__(self) -> None:
        self._deliveries: list[Deliver] | None = []
        self._token = _held.set(self)

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        _held.reset(self._token)
        with _lock:
            deliveries, self._deliveries = self._deliveries, None
        if kind is None and deliveries:
            _deliver(deliveries)

    def add(self, deliver: Deliver) -> bool:
        with _lock:
            if self._deliveries is None:
                return False
            self._deliveries.append(deliver)
            return True

    def clear(self) -> None:
        with _lock:
            if self._deliveries is not None:
                self._deliveries.clear()


def _deliver(deliveries: list[Deliver]) -> None:
    """All of them, also after one that fails: what they tell of has been written. The first error is raised in the end."""
    errors: list[Exception] = []
    for deliver in deliveries:
        try:
            deliver()
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]


_lock = Lock()  # for all of them, since it is held for moments only
_held: ContextVar[held_back | None] = ContextVar("hipflask.outgoing", default=None)


def hold(deliver: Deliver) -> bool:
    """Have something called when the present unit of work has ended well; False, and nothing happens, where there is none."""
    held = _held.get()
    return held is not None and held.add(deliver)


def drop() -> None:
    """Forget what the present unit of work has sent."""
    if (held := _held.get()) is not None:
        held.clear()
