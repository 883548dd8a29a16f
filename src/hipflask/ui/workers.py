"""The threads that an app with windows has: one event loop, some that run handlers, a few that draw."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock, Thread

# Many, since a handler may well wait for a network; a thread is started only when none is idle.
HANDLER_THREADS = 64
# Apart from the handlers', so that however many of those hang, windows are drawn.
DRAWING_THREADS = 4


class Workers:
    """Threads and loop of one app, each started when it is first needed."""

    def __init__(self) -> None:
        self.handlers = ThreadPoolExecutor(HANDLER_THREADS, "hipflask-handler")
        self.drawings = ThreadPoolExecutor(DRAWING_THREADS, "hipflask-drawing")
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
        self.handlers.shutdown(wait=False, cancel_futures=True)
        self.drawings.shutdown(wait=False, cancel_futures=True)
        loop, thread = self._loop, self._thread
        if loop is not None and thread is not None and loop.is_running():
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.close()

    def _start_loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        started = Event()
        loop.call_soon(started.set)
        self._thread = Thread(target=loop.run_forever, name="hipflask-loop", daemon=True)
        self._thread.start()
        started.wait()
        return loop


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
