"""A small true server that plays the session's part by hand: a test says what it sends and reads what arrives.

server.draw(tree)                        the page now carries this tree
page.goto(server.url)
assert server.receive() == ["hello", "s1", 1]
server.send(["welcome", 0])
"""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import threading
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import uvicorn

import hipflask.ui

STATIC = Path(hipflask.ui.__path__[0]) / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css"}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" '
    'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{}</svg>'
)

Message = list[Any]


class Server:
    """One page and one socket at a time, on 127.0.0.1, in a thread of its own."""

    def __init__(self) -> None:
        self.manifest = json.loads((STATIC / "manifest.json").read_text())
        self.icons = json.loads((STATIC / "icons.json").read_text())
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        self.sends: set[Callable[[Message], Any]] = set()
        self.forget()
        config = uvicorn.Config(
            self,
            log_level="error",
            lifespan="off",
            ws="websockets-sansio",
            ws_ping_interval=None,  # a ping asks `random` for a number, behind Hypothesis's back
        )
        self.uvicorn = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.uvicorn.run, args=([self.socket],), daemon=True)
        self.thread.start()

    def forget(self) -> None:
        """Begin anew for the next test."""
        self.received: queue.Queue[Message] = queue.Queue()
        self.status = 200
        self.refuses = False
        self.language = "en"
        self.plain = ""  # a page that is none of ours, in place of the live one
        self.requests: list[str] = []
        self.draw([1, "hf-root", {}, []])

    def draw(self, tree: Message, session: str = "s1", frame: int = 1, **more: Any) -> None:
        """Say what the page carries from now on."""
        self.page = {
            "session": session,
            "frame": frame,
            "tree": tree,
            "socket": "/_hipflask/socket",
            "theme": {},
            "scheme": "auto",
            "debug": True,
        } | more

    def receive(self, timeout: float = 5) -> Message:
        """The next message from the screen."""
        return self.received.get(timeout=timeout)

    def hears_nothing(self, seconds: float = 0.3) -> bool:
        try:
            raise AssertionError(f"the screen sent {self.received.get(timeout=seconds)}")
        except queue.Empty:
            return True

    def send(self, *messages: Message) -> None:
        """Send messages to the screen, one right after the other."""
        for message in messages:
            for send in list(self.sends):
                send(message)

    def drop(self) -> None:
        """Cut the connection."""
        for send in list(self.sends):
            send([])

    def stop(self) -> None:
        self.uvicorn.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive(), "the server did not stop"
        self.socket.close()

    # ── ASGI ──────────────────────────────────────────────────────────────────────────────────

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await self.serve_socket(receive, send)
        else:
            await self.serve_file(scope["path"], send)

    async def serve_socket(self, receive: Any, send: Any) -> None:
        await receive()
        if self.refuses:
            return await send({"type": "websocket.close", "code": 1008})
        await send({"type": "websocket.accept"})
        outgoing: asyncio.Queue[Message] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(message: Message) -> None:
            loop.call_soon_threadsafe(outgoing.put_nowait, message)

        self.sends.add(put)
        writer = asyncio.create_task(self.write(outgoing, send))
        try:
            while (message := await receive())["type"] == "websocket.receive":
                self.received.put(json.loads(message["text"]))
        finally:
            self.sends.discard(put)
            writer.cancel()

    async def write(self, outgoing: asyncio.Queue[Message], send: Any) -> None:
        while message := await outgoing.get():
            await send({"type": "websocket.send", "text": json.dumps(message)})
        await send({"type": "websocket.close", "code": 1001})

    async def serve_file(self, path: str, send: Any) -> None:
        self.requests.append(path)
        status, kind, body = self.file(path)
        headers = [(b"content-type", kind.encode()), (b"content-security-policy", POLICY.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def file(self, path: str) -> tuple[int, str, bytes]:
        name = path.rpartition("/")[2]
        if path.startswith("/_hipflask/static/"):
            return 200, TYPES[Path(name).suffix], (STATIC / name).read_bytes()
        if path.startswith("/_hipflask/icons/"):
            inner = self.icons.get(name.removesuffix(".svg"))
            return (200, "image/svg+xml", SVG.format(inner).encode()) if inner else (404, "text/plain", b"")
        if path == "/":
            return self.status, "text/html; charset=utf-8", (self.plain or self.html()).encode()
        return 404, "text/plain", b""

    def html(self) -> str:
        data = json.dumps(self.page).replace("<", "\\u003c")
        return (
            f'<!doctype html><html lang="{escape(self.language)}"><head><meta charset="utf-8"><title>Test</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f'<link rel="stylesheet" href="/_hipflask/static/{self.manifest["css"]}">'
            f'<script type="module" src="/_hipflask/static/{self.manifest["js"]}"></script></head>'
            f'<body><script type="application/json" id="hipflask-page">{data}</script></body></html>'
        )
