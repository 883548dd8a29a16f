"""uvicorn on the app's own event loop, in its own thread, so that the main thread is free for windows."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from concurrent.futures import Future

from flask import Flask

from ..core.errors import WindowError
from .guard import Guard, OpenGuard
from .pages import host_of

# CPython lets a computing thread keep the interpreter for 5 ms before others get a turn; a click needs several turns.
SWITCH_SECONDS = 0.001


class Server:
    """An app answering on one address of this machine."""

    def __init__(self, app: Flask, listener: socket.socket, guard: Guard | OpenGuard) -> None:
        # Only now, beside the window that is on its way: this takes longer than all else that is imported for it.
        import uvicorn

        from .web import LONGEST_MESSAGE, Web

        self._listener = listener
        self._host = host_of(app)
        self._web = Web(app, self._host, guard)
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                self._web,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                ws="websockets-sansio",
                ws_max_size=LONGEST_MESSAGE,
                ws_per_message_deflate=False,  # compressing costs more than a loopback does
                timeout_graceful_shutdown=2,
            )
        )
        self._served: Future[None] | None = None
        self._actions = getattr(app, "actions", None)

    def start(self) -> None:
        """Begin to answer; returns when the address does."""
        sys.setswitchinterval(SWITCH_SECONDS)
        if self._actions is not None:
            self._actions.begin()
        gc.freeze()  # what is imported by now stays; looking through it again and again would make clicks wait
        loop = self._host.workers.loop
        self._served = asyncio.run_coroutine_threadsafe(self._uvicorn.serve([self._listener]), loop)
        asyncio.run_coroutine_threadsafe(self._until_started(), loop).result(30)

    def wait(self) -> None:
        """Wait until the server has ended."""
        if self._served is not None:
            self._served.result()

    def stop(self) -> None:
        """End the server, the live sessions and their threads."""
        self._uvicorn.should_exit = True
        if self._served is not None:
            try:
                self._served.result(5)
            except TimeoutError:
                self._uvicorn.force_exit = True
        self._web.stop()
        self._host.close()

    async def _until_started(self) -> None:
        while not self._uvicorn.started:
            if self._served is not None and self._served.done():
                self._served.result()
                raise WindowError("The server ended before it had begun.")
            await asyncio.sleep(0.002)


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 takes any free one. Raises WindowError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: asyncio looks for it, and only then lets small packets go at once (TCP_NODELAY).
    # Otherwise an answer in two pieces waits for 40 ms between them.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise WindowError(
            f"Nothing can listen on {host}:{port}: {error.strerror or error}. Is another program using it? "
            "Choose another with --port, or --port 0 for any free one."
        ) from error
    return listener
