"""One replica that is connected, over a socket or for the length of a request: `exchange.HubTalk` in threads.

What the replica says is heard one thing after the other; news go out beside that, so neither waits for the other. News are read
only when the last have been written to the connection: a slow reader has no queue here, it only gets them later, and then the
newest.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any, cast

from ...core import tracing
from ...core.errors import HipflaskError
from .. import messages
from ..exchange import HubTalk
from ..messages import Ask, Checkpoint, Have, Hello, Message, MessageRefused, Refused
from ..parties import Hub
from ..traces import causes
from .asgi import Gone
from .threads import Threads

# Of news that are read before the first of them is written: a page of a download goes alone, and is unpacked while the next one is read.
AT_ONCE_BYTES = 64_000
HAVE_SECONDS = 10.0  # between two notes of what a replica has: they only tell what may be thrown away

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Staff:
    """Who does the work of all conversations. Hearing and telling have threads of their own: uploads do not wait for downloads."""

    hub: Hub
    hearing: Threads
    telling: Threads


class Ended(Exception):
    """The hub has refused something: it is said to the replica, and then the conversation is over."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.sentence)
        self.refused = refused


class Conversation:
    """What is said and heard on one connection; `send` takes an encoded message and returns when it has been written."""

    def __init__(self, staff: Staff, user: str, token: str, send: Callable[[bytes], Awaitable[None]]) -> None:
        self.token = token
        self._staff = staff
        self._talk = HubTalk(staff.hub, user)
        self._send = send
        self._woken = asyncio.Event()
        self._called = ""  # what the replica called itself
        self._had: Have | None = None  # heard, and not looked at yet
        self._to_note: Have | None = None
        self._noted = 0.0
        self.ending: asyncio.Future[Refused | None] = asyncio.get_running_loop().create_future()

    @property
    def is_welcome(self) -> bool:
        """Whether the replica has said who it is, and may go on."""
        return self._talk.visitor is not None

    @property
    def position(self) -> int | None:
        """The newest version that the replica has been sent; None if it has not said who it is."""
        return None if self._talk.visitor is None else self._talk.visitor.version

    @property
    def has_another_name(self) -> bool:
        """Whether the replica was given a name that it does not know yet."""
        return self._talk.visitor is not None and self._talk.visitor.replica != self._called

    def wake(self) -> None:
        """There may be news."""
        self._woken.set()

    def end(self, refused: Refused | None = None) -> None:
        """Let it end as soon as what is under way has been answered."""
        if not self.ending.done():
            self.ending.set_result(refused)

    async def hear(self, data: bytes) -> None:
        """Take one message, and answer; raises MessageRefused, and Ended."""
        message = messages.from_replica(data)
        if isinstance(message, Have) and self.is_welcome:
            self._had = message  # said between news, as nothing else may be heard while they are being read
            return
        if isinstance(message, Ask) and self.is_welcome:
            _all(self._talk.heard(message))  # a note for whoever tells the news
            self.wake()
            return
        if isinstance(message, Hello):
            self._called = message.replica
        for answer in await self._staff.hearing.run(_all, self._talk.heard(message)):
            if isinstance(answer, Refused):
                raise Ended(answer)
            await self._send(messages.encode(answer))
        if isinstance(message, Hello):  # of a push the next version tells
            self.wake()

    async def tell(self) -> int:
        """Send all that the replica does not have yet, and return how many messages that took."""
        self._woken.clear()
        self._look_at_had()  # now: after news it says nothing any more about what was sent last
        count = await self._tell_news()
        await self._note_had()  # which waits for the disk: news do not wait for it
        return count

    async def _tell_news(self) -> int:
        at_hand = self._talk.at_hand()
        if at_hand is None:
            with tracing.span("hub news", "read") as span:
                count = await self._tell_read(span)
                if span:
                    span.facts["messages"] = count
            return count
        if (
            at_hand
        ):  # most of the time; for a thousand replicas, a thousand turns of threads would take longest
            facts = {"messages": len(at_hand)}
            with tracing.span("hub news", "at hand", causes=_causes(at_hand[-1]), facts=facts):
                for each in at_hand:
                    await self._send(messages.encode(each))
        return len(at_hand)

    async def _tell_read(self, span: tracing.Span | None) -> int:
        """The same of what has to be read first."""
        news = cast("Generator[Message, None, None]", self._talk.woken())
        count, is_more = 0, True
        try:
            while is_more:
                some, is_more = await self._staff.telling.run(_some, news, span)
                for message in some:
                    await self._send(message)
                count += len(some)
        finally:
            if is_more:  # somebody else has ended it
                await self._staff.telling.run(news.close)
        return count

    async def until_woken(self, seconds: float) -> bool:
        """Wait until there may be news, but no longer than this; whether there may be."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        return True

    def _look_at_had(self) -> None:
        had, self._had = self._had, None
        if had is not None and self._talk.visitor is not None:
            self._talk.visitor.has(had.version)
            self._to_note = had

    async def _note_had(self) -> None:
        visitor, had = self._talk.visitor, self._to_note
        if visitor is not None and had is not None and time.monotonic() - self._noted > HAVE_SECONDS:
            self._to_note, self._noted = None, time.monotonic()
            await self._staff.telling.run(self._staff.hub.have, visitor, had.version)


def refusal_of(error: BaseException) -> Refused | None:
    """What the replica is told when its conversation ends with an error; None if it is not there any more."""
    match error:
        case Gone():
            return None
        case Ended():
            return error.refused
        case MessageRefused():
            return Refused("message", str(error))
        case HipflaskError():
            _logger.warning("A replica was sent away for now: %s", error)
            return Refused("busy", str(error))
        case _:
            _logger.error("A conversation with a replica failed.", exc_info=error)
            return Refused(
                "busy", "Something went wrong in the hub, and was written down there. Trying again is safe."
            )


def _all(answers: Any) -> list[Message]:
    return list(answers)


def _causes(message: Message) -> list[tracing.Cause]:
    """The pushes of which a checkpoint tells, as far as they are known."""
    return causes(message.traces) if isinstance(message, Checkpoint) else []


def _some(news: Generator[Message, None, None], span: tracing.Span | None) -> tuple[list[bytes], bool]:
    """The next news, encoded, and whether there may be more of them."""
    some: list[bytes] = []
    size = 0
    for message in news:
        some.append(messages.encode(message))
        if span:
            span.causes = span.causes or tuple(_causes(message))
        size += len(some[-1])
        if size >= AT_ONCE_BYTES:
            return some, True
    return some, False
