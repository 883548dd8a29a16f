"""A replica and a hub in memory that speak with each other, word by word."""

from __future__ import annotations

from collections.abc import Iterable

from shelf import Shelf

from hipflask.sync.exchange import HubTalk, ReplicaTalk
from hipflask.sync.messages import FromHub, Message, encode, from_hub, from_replica
from hipflask.testing.devices.memory import MemoryHub

STEPS = 200


def meet(shelf: Shelf, hub: MemoryHub, user: str = "ann") -> None:
    """One connection, until neither has anything to say."""
    here, there = ReplicaTalk(shelf.replica), HubTalk(hub, user)
    said = here.begin()
    for _ in range(STEPS):
        answers: list[Message] = []
        for message in said:
            answers += there.heard(from_replica(encode(message)))
        answers += there.woken()
        said = [*_replies(here, answers), *here.written()]
        if not said and not answers:
            return
    raise AssertionError("They do not come to an end.")


def _replies(here: ReplicaTalk, answers: Iterable[Message]) -> list[Message]:
    said: list[Message] = []
    for answer in answers:
        message: FromHub = from_hub(encode(answer))
        said += here.heard(message)
    return said
