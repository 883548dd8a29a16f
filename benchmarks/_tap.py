"""A proxy between a browser and a server on loopback that reads along in their WebSocket.

    with Tap(server.port, heard) as tap:
        page.goto(tap.url)                  # heard(SERVER, '["frame",2,1,[…]]'), heard(BROWSER, '["ack",2]'), …

Bytes pass through as they come, and are parsed beside that. The tap writes only in the head of each request: Host and
Origin become the server's own, so that it sees what it expects; compression is not offered, so that messages can be
read; and every request but the socket's gets a connection of its own, so that each head is found.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from types import TracebackType

BROWSER, SERVER = "browser", "server"
Heard = Callable[[str, str], None]

_CHUNK = 1 << 16
_TEXT, _PING = 1, 9


class Tap:
    """The proxy, running on an event loop in a thread of its own while `with` lasts."""

    def __init__(self, upstream: int, heard: Heard) -> None:
        self._upstream = upstream
        self._heard = heard
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._pipes: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        """Where the browser finds the server, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Tap:
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pipes.add(task)
        try:
            await self._carry(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._pipes.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        is_socket = b"upgrade: websocket" in head.lower()
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        up_writer.write(_request_head(head, self._upstream, is_socket))
        answer = await up_reader.readuntil(b"\r\n\r\n")
        writer.write(
            answer.replace(f"127.0.0.1:{self._upstream}".encode(), f"127.0.0.1:{self.port}".encode())
        )
        try:
            down = self._pump(up_reader, writer, SERVER if is_socket else None)
            up = asyncio.ensure_future(self._pump(reader, up_writer, BROWSER if is_socket else None))
            await down
            up.cancel()
        finally:
            up_writer.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, who: str | None
    ) -> None:
        messages = Messages()
        while data := await reader.read(_CHUNK):
            writer.write(data)
            for text in messages.of(data) if who else ():
                self._heard(who or "", text)
            await writer.drain()


def _request_head(head: bytes, upstream: int, is_socket: bool) -> bytes:
    address = f"127.0.0.1:{upstream}".encode()
    head = re.sub(rb"(?im)^(host:) *[^\r]*", rb"\1 " + address, head)
    head = re.sub(rb"(?im)^((?:origin|referer):) *http://[^/\r]*", rb"\1 http://" + address, head)
    head = re.sub(rb"(?im)^sec-websocket-extensions:[^\r]*\r\n", b"", head)
    return head if is_socket else re.sub(rb"(?im)^(connection:) *[^\r]*", rb"\1 close", head)


class Messages:
    """The text messages in one direction of a WebSocket, out of its bytes (RFC 6455, without extensions)."""

    def __init__(self) -> None:
        self.pings: list[bytes] = []  # what they carry, for who has to answer them
        self._bytes = bytearray()
        self._parts = bytearray()
        self._kind = 0

    def of(self, data: bytes) -> Iterator[str]:
        """Every text message that these bytes complete."""
        self._bytes += data
        while (frame := self._next()) is not None:
            is_last, kind, payload = frame
            if kind == _PING:
                self.pings.append(payload)
            if kind >= 8:  # ping, pong, close
                continue
            self._kind = kind or self._kind
            self._parts += payload
            if is_last:
                text, self._parts = bytes(self._parts), bytearray()
                if self._kind == _TEXT:
                    yield text.decode()

    def _next(self) -> tuple[bool, int, bytes] | None:
        """The first whole frame of what has come: whether it is a message's last, its opcode, its payload."""
        have = self._bytes
        if len(have) < 2:
            return None
        size, start = have[1] & 0x7F, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(have) < start:
                return None
            size = int.from_bytes(have[2:start], "big")
        is_masked = have[1] & 0x80
        end = start + (4 if is_masked else 0) + size
        if len(have) < end:
            return None
        payload = bytes(have[end - size : end])
        if is_masked:
            payload = _unmasked(payload, bytes(have[start : start + 4]))
        is_last, kind = bool(have[0] & 0x80), have[0] & 0x0F
        del have[:end]
        return is_last, kind, payload


def _unmasked(payload: bytes, key: bytes) -> bytes:
    size = len(payload)
    mask = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(mask, "big")).to_bytes(size, "big")
