"""Who comes in: names, tickets, seals, and whether what somebody has still means something here."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from hipflask.sync.messages import PROTOCOL, Hello, Refused, Welcome
from hipflask.sync.parties import Visitor

from .schema import Schema
from .state import Known, State


class Seal(msgspec.Struct, array_like=True, frozen=True):
    """What somebody has: the state of one version, of these scopes."""

    era: str
    version: int
    scopes: list[str]
    replica: str


class More(msgspec.Struct, array_like=True, frozen=True):
    """Where a download is to go on: after a row, of what was due between what somebody had and the version in which it began."""

    since: int
    had: list[str]
    granted: list[str]
    backfill: list[str]
    version: int
    era: str
    replica: str
    table: str
    key: Any
    done: int


@dataclass
class Guest(Visitor):
    """A visitor of a hub in memory."""

    resume: More | None = None
    is_new: bool = True  # nothing has been said on this connection yet
    answered: int = 0  # the newest question that has been


def sealed(state: State, content: Any) -> bytes:
    """A seal that only this hub can make."""
    body = msgspec.msgpack.encode(content)
    return hmac.digest(state.secret, body, hashlib.sha256) + body


def opened(state: State, seal: bytes, kind: Any) -> Any:
    """What is in a seal; None if it is none of ours."""
    mark, body = seal[:32], seal[32:]
    if not hmac.compare_digest(mark, hmac.digest(state.secret, body, hashlib.sha256)):
        return None
    return msgspec.msgpack.decode(body, type=kind)


def welcomed(
    schema: Schema, state: State, user: str, hello: Hello, name: Callable[[], str], now: int
) -> tuple[Guest, Welcome] | Refused:
    """Let somebody in, or say why not."""
    if hello.protocol != PROTOCOL:
        return Refused("protocol", f"This hub speaks protocol {PROTOCOL}, and not {hello.protocol}.")
    if unknown := _unknown(schema, hello):
        return Refused("schema", f"The hub does not know {unknown}. Update the hub first.")
    seal, more = _what_it_has(state, hello)
    reason = _stranger(state, user, hello, seal)
    reset = reason or _reset(state, hello, seal, more)
    if reason:
        replica = name()
        ticket = name()
        known = Known(user, (ticket,))
    else:
        replica = hello.replica
        old = state.replicas[replica]
        ticket = name()
        given = old.tickets[1:] if hello.ticket == old.tickets[0] else ()
        known = replace(old, tickets=(hello.ticket, *given, ticket), had=0 if reset else old.had)
    state.replicas[replica] = known
    guest = Guest(user, replica, ticket)
    if not reset:
        guest.version = seal.version if seal is not None else 0
        guest.scopes = frozenset(seal.scopes) if seal is not None else frozenset()
        guest.backfill = frozenset(hello.backfill)
        guest.resume = more
    return guest, Welcome(replica, ticket, now, known.applied, reset)


def _unknown(schema: Schema, hello: Hello) -> str:
    """What a replica has and the hub has not."""
    for table, columns in hello.schema.items():
        ours = {column.name for column in schema.tables[table].columns} if table in schema.tables else set()
        for column in columns:
            if column not in ours:
                return f"{table}.{column}"
    return ""


def _what_it_has(state: State, hello: Hello) -> tuple[Seal | None, More | None]:
    seal = opened(state, hello.seal, Seal) if hello.seal else None
    more = opened(state, hello.more, More) if hello.more else None
    return seal, more


def _stranger(state: State, user: str, hello: Hello, seal: Seal | None) -> str:
    """Why it cannot be who it says; empty if it is."""
    known = state.replicas.get(hello.replica)
    if not hello.replica:
        return "first"
    if seal is not None and not _is_of_its_era(state, seal.era, seal.version):
        # A hub that was put back knows nothing of newer tickets: no wonder that this one is not the right one.
        # Whoever has pushed less than is here under his name is a copy all the same.
        if known is None or known.user != user or hello.pushed < known.applied or not _shows(known, hello):
            return "restored"
        return ""
    if known is None:
        return "restored" if hello.seal or hello.pushed else "first"
    is_older = hello.pushed < known.applied or (seal is not None and seal.version < known.had)
    return "copied" if known.user != user or not _shows(known, hello) or is_older else ""


def _shows(known: Known, hello: Hello) -> bool:
    return any(hmac.compare_digest(ticket, hello.ticket) for ticket in known.tickets)


def _reset(state: State, hello: Hello, seal: Seal | None, more: More | None) -> str:
    """Why everything has to be sent anew; empty if it goes on."""
    for each in (seal, more):
        if each is not None and not _is_of_its_era(state, each.era, each.version):
            return "restored"
        if each is not None and each.version < state.floor:
            return "expired"
    if more is not None and ((more.since < state.floor and more.had) or more.replica != hello.replica):
        return "expired"
    if more is not None and not {*hello.backfill} <= {*more.backfill}:
        return "first"  # of what has come already, some columns are missing there
    if hello.more and more is None:  # rows are there that no seal tells of
        return "first"
    if seal is None and more is None:
        return "first"
    return "first" if seal is not None and seal.replica != hello.replica else ""


def _is_of_its_era(state: State, era: str, version: int) -> bool:
    return version <= state.version and era_of(state, version) == era


def era_of(state: State, version: int) -> str:
    """The era in which a version was made; who became the sequencer later made nothing before."""
    return next(name for name, first in reversed(state.eras) if first <= version)
