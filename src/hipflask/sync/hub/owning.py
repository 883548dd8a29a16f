"""Whether rows are their user's to write: as they were, and as they would be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from .arrays import array
from .deciding import Decision
from .scopes import Grants
from .tables import HubTable

Cursor = psycopg.Cursor[Any]


class Owner:
    """The scopes of one user, in one transaction; asked for only where a table has any."""

    def __init__(self, cursor: Cursor, grants: Grants, user: str) -> None:
        self._cursor = cursor
        self._grants = grants
        self._user = user
        self._granted: list[str] = []  # everybody's is always among them, once they are known

    def refuse_foreign(self, table: HubTable, decisions: Sequence[Decision]) -> None:
        """Refuse changes of rows that belong to others, in words that say nothing about these."""
        if not table.path.steps:
            return
        # Asked for before anything is written: nobody grants himself something in the same push.
        self._granted = self._granted or list(self._grants.of(self._cursor.connection, self._user))
        foreign = self._foreign(table, [each for each in decisions if each.row is not None], self._granted)
        for decision in decisions:
            if decision.key in foreign:
                decision.refuse("scope", "This belongs to others, so it cannot be written.")

    def outsiders(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Those that have given their row to others, as it stands in the database now."""
        return self._elsewhere(decisions, self._granted)

    def beyond(self, decisions: Sequence[Decision], held: frozenset[str] | None) -> list[Decision]:
        """Those whose row is, as it stands now, in a scope that its replica may not have been sent yet.

        It has the row from having written it. If the scope is its user's no more when the replica is told of it, nothing else tells
        that the row has gone.
        """
        if held is None or held.issuperset(self._granted):
            return []
        return self._elsewhere(decisions, list(held))

    def _elsewhere(self, decisions: Sequence[Decision], scopes: Sequence[str]) -> list[Decision]:
        """Those whose row is in none of these scopes."""
        by_table: dict[HubTable, list[Decision]] = {}
        for decision in decisions:
            if decision.table is not None and decision.kind != "delete":
                by_table.setdefault(decision.table.hub, []).append(decision)
        found = {table: self._foreign(table, some, scopes) for table, some in by_table.items()}
        return [each for table, some in by_table.items() for each in some if each.key in found[table]]

    def _foreign(self, table: HubTable, decisions: Sequence[Decision], scopes: Sequence[str]) -> set[str]:
        if not table.path.steps or not decisions:
            return set()
        scope = table.path.sql("t")
        rows = self._cursor.execute(
            f"SELECT wanted.key FROM unnest(%s::text[]) AS wanted (key) JOIN {table.sql} t ON {table.key.find('t', 'wanted.key')}"
            f"{table.path.joins('t')} WHERE ({scope}) IS NULL OR ({scope}) <> ALL(%s)",
            (array(decision.key for decision in decisions), scopes),
        )
        return {key for (key,) in rows}
