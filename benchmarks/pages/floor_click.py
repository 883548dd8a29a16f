"""The least that a click can cost with a server in Python: an echo over the same socket library, no framework.

The page sends the number it wants to see and shows what comes back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PAGE = """<!doctype html><meta charset="utf-8"><title>Floor</title><link rel="icon" href="data:,">
<p id="label">0 clicks</p><button id="button">Click</button>ITEMS
<script>
const socket = new WebSocket(`ws://${location.host}/`);
let clicks = 0;
button.onclick = () => socket.send(`${++clicks} clicks`);
socket.onmessage = (message) => { label.textContent = message.data; };
</script>"""


async def app(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await echo(receive, send)
    elif scope["type"] == "http":
        await page(int(scope["path"].rpartition("/")[2] or 0), send)


async def echo(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


async def page(count: int, send: Send) -> None:
    items = "".join(f"<p>item {i}</p>" for i in range(count))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": PAGE.replace("ITEMS", items).encode()})
