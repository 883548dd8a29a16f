"""The app as ASGI: the live socket and our own files here, all else through Flask.

ASGI server → Web → guard → live socket | built files, icons and viewers | uploads | Flask, by a WSGI bridge
"""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache, lru_cache
from typing import Any, cast
from urllib.parse import parse_qsl

from flask import Flask

from ..core import tracing
from ..ui import assets, wire
from ..ui.figures import PATH as FIGURES
from ..ui.host import Host
from ..ui.live import LiveSession, OutOfOrder
from . import plain
from .doors import signed_doors_of
from .guard import Asked, Guard, OpenGuard, Refusal, Verdict, Welcome
from .pages import ICONS, SOCKET, STATIC, WRONG
from .uploads import UPLOAD, upload
from .wsgi import Bridge

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# A screen's own messages are short; the longest is a field full of text, of which the screen sends no more than this.
LONGEST_MESSAGE = 16_000_000
HELLO_SECONDS = 10.0
FLASK_THREADS = 16

POLICY_VIOLATION = 1008


class Web:
    """One app with its windows, as an ASGI application."""

    def __init__(self, app: Flask, host: Host, guard: Guard | OpenGuard) -> None:
        self._app = app
        self._host = host
        self._guard = guard
        if isinstance(guard, Guard):
            guard.signed_doors = signed_doors_of(app)
        self._flask = Bridge(cast(Any, app), FLASK_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await _live_and_let_live(receive, send)
            return
        verdict = self._guard.check(_asked(scope))
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, verdict)
        elif verdict is not None:
            await _turn_away(send, verdict)
        elif scope["path"].startswith(UPLOAD):
            await self._upload(_asked(scope), receive, send)
        elif (file := _own_file(scope["path"])) is not None:
            await _send_file(scope, send, *file)
        elif scope["path"].startswith(FIGURES):
            await _send_viewer(scope, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have Flask answer; what it lets through (it does so in debug) becomes a page that says what went wrong."""
        has_begun = False

        async def note_and_send(message: MutableMapping[str, Any]) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._flask(scope, receive, note_and_send)
        except Exception as error:
            if has_begun:
                raise
            self._app.logger.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            sentence, detail = "The details are in the program's log.", ""
            if self._app.debug:
                sentence = f"{type(error).__name__}: {error}"
                detail = "".join(traceback.format_exception(error))
            await _respond_plainly(send, 500, plain.page(WRONG, sentence, detail))

    def stop(self) -> None:
        """Let the threads that answer for Flask end."""
        self._flask.stop()

    async def _upload(self, asked: Asked, receive: Receive, send: Send) -> None:
        with tracing.span("request", "POST (upload)") as span:
            status, sentence = await upload(
                self._host, asked.method, asked.path, asked.query, asked.headers, receive
            )
            if span is not None:
                span.facts["status"] = status
        await _respond(send, status, sentence.encode(), [(b"content-type", b"text/plain; charset=utf-8")])

    async def _socket(self, scope: Scope, receive: Receive, send: Send, verdict: Verdict) -> None:
        await receive()
        if verdict is not None or scope["path"] != SOCKET:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        await send({"type": "websocket.accept"})
        window = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("window", "")
        await LiveSocket(self._host, receive, send, window).serve()


class LiveSocket:
    """One screen's connection: bytes in, bytes out, and the session that they belong to."""

    def __init__(self, host: Host, receive: Receive, send: Send, window: str = "") -> None:
        self._host = host
        self._window = window
        self._receive = receive
        self._transmit = send
        self._loop = asyncio.get_running_loop()
        # With a task only while there is something to send: a queue and one that waits at it weigh 3 KB in each window.
        self._outgoing: list[bytes] = []
        self._writer: asyncio.Task[None] | None = None
        self._is_over = False

    async def serve(self) -> None:
        """Carry messages until the screen goes away or says something that cannot be understood."""
        session: LiveSession | None = None
        try:
            session = await self._greet()
            while session is not None and (message := await self._read()) is not None:
                _tell(session, message)
        except (ValueError, OutOfOrder, TimeoutError, RecursionError) as error:
            await self._refuse(str(error) or type(error).__name__)
        finally:
            if session is not None:
                session.disconnect(self._post)
            self._is_over = True
            if self._writer is not None:
                self._writer.cancel()

    async def _greet(self) -> LiveSession | None:
        hello = await asyncio.wait_for(self._read(), HELLO_SECONDS)
        if hello is None:
            return None
        if not isinstance(hello, wire.Hello):
            raise OutOfOrder("the first message must be hello")
        session = self._host.find(hello.session)
        if session is None:
            farewell = self._host.farewell(hello.session)
            await self._send(wire.encode(farewell))
            while isinstance(farewell, wire.Halted) and await self._read() is not None:
                pass  # it has nothing to say that anybody could hear; the socket's end tells it to ask again
            return None
        session.connect(self._post, hello.frame, self._window)
        self._host.connected(session)
        return session

    async def _read(self) -> wire.FromScreen | None:
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            return None
        return wire.decode(message.get("text") or message.get("bytes") or b"")

    def _post(self, data: bytes) -> None:
        """Have data sent, from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._put, data)
        except RuntimeError:  # the loop has ended, and with it every screen's connection
            return

    def _put(self, data: bytes) -> None:
        self._outgoing.append(data)
        if not self._is_over and (self._writer is None or self._writer.done()):
            self._writer = self._loop.create_task(self._write())

    async def _write(self) -> None:
        while self._outgoing:
            await self._send(self._outgoing.pop(0))

    async def _send(self, data: bytes) -> None:
        await self._transmit({"type": "websocket.send", "text": data.decode()})

    async def _refuse(self, reason: str) -> None:
        await self._send(wire.encode(wire.Refused(reason)))
        await self._transmit({"type": "websocket.close", "code": POLICY_VIOLATION})


def _tell(session: LiveSession, message: wire.FromScreen) -> None:
    match message:
        case wire.Event():
            session.event(message)
        case wire.Ack():
            session.ack(message.number)
        case wire.Resync():
            session.resync(message.reason)
        case wire.Hello():
            raise OutOfOrder("hello was said already")


def _asked(scope: Scope) -> Asked:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope.get("query_string", b"").decode("latin-1")
    return Asked(scope.get("method", "GET"), scope["path"], query, headers, scope["type"] == "websocket")


async def _turn_away(send: Send, verdict: Refusal | Welcome) -> None:
    if isinstance(verdict, Welcome):
        headers = [(b"location", verdict.location.encode()), (b"set-cookie", verdict.cookie.encode())]
        await _respond(send, 303, b"", headers)
        return
    await _respond_plainly(send, verdict.status, plain.page("Not from here", verdict.sentence))


def _own_file(path: str) -> tuple[bytes, str] | None:
    """A built file or an icon, with its media type; None if the path is not one of ours."""
    if path.startswith(STATIC):
        return _built_file(path.removeprefix(STATIC))
    if path.startswith(ICONS) and path.endswith(".svg"):
        icon = assets.icon(path.removeprefix(ICONS).removesuffix(".svg"))
        return (icon.encode(), "image/svg+xml") if icon is not None else None
    return None


@lru_cache(64)  # of names that are ours and, for a while, of others
def _built_file(name: str) -> tuple[bytes, str] | None:
    if name not in {entry.name for entry in assets.STATIC.iterdir()}:
        return None
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return (assets.STATIC / name).read_bytes(), kind


@cache
def _zipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


async def _send_file(scope: Scope, send: Send, content: bytes, kind: str, *more: tuple[bytes, bytes]) -> None:
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
    if b"gzip" in accepted and len(content) > 1000 and not _is_loopback(scope):
        content = _zipped(content)
        headers += [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
    await _respond(send, 200, content, headers)


async def _send_viewer(scope: Scope, send: Send) -> None:
    """Answer with a page that shows figures, under the policy that belongs to it."""
    from ..ui.figures import viewers

    viewer = await asyncio.to_thread(viewers.find, scope["path"])
    if viewer is None:
        await _respond_plainly(send, 404, plain.page("Not found", "There is nothing at this address."))
    else:
        policy = (b"content-security-policy", viewer.policy.encode())
        await _send_file(scope, send, viewer.page, "text/html", policy, (b"referrer-policy", b"no-referrer"))


def _is_loopback(scope: Scope) -> bool:
    address, _ = scope.get("client") or ("", 0)
    return address in ("127.0.0.1", "::1")


async def _respond_plainly(send: Send, status: int, page: str) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in plain.HEADERS.items()]
    await _respond(send, status, page.encode(), headers)


async def _respond(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def _live_and_let_live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
