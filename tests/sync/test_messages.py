"""Messages: what is said is understood, and what is none is refused in one way, whatever it is."""

from __future__ import annotations

import random
import zlib
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipflask.sync import messages
from hipflask.sync.messages import (
    Ack,
    Begin,
    Change,
    Changes,
    Checkpoint,
    Have,
    Hello,
    MessageRefused,
    Outcome,
    Page,
    Push,
    Refused,
    Rows,
    Welcome,
    encode,
    from_hub,
    from_replica,
    pack,
    unpack,
)

numbers = st.integers(-(2**63), 2**63 - 1)
values = st.one_of(
    st.none(), st.booleans(), numbers, st.floats(allow_nan=False), st.text(max_size=9), st.binary(max_size=9)
)
parts = st.one_of(numbers, st.text(max_size=9), st.binary(max_size=9))
keys = parts | st.lists(parts, min_size=2, max_size=3)
names = st.text(max_size=9)
blobs = st.binary(max_size=40)

hellos = st.builds(
    Hello,
    numbers,
    names,
    names,
    st.dictionaries(names, st.dictionaries(names, names, max_size=2), max_size=2),
    blobs,
    blobs,
    numbers,
    st.lists(names, max_size=2),
)
pushes = st.builds(Push, numbers, numbers, numbers, blobs, numbers, names)
of_replica = st.one_of(hellos, pushes, st.builds(Have, numbers))
outcomes = st.builds(Outcome, numbers, names, names, st.lists(names, max_size=2))
of_hub = st.one_of(
    st.builds(Welcome, names, names, numbers, numbers, names),
    st.builds(Refused, names, names),
    st.builds(Ack, numbers, st.lists(outcomes, max_size=2)),
    st.builds(Begin, numbers, numbers, st.booleans(), st.lists(names, max_size=2)),
    st.builds(Page, blobs, blobs),
    st.builds(Checkpoint, blobs, numbers, numbers, numbers, numbers, st.lists(names, max_size=2).map(tuple)),
)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    kind = draw(st.sampled_from(["insert", "update", "delete"]))
    columns = [] if kind == "delete" else draw(st.lists(names, max_size=3))
    many = {"min_size": len(columns), "max_size": len(columns)}
    clocks = draw(st.lists(numbers, **({"min_size": 1, "max_size": 1} if kind == "delete" else many)))
    return Change(
        draw(names), draw(keys), kind, columns, draw(st.lists(values, **many)), clocks, draw(numbers)
    )


@given(of_replica)
def test_replicas_words_come_as_they_were_said(message: Any) -> None:
    """Whatever a replica says, the hub hears the same."""
    assert from_replica(encode(message)) == message


@given(of_hub)
def test_hubs_words_come_as_they_were_said(message: Any) -> None:
    """Whatever the hub says, a replica hears the same."""
    assert from_hub(encode(message)) == message


@given(numbers, st.lists(changes(), max_size=4))
def test_bodies_come_as_they_were_packed(now: int, some: list[Change]) -> None:
    """Every kind of value and key travels in a body and back, texts apart from bytes."""
    back = unpack(pack(Changes(now, some)), Changes)
    assert back == Changes(now, some)
    assert [list(map(type, each.values)) for each in back.changes] == [
        list(map(type, each.values)) for each in some
    ]


def test_where_nobody_looks_nothing_is_said_of_traces() -> None:
    """To the byte what was said before there were traces; and what has one is understood by who knows of none."""
    assert encode(Push(7, 0, 1, b"body", 9)) == b"\x96\xa4push\x07\x00\x01\xc4\x04body\x09"
    assert encode(Checkpoint(b"seal", 4, 5, 6, 7)) == b"\x96\xaacheckpoint\xc4\x04seal\x04\x05\x06\x07"
    for message in (Push(7, 0, 1, b"body", 9, "trace"), Checkpoint(b"seal", 4, 5, 6, 7, ("trace",))):
        *known, _ = msgspec.structs.astuple(message)
        of_before = msgspec.defstruct(
            "OfBefore", message.__struct_fields__[:-1], tag=type(message).__name__.lower(), array_like=True
        )
        assert msgspec.structs.astuple(msgspec.msgpack.decode(encode(message), type=of_before)) == (*known,)


def test_nobody_speaks_for_the_other_side() -> None:
    """A replica cannot say what only the hub may say, nor the hub what only a replica says."""
    with pytest.raises(MessageRefused):
        from_replica(encode(Ack(1, [])))
    with pytest.raises(MessageRefused):
        from_hub(encode(Have(1)))


@settings(max_examples=400)
@given(of_replica, st.randoms(use_true_random=False))
def test_damaged_messages(message: Any, chance: random.Random) -> None:
    """A message that was cut off, extended or damaged anywhere is another message or refused; nothing else can happen."""
    data = damaged(bytearray(encode(message)), chance)
    try:
        heard = from_replica(data)
    except MessageRefused:
        return
    assert isinstance(heard, Hello | Push | Have)


@settings(max_examples=400)
@given(st.lists(changes(), max_size=3), st.randoms(use_true_random=False))
def test_damaged_bodies(some: list[Change], chance: random.Random) -> None:
    """The same of bodies, damaged before they were packed, and after."""
    plain = damaged(bytearray(msgspec.msgpack.encode(Changes(1, some))), chance)
    packed = damaged(bytearray(pack(Changes(1, some))), chance)
    for body in (zlib.compress(plain), packed):
        try:
            back = unpack(body, Changes)
        except MessageRefused:
            continue
        assert isinstance(back, Changes)


@given(st.binary(max_size=200))
def test_noise(data: bytes) -> None:
    """Bytes that mean nothing are refused."""
    for hear in (from_replica, from_hub, lambda noise: unpack(noise, Changes)):
        try:
            hear(data)
        except MessageRefused as refused:
            assert str(refused)


def damaged(data: bytearray, chance: random.Random) -> bytes:
    """A few bytes changed, taken out or put in."""
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[place : place + chance.randint(1, 8)]
            case 2:
                data[place:place] = chance.randbytes(chance.randint(1, 8))
            case 3:
                del data[place:]
    return bytes(data)


def test_deep_nesting() -> None:
    """A thousand lists within each other, as a message or a body, are refused and not followed to the end of the stack."""
    deep = b"\x91" * 100_000 + b"\xc0"
    for hear in (from_replica, from_hub):
        with pytest.raises(MessageRefused):
            hear(deep)
    with pytest.raises(MessageRefused):
        unpack(zlib.compress(deep), Changes)
    key = b"\x92\x01\x91\x97\xa1t" + b"\x91" * 100_000  # a change whose key is as deep
    with pytest.raises(MessageRefused):
        unpack(zlib.compress(key), Changes)


def test_wrong_letters() -> None:
    """Text that is no UTF-8 is refused, in a message and in a body."""
    wrong = msgspec.msgpack.encode(["have", 1]).replace(b"have", b"\xff\xfe\xfd\xfc")
    with pytest.raises(MessageRefused):
        from_replica(wrong)
    body = msgspec.msgpack.encode(Changes(1, [Change("item", "key", "delete", [], [], [1], 0)]))
    with pytest.raises(MessageRefused):
        unpack(zlib.compress(body.replace(b"item", b"\xff\xfe\xfd\xfc")), Changes)


def test_too_large() -> None:
    """A message beyond the limit is not even looked at, and a body that unpacks to more than the limit is not unpacked."""
    with pytest.raises(MessageRefused, match="4,000,000 are the most"):
        from_replica(b"\0" * (messages.MOST_BYTES + 1))
    bomb = zlib.compress(b"\0" * (messages.MOST_UNPACKED + 1), 9)
    assert len(bomb) < 100_000
    with pytest.raises(MessageRefused, match="larger than 64 MB"):
        unpack(bomb, Changes)


@pytest.mark.parametrize(
    "key", [{}, None, [1, [2]], [{"a": 1}]], ids=["dict", "none", "nested", "dict in it"]
)
def test_keys_that_are_none(key: Any) -> None:
    """A key is a value or a list of values."""
    body = zlib.compress(msgspec.msgpack.encode([1, [["item", key, "delete", [], [], [1], 0]]]))
    if key is None:  # is left to whoever knows the table
        assert unpack(body, Changes).changes[0].key is None
        return
    with pytest.raises(MessageRefused):
        unpack(body, Changes)


@pytest.mark.parametrize(
    "change",
    [
        ["item", "k", "update", ["a"], [], [1], 0],
        ["item", "k", "update", ["a"], [1], [], 0],
        ["item", "k", "delete", [], [], [], 0],
        ["item", "k", "delete", [], [], [1, 2], 0],
        ["item", "k", "upsert", ["a"], [1], [1], 0],
        ["item", "k", "update", ["a"], [[1]], [1], 0],
        ["item", "k", "update", ["a"], [{}], [1], 0],
        ["item", "k", "update", [1], [1], [1], 0],
        ["item", "k", "update", ["a"], [1], [1.5], 0],
        ["item", "k", "update"],
    ],
    ids=["values", "clocks", "no clock", "two clocks", "kind", "list", "dict", "name", "half", "short"],
)
def test_changes_that_are_none(change: Any) -> None:
    """Columns, values and clocks belong together, and values are what SQLite can keep."""
    with pytest.raises(MessageRefused):
        unpack(zlib.compress(msgspec.msgpack.encode([1, [change]])), Changes)


def test_rows_travel() -> None:
    """Rows of a page come as they were packed, with texts, bytes and documents."""
    rows = [Rows("item", ["id", "text:document"], [["k", b"\0"], [1, None]], [["a", 1], "b"], True)]
    assert unpack(pack(rows), list[Rows]) == rows
