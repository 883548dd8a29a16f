"""uvicorn around the hub's app: listening, limits against slow and many connections, and an end that loses nothing.

with HubServer(hub, tokens, port=0) as server:
    …                           # server.port; server.wake() when something has been committed
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ...core.errors import HipflaskError
from ..messages import MOST_BYTES
from ..parties import Hub
from .door import Tokens
from .health import Health
from .server import HubApp

HEAD_SECONDS = 10.0  # for the head of a request
DRAIN_SECONDS = 7.0  # for pushes under way when the hub ends
CLOSE_SECONDS = 2
PING_SECONDS = 20.0
# An answer to a ping waits behind what is on its way: a page on a very slow line takes this long.
PONG_SECONDS = 60.0
UNSENT_BYTES = (
    128_000  # that the system holds beyond what is under way, so that a ping is not behind megabytes
)
GARBAGE = 50_000  # objects: as many as two pushes of a thousand changes make, so that it is not searched while they are applied
SWITCH_SECONDS = 0.001  # for how long a computing thread may keep the interpreter from the event loop


class HubServer:
    """A hub that answers on one address."""

    def __init__(
        self,
        hub: Hub,
        tokens: Tokens,
        listener: socket.socket | None = None,
        *,
        port: int = 0,
        health: Callable[[], Health] = Health,
        is_behind_proxy: bool = False,
    ) -> None:
        self._listener = listener or listen("127.0.0.1", port)
        self.port: int = self._listener.getsockname()[1]
        self.app = HubApp(hub, tokens, health, is_behind_proxy)
        config = uvicorn.Config(
            self.app,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            http=_Http,
            ws="websockets-sansio",
            ws_max_size=MOST_BYTES,
            ws_per_message_deflate=False,  # bodies are packed already
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=PONG_SECONDS,
            timeout_graceful_shutdown=CLOSE_SECONDS,
        )
        self._uvicorn = _Uvicorn(config)
        self._thread = threading.Thread(target=self._uvicorn.run, args=([self._listener],), name="hub-server")

    def start(self) -> HubServer:
        """Begin to answer; returns when the address does."""
        _keep_tokens_out_of_logs()
        _allow_connections()
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.freeze()  # what is imported by now stays
        gc.set_threshold(GARBAGE, 20, 20)
        self._thread.start()
        while not self._uvicorn.started:
            if not self._thread.is_alive():
                raise HipflaskError("The hub's server ended before it had begun; its log says why.")
            time.sleep(0.005)
        return self

    def wake(self) -> None:
        """There is a new version: whoever is connected may have news."""
        self.app.wake()

    def stop(self) -> None:
        """No new connections; pushes under way are finished and acknowledged; then everybody is told that the hub goes away."""
        self._uvicorn.should_exit = True
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._thread.is_alive()

    def __enter__(self) -> HubServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Uvicorn(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, but let the conversations end by themselves first: it would close them at once."""
        for server in self.servers:
            server.close()
        app: HubApp = self.config.app  # type: ignore[assignment]
        await app.drain(DRAIN_SECONDS)
        await super().shutdown(sockets)


class _Http(HttpToolsProtocol):
    """uvicorn's, with a limit on how long the head of a request may take: it would wait for ever."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        self._stop_expecting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_expecting()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _stop_expecting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


def _allow_connections() -> None:
    """As many as the system lets a process have: each is an open file, and what one begins with is often 1,024."""
    if sys.platform == "win32":  # has no such limit
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # some systems call more than they allow unlimited
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _keep_tokens_out_of_logs() -> None:
    """At its finest, uvicorn's log has the headers of every handshake."""
    log = logging.getLogger("uvicorn.error")
    log.setLevel(max(log.getEffectiveLevel(), logging.INFO))


def listen(host: str, port: int, *, is_shared: bool = False) -> socket.socket:
    """A socket bound to the address; port 0 takes any free one. A shared one may be bound by several processes, between which connections are divided."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        for level, option, value in _options(is_shared):
            listener.setsockopt(level, option, value)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise HipflaskError(
            f"Nothing can listen on {host}:{port}: {error.strerror or error}. Is another program using it? "
            "Choose another with --port, or --port 0 for any free one."
        ) from error
    return listener


def _options(is_shared: bool) -> list[tuple[int, int, int]]:
    options: list[tuple[int, int, int]] = []
    if sys.platform != "win32":
        options.append((socket.SOL_SOCKET, socket.SO_REUSEADDR, 1))
    found: Any = socket  # not all of these are on every system
    with suppress(AttributeError):
        options.append((socket.IPPROTO_TCP, found.TCP_NOTSENT_LOWAT, UNSENT_BYTES))
    if is_shared:
        options.append((socket.SOL_SOCKET, found.SO_REUSEPORT, 1))
    return options
