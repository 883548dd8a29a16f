"""Who says what, and when: one connection seen from either end. No sockets and no clocks, so that simulator and production run the same.

    replica = ReplicaTalk(store)                 hub = HubTalk(postgres, user)
    for message in replica.begin(): send         for message in hub.heard(message): send
    for message in replica.heard(…): send        for message in hub.woken(): send        when something has been committed
    for message in replica.written(): send       when something was written here
    for message in replica.ask(1): send          when somebody waits for all that is in the hub by now

Uploads and downloads do not wait for each other: a push may be sent while pages come, and pages come while a push is under way. One
push at a time is under way; what is written meanwhile goes with the next. After an error of any kind both ends drop the connection
and begin anew, which is always safe: pushes have numbers, checkpoints have seals, and everything else is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .messages import (
    MOST_UNPACKED,
    Ack,
    Ask,
    Begin,
    Checkpoint,
    FromHub,
    FromReplica,
    Have,
    Hello,
    Message,
    MessageRefused,
    Page,
    Push,
    Refused,
    Welcome,
)
from .parties import Hub, Replica, Visitor

MOST_PARTS = 500


class TurnedAway(Exception):
    """The hub has refused the connection; `refused` says why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.sentence)
        self.refused = refused


class ReplicaTalk:
    """One connection, from the replica's end."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._is_welcome = False
        self._pushed: int | None = None  # the number of the push under way
        self._asked = 0
        self.answered = 0  # the newest question that has been
        self.is_current = False  # a checkpoint has come on this connection

    def begin(self) -> list[Message]:
        """The first word."""
        return [self._replica.hello()]

    def written(self) -> list[Message]:
        """Something may have been written here: the push of it, unless one is under way."""
        if not self._is_welcome or self._pushed is not None:
            return []
        parts = self._replica.push()
        if parts:
            self._pushed = parts[0].number
        return list(parts)

    def ask(self, number: int) -> list[Message]:
        """Somebody waits for all that is in the hub by now: the question, unless it has been asked; numbers grow."""
        if not self._is_welcome or number <= self._asked:
            return []
        self._asked = number
        return [Ask(number)]

    def heard(self, message: FromHub) -> list[Message]:
        """Take what the hub says, and answer; raises TurnedAway, and MessageRefused for what makes no sense here."""
        if isinstance(message, Refused):
            raise TurnedAway(message)
        if isinstance(message, Welcome):
            if self._is_welcome:
                raise MessageRefused("The hub said welcome twice.")
            self._replica.welcomed(message)
            self._is_welcome = True
            return self.written()
        if not self._is_welcome:
            raise MessageRefused(f"The hub began with {type(message).__name__} instead of a welcome.")
        match message:
            case Ack():
                return self._acked(message)
            case Begin():
                self._replica.begin(message)
            case Page():
                self._replica.page(message)
            case Checkpoint():
                self._replica.checkpoint(message)
                self.is_current, self.answered = True, max(self.answered, message.answers)
                return [Have(message.version)]
        return []

    def _acked(self, ack: Ack) -> list[Message]:
        if ack.number != self._pushed:
            raise MessageRefused(f"The hub acknowledged push {ack.number}, and {self._pushed} was under way.")
        self._replica.acked(ack)
        self._pushed = None
        return self.written()


class HubTalk:
    """One connection, from the hub's end."""

    def __init__(self, hub: Hub, user: str) -> None:
        self._hub = hub
        self._user = user
        self._parts: list[Push] = []
        self.visitor: Visitor | None = None

    def heard(self, message: FromReplica) -> Iterator[Message]:
        """Take what the replica says, and answer. After a `Refused` the connection ends."""
        if isinstance(message, Hello):
            yield from self._hello(message)
        elif self.visitor is None:
            yield Refused("message", "A connection begins with a hello.")
        elif isinstance(message, Push):
            yield from self._push(self.visitor, message)
        elif isinstance(message, Ask):
            self.visitor.asked = message.number
        else:
            self.visitor.has(message.version)
            self._hub.have(self.visitor, message.version)

    def woken(self) -> Iterator[Begin | Page | Checkpoint]:
        """What the replica does not have yet. Nobody else may be heard on this connection meanwhile, but for pushes."""
        if self.visitor is not None:
            yield from self._hub.news(self.visitor)

    def at_hand(self) -> Sequence[Page | Checkpoint] | None:
        """The same if nothing has to be waited for; None if something has."""
        return None if self.visitor is None else self._hub.at_hand(self.visitor)

    def _hello(self, hello: Hello) -> Iterator[Message]:
        if self.visitor is not None:
            yield Refused("message", "A hello is said once.")
            return
        answer = self._hub.welcome(self._user, hello)
        if isinstance(answer, Refused):
            yield answer
            return
        self.visitor, welcome = answer
        yield welcome

    def _push(self, visitor: Visitor, push: Push) -> Iterator[Message]:
        is_next = push.part == len(self._parts) and 0 < push.parts <= MOST_PARTS
        is_same = not self._parts or (push.number, push.parts) == (
            self._parts[0].number,
            self._parts[0].parts,
        )
        if not (is_next and is_same):
            yield Refused("message", f"Part {push.part} of push {push.number} came out of order.")
            return
        self._parts.append(push)
        if sum(len(part.body) for part in self._parts) > MOST_UNPACKED:
            self._parts.clear()
            yield Refused("message", f"Push {push.number} is larger than {MOST_UNPACKED:,} bytes.")
            return
        if len(self._parts) == push.parts:
            parts, self._parts = self._parts, []
            yield self._hub.push(visitor, parts)
