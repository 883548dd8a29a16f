"""The first word of a replica, judged: who it is, what it has, and whether it can go on from there.

    Hello(replica "k3…", ticket T1, seal of version 4711, pushed 12)
    known, ticket and user right, seal of this hub's past   → it goes on; its next ticket is T2
    known, but T1 was used before, or 12 is less than we have → a copied file, or one that was put back: a new name
    the seal's version was taken back by a restored backup  → "restored": everything is sent anew

A ticket that was given may never arrive, and two hellos of one device may cross on their way. So all tickets that were given since
the last one shown are good, until one of them is shown.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import psycopg

from ..clock import tick
from ..messages import PROTOCOL, Hello, Refused, Welcome
from ..parties import Visitor
from ..rules import kinds
from .database import Connection, Database
from .download import More, standing_of_more
from .layout import SCHEMA
from .seals import Seal, Seals, standing
from .tables import HubTables

MOST_TICKETS = 20
_OURS = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Known:
    """A replica as the hub remembers it."""

    user: str
    tickets: Sequence[str]  # the one shown last, then those given since
    applied: int
    had: int


class Door:
    """Where replicas come in."""

    def __init__(self, database: Database, tables: HubTables, seals: Seals) -> None:
        self._database = database
        self._seals = seals
        self._kinds = kinds(table.table for table in tables)

    def welcome(self, user: str, hello: Hello) -> tuple[Visitor, Welcome] | Refused:
        """Let a replica of this user in, or say why not."""
        if hello.protocol != PROTOCOL:
            return Refused("protocol", _other_protocol(hello.protocol))
        flaw = schema_flaw(hello.schema, self._kinds)
        if flaw:
            return Refused("schema", flaw)
        with self._database.transaction() as connection:
            known = _known(connection, hello.replica)
            seal = self._seals.opened(hello.seal) if hello.seal else None
            state = self._state(connection, hello, seal)
            if known is not None and is_itself(known, user, hello, seal):
                return self._again(connection, known, user, hello, seal, state)
            return self._new(connection, user, new_because(hello, state))

    def _state(self, connection: Connection, hello: Hello, seal: Seal | None) -> str:
        """Why what it has cannot be gone on from; empty if it can."""
        if seal is not None and seal.replica == hello.replica:
            reset = standing(connection, seal)
        elif hello.seal or not hello.more:
            return "first"
        else:
            reset = ""
        if hello.more and not reset:
            reset = standing_of_more(connection, self._seals, hello.more, hello.replica)
        if hello.more and not reset and not self._is_downloading(hello):
            reset = "first"
        return reset

    def _is_downloading(self, hello: Hello) -> bool:
        """Whether the download that broke off has all that is wanted anew: pages that came before would lack columns else."""
        more = self._seals.opened(hello.more, More)
        return more is not None and set(hello.backfill) <= set(more.backfill)

    def _again(
        self,
        connection: Connection,
        known: Known,
        user: str,
        hello: Hello,
        seal: Seal | None,
        reset: str,
    ) -> tuple[Visitor, Welcome]:
        tickets = [*after_shown(known.tickets, hello.ticket), _random()]
        had = 0 if reset or seal is None else seal.version
        connection.execute(
            f"UPDATE {SCHEMA}.replica SET tickets = %s, had = greatest(had, %s), seen = now() WHERE name = %s",
            (tickets, had, hello.replica),
        )
        visitor = Visitor(user, hello.replica, tickets[-1], backfill=frozenset(hello.backfill))
        if not reset:
            visitor.more = hello.more
            if seal is not None:
                visitor.scopes, visitor.version = frozenset(seal.scopes), seal.version
                visitor.hold(visitor.scopes)
            more = self._seals.opened(hello.more, More) if hello.more else None
            if more is not None:
                visitor.hold(frozenset(more.scopes))
        return visitor, Welcome(visitor.replica, visitor.ticket, _now(connection), known.applied, reset)

    def _new(self, connection: Connection, user: str, reset: str) -> tuple[Visitor, Welcome]:
        name, ticket = _random(), _random()
        connection.execute(
            f'INSERT INTO {SCHEMA}.replica (name, "user", tickets) VALUES (%s, %s, %s)',
            (name, user, [ticket]),
        )
        return Visitor(user, name, ticket), Welcome(name, ticket, _now(connection), 0, reset)


def is_itself(known: Known, user: str, hello: Hello, seal: Seal | None) -> bool:
    """Whether a replica is the one that had this name last, and not a copy of its file, or one that was put back."""
    shows = any(compare_digest(hello.ticket.encode(), ticket.encode()) for ticket in known.tickets)
    goes_on = hello.pushed >= known.applied and (seal is None or seal.version >= known.had)
    return known.user == user and shows and goes_on


def new_because(hello: Hello, state: str) -> str:
    """Why a replica gets a new name, for the person."""
    if not hello.replica:
        return "first"
    # Of a hub that was restored, all tickets are from before.
    return "restored" if state == "restored" else "copied"


def after_shown(tickets: Sequence[str], shown: str) -> Sequence[str]:
    """The tickets that are good once this one has been shown: those given since the last one, or it alone."""
    return [tickets[0], *tickets[1:][-MOST_TICKETS:]] if shown == tickets[0] else [shown]


def schema_flaw(theirs: Mapping[str, Mapping[str, str]], ours: Mapping[str, Mapping[str, str]]) -> str:
    """What a replica knows that the hub does not, in a sentence; knowing less is no flaw."""
    for table, columns in theirs.items():
        if table not in ours:
            return (
                f"This program has a table {table!r}, which the hub does not know yet: update the hub first."
            )
        for name, kind in columns.items():
            known = ours[table].get(name)
            if known is None:
                return f"This program has a column {name!r} in {table!r}, which the hub does not know yet: update the hub first."
            if known != kind:
                return (
                    f"{table}.{name} is {kind} in this program and {known} at the hub: update the older of the two, "
                    "the hub first."
                )
    return ""


def _known(connection: Connection, name: str) -> Known | None:
    if not _OURS.fullmatch(name):
        return None
    row = connection.execute(
        f'SELECT "user", tickets, applied, had FROM {SCHEMA}.replica WHERE name = %s FOR UPDATE', (name,)
    ).fetchone()
    return None if row is None or not row[1] else Known(*row)


def _now(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(
        f"SELECT clock, (extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM {SCHEMA}.state"
    ).fetchone()
    return tick(*(row or (0, 0)))


def _other_protocol(theirs: int) -> str:
    older, newer = ("program", "hub") if theirs < PROTOCOL else ("hub", "program")
    return (
        f"This program speaks protocol {theirs}, and the hub speaks {PROTOCOL}: the {older} is older than the {newer}, "
        f"so update the {older}."
    )


def _random() -> str:
    return secrets.token_urlsafe(16)
