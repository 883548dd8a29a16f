"""Which pushes a checkpoint names: those whose rows the visitor is told of, a few of them, and as long as they can be told of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pushers import NOW, Shop, insert, key, update
from shops import RULES, db

from hipflask.core import tracing
from hipflask.core.tracing import Note, Origin, Span
from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.hub import PostgresHub
from hipflask.sync.hub.purge import purge
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.sequencer import Sequencer
from hipflask.sync.messages import PROTOCOL, Ack, Change, Changes, Checkpoint, Hello, Push, pack
from hipflask.sync.parties import Visitor
from hipflask.sync.rules import kinds

FIRST = Hello(PROTOCOL, "", "", kinds(shared_tables(db.metadata)), b"", b"", 0, [])


class Device:
    """One that is connected, says of each push within which span it is said, and remembers which it was told of."""

    def __init__(self, hub: PostgresHub, user: str) -> None:
        self.hub, self.number = hub, 0
        answer = hub.welcome(user, FIRST)
        assert isinstance(answer, tuple)
        self.visitor: Visitor = answer[0]

    def push(self, trace: Origin | None, *changes: Change) -> None:
        self.number += 1
        said = trace.traceparent if trace else ""
        answer = self.hub.push(
            self.visitor, [Push(self.number, 0, 1, pack(Changes(NOW, [*changes])), NOW, said)]
        )
        assert isinstance(answer, Ack) and not answer.outcomes

    def told(self) -> set[str]:
        checkpoints = [each for each in self.hub.news(self.visitor) if isinstance(each, Checkpoint)]
        return {trace for each in checkpoints for trace in each.traces}


class Sink:
    def __init__(self) -> None:
        self.over: list[Span] = []

    def began(self, span: Span) -> None:
        pass

    def ended(self, span: Span) -> None:
        self.over.append(span)

    def noted(self, note: Note) -> None:
        pass


@pytest.fixture
def hub(shop: Shop) -> PostgresHub:
    return another(shop)


@pytest.fixture
def sequencer(shop: Shop) -> Iterator[Sequencer]:
    sequencer = Sequencer(shop.database, shop.tables, Grants(db.scopes.values()))
    yield sequencer
    sequencer.close()


def another(shop: Shop) -> PostgresHub:
    """A hub process, which knows nothing but what is in the database."""
    return PostgresHub(shop.database, shop.tables, db.scopes.values(), RULES)


def stepped(sequencer: Sequencer, *devices: Device) -> list[set[str]]:
    """Everything that was written is in a version; the traces that each is told."""
    while sequencer.step() is not None:
        pass
    return [device.told() for device in devices]


def trace(number: int) -> Origin:
    return Origin(number, number)


def test_only_of_what_he_may_have(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """Two push into teams of their own in one version: neither is told that the other did."""
    shop.sql("INSERT INTO member VALUES ('red', 'ann'), ('blue', 'bob'), ('red', 'eve'), ('blue', 'eve')")
    ann, bob, eve = (Device(hub, user) for user in ("ann", "bob", "eve"))
    stepped(sequencer, ann, bob, eve)
    ann.push(trace(1), insert("task", key(), team="red"))
    bob.push(trace(2), insert("task", key(), team="blue"))
    red, blue, both = stepped(sequencer, ann, bob, eve)
    assert red == {trace(1).traceparent}
    assert blue == {trace(2).traceparent}
    assert both == red | blue


def test_a_row_that_leaves(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """Who moved a row is named to those whom it leaves, and to those to whom it comes."""
    shop.sql("INSERT INTO member VALUES ('red', 'ann'), ('blue', 'ann'), ('red', 'bob'), ('blue', 'eve')")
    ann, bob, eve = (Device(hub, user) for user in ("ann", "bob", "eve"))
    one = key()
    ann.push(None, insert("task", one, team="red"))
    stepped(sequencer, ann, bob, eve)
    ann.push(trace(1), update("task", one, team="blue"))
    assert stepped(sequencer, bob, eve) == [{trace(1).traceparent}] * 2


def test_few_of_many(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """Of thirty devices that push before one version, eight are named; and of one that pushes thirty times, its newest eight."""
    reader = Device(hub, "zoe")
    stepped(sequencer, reader)
    for number in range(1, 31):
        Device(hub, f"user {number}").push(trace(number), insert("item", key(), name=f"Bolt {number}"))
    (told,) = stepped(sequencer, reader)
    assert len(told) == 8 and told <= {trace(number).traceparent for number in range(1, 31)}
    ann = Device(hub, "ann")
    for number in range(101, 131):
        ann.push(trace(number), insert("item", key(), name=f"Nut {number}"))
    (told,) = stepped(sequencer, reader)
    assert told == {trace(number).traceparent for number in range(123, 131)}


def test_many_versions_at_once(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """Who is thirty versions behind is told of the newest."""
    ann, reader = Device(hub, "ann"), Device(hub, "zoe")
    stepped(sequencer, reader)
    for number in range(1, 31):
        ann.push(trace(number), insert("item", key(), name=f"Bolt {number}"))
        stepped(sequencer)
    assert reader.told() == {trace(number).traceparent for number in range(23, 31)}


def test_from_another_process(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """It begins with the database alone, and tells the same."""
    other = another(shop)
    ann, bob = Device(hub, "ann"), Device(other, "bob")
    stepped(sequencer, ann, bob)
    ann.push(trace(1), insert("item", key(), name="Bolt"))
    assert stepped(sequencer, bob) == [{trace(1).traceparent}]


def test_nothing_is_kept_for_long(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """It goes with the deltas; and where nobody says within which span, there is nothing to go."""
    ann = Device(hub, "ann")
    ann.push(None, insert("item", key(), name="Bolt"))
    stepped(sequencer)
    assert shop.sql("SELECT count(*) FROM hipflask.delta WHERE scope = 'traces'") == [(0,)]
    ann.push(trace(1), insert("item", key(), name="Nut"))
    stepped(sequencer)
    assert shop.sql("SELECT rows FROM hipflask.delta WHERE scope = 'traces'") == [(0,)]
    shop.sql("UPDATE hipflask.delta SET at = now() - interval '1 hour'")
    purge(shop.database)
    assert shop.sql("SELECT count(*) FROM hipflask.delta") == [(0,)]
    assert shop.sql("SELECT count(*) FROM hipflask.outbox") == [(0,)]


def test_what_somebody_has_broken(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """Traces that cannot be read are none: everybody has the news."""
    ann, bob = Device(hub, "ann"), Device(another(shop), "bob")
    stepped(sequencer, ann, bob)
    ann.push(trace(1), insert("item", key(), name="Bolt"))
    stepped(sequencer)
    shop.sql("UPDATE hipflask.delta SET body = 'nonsense' WHERE scope = 'traces'")
    assert bob.told() == set()
    assert bob.visitor.version > 0


def test_spans_of_a_hub_that_is_looked_into(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """A push goes on from the device's span, the version from the pushes', and others are told the hub's own."""
    ann, bob = Device(hub, "ann"), Device(hub, "bob")
    stepped(sequencer, ann, bob)
    sink = Sink()
    tracing.add(sink)
    try:
        ann.push(trace(7), insert("item", key(), name="hunter2"))
        (told,) = stepped(sequencer, bob)
    finally:
        tracing.remove(sink)
    push, version = (
        next(span for span in sink.over if span.kind == kind) for kind in ("hub push", "hub version")
    )
    assert push.parent == trace(7) and push.facts["changes"] == 1 and push.facts["refused"] == 0
    assert version.parent == push.origin and version.facts["pushes"] == 1
    assert told == {push.origin.traceparent}
    assert "hunter2" not in repr([(span.name, span.facts) for span in sink.over])
