"""One conversation with the hub from its first word to its end, over a socket or by posts."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from ..exchange import ReplicaTalk
from ..messages import Ack, Ask, Checkpoint, FromHub, Have, Message, Page, Welcome, from_hub
from ..parties import Replica
from .address import Unreachable
from .mailbox import Mailbox
from .posts import BrokenOff, Poster

if TYPE_CHECKING:  # its library is read when a connection is made
    from .sockets import SocketLine

WRITTEN = "written"  # the sign that something has been written here
COALESCE_SECONDS = 0.02  # what is written in one go is pushed in one go
WELCOME_SECONDS = 30.0
LONG_POLL_SECONDS = 20
REST_SECONDS = 1.0  # after an answer that came at once and said nothing new


class Companion(Protocol):
    """Who looks on, tells people how far it is, and says when to leave."""

    def patience(self) -> float:
        """How many seconds until there is something to look after."""

    def question(self) -> int:
        """The newest question whether everything is here: somebody waits for it."""

    def is_to_leave(self, signs: Collection[str]) -> bool:
        """Whether the conversation is to end here, now that these signs have been given."""

    def heard(self, message: FromHub, talk: ReplicaTalk) -> None:
        """The hub has said this, and it has been taken."""


class SilentHub(Unreachable):
    """A connection over which nothing comes."""


def by_socket(replica: Replica, line: SocketLine, mailbox: Mailbox, companion: Companion) -> None:
    """Exchange over a socket until it is time to leave; raises what ends it before."""
    talk = ReplicaTalk(replica)
    latest = time.monotonic() + WELCOME_SECONDS
    push_at: float | None = None
    signs: set[str] = set()
    line.say(talk.begin())
    while not companion.is_to_leave(signs):
        until_push = companion.patience() if push_at is None else push_at - time.monotonic()
        data, signs = mailbox.take(min(companion.patience(), max(until_push, 0.0)))
        if data is not None:
            message = from_hub(data)
            line.say(talk.heard(message))
            companion.heard(message, talk)
            latest = float("inf")
        if WRITTEN in signs and push_at is None:
            push_at = time.monotonic() + COALESCE_SECONDS
        if push_at is not None and time.monotonic() >= push_at:
            push_at = None
            line.say(talk.written())
        if asked := talk.ask(companion.question()):
            line.say([*talk.written(), *asked])
        if time.monotonic() > latest:
            raise SilentHub("The hub does not answer.")


class Posts:
    """Exchanges by posts, one after the other; a long wait for news is broken off when there is something to say.

    A push goes along with the hello of its post, so an answer to that push may be lost with the ticket in the same answer: hubs know it.
    """

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._may_break_off = False
        self._have: list[Message] = []  # which checkpoint has been applied: to be said with the next post
        self._answered = 0

    def exchange(self, replica: Replica, mailbox: Mailbox, companion: Companion) -> None:
        """Go on until it is time to leave; raises what ends it before."""
        wait_seconds, rest_seconds = 0, 0.0
        while not companion.is_to_leave(
            mailbox.take(rest_seconds)[1]
        ):  # what has been written until now goes along
            try:
                has_news = self._one(replica, wait_seconds, companion)
                rest_seconds = 0.0 if has_news or wait_seconds == 0 else REST_SECONDS
            except BrokenOff:
                rest_seconds = 0.0
                time.sleep(COALESCE_SECONDS)
            wait_seconds = LONG_POLL_SECONDS

    def break_off(self) -> None:
        """There is something to say, or to do: wait for news no longer. From any thread."""
        if self._may_break_off:
            self._poster.break_off()

    def _one(self, replica: Replica, wait_seconds: int, companion: Companion) -> bool:
        talk, has_news = ReplicaTalk(replica), False
        begun, parts = talk.begin(), replica.push()
        asked = [Ask(question)] if (question := companion.question()) > self._answered else []
        has_time = wait_seconds > 0 and not parts
        self._may_break_off = has_time
        try:
            said = [*begun, *self._have, *parts, *asked]
            for message in self._answers(said, wait_seconds if has_time else 0):
                self._may_break_off = has_time and isinstance(message, Welcome | Checkpoint)
                has_news = has_news or isinstance(message, Page | Ack)
                replies = talk.heard(message)
                self._have = [each for each in replies if isinstance(each, Have)] or self._have
                self._answered = max(self._answered, talk.answered)
                companion.heard(message, talk)
        finally:
            self._may_break_off = False
        return has_news

    def _answers(self, said: Sequence[Message], wait_seconds: int) -> Iterator[FromHub]:
        for data in self._poster.post(said, wait_seconds):
            yield from_hub(data)
