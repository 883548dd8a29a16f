"""The hub as a whole, on PostgreSQL: what one device pushes, and what it and others are told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from pushers import NOW, Shop, insert, key, update
from shops import RULES, db

from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.conversation import Conversation, Staff
from hipflask.sync.hub.hub import PostgresHub
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.sequencer import Sequencer
from hipflask.sync.hub.threads import Threads
from hipflask.sync.messages import (
    PROTOCOL,
    Ack,
    Begin,
    Change,
    Changes,
    Checkpoint,
    Have,
    Hello,
    Outcome,
    Page,
    Push,
    Refused,
    Rows,
    encode,
    from_hub,
    pack,
    unpack,
)
from hipflask.sync.parties import Visitor
from hipflask.sync.rules import kinds

FIRST = Hello(PROTOCOL, "", "", kinds(shared_tables(db.metadata)), b"", b"", 0, [])


@dataclass
class Talk:
    """A device that is connected, and the rows that it was told."""

    hub: PostgresHub
    user: str
    hello: Hello = field(default_factory=lambda: FIRST)
    rows: dict[tuple[str, Any], dict[str, Any]] = field(default_factory=dict)
    checkpoint: Checkpoint | None = None

    def connect(self) -> str:
        """Say hello; returns why everything is sent anew, if it is."""
        answer = self.hub.welcome(self.user, self.hello)
        assert not isinstance(answer, Refused)
        self.visitor: Visitor = answer[0]
        if answer[1].reset:
            self.rows.clear()
        seal = b"" if answer[1].reset else self.hello.seal
        self.hello = msgspec.structs.replace(
            self.hello, replica=self.visitor.replica, ticket=self.visitor.ticket, seal=seal
        )
        return answer[1].reset

    def push(self, *changes: Change) -> list[Outcome]:
        """Push under the next number."""
        number = self.hello.pushed + 1
        self.hello = msgspec.structs.replace(self.hello, pushed=number)
        answer = self.hub.push(self.visitor, [Push(number, 0, 1, pack(Changes(NOW, list(changes))))])
        assert isinstance(answer, Ack)
        return answer.outcomes

    def hear(self) -> Checkpoint | None:
        """Take what is new; the newest checkpoint, if there was one."""
        self.checkpoint = None
        for message in self.hub.news(self.visitor):
            if isinstance(message, Checkpoint):
                self.checkpoint = message
                self.hello = msgspec.structs.replace(self.hello, seal=message.seal)
            elif not isinstance(message, Begin):
                for rows in unpack(message.body, list[Rows]):
                    self._take(rows)
        return self.checkpoint

    def _take(self, rows: Rows) -> None:
        for gone in rows.gone:
            self.rows.pop((rows.table, tuple(gone) if isinstance(gone, list) else gone), None)
        for values in rows.rows:
            row = dict(zip(rows.columns, values, strict=True))
            name = (rows.table, row.get("id") or row.get("text") or (row["team_id"], row["user"]))
            self.rows[name] = {**({} if rows.is_whole else self.rows[name]), **row}


@pytest.fixture
def hub(shop: Shop) -> PostgresHub:
    return PostgresHub(shop.database, shop.tables, db.scopes.values(), RULES)


@pytest.fixture
def sequencer(shop: Shop) -> Iterator[Sequencer]:
    sequencer = Sequencer(shop.database, shop.tables, Grants(db.scopes.values()))
    yield sequencer
    sequencer.close()


def stepped(sequencer: Sequencer, *talks: Talk) -> None:
    """Everything that was written is in a version, and everybody has heard of it."""
    while sequencer.step() is not None:
        pass
    for talk in talks:
        talk.hear()


def test_from_one_to_the_other(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """What one device pushes, another is told; and with that checkpoint it is settled for the first."""
    ann, bob = Talk(hub, "ann"), Talk(hub, "bob")
    assert ann.connect() == bob.connect() == "first"
    stepped(sequencer, ann, bob)
    one = key()
    assert ann.push(insert("item", one, name="Bolt", price=5)) == []
    assert ann.push(update("item", one, stock=3)) == []
    stepped(sequencer, ann, bob)
    assert bob.rows["item", one]["name"] == "Bolt" and bob.rows["item", one]["stock"] == 3
    assert ann.rows == bob.rows
    assert ann.checkpoint is not None and ann.checkpoint.settled == 2
    assert bob.checkpoint is not None and bob.checkpoint.settled == 0


def test_what_lost_is_told_again(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """Where the hub decided otherwise, the device hears of the row as it is, with the checkpoint in which its push is settled."""
    ann, bob = Talk(hub, "ann"), Talk(hub, "bob")
    ann.connect(), bob.connect()
    one, taken = key(), key()
    ann.push(insert("item", one, name="Bolt", fixed=1, best=9))
    stepped(sequencer, ann, bob)
    bob.rows["item", one] |= {"fixed": 2, "best": 3}  # as it has them, until it is told
    bob.rows["item", taken] = {"id": taken, "name": "Bolt"}
    outcomes = bob.push(update("item", one, fixed=2, best=3), insert("item", taken, name="Bolt"))
    assert [each.code for each in outcomes] == ["merged", "unique"]
    stepped(sequencer, ann, bob)
    assert bob.rows == ann.rows
    assert bob.checkpoint is not None and bob.checkpoint.settled == 1


def test_nobody_is_told_of_what_he_may_not_have(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """Who writes to a row of others is told that it is gone, and nothing of what is in it."""
    shop.sql("INSERT INTO member VALUES ('red', 'ann')")
    ann, bob = Talk(hub, "ann"), Talk(hub, "bob")
    ann.connect(), bob.connect()
    one = key()
    assert ann.push(insert("task", one, team="red", title="hidden")) == []
    stepped(sequencer, ann, bob)
    assert ("task", one) in ann.rows and ("task", one) not in bob.rows
    bob.rows["task", one] = {"id": one, "team": "red", "title": "mine"}
    assert [each.code for each in bob.push(update("task", one, title="mine"))] == ["scope"]
    stepped(sequencer, ann, bob)
    assert ("task", one) not in bob.rows
    assert ann.rows["task", one]["title"] == "hidden"


def test_back_again(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """Who was away goes on from the seal; what he is told is what he does not have."""
    ann, bob = Talk(hub, "ann"), Talk(hub, "bob")
    ann.connect(), bob.connect()
    one = key()
    ann.push(insert("item", one, name="Bolt"))
    stepped(sequencer, ann, bob)
    ann.push(update("item", one, price=7))
    stepped(sequencer, ann)
    assert bob.connect() == ""
    assert bob.hear() is not None
    assert bob.rows == ann.rows and bob.rows["item", one]["price"] == 7


def test_having(shop: Shop, hub: PostgresHub, sequencer: Sequencer) -> None:
    """A device says what it has, and cannot say more than it was sent, nor for another, nor from a connection of the past."""
    ann = Talk(hub, "ann")
    ann.connect()
    ann.push(insert("item", key(), name="Bolt"))
    stepped(sequencer, ann)
    assert ann.checkpoint is not None
    version = ann.checkpoint.version
    past = ann.visitor
    hub.have(ann.visitor, 2**62)
    assert shop.sql("SELECT had FROM hipflask.replica") == [(version,)]
    hub.have(ann.visitor, version - 1)
    assert shop.sql("SELECT had FROM hipflask.replica") == [(version,)]
    ann.push(insert("item", key(), name="Nut"))
    ann.connect()
    stepped(sequencer, ann)
    past.version = ann.visitor.version
    hub.have(past, past.version)
    hub.have(Visitor("bob", past.replica, ann.visitor.ticket, version=past.version), past.version)
    assert shop.sql("SELECT had FROM hipflask.replica") == [(version,)]
    hub.have(ann.visitor, past.version)
    assert shop.sql("SELECT had > %s FROM hipflask.replica", version) == [(True,)]


def let_for_a_moment(shop: Shop, talk: Talk) -> str:
    """Its user comes into a team, the device pushes a task of it, and he is out again before it hears of any of that; the task."""
    shop.sql("INSERT INTO member VALUES ('red', 'ann')")
    task = key()
    assert talk.push(insert("task", task, team="red", title="mine")) == []
    talk.rows["task", task] = {"id": task, "team": "red", "title": "mine"}
    shop.sql("DELETE FROM member")
    return task


def assert_gone(talk: Talk, task: str) -> None:
    assert talk.checkpoint is not None and talk.checkpoint.settled == talk.hello.pushed
    assert ("task", task) not in talk.rows


@pytest.mark.parametrize("is_back", [False, True])
def test_let_for_a_moment(shop: Shop, hub: PostgresHub, sequencer: Sequencer, is_back: bool) -> None:
    """No checkpoint has the team, so none has it as left: what the device wrote there goes all the same."""
    ann = Talk(hub, "ann")
    ann.connect()
    stepped(sequencer, ann)
    if is_back:
        assert ann.connect() == ""
    task = let_for_a_moment(shop, ann)
    stepped(sequencer, ann)
    assert_gone(ann, task)


def test_let_for_a_moment_and_the_word_of_it_was_lost(
    shop: Shop, hub: PostgresHub, sequencer: Sequencer
) -> None:
    """The hub has sent a checkpoint with the team, which the device never had."""
    ann = Talk(hub, "ann")
    ann.connect()
    stepped(sequencer, ann)
    shop.sql("INSERT INTO member VALUES ('red', 'ann')")
    stepped(sequencer)
    assert isinstance([*hub.news(ann.visitor)][-1], Checkpoint)
    shop.sql("DELETE FROM member")
    task = let_for_a_moment(shop, ann)
    stepped(sequencer)
    assert ann.connect() == ""
    stepped(sequencer, ann)
    assert_gone(ann, task)


@pytest.mark.parametrize("has_broken_off", [False, True])
def test_let_for_a_moment_during_a_first_download(
    shop: Shop, hub: PostgresHub, sequencer: Sequencer, has_broken_off: bool
) -> None:
    """What is there from before it began goes where it does not come; what was written since would stay."""
    ann, bob = Talk(hub, "ann"), Talk(hub, "bob")
    bob.connect()
    bob.push(insert("item", key(), name="Bolt"))
    stepped(sequencer, bob)
    ann.connect()
    messages = hub.news(ann.visitor)
    assert isinstance(next(messages), Begin)
    page = next(messages)
    assert isinstance(page, Page)
    if has_broken_off:
        ann.hello = msgspec.structs.replace(ann.hello, more=page.more)
        assert ann.connect() == ""
    task = let_for_a_moment(shop, ann)
    stepped(sequencer, ann)
    assert_gone(ann, task)


def test_only_what_may_be_lost_unheard_is_told_of_once_more(
    shop: Shop, hub: PostgresHub, sequencer: Sequencer
) -> None:
    """From the moment that the device is known to have the team, what it writes there costs nothing more."""
    shop.sql("INSERT INTO member VALUES ('red', 'ann')")
    ann, touches = Talk(hub, "ann"), "SELECT count(*)::int FROM hipflask.outbox WHERE kind = 'o'"
    ann.connect()
    stepped(sequencer, ann)
    ann.push(insert("task", key(), team="red"))
    assert shop.sql(touches) == [(0,)]
    shop.sql("INSERT INTO member VALUES ('blue', 'ann')")
    stepped(sequencer, ann)
    ann.push(insert("task", key(), team="blue"), insert("task", key(), team="red"))
    assert shop.sql(touches) == [(1,)]
    stepped(sequencer, ann)
    assert ann.checkpoint is not None
    ann.visitor.has(ann.checkpoint.version)
    ann.push(insert("task", key(), team="blue"))
    assert shop.sql(touches) == [(0,)]


def test_what_a_device_has_is_known_though_others_write_all_the_time(
    shop: Shop, hub: PostgresHub, sequencer: Sequencer
) -> None:
    """There is a newer version each time that it has said so: that it has come into a team is not missed for that."""
    said: list[Any] = []
    tasks = [key(), key()]

    async def send(data: bytes) -> None:
        said.append(from_hub(data))

    async def told(conversation: Conversation) -> None:
        stepped(sequencer)
        await conversation.tell()
        await conversation.hear(encode(Have(said[-1].version)))

    async def talk(staff: Staff) -> None:
        conversation = Conversation(staff, "ann", "", send)
        await conversation.hear(encode(FIRST))
        await told(conversation)
        shop.sql("INSERT INTO member VALUES ('blue', 'ann')")
        for number, task in enumerate(tasks, 1):
            shop.sql("INSERT INTO word VALUES (%s, 1)", f"word {number}")
            await told(conversation)
            changes = Changes(NOW, [insert("task", task, team="blue")])
            await conversation.hear(encode(Push(number, 0, 1, pack(changes))))

    staff = Staff(hub, Threads("hears", 1), Threads("tells", 1))
    asyncio.run(talk(staff))
    for threads in (staff.hearing, staff.telling):
        threads.close()
    touched = shop.sql("SELECT keys[1] FROM hipflask.outbox WHERE kind = 'o'")
    assert touched == [], "what was written after the device had said that it has the team is told twice"
