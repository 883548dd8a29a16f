"""Many replicas in one process, each a socket to a hub that speaks the protocol by hand: as light as they can be, since they share its machine."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable

from hipflask.sync import messages
from hipflask.sync.messages import Ack, Change, Changes, Checkpoint, Hello, Message, Push

from ._tap import _unmasked

PATIENCE_S = 60
AT_ONCE = 20  # that come in at the same time
_BINARY, _CLOSE, _PING, _PONG = 2, 8, 9, 10


class Replica(asyncio.Protocol):
    """One replica's socket. What it has been told is noted, not kept."""

    def __init__(self, token: str, schema: dict[str, dict[str, str]]) -> None:
        loop = asyncio.get_running_loop()
        self.is_current: asyncio.Future[float] = loop.create_future()  # when the next checkpoint came
        self.acked: asyncio.Future[Ack] = loop.create_future()
        self._schema = schema
        self._token = token
        self._number = 0
        self._bytes = bytearray()
        self._has_begun = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /sync HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {self._token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Protocol: hipflask.1\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        if not self._has_begun:
            head, end, rest = bytes(self._bytes).partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                raise SystemExit(f"The hub does not let a replica in: {rest.decode()}")
            self._has_begun = True
            self._bytes = bytearray(rest)
            self.say(Hello(messages.PROTOCOL, "", "", self._schema, b"", b"", 0, []))
        while (frame := self._next()) is not None:
            self._heard(*frame)

    def say(self, message: Message) -> None:
        """Send a message."""
        self._write(_BINARY, messages.encode(message))

    def push(self, changes: list[Change]) -> asyncio.Future[Ack]:
        """Push some changes; the answer is their acknowledgement."""
        self._number += 1
        self.acked = asyncio.get_running_loop().create_future()
        self.say(Push(self._number, 0, 1, messages.pack(Changes(int(time.time() * 1000), changes))))
        return self.acked

    def next_checkpoint(self) -> asyncio.Future[float]:
        """When the next one has come."""
        self.is_current = asyncio.get_running_loop().create_future()
        return self.is_current

    def leave(self) -> None:
        """Hang up."""
        self._transport.close()

    def _heard(self, kind: int, payload: bytes) -> None:
        if kind == _PING:
            self._write(_PONG, payload)
        elif kind == _CLOSE:
            raise SystemExit("The hub has closed a connection.")
        elif payload[2:6] == b"page":
            return
        else:
            self._took(messages.from_hub(payload))

    def _took(self, message: messages.FromHub) -> None:
        match message:
            case Checkpoint() if not self.is_current.done():
                self.is_current.set_result(time.perf_counter())
            case Ack():
                self.acked.set_result(message)
            case messages.Refused():
                raise SystemExit(f"The hub has refused a replica: {message.sentence}")

    def _next(self) -> tuple[int, bytes] | None:
        """The first whole frame; the hub's are neither masked nor in parts."""
        have = self._bytes
        if len(have) < 2:
            return None
        size, start = have[1], 2
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(have[2:start], "big")
        if len(have) < start + size:
            return None
        frame = have[0] & 0x0F, bytes(have[start : start + size])
        del have[: start + size]
        return frame

    def _write(self, kind: int, payload: bytes) -> None:
        size, key = len(payload), os.urandom(4)
        wide = (
            bytes([0x80 | size])
            if size < 126
            else b"\xfe" + size.to_bytes(2, "big")
            if size < 65536
            else b"\xff" + size.to_bytes(8, "big")
        )
        self._transport.write(bytes([0x80 | kind]) + wide + key + _unmasked(payload, key))


async def entered(
    ports: list[int], count: int, token: str, schema: dict[str, dict[str, str]]
) -> list[Replica]:
    """So many replicas, divided among these hubs, each with everything that there is."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def enter(port: int) -> Replica:
        async with turns:
            make: Callable[[], Replica] = lambda: Replica(token, schema)  # noqa: E731
            _, replica = await asyncio.get_running_loop().create_connection(make, "127.0.0.1", port)
            await asyncio.wait_for(replica.is_current, PATIENCE_S)
            return replica

    return list(await asyncio.gather(*(enter(ports[number % len(ports)]) for number in range(count))))
