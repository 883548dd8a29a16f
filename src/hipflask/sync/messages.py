"""What a replica and a hub say to each other: msgpack, and bulk packed with zlib.

    replica                                    hub
    Hello(replica, ticket, seal, …)   ──▶
                                      ◀──      Welcome(ticket, hub_time, …)
                                      ◀──      Begin(total), Page, Page, …, Checkpoint(seal, settled)
    Push(number, part, parts, body)   ──▶
                                      ◀──      Ack(number, outcomes)
                                      ◀──      Page, Checkpoint(settled=number)       also to everybody else
    Ask(number)                       ──▶
                                      ◀──      Page, Checkpoint(answers=number)

Values travel in the form in which SQLite keeps them (`store/types`): None, int, float, str, bytes. A key is the kept value, or a
list of them where a key has several columns.

* A `Push` is applied once, however often it comes: the hub keeps the number together with what it did.
* Pages mean nothing until their `Checkpoint`: only then is all of it the state of one moment.
* `settled` is the newest push whose effect is in that state, so what a person wrote never flickers.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Literal

import msgspec

from ..core.errors import HipflaskError

PROTOCOL = 1
MOST_BYTES = 4_000_000  # of one message to the hub, as it travels
MOST_TOLD = 64_000_000  # of one from the hub, which is that large if a single row is
MOST_UNPACKED = 64_000_000  # of one body
PAGE_BYTES = 1_000_000  # of a page's body, if it has more than one row
PAGE_UNPACKED = 8_000_000
PART_BYTES = 1_000_000  # of a push's body in one message

Value = None | bool | int | float | str | bytes
Key = Any  # a kept value, or a list of them
_KINDS = frozenset((type(None), bool, int, float, str, bytes))


class MessageRefused(HipflaskError):
    """A message that is none, or says what nobody may say."""


class Message(msgspec.Struct, tag=True, array_like=True, frozen=True, forbid_unknown_fields=False):
    """What all of them have in common."""


# ── from the replica ─────────────────────────────────────────────────────────────────────────────


class Hello(Message, tag="hello", frozen=True):
    """The first word on every connection: who this is, and what it has."""

    protocol: int
    replica: str  # a random name, the device's own; "" asks for one
    ticket: str  # what the hub gave with the newest Welcome; a copied file has an old one
    schema: dict[str, dict[str, str]]  # the kind of each column, by table and name
    seal: bytes  # of the checkpoint that it has; empty: none
    more: bytes  # where a download broke off; empty: nowhere
    pushed: int  # the newest push that it ever numbered
    backfill: list[str]  # tables that it wants anew, because it knows more columns of them now


class Push(Message, tag="push", frozen=True):
    """What was written here, as one or more parts of a packed `Changes`."""

    number: int
    part: int  # from 0
    parts: int
    body: bytes
    now: int = (
        0  # the device's clock when this was said: a push may have waited for a month since it was made
    )
    trace: str = ""  # the span within which it is said, as a traceparent; it travels only where there is one


class Have(Message, tag="have", frozen=True):
    """A checkpoint has been applied; the hub may forget what was only for this replica."""

    version: int


class Ask(Message, tag="ask", frozen=True):
    """Somebody waits here: tell me all that is in the database by now, and say that it was all."""

    number: int  # greater than that of any question before


class Change(msgspec.Struct, array_like=True, frozen=True):
    """One row that was written here. Columns and clocks belong together; a deleted row has none."""

    table: str
    key: Key
    kind: Literal["insert", "update", "delete"]
    columns: list[str]
    values: list[Any]  # each a Value
    clocks: list[int]  # when each was written, in ms of this device's clock; of a deleted row, one
    seen: int  # the hub's stamp of the checkpoint that was here then
    # Of `sum` columns the value is what was added; of `text` columns the update of the document.

    def __post_init__(self) -> None:
        # What comes from outside is checked here, because msgspec has no type for "text or bytes".
        keys = self.key if isinstance(self.key, list) else [self.key]
        if not _KINDS.issuperset(map(type, (*keys, *self.values))):
            raise ValueError("a key or a value is none that SQLite could keep")
        clocks = 1 if self.kind == "delete" else len(self.columns)
        if len(self.columns) != len(self.values) or len(self.clocks) != clocks:
            raise ValueError("columns, values and clocks do not belong together")


class Changes(msgspec.Struct, array_like=True, frozen=True):
    """The body of a push; `now` is the device's clock when it was made, so that ages are known whatever that clock says."""

    now: int
    changes: list[Change]

    def said(self, now: int) -> Changes:
        """The same, said so late: ages go on while a push waits."""
        return self if now <= self.now else Changes(now, self.changes)


# ── from the hub ─────────────────────────────────────────────────────────────────────────────────


class Welcome(Message, tag="welcome", frozen=True):
    """The connection stands. A new name and a reset come with a reason, for the person."""

    replica: str
    ticket: str
    hub_time: int
    applied: int  # the newest push that the hub has applied
    reset: str  # why everything is sent anew ("first", "expired", "restored", "copied"); empty: it goes on from the seal


class Refused(Message, tag="refused", frozen=True):
    """No, and why: a code for programs and a sentence for people. The connection ends."""

    code: str  # "token", "schema", "protocol", "message", "busy"
    sentence: str


class Outcome(msgspec.Struct, array_like=True, frozen=True):
    """What became of one change that was not simply taken; all others were."""

    place: int  # in the push's changes
    code: str  # "merged": others won some columns; else refused: "unique", "reference", "check", "scope", "rule", "deleted", "value", "server"
    sentence: str
    columns: list[str]  # which lost, or were to blame


class Ack(Message, tag="ack", frozen=True):
    """The push of this number is in the database for good."""

    number: int
    outcomes: list[Outcome]


class Begin(Message, tag="begin", frozen=True):
    """A download of about so many rows begins, or goes on; pages and a checkpoint follow."""

    total: int
    done: int
    reset: bool  # rows that do not come are not there any more
    tables: list[str]  # which of them; empty: all


class Page(Message, tag="page", frozen=True):
    """Rows: a packed list of `Rows`. `more` is where to go on if the connection breaks after it; empty: begin again."""

    body: bytes
    more: bytes


class Rows(msgspec.Struct, array_like=True, frozen=True):
    """Rows of one table with the same columns, the key's included; of `gone` ones, their keys."""

    table: str
    columns: list[str]
    rows: list[list[Any]]  # each a Value
    gone: list[Key]
    is_whole: bool  # all columns are there, so that the row may be new; else only those that have changed


class Checkpoint(Message, tag="checkpoint", frozen=True):
    """With all pages since the last one, this is the hub's state of one moment, as far as this user may see it."""

    seal: bytes  # era, version and scopes, signed: the replica gives it back and cannot make one
    version: int
    stamp: int  # the hub's clock then: whatever is written after it has been seen knew of it
    settled: int  # the newest push of this replica that is in it
    answers: int = 0  # the newest question of this connection to which this is the answer
    traces: tuple[str, ...] = ()  # of pushes that are in it; they travel only where there are any


FromReplica = Hello | Push | Have | Ask
FromHub = Welcome | Refused | Ack | Begin | Page | Checkpoint

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_encode = msgspec.msgpack.Encoder().encode
_from_replica = msgspec.msgpack.Decoder(FromReplica)
_from_hub = msgspec.msgpack.Decoder(FromHub)
# Those whose last field says of a trace: how they are called, and all of their fields.
_TRACED: dict[type[Message], tuple[Any, Callable[[Any], Any]]] = {
    kind: (kind.__struct_config__.tag, attrgetter(*kind.__struct_fields__)) for kind in (Push, Checkpoint)
}


def encode(message: Message) -> bytes:
    """A message as it travels: one without a trace says nothing of traces."""
    known = _TRACED.get(type(message))
    if known is None:
        return _encode(message)
    tag, parts = known
    *plain, trace = parts(message)
    return _encode(message if trace else (tag, *plain))


def from_replica(data: bytes) -> FromReplica:
    """What a replica has said; raises MessageRefused."""
    return _decoded(_from_replica, data, MOST_BYTES)  # type: ignore[no-any-return]


def from_hub(data: bytes) -> FromHub:
    """What the hub has said; raises MessageRefused."""
    return _decoded(_from_hub, data, MOST_TOLD)  # type: ignore[no-any-return]


def pack(content: Any) -> bytes:
    """A body: `Changes`, or a list of `Rows`."""
    return zlib.compress(_encode(content), 1)


def pack_small(content: Any) -> bytes | None:
    """The same; None if that is more than a page should have."""
    data = _encode(content)
    packed = zlib.compress(data, 1) if len(data) <= PAGE_UNPACKED else None
    return packed if packed is not None and len(packed) <= PAGE_BYTES else None


def unpack(body: bytes, kind: Any) -> Any:
    """What is in a body; raises MessageRefused, also where it would be larger than anything we send."""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(body, MOST_UNPACKED)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise MessageRefused("A body was cut off, or is larger than 64 MB when it is unpacked.")
        return msgspec.msgpack.decode(data, type=kind)
    except (zlib.error, *_UNREADABLE) as error:
        raise MessageRefused(f"A body cannot be read: {error}.") from None


def _decoded(decoder: msgspec.msgpack.Decoder[Any], data: bytes, most: int) -> Any:
    if len(data) > most:
        raise MessageRefused(f"A message has {len(data):,} bytes; {most:,} are the most.")
    try:
        return decoder.decode(data)
    except _UNREADABLE as error:
        raise MessageRefused(f"A message cannot be read: {error}.") from None
