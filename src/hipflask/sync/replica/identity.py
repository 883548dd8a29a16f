"""Who a replica is for the hub, and what it has: the one row of `_hipflask_replica`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

_COLUMNS = "name, ticket, seal, version, more, is_partial, pushed, upto, reset, schema"

Schema = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Identity:
    """The row, as it is at a moment."""

    name: str
    ticket: str
    seal: bytes  # of the newest checkpoint; empty: none, or none that could be gone on from
    version: int
    more: bytes  # where a download broke off
    is_partial: bool  # pages were applied, and not their checkpoint
    pushed: int  # the newest push that ever got a number
    upto: int  # up to which sequence of the log all that was written here is settled
    reset: str  # why everything is being sent anew
    schema: Schema  # what the columns took when the newest checkpoint was applied


def load(connection: sqlite3.Connection) -> Identity:
    """The row as it is."""
    row: tuple[Any, ...] = connection.execute(f"SELECT {_COLUMNS} FROM main._hipflask_replica").fetchone()
    kept: list[Any] = [*row[:-1], json.loads(row[-1])]
    return Identity(*kept)


def save(connection: sqlite3.Connection, **values: object) -> None:
    """Change some of it."""
    sets = ", ".join(f"{name} = ?" for name in values)
    kept = [json.dumps(value) if isinstance(value, dict) else value for value in values.values()]
    connection.execute(f"UPDATE main._hipflask_replica SET {sets}", kept)


def forget_seal(connection: sqlite3.Connection) -> None:
    """Have everything sent anew at the next hello. Nothing that is pending is lost by that."""
    save(connection, seal=b"", version=0, more=b"")


def newest_upto(connection: sqlite3.Connection) -> int:
    """Up to which sequence of the log all is settled, or in a push."""
    (upto,) = connection.execute(
        "SELECT max(upto) FROM (SELECT upto FROM main._hipflask_replica UNION ALL SELECT upto FROM main._hipflask_push)"
    ).fetchone()
    return int(upto)


def newest_unheard(connection: sqlite3.Connection, tables: Collection[str]) -> int | None:
    """The newest change in these tables that was written here and is not acknowledged, as far as the push under way goes if there is one."""
    (newest,) = connection.execute(
        "SELECT max(sequence) FROM main._hipflask_log AS change JOIN main._hipflask_table AS known "
        f'ON known.id = change."table" WHERE origin = 0 AND name IN ({", ".join("?" * len(tables))}) AND sequence > '
        "(SELECT max(upto) FROM (SELECT upto FROM main._hipflask_replica UNION ALL "
        "SELECT upto FROM main._hipflask_push WHERE is_acked)) AND sequence <= "
        f"(SELECT ifnull(max(upto), {2**63 - 1}) FROM main._hipflask_push WHERE NOT is_acked)",
        (*tables,),
    ).fetchone()
    return newest  # type: ignore[no-any-return]


def pushed_uptos(connection: sqlite3.Connection) -> list[int]:
    """Up to which sequences of the log the pushes go that are not settled."""
    return [upto for (upto,) in connection.execute("SELECT DISTINCT upto FROM main._hipflask_push")]


def seen_at(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """From which place of the log on a checkpoint of which stamp was there, the newest first."""
    return connection.execute(
        "SELECT sequence, stamp FROM main._hipflask_seen ORDER BY sequence DESC"
    ).fetchall()
