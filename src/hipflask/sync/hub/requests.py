"""A replica where sockets do not get through: everything that it has to say in one request, and all news in the answer.

    POST /sync?wait=20      Hello, Have, Push …      →      Welcome, Ack …, Begin, Page …, Checkpoint

With `wait` the answer is held open until there are news, so that they come as soon as over a socket.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from .. import messages
from ..framing import MEDIA_TYPE, Unframed, framed
from ..messages import MessageRefused, Refused
from .asgi import Answer, Gone, Receive, Scope, Send, begin
from .conversation import Conversation, Staff, refusal_of
from .door import Guest

LONGEST_WAIT = 60
BODY_SECONDS = 30.0  # between two pieces of a body


def refused_request(scope: Scope, headers: Mapping[str, str]) -> Answer | None:
    """What is answered to a request that is none of ours."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        return Answer.sentence(415, f"The body is messages as {MEDIA_TYPE}.")
    if _wait(scope) is None:
        return Answer.sentence(400, f"`wait` is a whole number of seconds from 0 to {LONGEST_WAIT}.")
    return None


def _wait(scope: Scope) -> int | None:
    given = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("wait", ["0"])
    is_number = len(given) == 1 and given[0].isascii() and given[0].isdigit() and len(given[0]) <= 2
    seconds = int(given[0]) if is_number else LONGEST_WAIT + 1
    return seconds if seconds <= LONGEST_WAIT else None


class Request:
    """One request, until its answer has been sent."""

    def __init__(self, staff: Staff, guest: Guest, scope: Scope, receive: Receive, send: Send) -> None:
        self.conversation = Conversation(staff, guest.user, guest.token, self._write)
        self._wait = _wait(scope) or 0
        self._receive = receive
        self._send = send
        self._answers: list[bytes] = []  # to what was said, until the answer has begun
        self._has_begun = False

    async def serve(self) -> None:
        """Hear all of it, then tell."""
        try:
            await self._hear()
            await self._begin()
            await self._tell()
        except Exception as error:
            await self._refuse(error)
        else:
            await self._send({"type": "http.response.body", "body": b""})

    async def _hear(self) -> None:
        unframed = Unframed(messages.MOST_BYTES)
        async for piece in self._body():
            for message in unframed.feed(piece):
                # Pushes belong to a name. Under a new one they would count twice, if this answer were lost.
                if not self.conversation.has_another_name:
                    await self.conversation.hear(message)
        unframed.end()
        if not self.conversation.is_welcome:
            raise MessageRefused("The body begins with a hello.")

    async def _body(self) -> AsyncIterator[bytes]:
        is_more = True
        while is_more:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    event = await self._receive()
            except TimeoutError:
                raise MessageRefused(
                    f"Nothing more of the body came for {BODY_SECONDS:.0f} seconds."
                ) from None
            if event["type"] == "http.disconnect":
                raise Gone
            is_more = event.get("more_body", False)
            yield event.get("body", b"")

    async def _tell(self) -> None:
        """News up to a checkpoint; if there are none yet, those that come while it waits."""
        end = time.monotonic() + self._wait
        ending = self.conversation.ending
        # The first news of a connection are a checkpoint at least: alone it says that there are none.
        while (
            await self.conversation.tell() < 2 and (left := end - time.monotonic()) > 0 and not ending.done()
        ):
            waking = asyncio.ensure_future(self.conversation.until_woken(left))
            leaving = asyncio.ensure_future(
                self._receive()
            )  # all has been received: what comes now is a disconnect
            any_of_them: set[asyncio.Future[Any]] = {waking, leaving, ending}
            try:
                await asyncio.wait(any_of_them, return_when=asyncio.FIRST_COMPLETED)
                if leaving.done():
                    raise Gone
            finally:
                waking.cancel()
                leaving.cancel()
        if ending.done() and (refused := ending.result()) is not None:
            await self._write(messages.encode(refused))

    async def _begin(self) -> None:
        await begin(self._send, 200, MEDIA_TYPE, {"x-accel-buffering": "no"})
        self._has_begun = True
        for answer in self._answers:
            await self._write(answer)

    async def _write(self, data: bytes) -> None:
        if not self._has_begun:
            self._answers.append(data)
            return
        try:
            await self._send({"type": "http.response.body", "body": framed(data), "more_body": True})
        except OSError:
            raise Gone from None

    async def _refuse(self, error: Exception) -> None:
        """Say what is wrong: by the status while there is one to choose, else as the last message."""
        refused = refusal_of(error)
        if refused is None:
            return
        if not self._has_begun and refused.code == "message":
            await Answer.sentence(400, refused.sentence).send(self._send)
        elif not self._has_begun and refused.code == "busy":
            await Answer.sentence(503, refused.sentence, retry_after="5").send(self._send)
        else:
            await self._refuse_within(refused)

    async def _refuse_within(self, refused: Refused) -> None:
        if not self._has_begun:
            await self._begin()
        await self._write(messages.encode(refused))
        await self._send({"type": "http.response.body", "body": b""})
