"""Several hub processes on one port: the system divides new connections among them, and one that dies is replaced."""

from __future__ import annotations

import logging
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from ...core.errors import UsageError

AGAIN_SECONDS = 1.0
LOOK_SECONDS = 0.2

_logger = logging.getLogger(__name__)


class Workers:
    """So many processes, each started by the same command."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]], count: int) -> None:
        self._start = start
        self._running: Sequence[subprocess.Popen[bytes]] = [start() for _ in range(count)]

    def run(self, told: threading.Event) -> None:
        """Keep them alive until it is told to end."""
        while not told.wait(LOOK_SECONDS):
            if any(worker.poll() is not None for worker in self._running):
                told.wait(AGAIN_SECONDS)
                self._running = [
                    worker if worker.poll() is None else self._again(worker) for worker in self._running
                ]

    def end(self, seconds: float) -> None:
        """Tell them to end, and see that they do within this time."""
        for worker in self._running:
            worker.terminate()
        for worker in self._running:
            with suppress(subprocess.TimeoutExpired):
                worker.wait(seconds)
            worker.kill()
            worker.wait()

    def _again(self, worker: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        _logger.warning(
            "A hub process (%s) has ended with code %s; another one takes its place.",
            worker.pid,
            worker.returncode,
        )
        return self._start()


def refuse_where_impossible() -> None:
    """Raises UsageError on a system that does not divide connections."""
    if not hasattr(socket, "SO_REUSEPORT"):
        raise UsageError(
            "This system does not divide a port's connections among processes, so --workers is of no use here. "
            "Start several hubs on ports of their own, with a balancer before them."
        )
