"""The newest versions, read once per process for all who are connected.

    recent.look()                        what is new in the database, if anything is
    recent.since(4711, scopes, "r1")     what versions after 4711 have for somebody; None: not all of it is here

A thousand visitors ask after each version. Each of them costs a look at which of its scopes are among those that have changed; what is
packed was packed by the sequencer, and goes to all of them as it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from threading import Lock
from typing import Any

from ..messages import MessageRefused, unpack
from .database import Connection, Database
from .layout import SCHEMA, TRACES
from .seals import era_of, last_of

MOST_ROWS = 200_000
MOST_VERSIONS = 5_000

_DELTAS = f"SELECT version, scope, rows, body FROM {SCHEMA}.delta WHERE version > %s AND version <= %s ORDER BY version"


@dataclass(frozen=True, slots=True)
class Kept:
    """One scope in one version; without a body there was too much to write it down twice."""

    version: int
    scope: str
    rows: int
    body: bytes | None
    traces: tuple[str, ...] = ()  # of the pushes in it


@dataclass(slots=True)
class _Version:
    number: int
    rows: int = 0
    scopes: dict[str, Kept] = field(default_factory=dict)
    touches: dict[str, list[tuple[str | None, Kept]]] = field(
        default_factory=dict
    )  # by replica, and the scope that it takes


@dataclass(frozen=True, slots=True)
class Newest:
    """What is known of the newest version."""

    version: int = -1
    stamp: int = 0
    era: str = ""
    granted: int = 0  # the version in which it last changed who may have what


@dataclass(frozen=True, slots=True)
class Since:
    """What somebody does not have yet, all of one moment: version by version, and each of several scopes."""

    newest: Newest
    settled: int
    versions: list[list[Kept]]


class Recent:
    """The versions of the last while."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._versions: deque[_Version] = deque()
        self._first = 0  # all after this one are here
        self._rows = 0
        self._heard: int | None = None
        self._settled: dict[
            str, int
        ] = {}  # the newest push of each replica that is in a version, of those since this process began
        self.newest = Newest()
        self.life = 0  # another one each time that the database has been put back to an earlier state

    def heard(self, version: int) -> None:
        """Somebody who listens has heard of a version: until there is another, nothing has to be looked up."""
        # An earlier one than is known: the database may have been put back, so it is looked at until that is clear.
        self._heard = version if version >= self.newest.version else None

    @property
    def may_be_more(self) -> bool:
        """Whether there may be versions that are not here yet."""
        return self._heard is None or self._heard > self.newest.version

    def look(self, is_must: bool = False) -> Newest:
        """See what is new, if there may be anything."""
        if is_must or self.may_be_more:
            with self._database.transaction("repeatable read", read_only=True) as connection:
                return self.look_with(connection)
        return self.newest

    def look_with(self, connection: Connection) -> Newest:
        """The same, in a snapshot of the caller's; says what is newest in that snapshot."""
        version, clock, granted, forgotten = connection.execute(
            f"SELECT version, clock, granted, forgotten FROM {SCHEMA}.state"
        ).fetchone() or (0, 0, 0, 0)
        known = self.newest
        if (version, clock) == (known.version, known.stamp):
            return known
        newest = Newest(version, clock, era_of(connection, version), granted)
        if known.version < 0 or known.version > last_of(connection, known.era, version):
            if known.version < 0 or self._is_put_back(known):
                self._begin_at(known, newest)
            return newest
        deltas = connection.execute(_DELTAS, (known.version, version)).fetchall()
        settled = connection.execute(
            f"SELECT replica, number FROM {SCHEMA}.settled WHERE version > %s", (known.version,)
        ).fetchall()
        with self._lock:
            if self.newest is known:  # nobody else has read the same meanwhile
                self._add(newest, known.version, _kept(deltas))
                # What this process has slept through may be forgotten by now: who was here before downloads it.
                self._first = max(self._first, forgotten if forgotten > known.version else 0)
                self._settled.update(settled)
        return newest

    def since(self, version: int, scopes: frozenset[str], replica: str) -> Since | None:
        """What versions after this one have for somebody with these scopes; None if not all of it is here."""
        with self._lock:
            if version < self._first:
                return None
            found = [_of(each, scopes, replica) for each in self._later(version)]
            since = Since(self.newest, self._settled.get(replica, 0), [kept for kept in found if kept])
        return None if any(each.body is None for kept in since.versions for each in kept) else since

    def _later(self, version: int) -> Iterator[_Version]:
        return reversed([*takewhile(lambda each: each.number > version, reversed(self._versions))])

    def _is_put_back(self, known: Newest) -> bool:
        """Whether the database itself is behind what is known, and not only the snapshot in which somebody reads."""
        with self._database.connection() as connection:
            (version,) = connection.execute(f"SELECT version FROM {SCHEMA}.state").fetchone() or (0,)
            return known.version > last_of(connection, known.era, version)

    def _begin_at(self, known: Newest, newest: Newest) -> None:
        with self._lock:
            if self.newest is not known:  # somebody else has begun meanwhile
                return
            self._versions.clear()
            self._settled.clear()
            self.life += 1
            self._rows, self._first, self.newest = 0, newest.version, newest

    def _add(self, newest: Newest, after: int, deltas: list[Kept]) -> None:
        by_version = {number: _Version(number) for number in range(after + 1, newest.version + 1)}
        for kept in deltas:
            each = by_version[kept.version]
            each.rows += kept.rows
            if kept.scope.startswith("@"):
                replica, _, scope = kept.scope[1:].partition("/")
                needed = scope if "/" in kept.scope else None
                each.touches.setdefault(replica, []).append((needed, kept))
            else:
                each.scopes[kept.scope] = kept
        self._versions.extend(by_version.values())
        self._rows += sum(each.rows for each in by_version.values())
        while self._rows > MOST_ROWS or len(self._versions) > MOST_VERSIONS:
            oldest = self._versions.popleft()
            self._rows -= oldest.rows
            self._first = oldest.number
        self.newest = newest


def _kept(deltas: Sequence[Sequence[Any]]) -> list[Kept]:
    traces = {version: _traces(body) for version, scope, _, body in deltas if scope == TRACES}
    return [
        Kept(version, scope, rows, body, tuple(traces.get(version, {}).get(scope, ())))
        for version, scope, rows, body in deltas
        if scope != TRACES
    ]


def _traces(body: bytes | None) -> dict[str, list[str]]:
    try:
        return unpack(body or b"", dict[str, list[str]])  # type: ignore[no-any-return]
    except MessageRefused:  # nobody goes without news for want of them
        return {}


def traces_of(versions: Sequence[Iterable[Kept]]) -> Iterator[str]:
    """The traces of all pushes that are in there, of the newest version first."""
    return (trace for version in reversed(versions) for kept in version for trace in kept.traces)


def _of(version: _Version, scopes: frozenset[str], replica: str) -> list[Kept]:
    few, many = (version.scopes, scopes) if len(version.scopes) < len(scopes) else (scopes, version.scopes)
    found = [version.scopes[scope] for scope in few if scope in many]
    touches = version.touches.get(replica)
    if touches:
        found += [kept for scope, kept in touches if scope is None or scope in scopes]
    return found
