"""A WSGI app (Flask) on an ASGI server, with one way to a thread and one way back for an ordinary request.

    loop:    receive the body → environ → hand over          … await …          → send head and body
    thread:                                call the app, take what it answers ↗

Each way costs far more than all that is done here, because it waits for a thread to wake up and for the interpreter.
So the answer comes back in one piece when it is one: a first part that is as long as its Content-Length says. An answer that
comes in parts is sent part by part, each when the one before it has been taken; its app is told to stop when nobody
listens any more. A body that has not arrived as a whole is read by the app as it comes.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any

from ..ui.workers import Pool

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Bridge:
    """A WSGI app as an ASGI application; it is called in threads."""

    def __init__(self, app: App, threads: int) -> None:
        self._app = app
        self._pool = Pool(threads, "hipflask-flask")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        first = await receive()
        if first["type"] == "http.disconnect":
            return
        answer = Answer(receive, send, first)
        self._pool.submit(answer.give, self._app, environ(scope, answer.body))
        try:
            await answer.send_all()
        finally:
            answer.end()

    def stop(self) -> None:
        """Let the threads end."""
        self._pool.stop()


class Answer:
    """What the app says to one request: given in a thread, sent on the loop."""

    def __init__(self, receive: Receive, send: Send, first: Message) -> None:
        self._receive = receive
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._whole: asyncio.Future[bytes | BaseException] = self._loop.create_future()
        self._incoming = None if not first.get("more_body") else Incoming(self._loop, receive, first)
        self.body: io.BufferedIOBase = (
            io.BytesIO(first["body"]) if self._incoming is None else io.BufferedReader(self._incoming)
        )
        self._head: Message | None = None
        self._is_begun = self._is_over = False
        self._watching: asyncio.Task[None] | None = None

    # ── in the thread ─────────────────────────────────────────────────────────────────────────────

    def give(self, app: App, environ: dict[str, Any]) -> None:
        """Call the app and take what it answers."""
        try:
            parts = app(environ, self._start)
            try:
                self._settle(self._take(parts))
            finally:
                getattr(parts, "close", _nothing)()
        except NobodyListens:
            self._settle(b"")
        except BaseException as error:  # it is the server that says so, on the loop
            self._settle(error)

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info is not None and self._is_begun:
            raise exc_info[1].with_traceback(exc_info[2])
        self._head = {
            "type": "http.response.start",
            "status": int(status[:3]),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        return self._send_part

    def _take(self, parts: Iterable[bytes]) -> bytes:
        """Send all parts but one that is the whole answer, which is returned."""
        whole = b""
        for part in parts:
            if whole:
                self._send_part(whole)
                whole = b""
            if not self._is_begun and len(part) == self._length():
                whole = part
            elif part:
                self._send_part(part)
        return whole

    def _length(self) -> int:
        """What the head says of the length; -1 if nothing."""
        headers = self._head["headers"] if self._head is not None else ()
        return next((int(value) for name, value in headers if name == b"content-length"), -1)

    def _send_part(self, part: bytes) -> None:
        """Send a part, and wait until the connection has taken it."""
        asyncio.run_coroutine_threadsafe(self._stream(part), self._loop).result()

    def _settle(self, result: bytes | BaseException) -> None:
        try:
            self._loop.call_soon_threadsafe(self._be_whole, result)
        except RuntimeError:  # the loop has ended
            return

    # ── on the loop ───────────────────────────────────────────────────────────────────────────────

    async def send_all(self) -> None:
        """Send the answer's head and what the thread returns; parts before that come by themselves."""
        last = await self._whole
        if isinstance(last, Exception):
            raise last
        if isinstance(last, BaseException):
            raise AppEnded(f"The app raised {type(last).__name__} instead of answering.") from last
        if not self._is_over:
            await self._begin()
            await self._send({"type": "http.response.body", "body": last})

    def end(self) -> None:
        """Nothing is sent any more."""
        self._is_over = True
        if self._watching is not None:
            self._watching.cancel()

    def _be_whole(self, result: bytes | BaseException) -> None:
        if not self._whole.done():  # by the server, which has called the request off
            self._whole.set_result(result)

    async def _begin(self) -> None:
        if self._is_begun:
            return
        if self._head is None:
            raise RuntimeError("The app answered without calling start_response.")
        self._is_begun = True
        await self._send(self._head)

    async def _stream(self, part: bytes) -> None:
        if self._is_over:
            raise NobodyListens
        await self._begin()
        if self._watching is None and (self._incoming is None or self._incoming.is_read):
            self._watching = asyncio.create_task(self._watch())
        await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def _watch(self) -> None:
        """Notice that nobody listens any more: an endless answer would go on for ever."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._is_over = True


class AppEnded(Exception):
    """The app raised what would end a program, such as SystemExit; it is only this request that has failed."""


class NobodyListens(Exception):
    """Whoever asked has gone; raised where an app's answer would go on."""


class Incoming(io.RawIOBase):
    """A body that is still arriving, read by the app's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive, first: Message) -> None:
        self._loop = loop
        self._receive = receive
        self._here = memoryview(first["body"])
        self.is_read = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._here and not self.is_read:
            message = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            self._here = memoryview(message.get("body", b""))
            self.is_read = not message.get("more_body")
        size = min(len(buffer), len(self._here))
        buffer[:size], self._here = self._here[:size], self._here[size:]
        return size

    async def _next(self) -> Message:
        return await self._receive()


def environ(scope: Message, body: io.BufferedIOBase) -> dict[str, Any]:
    """What WSGI says of a request (PEP 3333), out of what ASGI says."""
    root = _as_wsgi(scope.get("root_path", ""))
    host, port = scope.get("server") or ("localhost", 80)
    client, client_port = scope.get("client") or ("", 0)
    said = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root,
        "PATH_INFO": _as_wsgi(scope["path"]).removeprefix(root),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.input_terminated": True,  # reading ends where the body does, also where no length was said
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name:  # X_User would pass for X-User, which a proxy in front may have vouched for
            continue
        variable, text = _variable(name), value.decode("latin-1")
        said[variable] = f"{said[variable]},{text}" if variable in said else text
    return said


def _as_wsgi(text: str) -> str:
    """Bytes as text, one letter each, as WSGI has it."""
    return text if text.isascii() else text.encode().decode("latin-1")


@lru_cache(256)
def _variable(header: bytes) -> str:
    name = header.decode("latin-1").upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def _nothing() -> None:
    """An answer that needs no closing."""
