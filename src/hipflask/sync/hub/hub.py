"""The hub on PostgreSQL: `parties.Hub`, called from as many threads as there are.

    with Database(url) as database:
        tables = install(database, shared_tables(db.metadata))
        hub = PostgresHub(database, tables, db.scopes.values(), rules_of_models(db))
        visitor, welcome = hub.welcome("ann", hello)

It keeps nothing that another process would have to know: state is in the database alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...store.models.shared import PushRule, Scope
from ..messages import Ack, Begin, Checkpoint, Hello, Page, Push, Refused, Welcome
from ..parties import Visitor
from .database import Database
from .layout import SCHEMA
from .news import News
from .pushes import Pushes
from .scopes import Grants
from .seals import seals_of
from .tables import HubTables
from .welcome import Door


class PostgresHub:
    """The rows of all, in PostgreSQL."""

    def __init__(
        self,
        database: Database,
        tables: HubTables,
        scopes: Iterable[Scope],
        rules: Mapping[Any, Sequence[PushRule]],
        hurry: Callable[[], object] = lambda: None,
    ) -> None:
        """`hurry` is called when somebody waits for the next version."""
        self._database = database
        with database.connection() as connection:
            seals = seals_of(connection)
        grants = Grants(scopes)
        self._door = Door(database, tables, seals)
        self._pushes = Pushes(database, tables, grants, rules)
        self._news = News(database, tables, grants, seals, hurry)

    def welcome(self, user: str, hello: Hello) -> tuple[Visitor, Welcome] | Refused:
        """Let a replica of this user in: identity, seal, schema."""
        return self._door.welcome(user, hello)

    def push(self, visitor: Visitor, parts: list[Push]) -> Ack | Refused:
        """Apply a push once, or say again what came of it."""
        return self._pushes.push(visitor, parts)

    def news(self, visitor: Visitor) -> Iterator[Begin | Page | Checkpoint]:
        """All that the replica does not have yet, up to a checkpoint; nothing if it has everything."""
        return self._news.news(visitor)

    def at_hand(self, visitor: Visitor) -> Sequence[Page | Checkpoint] | None:
        """The same if all of it is in memory; None if not."""
        return self._news.at_hand(visitor)

    def heard(self, version: int) -> None:
        """Somebody who listens has heard of this version: it is read once for all, and nothing is looked up for anybody until the next."""
        self._news.heard(version)

    def have(self, visitor: Visitor, version: int) -> None:
        """A checkpoint was applied: what was kept for this replica alone up to there may go."""
        with self._database.connection() as connection:
            connection.execute(
                f"UPDATE {SCHEMA}.replica SET had = greatest(had, %s), seen = now() "
                'WHERE name = %s AND "user" = %s AND tickets[cardinality(tickets)] = %s',
                (min(version, visitor.version), visitor.replica, visitor.user, visitor.ticket),
            )
