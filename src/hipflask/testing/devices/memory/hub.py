"""`MemoryHub`: all that a hub promises, in dicts.

    hub = MemoryHub(shared_tables(db.metadata), db.push_rules)
    talk = HubTalk(hub, "ann")                          one connection of Ann's
    hub.write([("update", "item", key, {"price": 5})])  somebody else writes into the database

It is written after the same plan as the hub in PostgreSQL and shares nothing with it but `messages`, `merge` and `clock`: the
two are held against each other in the simulator, and programs that need a hub for a moment (tests of servers, of clients) have one.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from threading import RLock

import sqlalchemy as sa

from hipflask.core.errors import HubError, StoreError
from hipflask.sync.clock import tick
from hipflask.sync.merge import Marks
from hipflask.sync.messages import (
    Ack,
    Begin,
    Changes,
    Checkpoint,
    Hello,
    MessageRefused,
    Page,
    Push,
    Refused,
    Value,
    Welcome,
    unpack,
)
from hipflask.sync.parties import Visitor

from .draft import Draft
from .feed import forget, step
from .mirror import Mirror
from .news import Sender
from .pushing import Pushing, Rules, key_from
from .schema import Schema, scope_name
from .state import Known, Place, Settled, State
from .welcoming import Guest, welcomed

Writing = tuple[
    str, str, object, Mapping[str, Value]
]  # "insert", "update" or "delete"; a table, a key, values


class MemoryHub:
    """`parties.Hub` in memory; it may be used from several threads."""

    def __init__(
        self,
        tables: Sequence[sa.Table],
        rules: Rules | None = None,
        *,
        now: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        name: Callable[[], str] = lambda: secrets.token_hex(8),
        page: int = 5_000,
        is_prompt: bool = True,
    ) -> None:
        """`now` is the wall's clock in milliseconds; unless `is_prompt`, versions are made by `step` alone."""
        self.schema = Schema(tables)
        self._rules = rules or {}
        self._now, self._name, self._page, self._is_prompt = now, name, page, is_prompt
        self._mirror = Mirror(self.schema.tables)
        self._lock = RLock()
        self._listeners: list[Callable[[int], object]] = []
        self.state = State(
            rows={name: {} for name in self.schema.tables}, shown={name: {} for name in self.schema.tables}
        )
        self.begin_era()

    # ── what replicas ask ─────────────────────────────────────────────────────────────────────────

    def welcome(self, user: str, hello: Hello) -> tuple[Visitor, Welcome] | Refused:
        """Let a replica of this user in: identity, seal, schema."""
        with self._lock:
            return welcomed(self.schema, self.state, user, hello, self._name, self._now())

    def push(self, visitor: Visitor, parts: list[Push]) -> Ack | Refused:
        """Apply a push once, or say again what came of it."""
        with self._lock:
            known = self._shown_ticket(visitor)
            if known is None:
                return Refused("busy", "Another connection of this device has taken over.")
            number, body = parts[0].number, b"".join(part.body for part in parts)
            digest = hashlib.sha256(body).digest()
            if number <= known.applied:
                return self._again(visitor, known, number, digest)
            try:
                pushed = unpack(body, Changes).said(parts[0].now)
            except MessageRefused as error:
                return Refused("message", str(error))
            ack = self._applied(visitor, replace(known, digest=digest), number, pushed)
        self._committed()
        return ack

    def news(self, visitor: Visitor) -> Iterator[Begin | Page | Checkpoint]:
        """All that the replica does not have yet, up to a checkpoint; nothing if it has everything."""
        assert isinstance(visitor, Guest)
        sender = Sender(self.schema, lambda: self.state, visitor, self.granted, self._page)
        steps = sender.news()
        while True:
            with self._lock:  # for one step, not while somebody reads slowly
                self._refuse_the_past(visitor)
                messages = next(steps, None)
            if messages is None:
                return
            yield from messages

    def at_hand(self, visitor: Visitor) -> None:
        """Nothing: all news are asked for in one way."""

    def have(self, visitor: Visitor, version: int) -> None:
        """A checkpoint was applied: what was kept for this replica alone up to there may go."""
        with self._lock:
            known = self._shown_ticket(visitor)
            if known is None:
                return
            self.state.replicas[visitor.replica] = replace(known, had=max(known.had, version))
            touched = self.state.touches.get(visitor.replica, {})
            self.state.touches[visitor.replica] = {place: at for place, at in touched.items() if at > version}

    # ── what others do ────────────────────────────────────────────────────────────────────────────

    def write(self, writings: Iterable[Writing]) -> None:
        """What a writer in the database itself does in one transaction; raises StoreError, and has done nothing, if that may not be."""
        with self._lock:
            state = self.state
            state.clock = tick(state.clock, self._now())
            draft = Draft(self.schema, state)
            for kind, table, key, values in writings:
                self._write(draft, kind, (table, key_from(key)), values)
            if complaints := draft.complaints():
                raise StoreError(complaints[0].sentence)
            if bad := self._mirror.write(draft.rows):
                raise StoreError(str(bad))
            draft.commit("")
        self._committed()

    def step(self) -> int | None:
        """Make the next version of all that was committed since, as the sequencer does; None if there is nothing."""
        with self._lock:
            if not step(self.schema, self.state, self._now()):
                return None
            version = self.state.version
        for listener in [*self._listeners]:
            listener(version)
        return version

    def listen(self, listener: Callable[[int], object]) -> None:
        """Have `listener(version)` called after each new version."""
        self._listeners.append(listener)

    def begin_era(self) -> None:
        """Another process becomes the sequencer."""
        with self._lock:
            first = self.state.version + 1 if self.state.eras else 0
            self.state.eras.append((self._name(), first))

    def forget(self, graves_ms: int = 90 * 86_400_000, changes_ms: int = 900_000) -> None:
        """Forget graves that are older than that, and which columns changed longer ago than that."""
        with self._lock:
            forget(self.state, self._now() - graves_ms, self._now() - changes_ms)

    def backup(self) -> State:
        """All of it as it is now."""
        with self._lock:
            return self.state.copied()

    def restore(self, backup: State) -> None:
        """Have the state of a backup; a new era begins. Connections are to be broken."""
        with self._lock:
            self.state = backup.copied()
            self._mirror.replace(self.state.rows)
            self.begin_era()

    def granted(self, user: str) -> frozenset[str]:
        """The scopes of a user, as of now."""
        with self._lock:
            values = (
                scope_name(scope, value)
                for scope in self.schema.scopes.values()
                for value in self._mirror.allowed(scope, user)
            )
            return frozenset(["", *values])

    # ── pushes ────────────────────────────────────────────────────────────────────────────────────

    def _refuse_the_past(self, visitor: Visitor) -> None:
        """A push that is settled may be one of the device that has taken over, and not this one's of the same number."""
        known = self.state.replicas.get(visitor.replica)
        if known is None or visitor.ticket not in known.tickets[-1:]:
            raise HubError("Another connection of this device has taken over.")

    def _shown_ticket(self, visitor: Visitor) -> Known | None:
        """The device of a connection, unless another one was opened after it."""
        known = self.state.replicas.get(visitor.replica)
        return None if known is None or visitor.ticket not in known.tickets[-1:] else known

    def _again(self, visitor: Visitor, known: Known, number: int, digest: bytes) -> Ack | Refused:
        """What came of a push that was applied before."""
        if number < known.applied:
            return Ack(number, [])
        if digest == known.digest:
            return Ack(number, [*known.outcomes])
        # Two copies of a file have numbered alike. The ticket that this one shows next is not known any more.
        tickets = tuple(ticket for ticket in known.tickets if ticket != visitor.ticket)
        self.state.replicas[visitor.replica] = replace(known, tickets=tickets)
        return Refused("busy", "Another push had this number: the file with the data was copied.")

    def _applied(self, visitor: Visitor, known: Known, number: int, pushed: Changes) -> Ack:
        state = self.state
        state.clock = tick(state.clock, self._now())
        pushing = Pushing(self.schema, state, self._mirror, self._rules, self.granted(visitor.user))
        outcomes, stamp = pushing.apply(visitor.user, visitor.replica, known.stamp, pushed)
        state.replicas[visitor.replica] = replace(
            known, applied=number, outcomes=tuple(outcomes), stamp=stamp
        )
        state.outbox.append(Settled(visitor.replica, number))
        return Ack(number, outcomes)

    def _write(self, draft: Draft, kind: str, place: Place, values: Mapping[str, Value]) -> None:
        marks = draft.marks_of(place)
        stamps = [marks.born, marks.gone, *marks.columns.values()]
        newest = max((stamp[0] for stamp in stamps if stamp is not None), default=0)
        stamp = (max(self.state.clock, newest + 1), "")
        self.state.clock = max(self.state.clock, stamp[0])
        row = draft.get(*place)
        if (row is None) != (kind == "insert"):
            raise StoreError(f"{kind} of {place}: the row is {'not ' if row is None else ''}there.")
        if kind == "delete":
            draft.delete(place, Marks(gone=stamp), 0)
            return
        names = self.schema.columns[place[0]]
        base = row or {name: self.schema.default(place[0], name) for name in names}
        draft.put(
            place,
            self.schema.with_key(*place, {**base, **values}),
            None if row is None else frozenset(values),
            0,
        )
        columns = {} if row is None else {**marks.columns, **dict.fromkeys(values, stamp)}
        draft.marks[place] = Marks(stamp if row is None else marks.born, columns, marks.gone)
        for name, value in values.items():
            self._write_document(draft, place, name, value)

    def _write_document(self, draft: Draft, place: Place, name: str, value: Value) -> None:
        state = draft.document(*place, name)
        if state is not None and isinstance(value, str):
            from hipflask.sync.texts import edited

            draft.documents[(*place, name)] = edited(state, value)[0]

    def _committed(self) -> None:
        if self._is_prompt:
            self.step()
