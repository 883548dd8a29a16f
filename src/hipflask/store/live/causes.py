"""Why live queries are asked again, and what has been committed, as it is told to who looks inside.

causes = Causes(commits, "main", batch)
causes.of(("player", 7))        Cause("change", "player.name", the commit's span, {"key": 7, "whose": "this process"})
causes.note()                   one note for each commit of the batch
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from ...core import tracing
from ...core.tracing import Cause, Span
from ..changes.log import Batch, Change
from ..commits import Commits

MOST_COMMITS = 20  # of one batch; the changes of those behind them are told of together
MOST_KEYS = 100  # of one table, in one note
HERE, ELSEWHERE, HUB = "this process", "another process", "the hub"

Group = tuple[str, Span | None]


class Causes:
    """One batch of changes, for those who look inside: made only while somebody does."""

    def __init__(self, commits: Commits, schema: str, batch: Batch) -> None:
        self._commits = commits
        self._schema = schema
        self._batch = batch
        self._last = {(change.table, change.key): change for change in batch.changes}

    def of(self, row: tuple[str, Any] | None) -> Cause:
        """Why those are told who are concerned by this row; None: by everything."""
        change = None if row is None else self._last.get(row)
        if change is None:
            return Cause("change", "everything")
        whose, commit = self._who(change)
        values = {"key": change.key, "whose": whose}
        return Cause("change", _what(change), None if commit is None else commit.origin, values)

    @property
    def first(self) -> Cause:
        """Why those are told who look for themselves what concerns them."""
        change = next(iter(self._batch.changes), None)
        return self.of(None if change is None else (change.table, change.key))

    def note(self) -> None:
        """Tell of the batch: what has changed, and who has changed it."""
        if self._batch.has_gap:
            tracing.note("changes", "everything", newest=self._batch.newest)
        for (whose, commit), changes in self._groups().items():
            tables = _by_table(changes)
            facts = {table: {"rows": len(some), "columns": _columns(some)} for table, some in tables.items()}
            keys = {table: [change.key for change in some[:MOST_KEYS]] for table, some in tables.items()}
            with nullcontext() if commit is None else commit.current():
                tracing.note(
                    "changes",
                    ", ".join(tables),
                    values={"keys": keys},
                    tables=facts,
                    whose=whose,
                    newest=changes[-1].sequence,
                    lag=lag(self._batch),
                )

    def _groups(self) -> dict[Group, list[Change]]:
        groups: dict[Group, list[Change]] = {}
        for change in self._batch.changes:
            group = self._who(change)
            if group not in groups and len(groups) >= MOST_COMMITS:
                group = (group[0], None)
            groups.setdefault(group, []).append(change)
        return groups

    def _who(self, change: Change) -> Group:
        commit = self._commits.of(self._schema, change.sequence)
        if change.origin:
            return HUB, commit
        return (ELSEWHERE, None) if commit is None else (HERE, commit)


def lag(batch: Batch) -> float:
    """For how many seconds the oldest change of a batch has waited to be told of, as far as clocks can say."""
    return max(time.time() - batch.changes[0].clock / 1000, 0.0) if batch.changes else 0.0


def _what(change: Change) -> str:
    if change.kind != "update":
        return f"{change.table} ({change.kind})"
    return ", ".join(f"{change.table}.{column}" for column in sorted(change.columns))


def _by_table(changes: Sequence[Change]) -> dict[str, list[Change]]:
    tables: dict[str, list[Change]] = {}
    for change in changes:
        tables.setdefault(str(change.table), []).append(change)
    return tables


def _columns(changes: Sequence[Change]) -> list[str]:
    return sorted({column for change in changes if change.kind == "update" for column in change.columns})
