"""Queues on SQLite, with the promises of SQS: what was sent is delivered at least once, however often a program is killed.

    with file.writing() as connection:
        send(connection, "orders", '{"pizza": 3}', now)
        receive(connection, "orders", now, most=10, hidden_for=30)     [Message(body='{"pizza": 3}', receipt=…, receives=1)]
        delete(connection, message)                                    it is done; else others get it in 30 seconds

A message is never taken out by whoever receives it, only hidden: what counts is the time written beside it. Each receiving
has a receipt of its own, and one that is out of date neither deletes nor hides any more, since somebody else has the message.
Everything here is one statement or a few inside the caller's transaction, and every time is given, so that tests need no waiting.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as it was received or looked at."""

    id: str
    queue: str
    body: str
    attributes: Mapping[str, str]
    sent_at: float
    receives: int
    first_received_at: float | None
    receipt: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages of a queue wait, and how many somebody is at work on or are to come later."""

    waiting: int
    hidden: int


_COLUMNS = "rowid, id, queue, body, attributes, sent_at, receives, first_received_at, receipt, reason"


def dead_letters_of(queue: str) -> str:
    """The dead-letter queue of a queue: `orders-dead` of `orders`, `orders-dead.fifo` of `orders.fifo`."""
    return f"{queue.removesuffix('.fifo')}-dead{'.fifo' if is_in_order(queue) else ''}"


def is_in_order(queue: str) -> bool:
    """Whether messages keep their order, for which each waits until the one before it is done."""
    return queue.endswith(".fifo")


def send(
    connection: Connection,
    queue: str,
    body: str,
    now: float,
    *,
    delay: float = 0,
    attributes: Mapping[str, str] | None = None,
    id: str | None = None,
) -> str:
    """Add a message, and return its id; one whose id is there already is not added again."""
    chosen = id or str(uuid.uuid4())
    connection.execute(
        "INSERT OR IGNORE INTO message (id, queue, body, attributes, sent_at, due_at, receives) VALUES (?, ?, ?, ?, ?, ?, 0)",
        (chosen, queue, body, json.dumps(dict(attributes or {})), now, now + delay),
    )
    return chosen


def receive(
    connection: Connection, queue: str, now: float, *, most: int, hidden_for: float, dead_after: int
) -> list[Message]:
    """Take messages that are due, oldest first, and hide them from others for a while.

    What has been received `dead_after` times already goes to the dead-letter queue instead.
    """
    bury(connection, queue, now, dead_after)
    if is_in_order(queue) and connection.execute(_BEGUN, (queue, now)).fetchone():
        return []
    order = "rowid" if is_in_order(queue) else "due_at, rowid"
    rows = connection.execute(
        "UPDATE message SET receives = receives + 1, receipt = ?, due_at = ?, first_received_at = ifnull(first_received_at, ?) "
        f"WHERE rowid IN (SELECT rowid FROM message WHERE queue = ? AND due_at <= ? ORDER BY {order} LIMIT ?) "
        f"RETURNING {_COLUMNS}",
        (uuid.uuid4().hex, now + hidden_for, now, queue, now, most),
    ).fetchall()
    return [_message(row) for row in sorted(rows)]


_BEGUN = "SELECT 1 FROM message WHERE queue = ? AND receives > 0 AND due_at > ? LIMIT 1"


def bury(connection: Connection, queue: str, now: float, dead_after: int) -> None:
    """Move what has been received often enough, and is due once more, to the dead-letter queue."""
    connection.execute(
        "UPDATE message SET queue = ?, due_at = ?, receipt = NULL, "
        "reason = 'given up after attempt ' || receives || ifnull(': ' || reason, '') "
        "WHERE queue = ? AND due_at <= ? AND receives >= ?",
        (dead_letters_of(queue), now, queue, now, dead_after),
    )


def is_due(connection: Connection, now: float) -> dict[str, tuple[int, float]]:
    """The queues in which something is due: how many messages, and when the oldest of them was sent."""
    rows = connection.execute(
        "SELECT queue, count(*), min(sent_at) FROM message WHERE due_at <= ? GROUP BY queue", (now,)
    )
    return {queue: (count, oldest) for queue, count, oldest in rows}


# ── by receipt ────────────────────────────────────────────────────────────────────────────────────


def delete(connection: Connection, messages: Iterable[Message]) -> int:
    """Say that messages are done; returns how many were, since a receipt may be out of date."""
    return sum(
        connection.execute(
            "DELETE FROM message WHERE id = ? AND receipt = ?", (each.id, each.receipt)
        ).rowcount
        for each in messages
    )


def hide(
    connection: Connection, messages: Iterable[Message], until: float, reason: str | None = None
) -> None:
    """Have others wait for messages until then: because they are still being worked on, or have failed for a `reason`."""
    connection.executemany(
        "UPDATE message SET due_at = ?, reason = ifnull(?, reason) WHERE id = ? AND receipt = ?",
        [(until, reason, each.id, each.receipt) for each in messages],
    )


def put_back(connection: Connection, messages: Iterable[Message], now: float) -> None:
    """Give up messages that were never worked on to the end: they are as if nobody had received them."""
    connection.executemany(
        "UPDATE message SET due_at = ?, receives = receives - 1, receipt = NULL WHERE id = ? AND receipt = ?",
        [(now, each.id, each.receipt) for each in messages],
    )


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────


def counts(connection: Connection, now: float) -> dict[str, Counts]:
    """Every queue in which there is something."""
    rows = connection.execute(
        "SELECT queue, sum(due_at <= ?), sum(due_at > ?) FROM message GROUP BY queue ORDER BY queue",
        (now, now),
    )
    return {queue: Counts(waiting, hidden) for queue, waiting, hidden in rows}


def look(connection: Connection, queue: str, most: int = 100) -> list[Message]:
    """The messages of a queue, oldest first, without receiving them."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM message WHERE queue = ? ORDER BY rowid LIMIT ?", (queue, most)
    )
    return [_message(row) for row in rows]


def redrive(connection: Connection, queue: str, now: float) -> int:
    """Send what is in a queue's dead-letter queue once more; returns how many messages that were."""
    return connection.execute(
        "UPDATE message SET queue = ?, due_at = ?, receives = 0, first_received_at = NULL, receipt = NULL, reason = NULL "
        "WHERE queue = ?",
        (queue, now, dead_letters_of(queue)),
    ).rowcount


def purge(connection: Connection, queue: str) -> int:
    """Throw away what is in a queue; returns how many messages that were."""
    return connection.execute("DELETE FROM message WHERE queue = ?", (queue,)).rowcount


# ── the clock ─────────────────────────────────────────────────────────────────────────────────────

NOTED_EVERY_SECONDS = 10.0


def note_time(connection: Connection, now: float) -> float:
    """Note what the clock says; returns by how many seconds it has been set back since the last time, 0 if it was not.

    What is hidden until then comes that much earlier: a clock that is put right by a day must not keep messages for a day.
    """
    (noted,) = connection.execute("SELECT at FROM clock").fetchone()
    connection.execute("UPDATE clock SET at = ?", (now,))
    back = max(0.0, float(noted) - now)
    if back:
        connection.execute(
            "UPDATE message SET due_at = max(?, due_at - ?) WHERE due_at > ?", (now, back, now)
        )
    return back


def _message(row: tuple[Any, ...]) -> Message:
    _, id, queue, body, attributes, *rest = row
    return Message(id, queue, body, json.loads(attributes), *rest)
