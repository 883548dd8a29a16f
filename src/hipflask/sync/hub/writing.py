"""Pushed changes written in bulk, and the few that the database does not take found among the many.

    1,000 changes, one of which has a name that is taken
    all → UniqueViolation; the first half → written; the second half → UniqueViolation; its first half → …      20 steps, not 1,000

Each step is a savepoint, in which constraints wait until all of its changes are made: updates first, since what moved away must
not go with a parent that is deleted; then deletes, children before parents; then inserts, parents before children.
What fails alone is tried again after all others: the name may have been given up by one of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psycopg
from psycopg import errors

from ...store.sql import quoted
from .deciding import SERVER_FAULT, Decision, PushTable
from .faults import Fault, fault_of, is_of_a_change

_logger = logging.getLogger(__name__)

MOST_ROUNDS = 8
Cursor = psycopg.Cursor[Any]
Outsiders = Callable[[Sequence[Decision]], Sequence[Decision]]
"""Which of the changes, as they stand in the database now, their user may not make."""


class Overtaken(Exception):
    """Somebody else has made the same row meanwhile: everything is to be decided again."""


class Writing:
    """The changes of one push on their way into the database."""

    def __init__(
        self, cursor: Cursor, tables: Sequence[PushTable], outsiders: Outsiders, is_last: bool
    ) -> None:
        self._cursor = cursor
        self._is_last = (
            is_last  # a key that is taken by a row that cannot be seen is refused, and not tried again
        )
        self._place = {table.name: place for place, table in enumerate(tables)}
        self._outsiders = outsiders
        self._faults: dict[int, Fault] = {}

    def write(self, decisions: Iterable[Decision]) -> None:
        """Write all that can be written, and refuse the rest."""
        waiting = sorted((each for each in decisions if each.kind != "nothing"), key=self._order)
        for _ in range(MOST_ROUNDS):
            failed = self._some(waiting)
            if len(failed) in (0, len(waiting)):
                break
            waiting = failed
        for decision in failed:
            fault = self._faults[decision.place]
            decision.refuse(fault.code, fault.sentence, fault.columns)

    def _some(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Write these, and return those for which that is impossible now."""
        if not decisions:
            return []
        try:
            with self._cursor.connection.transaction():
                self._all(decisions)
                outside = self._outsiders(decisions)
                if outside:
                    raise _Outside
        except _Outside:
            for decision in outside:
                decision.refuse("scope", "This would belong to others, so it cannot be written.")
            return self._some([each for each in decisions if not each.is_refused])
        except psycopg.Error as error:
            if not is_of_a_change(error, self._cursor.connection):
                raise
            if len(decisions) == 1:
                self._faults[decisions[0].place] = self._fault(decisions[0], error)
                return list(decisions)
        else:
            return []
        half = len(decisions) // 2
        return self._some(decisions[:half]) + self._some(decisions[half:])

    def _all(self, decisions: Sequence[Decision]) -> None:
        self._cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for (kind, _, _), group in _grouped(decisions, self._order).items():
            table = group[0].table
            if table is not None:
                (_update, _delete, _insert)[kind](self._cursor, table, group)
        self._cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def _order(self, decision: Decision) -> tuple[int, int, str]:
        place = self._place[decision.change.table]
        match decision.kind:
            case "update":
                return 0, place, ""
            case "delete":
                return 1, -place, ""
        # New rows with the same columns go together.
        return 2, place, "\0".join(sorted(decision.writes))

    def _fault(self, decision: Decision, error: psycopg.Error) -> Fault:
        fault = fault_of(self._cursor, error, decision.kind == "delete")
        if fault.is_of_key and not self._is_last:
            raise Overtaken from error
        if fault.sentence == SERVER_FAULT:
            _logger.error("A pushed change of %s cannot be written.", decision.change.table, exc_info=error)
        return fault


class _Outside(Exception):
    """Some of what was just written is not its user's to write."""


def _grouped(
    decisions: Sequence[Decision], key: Callable[[Decision], tuple[int, int, str]]
) -> dict[tuple[int, int, str], list[Decision]]:
    groups: dict[tuple[int, int, str], list[Decision]] = {}
    for decision in decisions:
        groups.setdefault(key(decision), []).append(decision)
    return groups


def _update(cursor: Cursor, table: PushTable, decisions: Sequence[Decision]) -> None:
    """All changed rows of a table in one statement, so that triggers run once; what a row does not change stays as it is."""
    names = sorted({name for decision in decisions for name in decision.writes})
    arrays: list[Any] = [[decision.key for decision in decisions]]
    types, columns, sets = ["text"], ["key"], []
    for place, name in enumerate(names):
        arrays += [
            [name in decision.writes for decision in decisions],
            [decision.writes.get(name) for decision in decisions],
        ]
        types += ["boolean", table.columns[name].sql_type]
        columns += [f"h{place}", f"c{place}"]
        sets.append(f"{quoted(name)} = CASE WHEN n.h{place} THEN n.c{place} ELSE t.{quoted(name)} END")
    cursor.execute(
        f"UPDATE {table.hub.sql} t SET {', '.join(sets)} FROM {_unnested(types)} AS n ({', '.join(columns)}) "
        f"WHERE {table.hub.key.find('t', 'n.key')}",
        arrays,
    )
    _refuse_fewer(cursor, decisions)


def _delete(cursor: Cursor, table: PushTable, decisions: Sequence[Decision]) -> None:
    cursor.execute(
        f"DELETE FROM {table.hub.sql} t USING {_unnested(['text'])} AS n (key) WHERE {table.hub.key.find('t', 'n.key')}",
        [[decision.key for decision in decisions]],
    )


def _insert(cursor: Cursor, table: PushTable, decisions: Sequence[Decision]) -> None:
    names = sorted(decisions[0].writes)
    columns = ", ".join(map(quoted, names))
    cursor.execute(
        f"INSERT INTO {table.hub.sql} ({columns}) SELECT * FROM {_unnested([table.columns[name].sql_type for name in names])}",
        [[decision.writes[name] for decision in decisions] for name in names],
    )
    _refuse_fewer(cursor, decisions)


def _unnested(types: Iterable[str]) -> str:
    # In binary (%b): psycopg writes an array as text ten times as slowly.
    return f"unnest({', '.join(f'%b::{each}[]' for each in types)})"


def _refuse_fewer(cursor: Cursor, decisions: Sequence[Decision]) -> None:
    """A row may have gone with a parent that was deleted, or a trigger of the app may keep it from being written."""
    if cursor.rowcount != len(decisions):
        raise errors.NoDataFound("The database wrote fewer rows than it was given.")
