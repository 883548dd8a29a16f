"""A thousand open pages without a thousand browsers: each gets its page, opens its socket and speaks its protocol.

    crowd = Crowd(server.port, OurScreen)
    await crowd.enter(1000)
    seconds = await crowd.all_see("5 changes", "/change/5")

The clients are as light as they can be, since they share the machine with the server: what arrives is looked at as
text, and only what the protocol asks for is answered.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import json
import os
import re
import time
import uuid
from urllib.parse import urlencode

from ._tap import Messages, _unmasked

AT_ONCE = 20  # pages under way while a crowd comes in
PATIENCE_S = 120


class Screen(asyncio.Protocol):
    """One page's socket; a framework's own says how it begins and what it answers."""

    path = ""

    def __init__(self, crowd: Crowd, page: str) -> None:
        self.crowd = crowd
        self.page = page
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._messages = Messages()
        self._head: bytes | None = b""  # what has come before the socket is one

    def begin(self) -> None:
        """The socket is open."""

    def hear(self, text: str) -> None:
        """Do what the protocol asks for when this message has come."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """Send a message."""
        self._write(0x81, text.encode())

    def _write(self, first: int, payload: bytes) -> None:
        size, key = len(payload), os.urandom(4)
        head = bytes([first, 0x80 | size]) if size < 126 else bytes([first, 0xFE]) + size.to_bytes(2, "big")
        self._transport.write(head + key + _unmasked(payload, key))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            self.crowd.request(self.path)
            + f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._head = None
            self.begin()
        for text in self._messages.of(data):
            self.hear(text)
            self.crowd.note(self, text)
        while self._messages.pings:  # who does not answer is taken for gone
            self._write(0x8A, self._messages.pings.pop())

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionError("the server hung up"))
        self.crowd.lost(self)

    def leave(self) -> None:
        """Close the page."""
        self._transport.close()

    def is_ready(self) -> None:
        """The page is live."""
        if not self.ready.done():
            self.ready.set_result(None)


class OurScreen(Screen):
    """See `hipflask/ui/wire.py`."""

    path = "/_hipflask/live"

    def begin(self) -> None:
        """Say which session this is."""
        found = re.search(r'<script type="application/json" id="hipflask-page">(.*?)</script>', self.page)
        assert found is not None, self.page
        page = json.loads(found[1])
        self.say(json.dumps(["hello", page["session"], page["frame"]]))

    def hear(self, text: str) -> None:
        """Acknowledge frames."""
        if text.startswith('["frame",'):
            self.say(f'["ack",{text[9 : text.index(",", 9)]}]')
        elif text.startswith('["welcome"'):
            self.is_ready()


class NiceGuiScreen(Screen):
    """Socket.IO over a WebSocket, with the query that the page carries."""

    def __init__(self, crowd: Crowd, page: str) -> None:
        super().__init__(crowd, page)
        found = re.search(r"query: (\{.*?\}),\n", page)
        assert found is not None, page
        said: dict[str, object] = ast.literal_eval(
            found[1]
        )  # written as Python, and True is defined in the page
        query = {name: "true" if value is True else value for name, value in said.items()}
        ids = {"tab_id": str(uuid.uuid4()), "old_tab_id": "", "document_id": str(uuid.uuid4())}
        query |= ids | {"EIO": 4, "transport": "websocket"}
        self.path = f"/_nicegui_ws/socket.io/?{urlencode(query)}"

    def hear(self, text: str) -> None:
        """Connect, and answer pings."""
        if text.startswith("0"):
            self.say("40")
        elif text.startswith("40"):
            self.is_ready()
        elif text == "2":
            self.say("3")
        assert not text.startswith("44"), text


class Crowd:
    """Many screens on one server."""

    def __init__(self, port: int, kind: type[Screen]) -> None:
        self._port = port
        self._kind = kind
        self._cookie = ""
        self._screens: list[Screen] = []
        self._awaited = ""
        self._missing: set[Screen] = set()
        self.lost_count = 0
        self._all_saw: asyncio.Event = asyncio.Event()

    async def enter(self, count: int, token: str = "") -> None:
        """Have so many more pages opened, and wait until all of them are live."""
        if token:
            head, _ = await self.get(f"/?_token={token}")
            found = re.search(r"(?im)^set-cookie: *([^;\r]*)", head)
            self._cookie = f"Cookie: {found[1]}\r\n" if found else ""
        turns = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._enter_one(turns) for _ in range(count)))

    async def all_see(self, text: str, path: str) -> float:
        """Seconds from asking for `path` until the last screen has been sent `text`."""
        self._awaited, self._missing = f'"{text}"', set(self._screens)
        self._all_saw.clear()
        begun = time.perf_counter()
        asking = asyncio.create_task(self.get(path))
        try:
            await asyncio.wait_for(self._all_saw.wait(), PATIENCE_S)
        except TimeoutError:
            raise SystemExit(
                f"{len(self._missing)} of {len(self._screens)} pages were never sent {text!r}"
            ) from None
        taken = time.perf_counter() - begun
        await asking
        return taken

    def leave(self) -> None:
        """Close all pages."""
        leaving, self._screens = self._screens, []
        for screen in leaving:
            screen.leave()

    def lost(self, screen: Screen) -> None:
        """The server has hung up on a screen (a browser would come back); nobody waits for it any more."""
        if screen in self._screens:
            self._screens.remove(screen)
            self.lost_count += 1
            self._need_no_more(screen)

    def note(self, screen: Screen, text: str) -> None:
        """A screen has been sent this."""
        if self._missing and self._awaited in text:
            self._need_no_more(screen)

    def _need_no_more(self, screen: Screen) -> None:
        self._missing.discard(screen)
        if not self._missing:
            self._all_saw.set()

    def request(self, path: str) -> bytes:
        """The first lines of a request, without the empty one."""
        host = f"127.0.0.1:{self._port}"
        return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n{self._cookie}".encode()

    async def get(self, path: str) -> tuple[str, str]:
        """Head and body of what the server answers."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(self.request(path) + b"Accept: text/html\r\nConnection: close\r\n\r\n")
        head, _, body = (await reader.read(-1)).decode().partition("\r\n\r\n")
        writer.close()
        return head, body

    async def _enter_one(self, turns: asyncio.Semaphore) -> None:
        async with turns:
            _, page = await self.get("/")
            loop = asyncio.get_running_loop()
            _, screen = await loop.create_connection(lambda: self._kind(self, page), "127.0.0.1", self._port)
            await asyncio.wait_for(screen.ready, PATIENCE_S)
            self._screens.append(screen)
