"""A push, applied once and as a whole: one transaction from the replica's row to what the sequencer is told.

    who pushes, and whether it was applied already      replica, locked: one push of a device at a time
    the changes in their one form                       deciding.taken
    their rows, held                                    present.fill
    who wins                                            deciding.decide, judging, scopes
    the winners written                                 writing.Writing
    what else there is to keep                          marks, documents, the outcomes, touches, "settled"

Two transactions that are in each other's way are told apart by PostgreSQL, and one is done again. Nothing here writes to the
hub's `state`: a row that all pushes write would make them wait for each other.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import errors

from ...core import tracing
from ...core.tracing import Origin
from ...store.models.shared import PushRule
from .. import clock, texts
from ..messages import Ack, Changes, MessageRefused, Push, Refused, unpack
from ..parties import Visitor
from ..traces import heard
from . import keeping, present
from .database import COLLISIONS, Database
from .deciding import Decision, Moment, PushTable, decide, refuse_twice, taken
from .judging import judges
from .layout import ORIGIN, SCHEMA
from .owning import Owner
from .scopes import Grants
from .tables import HubTables
from .writing import Overtaken, Writing

MOST_TRIES = 12
# A row that a person holds in a psql left open must not hold a thread of the hub as long.
LOCK_MS = 5_000

Cursor = psycopg.Cursor[Any]


class Pushes:
    """What is pushed to one hub."""

    def __init__(
        self, database: Database, tables: HubTables, grants: Grants, rules: Mapping[Any, Sequence[PushRule]]
    ) -> None:
        self._database = database
        self.grants = grants
        self.tables = {table.name: PushTable(table) for table in tables}
        self.judges = judges(rules, self.tables)
        if any(table.texts for table in tables):
            texts.initial("")  # says now what is not installed, instead of refusing every edit

    def push(self, visitor: Visitor, parts: Sequence[Push]) -> Ack | Refused:
        """Apply a push once, or say again what came of it."""
        body = b"".join(part.body for part in parts)
        try:
            changes: Changes = unpack(body, Changes).said(parts[0].now)
        except MessageRefused as refused:
            return Refused("message", str(refused))
        number = parts[0].number
        if not 0 < number < 2**63:
            return Refused("message", f"A push has a number from 1 on, got {number}.")
        facts = {"changes": len(changes.changes), "parts": len(parts), "bytes": len(body)}
        origin = heard(parts[0].trace)
        with tracing.span("hub push", "push", parent=origin, facts=facts) as span:
            digest = hashlib.sha256(body).digest()
            answer = self._tried(visitor, number, digest, changes, span.origin if span else origin)
            if span:
                span.facts.update(_facts(answer))
            return answer

    def _tried(
        self, visitor: Visitor, number: int, digest: bytes, changes: Changes, origin: Origin | None
    ) -> Ack | Refused:
        for attempt in range(MOST_TRIES):
            try:
                with self._database.transaction() as connection, connection.cursor() as cursor:
                    is_last = attempt == MOST_TRIES - 1
                    return _pushed(_Pushing(cursor, visitor, self, is_last, origin), number, digest, changes)
            except (Overtaken, *COLLISIONS):
                time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 5)))
            except _Held:
                break
        return Refused("busy", "Rows of this push are held by somebody else; it is said again later.")


def _facts(answer: Ack | Refused) -> dict[str, str | int]:
    if isinstance(answer, Refused):
        return {"code": answer.code}
    merged = sum(outcome.code == "merged" for outcome in answer.outcomes)
    return {"merged": merged, "refused": len(answer.outcomes) - merged}


class _Held(Exception):
    """Somebody has not let go of a row for too long."""


def _pushed(pushing: _Pushing, number: int, digest: bytes, changes: Changes) -> Ack | Refused:
    try:
        return pushing.push(number, digest, changes)
    except errors.LockNotAvailable:
        raise _Held from None  # before it is taken for a database that is gone
    except errors.UniqueViolation as error:  # of marks: those of the app's tables have been dealt with
        raise Overtaken from error


class _Pushing:
    """One try, in its transaction."""

    def __init__(
        self, cursor: Cursor, visitor: Visitor, hub: Pushes, is_last: bool, origin: Origin | None
    ) -> None:
        self._cursor = cursor
        self._visitor = visitor
        self._hub = hub
        self._is_last = is_last
        self._origin = origin
        self._owner = Owner(cursor, hub.grants, visitor.user)

    def push(self, number: int, digest: bytes, changes: Changes) -> Ack | Refused:
        self._begin()
        found = self._cursor.execute(
            f'SELECT "user", tickets, applied, outcomes, stamp FROM {SCHEMA}.replica WHERE name = %s FOR UPDATE',
            (self._visitor.replica,),
        ).fetchone()
        if found is None or found[0] != self._visitor.user:
            return Refused("busy", "The hub does not know this device any more; it gets a new name.")
        _, tickets, applied, kept, stamp = found
        if not tickets or tickets[-1] != self._visitor.ticket:
            return Refused("busy", "Another connection of this device was opened after this one.")
        if number <= applied:
            return self._again(number, digest, applied, kept)
        moment = self._moment(changes, stamp)
        decisions = self._applied(changes, moment)
        outcomes = [each.outcome for each in decisions if each.outcome is not None]
        newest = max([stamp, *(each.stamp for each in decisions)])
        keeping.conclude(self._cursor, moment, number, digest, outcomes, newest)
        if self._origin is not None:
            keeping.trace(self._cursor, moment, self._origin)
        return Ack(number, outcomes)

    def _begin(self) -> None:
        self._cursor.execute(
            "SELECT set_config(%s, %s, true), set_config('lock_timeout', %s, true)",
            (ORIGIN, self._visitor.replica, f"{LOCK_MS}ms"),
        )

    def _again(self, number: int, digest: bytes, applied: int, kept: bytes | None) -> Ack | Refused:
        """What came of a push that was applied before."""
        if number < applied or kept is None:  # from before the newest answer that was heard
            return Ack(number, [])
        outcomes = keeping.outcomes(kept, digest)
        if outcomes is not None:
            return Ack(number, outcomes)
        # Two copies of a file have numbered alike. The ticket that this one shows next is not known any more.
        self._cursor.execute(
            f"UPDATE {SCHEMA}.replica SET tickets = array_remove(tickets, %s) WHERE name = %s",
            (self._visitor.ticket, self._visitor.replica),
        )
        return Refused("busy", "Another push had this number: the file with the data was copied.")

    def _moment(self, changes: Changes, stamp: int) -> Moment:
        row = self._cursor.execute(
            f"SELECT clock, (extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM {SCHEMA}.state"
        ).fetchone()
        seen, wall = row or (0, 0)
        return Moment(self._visitor.replica, changes.now, stamp, seen, clock.tick(seen, wall))

    def _applied(self, changes: Changes, moment: Moment) -> list[Decision]:
        decisions = [taken(place, change, self._hub.tables) for place, change in enumerate(changes.changes)]
        refuse_twice(decisions)
        by_table = self._by_table(decisions)
        by_hub = {table.hub: some for table, some in by_table.items()}
        present.fill(self._cursor, by_hub, moment.replica, self._hub.judges)
        for table, some in by_table.items():
            self._owner.refuse_foreign(table.hub, some)
            for decision in some:
                decide(decision, moment)
                for judge in self._hub.judges.get(table.name, ()):
                    judge.judge(decision, self._visitor.user)
        Writing(self._cursor, list(by_table), self._owner.outsiders, self._is_last).write(decisions)
        for decision in self._owner.beyond(decisions, self._visitor.held):
            decision.is_other = True  # what is touched is gone where it is not its own
        for table, some in by_table.items():
            keeping.keep(self._cursor, table.hub, some)
        keeping.tell(self._cursor, decisions, moment)
        return decisions

    def _by_table(self, decisions: Sequence[Decision]) -> dict[PushTable, list[Decision]]:
        by_name: dict[str, list[Decision]] = {}
        for decision in decisions:
            if decision.table is not None:
                by_name.setdefault(decision.table.name, []).append(decision)
        return {table: by_name[name] for name, table in self._hub.tables.items() if name in by_name}
