"""The two sides of an exchange, as `exchange.py` sees them: what holds a replica's rows, and what holds the hub's.

There are two of each: SQLite and PostgreSQL, and in `hipflask.testing` a hub in memory that everything else is measured against.
Every method is one step that is there as a whole or not at all: a process may be killed between any two of them, and in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .messages import Ack, Begin, Checkpoint, Hello, Page, Push, Refused, Welcome


@dataclass(frozen=True, slots=True)
class Situation:
    """What a person may know of a replica."""

    waiting: int = 0  # rows that were written here and are not in the hub yet
    refused: int = 0  # changes in the inbox
    upto: int = 0  # up to which change of this device's log all is in the hub
    has_all: bool = False  # a checkpoint has been applied: what is here is the state of one moment
    done: int = 0  # rows of the download under way
    total: int = 0
    reset: str = ""  # why everything is being sent anew


class Replica(Protocol):
    """The rows of one device."""

    def hello(self) -> Hello:
        """Who this is and what it has."""

    def welcomed(self, welcome: Welcome) -> None:
        """Keep the name and the ticket, before anything else is said; forget the checkpoint if there is a reset."""

    def push(self) -> list[Push]:
        """What has not been acknowledged yet, the same as last time if there was one; else what was written since. Empty: nothing."""

    def acked(self, ack: Ack) -> None:
        """A push is in the hub for good; what it refused goes to the inbox."""

    def begin(self, begin: Begin) -> None:
        """A download begins or goes on."""

    def page(self, page: Page) -> None:
        """Take rows, which count with the next checkpoint."""

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Bring all rows to the hub's state, but for what was written here and is not settled."""

    def lost(self) -> None:
        """The connection is gone: what was taken and cannot be gone on with is forgotten."""

    def situation(self) -> Situation:
        """What a person may know."""


@dataclass
class Visitor:
    """One connected replica, as the hub knows it while it is connected."""

    user: str
    replica: str
    ticket: str = (
        ""  # what its welcome gave: once another connection has been given one, this one is of the past
    )
    scopes: frozenset[str] = frozenset()  # those that it has been sent
    # Those of each checkpoint that it may have: what it writes there it is told of when it loses them. None: all will be sent anew.
    held: frozenset[str] | None = None
    version: int = 0  # of the newest checkpoint that was sent
    settled: int = 0
    asked: int = 0  # the newest question that was heard
    more: bytes = b""  # where its download is to go on
    backfill: frozenset[str] = field(default_factory=frozenset)
    notes: object = None  # the hub's own, about what it is telling this visitor

    def hold(self, scopes: frozenset[str]) -> None:
        """From now on it may have a checkpoint with these scopes, or one of before."""
        self.held = scopes if self.held is None else self.held & scopes

    def has(self, version: int) -> None:
        """It has a checkpoint: if that is the newest that was sent, it can have none of before, with other scopes."""
        if version == self.version:
            self.held = self.scopes


class Hub(Protocol):
    """The rows of all."""

    def welcome(self, user: str, hello: Hello) -> tuple[Visitor, Welcome] | Refused:
        """Let a replica of this user in: identity, seal, schema."""

    def push(self, visitor: Visitor, parts: list[Push]) -> Ack | Refused:
        """Apply a push once, or say again what came of it."""

    def news(self, visitor: Visitor) -> Iterator[Begin | Page | Checkpoint]:
        """All that the replica does not have yet, up to a checkpoint; nothing if it has everything. Notes in the visitor what was sent.

        Of what was `asked` each question has a checkpoint to answer it: one with all that was committed when it had been heard.
        """

    def at_hand(self, visitor: Visitor) -> Sequence[Page | Checkpoint] | None:
        """The same if nothing has to be waited for, not even a database; None if something has, and then nothing is noted."""

    def have(self, visitor: Visitor, version: int) -> None:
        """A checkpoint was applied: what was kept for this replica alone up to there may go."""
