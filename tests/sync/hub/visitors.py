"""A replica that is no more than a dict: it takes what the hub tells it, and minds when that makes no sense."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clubs import Club

from hipflask.sync.hub.news import News, standing_of_more
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.seals import Seal, Seals, seals_of, standing
from hipflask.sync.messages import Begin, Checkpoint, Page, Rows, unpack
from hipflask.sync.parties import Visitor

Place = tuple[str, Any]
Row = dict[str, Any]


def news_of(club: Club) -> News:
    """What a hub process tells."""
    from clubs import db

    return News(club.database, club.tables, Grants(db.scopes.values()), seals(club))


def seals(club: Club) -> Seals:
    with club.database.connection() as connection:
        return seals_of(connection)


def truth(club: Club) -> dict[Place, tuple[str | None, Row]]:
    """All rows as they are, and in which scope; written down without anything of the hub's."""
    found: dict[Place, tuple[str | None, Row]] = {}
    scopes = {
        "task": "'team:' || team_id",
        "comment": "'team:' || (SELECT team_id FROM task WHERE task.id = task_id)",
    }
    for table in club.tables:
        columns = ", ".join(f'"{name}"::text' for name in table.forms)
        for scope, *values in club.sql(
            f'SELECT {scopes.get(table.name, "$$$$")}, {columns} FROM "{table.name}"'
        ):
            row = dict(zip(table.forms, values, strict=True))
            found[table.name, tuple(row[name] for name in table.key_columns)] = scope, row
    return found


@dataclass
class Reader:
    """One device of a user: what it has, and what it keeps of the hub."""

    club: Club
    user: str
    name: str = "r1"
    rows: dict[Place, Row] = field(default_factory=dict)
    seal: bytes = b""
    more: bytes = b""
    settled: int = 0
    version: int = 0
    resets: list[str] = field(default_factory=list)
    _staged: dict[Place, Row] = field(default_factory=dict)
    _unseen: set[Place] = field(default_factory=set)
    visitor: Visitor | None = None

    def connect(self, backfill: frozenset[str] = frozenset()) -> None:
        """As the hub lets it in."""
        sealed = seals(self.club)
        seal = sealed.opened(self.seal) if self.seal else None
        with self.club.database.connection() as connection:
            reset = standing(connection, seal) if seal else ""
            if self.more and not reset:
                reset = standing_of_more(connection, sealed, self.more, self.name)
        if reset:
            self.resets.append(reset)
            self.seal, self.more, seal = b"", b"", None
        if not self.more:
            self._staged, self._unseen = dict(self.rows), set()
        ticket = secrets.token_hex()
        self.club.sql(
            'INSERT INTO hipflask.replica (name, "user", tickets) VALUES (%s, %s, %s) '
            "ON CONFLICT (name) DO UPDATE SET tickets = excluded.tickets",
            self.name, self.user, [ticket],
        )  # fmt: skip
        self.visitor = Visitor(self.user, self.name, ticket, more=self.more, backfill=backfill)
        if seal is not None:
            self.visitor.scopes, self.visitor.version = frozenset(seal.scopes), seal.version

    def hear(self, news: News, most: int | None = None) -> bool:
        """Take news, or only so many messages of them before the connection breaks; whether there was a checkpoint."""
        assert self.visitor is not None
        messages: Iterator[Any] = news.news(self.visitor)
        is_current = False
        for message in itertools.islice(messages, most):
            self.take(message)
            is_current = is_current or isinstance(message, Checkpoint)
        if most is not None:
            messages.close()  # type: ignore[attr-defined]
            self.visitor = None
        return is_current

    def take(self, message: Begin | Page | Checkpoint) -> None:
        """Take one message."""
        match message:
            case Begin():
                self._begin(message)
            case Page():
                self._page(message)
            case Checkpoint():
                self._checkpoint(message)

    @property
    def scopes(self) -> frozenset[str]:
        """Those of what it has."""
        opened = seals(self.club).opened(self.seal)
        return frozenset(opened.scopes if isinstance(opened, Seal) else ())

    def _begin(self, begin: Begin) -> None:
        if begin.reset and begin.done == 0:
            self._unseen = {place for place in self._staged if not begin.tables or place[0] in begin.tables}

    def _page(self, page: Page) -> None:
        for rows in unpack(page.body, list[Rows]):
            table = self.club.tables.by_name[rows.table]
            for key in rows.gone:
                self._staged.pop((rows.table, _texts(key if isinstance(key, list) else [key])), None)
            for values in rows.rows:
                row = dict(zip(rows.columns, values, strict=True))
                place = rows.table, _texts([row[name] for name in table.key_columns])
                self._unseen.discard(place)
                assert rows.is_whole or place in self._staged, f"only a part of {place}, which is not here"
                self._staged[place] = row if rows.is_whole else self._staged[place] | row
        self.more = page.more

    def _checkpoint(self, checkpoint: Checkpoint) -> None:
        for place in self._unseen:
            self._staged.pop(place, None)
        self._unseen = set()
        self.rows = dict(self._staged)
        self.seal, self.more = checkpoint.seal, b""
        assert checkpoint.version >= self.version
        self.version, self.settled = checkpoint.version, checkpoint.settled

    def shown(self) -> dict[Place, Row]:
        """What it has, as `truth` writes it."""
        return {
            place: {name: _shown(value) for name, value in row.items() if not name.endswith(":document")}
            for place, row in self.rows.items()
        }


def _texts(key: list[Any]) -> tuple[str, ...]:
    return tuple(map(str, key))


def _shown(value: Any) -> Any:
    return None if value is None else str(value)
