"""Pushes: what was written here gets a number, and is kept until it is settled.

    take(connection, …)        what was written since the newest push, read at one moment up to the log's end
    under_way(connection)      the oldest that is not acknowledged, as messages: always the same body
    acknowledge(connection, …) it is in the hub for good; what was refused goes to the inbox

Rows are read in a snapshot, without the write lock: a month's work takes seconds, and nobody is to wait for that. What is written
meanwhile lies behind the log's end as it was, and goes with the next push.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ...store.changes.capture import NOW
from ...store.changes.log import Log
from ...store.changes.names import Key
from .. import texts
from ..messages import PART_BYTES, Ack, Change, Changes, Outcome, Push, Value, pack, unpack
from . import inbox
from .identity import load, newest_upto, save, seen_at
from .pending import Pending, fold
from .shapes import Place, Row, Shape, from_wire, logged, to_wire
from .tables import reading, writing
from .under import Unders, forget_all, keep_deletes, read_unders

PUSH_BYTES = 16_000_000  # of one push, unpacked; what is more gets several numbers
IDLE_CHANGES = 1_000  # that are none of ours, before it is noted that nothing among them has to be pushed

_KEYS = 500  # in one statement

_encode = msgspec.msgpack.Encoder().encode


@dataclass
class _Taken:
    """What goes with the next push, and what is to be noted of it."""

    upto: int
    now: int
    after: int
    vanished: list[Place] = field(default_factory=list)  # what was written there has come to nothing
    changes: list[Change] = field(default_factory=list)
    added: list[tuple[Place, str, Value]] = field(default_factory=list)
    states: list[tuple[Place, str, bytes]] = field(default_factory=list)
    inserted: list[tuple[Place, str, Value]] = field(
        default_factory=list
    )  # texts, which the hub will begin with


def take(connection: sqlite3.Connection, log: Log, shapes: Mapping[str, Shape]) -> bool:
    """Give a number to all that was written since the newest push, and say whether there was anything."""
    with reading(connection):
        taken = _read(connection, log, shapes)
        is_over = taken.vanished or taken.upto > load(connection).upto + IDLE_CHANGES
    if taken.changes:
        _write_down(connection, taken)
    elif is_over and _is_nothing_under_way(connection):
        with writing(connection):
            if log.newest(connection) == taken.upto:
                save(connection, upto=taken.upto)
                forget_all(connection)
    return bool(taken.changes)


def under_way(connection: sqlite3.Connection) -> list[Push]:
    """The push that is to be sent, or sent again."""
    found = connection.execute(
        "SELECT number, body FROM main._hipflask_push WHERE NOT is_acked ORDER BY number LIMIT 1"
    ).fetchone()
    if found is None:
        return []
    number, body = found
    now = _now(connection)
    pieces = [body[start : start + PART_BYTES] for start in range(0, len(body), PART_BYTES)]
    return [Push(number, part, len(pieces), piece, now) for part, piece in enumerate(pieces)]


def acknowledge(connection: sqlite3.Connection, ack: Ack, shapes: Mapping[str, Shape]) -> None:
    """Note that a push is in the hub, and put what it refused into the inbox."""
    with writing(connection):
        found = connection.execute(
            "SELECT body, upto FROM main._hipflask_push WHERE number = ?", (ack.number,)
        ).fetchone()
        if found is None:
            return
        body, upto = found
        refused = [outcome for outcome in ack.outcomes if outcome.code != "merged"]
        if refused:
            _to_inbox(connection, ack.number, unpack(body, Changes).changes, refused, shapes)
        if upto <= load(connection).upto:  # settled before we heard that it was taken
            connection.execute("DELETE FROM main._hipflask_push WHERE number = ?", (ack.number,))
        else:
            connection.execute("UPDATE main._hipflask_push SET is_acked = 1 WHERE number = ?", (ack.number,))


def _to_inbox(
    connection: sqlite3.Connection,
    number: int,
    changes: Sequence[Change],
    refused: Iterable[Outcome],
    shapes: Mapping[str, Shape],
) -> None:
    name = load(connection).name
    for outcome in refused:
        if not 0 <= outcome.place < len(changes):
            continue
        change = changes[outcome.place]
        place = (change.table, from_wire(change.key))
        values = dict(zip(change.columns, change.values, strict=False))
        shape = shapes.get(change.table)
        edits = [
            name
            for name, value in values.items()
            if shape and name in shape.texts and isinstance(value, bytes)
        ]
        if shape and edits:  # an edit of a document says nothing to a person
            here = shape.rows(connection, [place[1]]).get(place[1], {})
            values |= {name: here.get(name) for name in edits}
        inbox.put(
            connection,
            place,
            change.kind,
            values,
            outcome.code,
            outcome.sentence,
            f"{name}/{number}/{outcome.place}",
        )


# ── what goes ─────────────────────────────────────────────────────────────────────────────────────


def _read(connection: sqlite3.Connection, log: Log, shapes: Mapping[str, Shape]) -> _Taken:
    after = newest_upto(connection)
    taken = _Taken(max(log.newest(connection), after), _now(connection), after)
    pendings = fold(log.written_here(connection, after), shapes)
    if not pendings:
        return taken
    keep_deletes(connection, pendings)
    taken.vanished = [place for place, each in pendings.items() if each.kind == "nothing"]
    seen = seen_at(connection)
    by_table: dict[str, dict[Key, Pending]] = {}
    for (table, key), pending in pendings.items():
        by_table.setdefault(table, {})[key] = pending
    for name in reversed([*shapes]):  # who refers to others goes before them
        deletes = ((key, each) for key, each in by_table.get(name, {}).items() if each.kind == "delete")
        taken.changes += [
            Change(name, to_wire(key), "delete", [], [], [each.written.clock], _stamp(seen, each))
            for key, each in deletes
        ]
    for name, shape in shapes.items():
        written = {key: each for key, each in by_table.get(name, {}).items() if not each.is_gone}
        if written:
            _read_rows(connection, shape, written, taken, seen)
    return taken


def _read_rows(
    connection: sqlite3.Connection,
    shape: Shape,
    written: Mapping[Key, Pending],
    taken: _Taken,
    seen: list[tuple[int, int]],
) -> None:
    unders = read_unders(connection, shape, written)
    columns = {name for pending in written.values() for name in pending.columns}
    rows = shape.rows(connection, written, [name for name in shape.columns if name in columns])
    for key, pending in written.items():
        row = rows.get(key)
        if row is None:  # it went with something that came from the hub
            taken.vanished.append((shape.name, key))
            continue
        if shape.sums or shape.texts:
            row = _values(shape, key, row, pending, unders, taken)
        names = [name for name in shape.columns if name in pending.columns]
        taken.changes.append(
            Change(
                shape.name,
                to_wire(key),
                "insert" if pending.kind == "insert" else "update",
                names,
                [row[name] for name in names],
                [pending.columns[name].clock for name in names],
                _stamp(seen, pending),
            )
        )


def _values(shape: Shape, key: Key, row: Row, pending: Pending, unders: Unders, taken: _Taken) -> Row:
    """What travels of a changed row: of sums what was added, of texts the edit; of a new row everything as it is."""
    place, under = (shape.name, key), unders.of(key)
    for name in shape.sums & {*pending.columns}:
        value: Any = row[name] or 0
        added = value - unders.expected(key, name) if name in under.before else 0
        if pending.kind == "update":
            row[name] = added
        elif not pending.is_known:
            added = value
        taken.added.append((place, name, added))
    for name in shape.texts & {*pending.columns}:
        now = row[name]
        if pending.kind == "update" and isinstance(now, str):
            before = under.before.get(name)
            here = under.states.get(name) or texts.initial(before if isinstance(before, str) else "")
            state, update = texts.edited(here, now)
            again = [*unders.unsent(key, name), update]
            row[name] = texts.joined(again)
            taken.states.append((place, name, state))
            taken.added.append((place, name, row[name]))
        elif name in under.before:
            taken.inserted.append((place, name, now))
    return row


def _now(connection: sqlite3.Connection) -> int:
    """The log's clock."""
    (now,) = connection.execute(f"SELECT max(floor, {NOW}) FROM main._hipflask_state").fetchone()
    return int(now)


def _stamp(seen: list[tuple[int, int]], pending: Pending) -> int:
    first = pending.first
    for sequence, stamp in seen:
        if sequence < first:
            return stamp
    return 0


# ── writing it down ───────────────────────────────────────────────────────────────────────────────


def _write_down(connection: sqlite3.Connection, taken: _Taken) -> None:
    bodies = [*_bodies(taken)]  # before the write lock is taken
    with writing(connection):
        number = load(connection).pushed
        before = newest_upto(connection)
        for place, body in enumerate(bodies, 1):
            upto = taken.upto if place == len(bodies) else before
            connection.execute(
                "INSERT INTO main._hipflask_push VALUES (?, ?, ?, 0)", (number + place, upto, body)
            )
        _forget(connection, taken)
        newest = number + len(bodies)
        save(connection, pushed=newest)
        connection.execute("DELETE FROM main._hipflask_added WHERE push = 0")  # they go with this one
        connection.executemany(
            "INSERT INTO main._hipflask_added VALUES (?, ?, ?, ?, ?)",
            [(table, logged(key), name, newest, value) for (table, key), name, value in taken.added],
        )
        connection.executemany(
            "INSERT OR REPLACE INTO main._hipflask_text VALUES (?, ?, ?, ?)",
            [(table, logged(key), name, state) for (table, key), name, state in taken.states],
        )
        connection.executemany(
            'UPDATE main._hipflask_before SET value = ? WHERE "table" = ? AND key = ? AND "column" = ?',
            [(value, table, logged(key), name) for (table, key), name, value in taken.inserted],
        )


def _forget(connection: sqlite3.Connection, taken: _Taken) -> None:
    """Have the log say that it was not written here: nobody will ever hear of it, so it is to stand in nobody's way."""
    by_table: dict[str, list[Key]] = {}
    for table, key in taken.vanished:
        by_table.setdefault(table, []).append(key)
    for table, keys in by_table.items():
        for start in range(0, len(keys), _KEYS):
            some = [logged(key) for key in keys[start : start + _KEYS]]
            connection.execute(
                "UPDATE main._hipflask_log SET origin = 1 WHERE sequence > ? AND sequence <= ? AND "
                '"table" = (SELECT id FROM main._hipflask_table WHERE name = ?) '
                f"AND key IN ({', '.join('?' * len(some))})",
                (taken.after, taken.upto, table, *some),
            )


def _bodies(taken: _Taken) -> Iterator[bytes]:
    """The changes in as few bodies as may be; each is encoded once."""
    size = 0
    some: list[msgspec.Raw] = []
    for change in taken.changes:
        encoded = msgspec.Raw(_encode(change))
        if some and size + len(encoded) > PUSH_BYTES:
            yield pack([taken.now, some])
            size, some = 0, []
        some.append(encoded)
        size += len(encoded)
    yield pack([taken.now, some])


def _is_nothing_under_way(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM main._hipflask_push LIMIT 1").fetchone() is None
