"""A replica on a WebSocket: two lanes, one that hears and one that tells, until either of them or the hub has had enough."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import Any

from .. import messages
from ..messages import MessageRefused, Refused
from .asgi import OURS, Answer, Event, Gone, Receive, Scope, Send, pairs
from .conversation import Conversation, Ended, Staff, refusal_of
from .door import Guest

PROTOCOL = f"hipflask.{messages.PROTOCOL}"
HELLO_SECONDS = 10.0
NEWS_SECONDS = (
    30.0  # after which news are asked for unwoken: what a user may have can change by what nobody captures
)
LAST_SECONDS = 3.0  # for what is under way when the hub ends a conversation
REFUSED, BUSY, GOING = 1008, 1013, 1012


def not_a_replica(scope: Scope) -> Answer | None:
    """What is answered to a socket that does not speak our protocol."""
    if PROTOCOL in scope["subprotocols"]:
        return None
    offered = ", ".join(scope["subprotocols"]) or "none"
    return Answer.sentence(400, f"This socket speaks the subprotocol {PROTOCOL}; {offered} was offered.")


class Socket:
    """One WebSocket, from its acceptance to its end."""

    def __init__(self, staff: Staff, guest: Guest, receive: Receive, send: Send) -> None:
        self.conversation = Conversation(staff, guest.user, guest.token, self._write)
        self._receive = receive
        self._send = send

    async def serve(self) -> None:
        """Talk with the replica until the connection ends."""
        await self._send(
            {"type": "websocket.accept", "subprotocol": PROTOCOL, "headers": pairs(dict([OURS]))}
        )
        lanes = [asyncio.create_task(self._hear()), asyncio.create_task(self._tell())]
        ends: set[asyncio.Future[Any]] = {*lanes, self.conversation.ending}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if self.conversation.ending.done():  # the hub ends it: what has been heard is still answered
                await asyncio.wait(lanes[:1], timeout=LAST_SECONDS)
            refused, code = self._why(lanes)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
        if code is not None:
            with suppress(Gone):
                await self._close(refused, code)

    def _why(self, lanes: list[asyncio.Task[None]]) -> tuple[Refused | None, int | None]:
        """What is said last, and the code with which the socket is closed; None if nobody is there to hear it."""
        for lane in lanes:
            if lane.done() and not lane.cancelled() and (error := lane.exception()) is not None:
                refused = refusal_of(error)
                return refused, None if refused is None else _code(refused)
        refused = self.conversation.ending.result() if self.conversation.ending.done() else None
        return refused, _code(refused)

    async def _hear(self) -> None:
        """What the replica says, one message after the other, until the hub ends it."""
        ending = self.conversation.ending
        while not ending.done():
            receiving = asyncio.ensure_future(self._receive())
            limit = None if self.conversation.is_welcome else HELLO_SECONDS
            either: set[asyncio.Future[Any]] = {receiving, ending}
            await asyncio.wait(either, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not receiving.done():
                receiving.cancel()
                if not ending.done():
                    raise Ended(Refused("message", f"A hello is said within {HELLO_SECONDS:.0f} seconds."))
                return
            await self.conversation.hear(_data(receiving.result()))

    async def _tell(self) -> None:
        """News, whenever there may be some."""
        while True:
            await self.conversation.until_woken(
                NEWS_SECONDS * random.uniform(0.8, 1.2)
            )  # not all of them at once
            await self.conversation.tell()

    async def _write(self, data: bytes) -> None:
        try:
            await self._send({"type": "websocket.send", "bytes": data})
        except OSError:  # as ASGI says it
            raise Gone from None

    async def _close(self, refused: Refused | None, code: int) -> None:
        if refused is not None:
            await self._write(messages.encode(refused))
        with suppress(OSError):
            await self._send(
                {"type": "websocket.close", "code": code, "reason": refused.code if refused else "going away"}
            )


def _code(refused: Refused | None) -> int:
    if refused is None:
        return GOING
    return BUSY if refused.code == "busy" else REFUSED


def _data(event: Event) -> bytes:
    if event["type"] == "websocket.disconnect":
        raise Gone
    data = event.get("bytes")
    if data is None:
        raise MessageRefused("A message is bytes, and a text came.")
    return data  # type: ignore[no-any-return]
