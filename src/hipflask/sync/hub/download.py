"""A download: everything that somebody does not have, read page by page while others go on writing, and then what they wrote meanwhile.

    begun at version 40   pages out of the feed, each of its own moment: some rows newer than others
    the last page read    the moment of that is noted; what it has seen and no version has yet is waited for
    at version 43         deltas of 41, 42 and 43: whatever changed in between is in them
    a checkpoint          so the sum is the state of version 43

A first download, a month away and one scope more are the same thing. If the connection breaks, `more` says where to go on: the place,
sealed, so that nobody can ask for what is not his.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from ...core import tracing
from ..messages import Begin
from . import feed
from .database import Connection, Database
from .deltas import Body
from .feed import Place, Unit, Wanted
from .layout import SCHEMA
from .seals import Seals, last_of
from .tables import HubTables


class More(msgspec.Struct, array_like=True, frozen=True):
    """Where a download broke off."""

    replica: str
    era: str
    began: int  # the version at which reading began
    since: int  # the version from which it is read, and the scopes that the replica had then
    had: tuple[str, ...]
    scopes: tuple[str, ...]  # those that it is to have
    backfill: tuple[str, ...]
    is_anew: bool
    total: int
    done: int
    place: Place
    read_until: str  # the snapshot of the last page, once it has been read


@dataclass
class Download:
    """One download under way."""

    base: More
    units: list[Unit]
    place: Place
    done: int
    read_until: str

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that it is for."""
        return frozenset(self.base.scopes)

    def begin(self) -> Begin:
        """What the replica is told first."""
        is_reset = self.base.is_anew or bool(self.base.backfill)
        tables = [] if self.base.is_anew else list(self.base.backfill)
        return Begin(max(self.base.total, self.done), self.done, is_reset, tables)

    def more(self, seals: Seals) -> bytes:
        """Where it is to go on if the connection breaks now."""
        return seals.seal(
            msgspec.structs.replace(self.base, done=self.done, place=self.place, read_until=self.read_until)
        )

    def pages(self, database: Database, tables: HubTables) -> Iterator[Body]:
        """All pages that are left; raises Moving where the next version has to be waited for. Holds no connection between two."""
        while self.units:
            unit = self.units[0]
            with (
                tracing.span("hub page", unit.table.name) as span,
                database.transaction("repeatable read", read_only=True) as connection,
            ):
                page = feed.read(connection, unit, self.place, self.scopes)
                if span:
                    span.facts["rows"] = page.rows
            self.place, self.done = page.place, self.done + page.rows
            if page.is_last:
                del self.units[0]
            if page.body:
                yield page.body
        if not self.read_until:
            with database.transaction("repeatable read", read_only=True) as connection:
                bodies = self._touched(connection, tables)
                self.done += sum(len(rows.rows) + len(rows.gone) for body in bodies for rows in body)
                (self.read_until,) = connection.execute("SELECT pg_current_snapshot()::text").fetchone() or (
                    "",
                )
            yield from bodies

    def is_waiting(self, connection: Connection) -> bool:
        """Whether pages have seen something that no version has yet."""
        row = connection.execute(
            f"SELECT EXISTS (SELECT 1 FROM {SCHEMA}.outbox WHERE pg_visible_in_snapshot(xid, %s::pg_snapshot))",
            (self.read_until,),
        ).fetchone()
        return bool(row and row[0])

    def is_short(self, floor: int) -> bool:
        """Whether graves up to `floor` were forgotten while it was being read, among them perhaps some that no page has."""
        return bool(self.base.had) and self.base.since < floor

    def _touched(self, connection: Connection, tables: HubTables) -> list[Body]:
        """What is for this replica alone, once more. Who has been sent nothing yet needs none of it."""
        if not self.base.had:
            return []
        keys = feed.touched(connection, self.base.replica, self.base.since)
        bodies = [
            feed.read_touched(connection, table, keys[table.number], self.scopes)
            for table in tables
            if table.number in keys
        ]
        return [body for body in bodies if body]


def begun(connection: Connection, tables: HubTables, base: More) -> Download:
    """A download from its beginning, or from where `base` broke off; its total is counted now."""
    scopes, had = frozenset(base.scopes), frozenset(base.had)
    wanted = Wanted(base.since, had & scopes, scopes - had, had - scopes, frozenset(base.backfill))
    every = feed.units(connection, tables, wanted)
    if base.place == Place() and not base.done:
        base = msgspec.structs.replace(base, total=sum(unit.rows for unit in every))
    units = [] if base.read_until else list(feed.remaining(every, base.place))
    return Download(base, units, base.place, base.done, base.read_until)


def standing_of_more(connection: Connection, seals: Seals, more: bytes, replica: str) -> str:
    """Why a download cannot go on where it broke off ("first", "restored", "expired"); empty if it can."""
    opened = seals.opened(more, More)
    if opened is None or opened.replica != replica:
        return "first"
    version, floor = connection.execute(f"SELECT version, floor FROM {SCHEMA}.state").fetchone() or (0, 0)
    if opened.began > last_of(connection, opened.era, version):
        return "restored"
    needed = opened.began if opened.is_anew else min(opened.began, opened.since)
    return "expired" if needed < floor else ""
