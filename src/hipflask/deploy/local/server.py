"""The gateway's sockets: uvicorn on the main thread, the handler in threads, one line on stderr for each request."""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import socket
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, TextIO

from ...surfaces.aws.limits import LAMBDA_BYTES
from ...ui.workers import Pool
from .gateway import (
    FUNCTION,
    GATEWAY_SECONDS,
    Asked,
    Context,
    Told,
    event_of,
    is_too_large,
    refused,
    told_of,
)

THREADS = 16  # as many calls at once; on Lambda each has a process of its own

Message = MutableMapping[str, Any]
Handler = Callable[[dict[str, Any], Context], Any]

log = logging.getLogger(__name__)


class Gateway:
    """An ASGI application that calls a Lambda handler."""

    def __init__(
        self, handler: Handler, port: int, *, seconds: float = GATEWAY_SECONDS, out: TextIO | None = None
    ) -> None:
        self._handler = handler
        self._seconds = seconds
        self._out = out or sys.stderr
        self._pool = Pool(THREADS, "hipflask-local")
        names = ("127.0.0.1", "localhost", "[::1]")
        self._hosts = {f"{name}:{port}".encode() for name in names} | {
            name.encode() for name in names if port == 80
        }

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        if scope["type"] != "http":  # a socket: Lambda has none
            await send({"type": "websocket.close"})
            return
        began = time.perf_counter()
        told, billed = await self._tell(scope, receive)
        await send(
            {
                "type": "http.response.start",
                "status": told.status,
                "headers": _with_length(told, scope["method"]),
            }
        )
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else told.body})
        self._say(scope, told.status, time.perf_counter() - began, billed)

    async def _tell(self, scope: Message, receive: Callable[[], Awaitable[Message]]) -> tuple[Told, float]:
        if not any(name == b"host" and value in self._hosts for name, value in scope["headers"]):
            # A page elsewhere could reach this server under a name of its own.
            return refused(403, "Forbidden"), 0.0
        body = await _body(receive)
        if body is None:
            return refused(413, "Request Entity Too Large"), 0.0
        client, _ = scope.get("client") or ("127.0.0.1", 0)
        asked = Asked(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            scope["headers"],
            body,
            client,
            f"HTTP/{scope['http_version']}",
        )
        if is_too_large(asked):
            return refused(413, "Request Entity Too Large"), 0.0
        return await self._call(asked)

    async def _call(self, asked: Asked) -> tuple[Told, float]:
        loop = asyncio.get_running_loop()
        result: asyncio.Future[tuple[Told, float]] = loop.create_future()
        self._pool.submit(self._work, asked, loop, result)
        # Not wait_for(), which costs a task for each request; the function goes on, as nobody can stop a thread.
        late = loop.call_later(
            self._seconds, _settle, result, (refused(503, "Service Unavailable"), self._seconds)
        )
        try:
            return await result
        finally:
            late.cancel()

    def _work(
        self, asked: Asked, loop: asyncio.AbstractEventLoop, result: asyncio.Future[tuple[Told, float]]
    ) -> None:
        began = time.perf_counter()
        try:
            told = told_of(self._handler(event_of(asked, time.time()), Context(FUNCTION, self._seconds)))
        except BaseException:
            log.exception("%s %s was not answered.", asked.method, asked.path)
            told = refused(500, "Internal Server Error")
        billed = time.perf_counter() - began
        try:
            loop.call_soon_threadsafe(_settle, result, (told, billed))
        except RuntimeError:  # the server has ended
            return

    def _say(self, scope: Message, status: int, taken: float, billed: float) -> None:
        path = repr(scope["path"])[1:-1][:200]  # a line break in an address would make two lines
        cost = f"{taken * 1000:.1f} ms, billed {math.ceil(billed * 1000)} ms"
        self._out.write(f"{scope['method']} {path} {status} {cost}\n")

    def stop(self) -> None:
        """Let the threads end."""
        self._pool.stop()


def _settle(result: asyncio.Future[tuple[Told, float]], told: tuple[Told, float]) -> None:
    if not result.done():
        result.set_result(told)


def _with_length(told: Told, method: str) -> Sequence[tuple[bytes, bytes]]:
    """The headers with the body's true length; what a function says of a body that nobody asked for stands."""
    if method == "HEAD":
        return told.headers
    headers = [each for each in told.headers if each[0] != b"content-length"]
    return [*headers, (b"content-length", str(len(told.body)).encode())]


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes | None:
    """What was sent; None if it is more than any function takes."""
    message = await receive()
    parts: list[bytes] = [message.get("body", b"")]
    size = len(parts[0])
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        if (size := size + len(parts[-1])) > LAMBDA_BYTES:
            return None
    return b"".join(parts)


def serve(
    gateway: Gateway, listener: socket.socket, begun: Callable[[Callable[[], None]], None] | None = None
) -> None:
    """Answer until Ctrl+C; `begun` is told what else ends it."""
    import uvicorn

    gc.freeze()  # what is imported by now stays, and need not be looked through again and again
    config = uvicorn.Config(
        gateway,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    if begun is not None:
        begun(lambda: setattr(server, "should_exit", True))
    try:
        server.run([listener])
    finally:
        gateway.stop()
