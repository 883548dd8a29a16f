"""A bounded number of threads for what waits on the database, so that a thousand idle connections cost none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from ...core import tracing

T = TypeVar("T")


class Threads:
    """So many threads, and a queue before them."""

    def __init__(self, name: str, count: int) -> None:
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=f"hub-{name}")

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Call a function in one of the threads.

        Whoever is cancelled meanwhile waits until it has returned: nothing goes on behind a connection that is closed.
        """
        if tracing.sinks:  # what begins there belongs to the span within which this was asked for
            function, arguments = copy_context().run, (function, *arguments)
        job = asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.wait([job])
            if not job.cancelled():
                job.exception()  # seen: it has nobody to go to any more
            raise

    def close(self) -> None:
        """Begin nothing new, and let the threads end."""
        self._executor.shutdown(wait=False, cancel_futures=True)
