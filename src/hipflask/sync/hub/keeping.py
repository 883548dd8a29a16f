"""What is kept of a push beside the rows themselves: marks, documents, its outcomes, and what the sequencer has to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import psycopg

from ...core.tracing import Origin
from ..merge import Marks
from ..messages import Outcome
from . import marks, outbox
from .arrays import array
from .deciding import Decision, Moment
from .layout import SCHEMA
from .tables import HubTable

Cursor = psycopg.Cursor[Any]

# What this transaction has written beside what was pushed.
_BY_ITSELF = f"""
    SELECT o.ctid::text, o.rows, array_agg(k.key) FROM {SCHEMA}.outbox o CROSS JOIN unnest(o.keys) AS k (key)
    LEFT JOIN unnest(%s::integer[], %s::text[]) AS pushed ("table", key) ON pushed."table" = o."table" AND pushed.key = k.key
    WHERE o.xid = pg_current_xact_id() AND o.kind IN ('i', 'u', 'd') AND pushed.key IS NULL GROUP BY o.ctid, o.rows"""


def keep(cursor: Cursor, table: HubTable, decisions: Sequence[Decision]) -> None:
    """Write down the marks and documents of one table's rows."""
    stored = {each.key: each.stored for each in decisions if each.stored is not None}
    now = {each.key: _marks(each) for each in decisions}
    changed = {key: each for key, each in now.items() if each != stored.get(key, marks.NONE)}
    marks.write(cursor, table.number, changed, stored.keys())
    if table.texts:
        _documents(cursor, table, [each for each in decisions if each.kind != "nothing"])


def tell(cursor: Cursor, decisions: Sequence[Decision], moment: Moment) -> None:
    """Have the sequencer mark what the database did by itself, and send the replica the rows that are not as it pushed them."""
    ours = [each for each in decisions if each.table is not None]
    numbers = [each.table.hub.number for each in ours if each.table is not None]
    keys = [each.key for each in ours]
    # ON DELETE CASCADE and triggers of the app: a writer in the database, as anybody else who writes there.
    for place, rows, itself in cursor.execute(_BY_ITSELF, (numbers, array(keys))).fetchall():
        outbox.give(cursor, place, rows, itself, "")
    others = [(number, each.key) for number, each in zip(numbers, ours, strict=True) if each.is_other]
    if others:
        cursor.execute(
            f'INSERT INTO {SCHEMA}.outbox ("table", keys, kind, mask, at, origin) '
            "SELECT number, ARRAY[key], 'o', 0, %s, %s FROM unnest(%s::integer[], %s::text[]) AS other (number, key)",
            (moment.now, moment.replica, [number for number, _ in others], array(key for _, key in others)),
        )


def conclude(
    cursor: Cursor, moment: Moment, number: int, digest: bytes, came: Sequence[Outcome], newest: int
) -> None:
    """The push is applied: what came of it, for whoever asks again, and its number for the checkpoint that has it."""
    cursor.execute(
        f"WITH applied AS (UPDATE {SCHEMA}.replica SET applied = %s, outcomes = %s, stamp = %s, seen = now() WHERE name = %s) "
        f"INSERT INTO {SCHEMA}.outbox (\"table\", keys, kind, mask, at, origin) VALUES (0, %s, 's', 0, %s, %s)",
        (
            *(number, digest + msgspec.msgpack.encode(came), newest, moment.replica),
            *([str(number)], moment.now, moment.replica),
        ),
    )


def trace(cursor: Cursor, moment: Moment, origin: Origin) -> None:
    """Have the version in which this push is name the span that it was applied in."""
    cursor.execute(
        f"INSERT INTO {SCHEMA}.outbox (\"table\", keys, kind, mask, at, origin) VALUES (0, %s, 'c', 0, %s, %s)",
        ([origin.traceparent], moment.now, moment.replica),
    )


def outcomes(kept: bytes, digest: bytes) -> list[Outcome] | None:
    """What came of a push, as `conclude` has kept it; None if that was another push."""
    if not kept.startswith(digest):
        return None
    return msgspec.msgpack.decode(kept[len(digest) :], type=list[Outcome])


def _marks(decision: Decision) -> Marks:
    """Also of what was refused: marks that only waited for the sequencer are written here."""
    is_taken = decision.merged is not None and not decision.is_refused
    return decision.merged.marks if is_taken and decision.merged is not None else decision.marks


def _documents(cursor: Cursor, table: HubTable, decisions: Sequence[Decision]) -> None:
    anew = [each.key for each in decisions if each.kind in ("insert", "delete")]
    if anew:  # a row of the same key before it had other texts
        cursor.execute(
            f'DELETE FROM {SCHEMA}.document WHERE "table" = %s AND key = ANY(%s)', (table.number, anew)
        )
    states = [
        (table.number, each.key, name, state)
        for each in decisions
        if each.merged is not None
        for name, state in each.merged.states.items()
    ]
    if states:
        cursor.executemany(
            f"INSERT INTO {SCHEMA}.document VALUES (%s, %s, %s, %s) "
            'ON CONFLICT ("table", key, "column") DO UPDATE SET state = excluded.state',
            states,
        )
