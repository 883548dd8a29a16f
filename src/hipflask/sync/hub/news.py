"""What a visitor does not have yet: the deltas of the newest versions, or a download; and then a checkpoint.

    for message in news.news(visitor): …      Page, Page, Checkpoint(version 4711)

Most of the time it is a version or two that are here already (`recent.py`), in scopes that he has. Whoever comes for the first time, was
away for longer, has been given a scope or has lost one downloads (`download.py`) what he lacks.

Nothing is held between two messages, neither a connection nor a transaction: a slow reader may take minutes for each.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import msgspec

from ...core.errors import HubError
from .. import traces
from ..messages import Begin, Checkpoint, Page
from ..parties import Visitor
from . import download
from .bodies import Bodies, rows_in
from .database import Connection, Database
from .deltas import fitting
from .download import Download, More, standing_of_more
from .feed import Moving, Place
from .layout import SCHEMA
from .recent import Recent, Since, traces_of
from .scopes import Grants
from .seals import Seal, Seals, era_of
from .tables import HubTables

__all__ = ["News", "standing_of_more"]

# What nothing in the database tells of, the time of day in a query of grants say, counts after so long; at once if the query reads
# tables of which changes are not captured.
GRANTS_SECONDS = 30.0
# A seal is given anew from time to time, though nothing has changed for its replica: it must not grow older than graves.
SEAL_SECONDS = 300.0
_MOST_GRANTS = 10_000
_MOST_AT_HAND = 1_000  # rows, which the event loop itself passes on

_WAITING = f"""
    WITH asked (snapshot) AS MATERIALIZED (SELECT coalesce(%s::pg_snapshot, pg_current_snapshot()))
    SELECT snapshot::text, EXISTS (SELECT FROM {SCHEMA}.outbox WHERE pg_visible_in_snapshot(xid, snapshot)) FROM asked"""


@dataclass
class Notes:
    """What is known of a visitor while it is connected."""

    life: int  # of `recent`
    position: int  # it has everything up to this version
    settled: int
    asked: int = 0  # the newest question, and the snapshot in which it was looked after first
    asked_in: str = ""
    answered: int = 0
    download: Download | None = None
    is_anew: bool = False  # what it has been sent on the way cannot be taken back but by sending everything
    sealed_at: float = float("-inf")


class News:
    """Tells visitors, from as many threads as there are; never two at once for one visitor."""

    def __init__(
        self,
        database: Database,
        tables: HubTables,
        grants: Grants,
        seals: Seals,
        hurry: Callable[[], object] = lambda: None,
    ) -> None:
        """`hurry` is called when somebody waits for the next version."""
        self._hurry = hurry
        self._database = database
        self._tables = tables
        self._grants = grants
        self._seals = seals
        self._recent = Recent(database)
        self._bodies = Bodies(tables)
        self._granted: dict[str, tuple[int, float, frozenset[str]]] = {}
        self._grants_seconds = GRANTS_SECONDS if grants.tables() <= tables.by_name.keys() else 0.0

    def heard(self, version: int) -> None:
        """Somebody who listens has heard of this version: it is read once for all, and nothing is looked up for anybody until the next."""
        self._recent.heard(version)
        self._recent.look()

    def news(self, visitor: Visitor) -> Iterator[Begin | Page | Checkpoint]:
        """All that the replica does not have yet, up to a checkpoint; nothing if it has everything, or if the next version has to come first."""
        notes = visitor.notes if isinstance(visitor.notes, Notes) else self._noted(visitor)
        answers = self._answers(visitor.asked, notes)
        self._recent.look()
        if notes.life != self._recent.life:
            raise HubError("The hub's database has been put back to an earlier state. Connect again.")
        while True:
            scopes = self._scopes(visitor.user)
            if scopes == visitor.scopes and not _is_downloading(visitor, notes):
                since = self._recent.since(notes.position, scopes, visitor.replica)
                if since is not None:
                    yield from self._tell(visitor, notes, scopes, since, answers)
                    return
            since = yield from self._download(visitor, notes, scopes)
            if since is not None:
                yield from self._tell(visitor, notes, scopes, since, answers)
                return
            if notes.download is not None:
                return

    def at_hand(self, visitor: Visitor) -> list[Page | Checkpoint] | None:
        """The same if all of it is in memory and nothing large has to be put together; None if not."""
        notes = visitor.notes
        if not isinstance(notes, Notes) or _is_downloading(visitor, notes):
            return None
        if visitor.asked != notes.answered or notes.life != self._recent.life or self._recent.may_be_more:
            return None
        scopes = self._known_scopes(visitor.user)
        if scopes is None or scopes != visitor.scopes:
            return None
        since = self._recent.since(notes.position, scopes, visitor.replica)
        if since is None or since.settled > notes.settled or rows_in(since.versions) > _MOST_AT_HAND:
            return None
        return list(self._tell(visitor, notes, scopes, since, notes.answered))

    def _noted(self, visitor: Visitor) -> Notes:
        with self._database.transaction("repeatable read", read_only=True) as connection:
            self._recent.look_with(connection)
            _see_ticket(connection, visitor)
            row = connection.execute(
                f"SELECT number FROM {SCHEMA}.settled WHERE replica = %s", (visitor.replica,)
            ).fetchone()
        visitor.notes = notes = Notes(self._recent.life, visitor.version, row[0] if row else 0)
        return notes

    def _answers(self, asked: int, notes: Notes) -> int:
        """The newest question to which the next checkpoint is the answer: what was committed when it was asked has become a version."""
        if asked == notes.answered:
            return asked
        with self._database.transaction("repeatable read", read_only=True) as connection:
            asked_in = notes.asked_in if asked == notes.asked else None
            notes.asked_in, is_waiting = connection.execute(_WAITING, (asked_in,)).fetchone() or ("", True)
            notes.asked = asked
            self._recent.look_with(connection)
        if is_waiting:
            self._hurry()
        return notes.answered if is_waiting else asked

    def _tell(
        self, visitor: Visitor, notes: Notes, scopes: frozenset[str], since: Since, answers: int
    ) -> Iterator[Page | Checkpoint]:
        """Versions that are here, and the checkpoint after them."""
        if since.settled > notes.settled:
            notes.settled = since.settled
            with self._database.connection() as connection:
                _see_ticket(connection, visitor)
        is_old = time.monotonic() - notes.sealed_at > SEAL_SECONDS
        is_answer = answers != notes.answered
        if not (since.versions or notes.download or is_old or is_answer or notes.settled != visitor.settled):
            notes.position = since.newest.version
            return
        more = notes.download.more(self._seals) if notes.download else b""
        for body in self._bodies.of(since.versions, are_after_pages=notes.download is not None):
            yield Page(body, more)
        notes.answered = answers
        yield self._checkpoint(visitor, notes, scopes, since)

    def _checkpoint(self, visitor: Visitor, notes: Notes, scopes: frozenset[str], since: Since) -> Checkpoint:
        newest = since.newest
        visitor.version, visitor.scopes, visitor.settled = newest.version, scopes, notes.settled
        visitor.more, visitor.backfill = b"", frozenset()
        notes.position, notes.download, notes.is_anew, notes.sealed_at = (
            newest.version,
            None,
            False,
            time.monotonic(),
        )
        seal = self._seals.seal(Seal(newest.era, newest.version, tuple(sorted(scopes)), visitor.replica))
        told = traces.few(traces_of(since.versions))
        return Checkpoint(seal, newest.version, newest.stamp, notes.settled, notes.answered, told)

    def _download(
        self, visitor: Visitor, notes: Notes, scopes: frozenset[str]
    ) -> Generator[Begin | Page, None, Since | None]:
        """A download, as far as it gets: at its end what versions have brought since it began; None if it has to wait, or to begin anew."""
        if notes.download is not None and notes.download.scopes != scopes:
            notes.download, notes.is_anew = None, True
        if notes.download is None:
            notes.download = self._begun(visitor, notes, scopes)
            visitor.hold(scopes)
            yield notes.download.begin()
        under_way = notes.download
        try:
            more = under_way.more(self._seals)
            for body in under_way.pages(self._database, self._tables):
                before, more = more, under_way.more(self._seals)
                *some, last = fitting(body)
                for part in some:  # whoever loses the rest has to be sent all of it again
                    yield Page(part, before)
                yield Page(last, more)
                if self._scopes(visitor.user) != scopes:
                    notes.download, notes.is_anew = None, True
                    return None
        except Moving:
            return None
        with self._database.transaction("repeatable read", read_only=True) as connection:
            if under_way.is_waiting(connection):
                return None
            is_short = under_way.is_short(_state(connection)[1])
            self._recent.look_with(connection)
        if is_short or self._scopes(visitor.user) != scopes:
            notes.download, notes.is_anew = None, True
            return None
        since = self._recent.since(under_way.base.began, scopes, visitor.replica)
        if since is None:  # too much has been written meanwhile: it is read like what was there before
            notes.download = self._another_round(under_way)
            if notes.download is None:
                notes.is_anew = True
            return (yield from self._download(visitor, notes, scopes))
        return since

    def _begun(self, visitor: Visitor, notes: Notes, scopes: frozenset[str]) -> Download:
        with self._database.transaction("repeatable read", read_only=True) as connection:
            if visitor.more:
                base = self._seals.opened(visitor.more, More)
                visitor.more = b""
                if base is not None and frozenset(base.scopes) == scopes:
                    return download.begun(connection, self._tables, base)
                notes.is_anew = True
            version, floor = _state(connection)
            is_anew = notes.is_anew or not visitor.scopes or notes.position < floor
            base = More(
                replica=visitor.replica,
                era=era_of(connection, version),
                began=version,
                since=0 if is_anew else notes.position,
                had=() if is_anew else tuple(sorted(visitor.scopes)),
                scopes=tuple(sorted(scopes)),
                backfill=() if is_anew else tuple(sorted(visitor.backfill)),
                is_anew=is_anew,
                total=0,
                done=0,
                place=Place(),
                read_until="",
            )
            return download.begun(connection, self._tables, base)

    def _another_round(self, before: Download) -> Download | None:
        """What has changed since a download began, read in the same way; None if some of that is forgotten already."""
        with self._database.transaction("repeatable read", read_only=True) as connection:
            version, floor = _state(connection)
            if before.base.began < floor:
                return None
            base = msgspec.structs.replace(
                before.base,
                era=era_of(connection, version),
                began=version,
                since=before.base.began,
                had=before.base.scopes,
                backfill=(),
                done=before.done,
                place=Place(),
                read_until="",
            )
            return download.begun(connection, self._tables, base)

    def _known_scopes(self, user: str) -> frozenset[str] | None:
        as_of, at, scopes = self._granted.get(user, (-1, 0.0, frozenset()))
        is_good = as_of >= self._recent.newest.granted and time.monotonic() - at < self._grants_seconds
        return scopes if is_good else None

    def _scopes(self, user: str) -> frozenset[str]:
        """The scopes of a user, as they are in the newest version that is known here."""
        known = self._known_scopes(user)
        if known is not None:
            return known
        now = time.monotonic()
        with self._database.transaction("repeatable read", read_only=True) as connection:
            (as_of, _), scopes = _state(connection), self._grants.of(connection, user)
        if len(self._granted) >= _MOST_GRANTS:
            self._granted.clear()
        self._granted[user] = as_of, now, scopes
        return scopes


def _is_downloading(visitor: Visitor, notes: Notes) -> bool:
    """Whether news are more than versions: a download is under way, or has to come; also because what one has brought was not his to keep."""
    return notes.download is not None or notes.is_anew or bool(visitor.more or visitor.backfill)


def _state(connection: Connection) -> tuple[int, int]:
    """The newest version, and the one up to which graves are forgotten."""
    version, floor = connection.execute(f"SELECT version, floor FROM {SCHEMA}.state").fetchone() or (0, 0)
    return int(version), int(floor)


def _see_ticket(connection: Connection, visitor: Visitor) -> None:
    """Raise HubError if another copy of the visitor's file goes by its name: the pushes that are settled are not its own."""
    newest = connection.execute(
        f"SELECT tickets[cardinality(tickets)] FROM {SCHEMA}.replica WHERE name = %s", (visitor.replica,)
    ).fetchone()
    if newest is None or not hmac.compare_digest(newest[0], visitor.ticket):
        raise HubError("Another connection goes by the name of this one. Connect again.")
