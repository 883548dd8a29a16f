"""Files that a screen uploads: `POST /_hipflask/upload/SESSION/NODE?name=…`, with the file as the body.

Who knows the session's id is its screen. What comes is written to disk piece by piece, in a thread; the answer comes once
the app's handler has taken the file, so a screen sends one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ..core.errors import EntryError
from ..ui.host import Host
from ..ui.live import LiveSession
from ..ui.tree import Node
from ..ui.uploads import Incoming, UploadedFile

UPLOAD = "/_hipflask/upload/"
EVENT = "upload"

# So much is collected before a thread is asked to write it.
PIECE = 1_000_000
# How long to wait, and how often to ask, while a handler is still busy with an earlier file.
TAKEN_SECONDS = 600.0
ASK_SECONDS = 0.05

Answer = tuple[int, str]


async def upload(
    host: Host,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    receive: Callable[[], Awaitable[Any]],
) -> Answer:
    """Receive one file; returns a status and a sentence for the person at the screen."""
    session, node = _find(host, path)
    if session is None or node is None or method != "POST":
        return 404, "This window takes no files there any more."
    name = parse_qs(query).get("name", ["file"])[0]
    incoming = Incoming(name, headers.get("content-type", ""), int(node.props["most"]))
    try:
        _check(node, incoming, headers)
        async for piece in _pieces(receive):
            await asyncio.to_thread(incoming.write, piece)
        if incoming.size < _length(headers):
            raise EntryError("The connection was lost.")
        file = incoming.finish()
    except EntryError as error:
        incoming.discard()
        return 413, str(error)
    except BaseException:
        incoming.discard()
        raise
    return await _hand_over(session, node, file)


def _find(host: Host, path: str) -> tuple[LiveSession | None, Node | None]:
    session_id, _, node_id = path.removeprefix(UPLOAD).partition("/")
    session = host.find(session_id)
    if session is None or not node_id.isdecimal() or len(node_id) > 15:
        return None, None
    node = session.node(int(node_id))
    takes_files = node is not None and EVENT in node.handlers and not node.props.get("disabled")
    return session, node if takes_files else None


def _check(node: Node, incoming: Incoming, headers: Mapping[str, str]) -> None:
    """Raise EntryError where it is known beforehand that the file will not do."""
    incoming.check(str(node.props["accept"]))
    incoming.expect(_length(headers))


def _length(headers: Mapping[str, str]) -> int:
    """How much was announced; 0 if nothing was."""
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


async def _pieces(receive: Callable[[], Awaitable[Any]]) -> AsyncIterator[bytes]:
    collected = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise EntryError("The connection was lost.")
        collected += message.get("body", b"")
        more = message.get("more_body", False)
        if len(collected) >= PIECE or not more:
            yield bytes(collected)
            collected.clear()


async def _hand_over(session: LiveSession, node: Node, file: UploadedFile) -> Answer:
    end = asyncio.get_running_loop().time() + TAKEN_SECONDS
    while not session.give(node.id, EVENT, file):
        is_gone = session.node(node.id) is None
        if is_gone or asyncio.get_running_loop().time() > end:
            file.forget()
            return 503, "The program had no time for it."
        await asyncio.sleep(ASK_SECONDS)
    return 200, ""
