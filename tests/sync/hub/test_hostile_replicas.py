"""A replica that says anything: every message with wrong values in every place, damaged, cut off, said again, and out of order.

Whatever comes, the hub answers or refuses; it is never surprised, and what others have stays as it was.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest
from databases import new_database
from pushers import NOW, delete, insert, key, update
from shops import RULES, db

from hipflask.core.errors import HipflaskError
from hipflask.store.models.shared import shared_tables
from hipflask.sync.exchange import HubTalk
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.hub import PostgresHub
from hipflask.sync.hub.install import install
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.sequencer import Sequencer
from hipflask.sync.messages import (
    Ack,
    Change,
    Changes,
    Checkpoint,
    FromReplica,
    Have,
    Hello,
    Message,
    MessageRefused,
    Push,
    Refused,
    Welcome,
    encode,
    from_replica,
    pack,
)
from hipflask.sync.rules import kinds

SEEDS = range(1500 if os.environ.get("HIPFLASK_LONG") else 150)
SCHEMA = kinds(shared_tables(db.metadata))

#: What may stand in any place of any message.
ANYTHING: list[Any] = [
    None, True, 0, -1, 1, 2**31, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), 0.5, float("nan"), float("inf"),
    "", "\0", "'; DROP TABLE item; --", "%s", "../../etc", "x" * 10_000, "\U0010ffff", "@ann", "team:red",
    b"", b"\0", b"\xff" * 40, bytes(10_000), [], [[]], ["\0"], {}, {"\0": {"\0": "\0"}}, {"item": {}}, {"item": {"name": "\0"}}, {"pg_class": {}},
]  # fmt: skip


class Rooms:
    """A hub, a device that behaves, and those who do not."""

    def __init__(self, database: Database) -> None:
        tables = install(database, shared_tables(db.metadata))
        self.database = database
        self.hub = PostgresHub(database, tables, db.scopes.values(), RULES)
        self.sequencer = Sequencer(database, tables, Grants(db.scopes.values()))
        self.item = key()
        good = HubTalk(self.hub, "ann")
        assert any(isinstance(each, Welcome) for each in good.heard(_hello()))
        body = pack(
            Changes(NOW, [insert("item", self.item, name="ann's", price=3), insert("word", "a", value=7)])
        )
        assert list(good.heard(Push(1, 0, 1, body))) == [Ack(1, [])]
        self.step()

    def step(self) -> None:
        while self.sequencer.step() is not None:
            pass

    def truth(self) -> list[Any]:
        """What nobody but ann may change: a rule says so of her word, and her team is hers."""
        with self.database.connection() as connection:
            return [
                connection.execute("SELECT value FROM word WHERE text = 'a'").fetchall(),
                connection.execute('SELECT team_id, "user" FROM member ORDER BY 1, 2').fetchall(),
                connection.execute("SELECT count(*) FROM task").fetchall(),
                connection.execute("SELECT layout, secret FROM hipflask.state").fetchall(),
            ]


def _hello(**wrong: Any) -> Hello:
    right = Hello(1, "", "", SCHEMA, b"", b"", 0, [])
    return msgspec.structs.replace(right, **wrong)


@pytest.fixture(scope="module")
def rooms(server: str) -> Iterator[Rooms]:
    with new_database(server) as url, Database(url) as database:
        rooms = Rooms(database)
        yield rooms
        rooms.sequencer.close()


def conversation(rooms: Rooms, wild: random.Random) -> list[Message]:
    """What a device of mallory's might say, if it were in order."""
    changes = [
        update("word", "a", value=wild.randrange(100)),
        delete("word", "a"),
        insert("task", key(), team="red", title="mine"),
        update("item", rooms.item, price=wild.randrange(100)),
        insert("word", f"mallory {wild.random()}", value=1),
        insert("line", key(), item_id=key()),
    ]
    some = wild.sample(changes, 3)
    one = Push(1, 0, 1, pack(Changes(NOW, some)))
    return [_hello(), one, Have(1), Push(2, 0, 2, b"half"), Push(2, 1, 2, b"of it"), one]


def wronged(message: Message, wild: random.Random) -> bytes:
    """The message with something else in one of its places, whether or not its type allows it."""
    plain = msgspec.msgpack.decode(encode(message))
    place = wild.randrange(1, len(plain))
    if isinstance(message, Push) and place == 4 and wild.random() < 0.8:
        plain[4] = _wronged_body(wild)
    else:
        plain[place] = _instead_of(plain[place], wild)
    return msgspec.msgpack.encode(plain)


def _instead_of(right: Any, wild: random.Random) -> Any:
    """Mostly something that its type does not forbid, which gets further."""
    same = [each for each in ANYTHING if type(each) is type(right)]
    if isinstance(right, list):
        same += [[each] for each in ANYTHING]
    return wild.choice(same if same and wild.random() < 0.7 else ANYTHING)


def _wronged_body(wild: random.Random) -> bytes:
    plain = msgspec.to_builtins(update("word", "a", value=1), builtin_types=(bytes,))
    plain = [*plain] if isinstance(plain, list | tuple) else list(plain.values())
    place = wild.randrange(len(plain))
    plain[place] = _instead_of(plain[place], wild)
    return pack([wild.choice([NOW, *ANYTHING]) if wild.random() < 0.3 else NOW, [plain]])


def damaged(data: bytes, wild: random.Random) -> bytes:
    """Some bytes of it others, cut off, or said twice over."""
    way = wild.randrange(3)
    if way == 0:
        spoilt = bytearray(data)
        for _ in range(wild.randrange(1, 4)):
            spoilt[wild.randrange(len(spoilt))] = wild.randrange(256)
        return bytes(spoilt)
    return data[: wild.randrange(len(data))] if way == 1 else data + data


def said(rooms: Rooms, frames: Sequence[bytes]) -> list[Message]:
    """Everything the hub answers, until it ends the conversation."""
    talk = HubTalk(rooms.hub, "mallory")
    answers: list[Message] = []
    try:
        for frame in frames:
            message: FromReplica = from_replica(frame)
            answers += talk.heard(message)
            if answers and isinstance(answers[-1], Refused):
                break
            answers += talk.woken()
    except MessageRefused as refused:
        answers.append(Refused("message", str(refused)))
    except HipflaskError as error:  # the server in front says that the hub is busy
        pytest.fail(f"{error}")
    return answers


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_a_replica_says(rooms: Rooms, seed: int) -> None:
    """Any place of any message, any bytes, any order: an answer or a refusal, and nothing of anybody else's is touched."""
    wild = random.Random(seed)
    before = rooms.truth()
    frames = []
    for message in conversation(rooms, wild):
        way = wild.random()
        frames.append(
            wronged(message, wild)
            if way < 0.35
            else damaged(encode(message), wild)
            if way < 0.45
            else encode(message)
        )
    if wild.random() < 0.3:
        wild.shuffle(frames)
    for answer in said(rooms, frames):
        if isinstance(answer, Refused):
            assert answer.code in ("message", "schema", "protocol", "busy") and len(answer.sentence) < 20_000
        if isinstance(answer, Ack):
            assert "server" not in [outcome.code for outcome in answer.outcomes], answer
    rooms.step()
    assert rooms.truth() == before


def test_a_push_that_is_zeros(rooms: Rooms) -> None:
    """A few kilobytes that would unpack to gigabytes, or say that they hold millions of changes, are refused."""
    import zlib

    bombs = [
        zlib.compress(bytes(80_000_000), 9),
        zlib.compress(b"\x92\x01\xdd\xff\xff\xff\xff", 9),  # an array of four thousand million, they say
        zlib.compress(b"\xc6\xff\xff\xff\xff", 9),
    ]
    for bomb in bombs:
        assert len(bomb) < 100_000
        answers = said(rooms, [encode(_hello()), encode(Push(1, 0, 1, bomb))])
        assert isinstance(answers[-1], Refused) and answers[-1].code == "message"


def test_what_was_said_by_others_says_nothing(rooms: Rooms) -> None:
    """Name, ticket, seal and push of ann's, recorded and said again by mallory: a device of his own, and nothing of hers."""
    with rooms.database.connection() as connection:
        name, tickets = connection.execute(
            "SELECT name, tickets FROM hipflask.replica WHERE \"user\" = 'ann'"
        ).fetchone() or ("", [])
    seals = [each.seal for each in said(rooms, [encode(_hello())]) if isinstance(each, Checkpoint)]
    stolen = _hello(replica=name, ticket=tickets[-1], seal=seals[-1], pushed=1)
    welcome, *_ = said(rooms, [encode(stolen)])
    assert isinstance(welcome, Welcome) and welcome.replica != name and welcome.applied == 0


def test_changes_without_end(rooms: Rooms) -> None:
    """Many changes of the same row, of rows that are not there, of tables that nobody has: one outcome each, in their places."""
    many = [Change("nothing", n, "delete", [], [], [NOW], 0) for n in range(2000)]
    answers = said(rooms, [encode(_hello()), encode(Push(1, 0, 1, pack(Changes(NOW, many))))])
    (ack,) = [each for each in answers if isinstance(each, Ack)]
    assert [each.place for each in ack.outcomes] == list(range(2000))
