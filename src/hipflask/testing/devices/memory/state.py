"""All that a hub in memory keeps. What a transaction changes is replaced and never altered, so that a copy costs little."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from hipflask.sync.merge import Marks
from hipflask.sync.messages import Outcome, Value

KeyOf = Any  # a kept value, or a tuple of them
Row = dict[str, Value]
Place = tuple[str, KeyOf]  # a table and a key
Rows = dict[str, dict[KeyOf, Row]]


@dataclass(frozen=True, slots=True)
class Written:
    """One row that a transaction has written; no columns: all of them. `origin` is "" for a foreign writer."""

    place: Place
    columns: frozenset[str] | None
    origin: str


@dataclass(frozen=True, slots=True)
class Touched:
    """A row that one replica is to be sent once more."""

    place: Place
    replica: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A push that has been applied."""

    replica: str
    number: int


@dataclass(frozen=True, slots=True)
class Fed:
    """One row in one scope: since when it is there, when it changed last and in which columns, and whether it has gone."""

    born: int
    version: int
    is_gone: bool
    at: int
    columns: tuple[tuple[int, frozenset[str] | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A device."""

    user: str
    tickets: tuple[str, ...]  # the one that was shown last, then those that were given since
    applied: int = 0
    digest: bytes = b""  # of that push
    outcomes: tuple[Outcome, ...] = ()
    settled: int = 0
    stamp: int = 0
    had: int = 0


@dataclass
class State:
    """The hub, whole: `rows` as they are committed, `shown` as they were in the newest version."""

    rows: Rows
    shown: Rows
    marks: dict[Place, Marks] = field(default_factory=dict)
    documents: dict[tuple[str, KeyOf, str], bytes] = field(default_factory=dict)
    shown_documents: dict[tuple[str, KeyOf, str], bytes] = field(default_factory=dict)
    outbox: list[Written | Touched | Settled] = field(default_factory=list)
    feed: dict[str, dict[Place, Fed]] = field(default_factory=dict)  # by scope
    log: list[tuple[int, str, Place]] = field(default_factory=list)  # version, scope and row, of what changed
    touches: dict[str, dict[Place, int]] = field(default_factory=dict)
    replicas: dict[str, Known] = field(default_factory=dict)
    eras: list[tuple[str, int]] = field(default_factory=list)  # a name and its first version
    version: int = 0
    clock: int = 0
    stamp: int = 0  # the clock of the newest version
    floor: int = 0  # graves up to this version have been forgotten
    log_floor: int = 0
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def copied(self) -> State:
        """The same once more, to go back to."""
        return replace(
            self,
            rows={table: dict(rows) for table, rows in self.rows.items()},
            shown={table: dict(rows) for table, rows in self.shown.items()},
            marks=dict(self.marks),
            documents=dict(self.documents),
            shown_documents=dict(self.shown_documents),
            outbox=list(self.outbox),
            feed={scope: dict(fed) for scope, fed in self.feed.items()},
            log=list(self.log),
            touches={name: dict(touched) for name, touched in self.touches.items()},
            replicas=dict(self.replicas),
            eras=list(self.eras),
        )
