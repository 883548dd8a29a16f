"""The threads that an app with windows has: one event loop, some that run handlers, a few that draw."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from ..core import uncaught

_logger = logging.getLogger(__name__)

# Many, since a handler may well wait for a network; a thread is started only when none is idle.
HANDLER_THREADS = 64
# Apart from the handlers', so that however many of those hang, windows are drawn.
DRAWING_THREADS = 4
# So long may async handlers take to come to their end when the app does.
WIND_UP_SECONDS = 2.0


class Pool:
    """Threads that do what they are given, started as they are needed, up to a number.

    Unlike those of concurrent.futures they are daemons: a handler that hangs does not keep a closed program alive.
    """

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._work: SimpleQueue[tuple[Callable[..., object], tuple[Any, ...]] | None] = SimpleQueue()
        self._threads = 0
        self._load = 0  # pieces of work that wait or are being done
        self._lock = Lock()

    def submit(self, function: Callable[..., object], *args: Any) -> None:
        """Have a function called by one of the threads; it must not raise."""
        with self._lock:
            self._load += 1
            if self._load > self._threads and self._threads < self._size:
                self._threads += 1
                Thread(target=self._serve, name=f"{self._name}-{self._threads}", daemon=True).start()
        self._work.put((function, args))

    @property
    def load(self) -> int:
        """How many pieces of work wait or are being done."""
        return self._load

    def stop(self) -> None:
        """Let the threads end when they have done what is waiting."""
        for _ in range(self._threads):
            self._work.put(None)

    def _serve(self) -> None:
        while (item := self._work.get()) is not None:
            function, args = item
            try:
                function(*args)
            except Exception as error:
                _logger.exception("A worker thread came through an error that nobody else had caught")
                uncaught.tell("a worker thread", error)
            del item, function, args  # or the last handler's window lives on in an idle thread
            with self._lock:
                self._load -= 1


class Workers:
    """Threads and loop of one app, each started when it is first needed."""

    def __init__(self) -> None:
        self.handlers = Pool(HANDLER_THREADS, "hipflask-handler")
        self.drawings = Pool(DRAWING_THREADS, "hipflask-drawing")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._lock = Lock()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The app's event loop, which runs in a thread of its own."""
        if self._loop is None:
            with self._lock:
                if self._loop is None:
                    self._loop = self._start_loop()
        return self._loop

    def later(self, seconds: float, function: Callable[[], None]) -> None:
        """Call `function` on the loop after a while; from any thread."""
        if _running_loop() is self.loop:
            self.loop.call_later(seconds, function)
        else:
            self.loop.call_soon_threadsafe(self.loop.call_later, seconds, function)

    def stop(self) -> None:
        """Let the loop end and take no more work; handlers that are running are not waited for."""
        self.handlers.stop()
        self.drawings.stop()
        loop, thread = self._loop, self._thread
        if loop is not None and thread is not None and loop.is_running():
            asyncio.run_coroutine_threadsafe(_wind_up(loop), loop)
            thread.join(5)
            if not thread.is_alive():  # an async handler that never awaits cannot be stopped
                loop.close()

    def _start_loop(self) -> asyncio.AbstractEventLoop:
        loop = _new_loop()
        loop.set_exception_handler(_unawaited)
        started = Event()
        loop.call_soon(started.set)
        self._thread = Thread(target=loop.run_forever, name="hipflask-loop", daemon=True)
        self._thread.start()
        started.wait()
        return loop


def _new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it is installed: a request costs it half of what it costs Python's own."""
    try:
        from uvloop import new_event_loop
    except ImportError:  # Windows has none
        return asyncio.new_event_loop()
    return new_event_loop()


def _unawaited(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Something on the loop has failed, and nobody waits for it any more."""
    loop.default_exception_handler(context)
    if (error := context.get("exception")) is not None:
        uncaught.tell("the event loop", error)


async def _wind_up(loop: asyncio.AbstractEventLoop) -> None:
    """Call off what is still awaited, and end the loop."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=WIND_UP_SECONDS)
    loop.stop()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
