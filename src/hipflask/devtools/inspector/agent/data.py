"""The store of an app as the inspector sees it: sizes, locks, plans, live queries, the change log, and the exchange with the hub.

The store is looked at and never opened: a program that has not touched its data yet is not made to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any

import flask

from ....core import lines
from ....store.commands import EXTENSION
from ....ui.drawing import Binding, Part
from .. import records
from ..records import Unanswered
from . import reading
from .recorder import Told
from .secret import is_secret
from .shorten import shorten

MOST_CHANGES = 1_000
FURTHEST_BACK = 50_000
MOST_QUERIES = 2_000
MOST_WAITING = 100


class Data:
    """Answers about what an app has stored."""

    def __init__(self, app: flask.Flask, running: Callable[[], Iterable[Told]]) -> None:
        self._app, self._running = app, running

    @property
    def has_store(self) -> bool:
        """Whether the app has one."""
        return EXTENSION in self._app.extensions

    @property
    def has_sync(self) -> bool:
        """Whether it is exchanged with a hub; known once the store is open."""
        store = self._app.extensions.get(EXTENSION)
        return store is not None and store._sync is not None

    def store(self) -> records.Store:
        """Sizes and locks."""
        opened = self._opened()
        commits = [told for told in self._running() if told.kind == "commit"]
        holder = next((told for told in commits if "waited" in told.facts), None)
        return reading.sizes(
            opened.file,
            holder=str(holder.facts.get("place", "")) if holder is not None else "",
            since=holder.at if holder is not None else 0,
            waiting=sum(1 for told in commits if "waited" not in told.facts),
        )

    def explain(self, told: Told | None) -> records.Plan:
        """How SQLite answers a statement that was recorded."""
        if told is None:
            raise Unanswered("This statement is not kept any more.")
        sql = told.values.get("sql")
        if not isinstance(sql, str):
            raise Unanswered("There is no statement in this record.")
        opened = self._opened()
        return reading.plan(opened.file, opened.volatile, sql, told.values.get("parameters"))

    def live_queries(self) -> list[records.LiveQuery]:
        """What drawings follow."""
        queries = list(self._opened().live.everything())[:MOST_QUERIES]
        return sorted(map(_live_query, queries), key=lambda query: query.sql)

    def changes(self, before: int, limit: int) -> list[records.Change]:
        """The newest entries of the change log, newest first."""
        opened = self._opened()
        log, limit = opened.logs[0], max(1, min(limit, MOST_CHANGES))
        with closing(opened.connect()) as connection:
            newest = log.newest(connection)
            top = min(before - 1, newest) if before else newest
            if newest - top > FURTHEST_BACK:
                raise Unanswered(f"That is more than {FURTHEST_BACK:,} changes ago.")
            found = log.read(connection, max(top - limit, 0)).changes
        return [_change(change) for change in found if change.sequence <= top][::-1]

    def sync(self) -> records.Sync:
        """How the exchange with the hub stands."""
        store = self._store()
        sync = store._sync
        if sync is None:
            raise Unanswered("This program exchanges its data with no hub.")
        status = sync.status
        return records.Sync(
            state=status.state,
            sentence=status.sentence,
            waiting=status.waiting,
            refused=status.refused,
            since=status.since.timestamp() if status.since is not None else 0.0,
            queue=[*map(_refused, sync.refused()[:MOST_WAITING]), *self._waiting()],
        )

    def _waiting(self) -> list[records.Waiting]:
        """The first of the changes that the hub does not have yet."""
        opened = self._opened()
        log = opened.logs[0]
        with closing(opened.connect()) as connection:
            settled = (
                log.settled(connection) or 0
            )  # nothing is, before the hub was heard of for the first time
            if log.newest(connection) - settled > FURTHEST_BACK:
                return []
            found = log.written_here(connection, settled)[:MOST_WAITING]
        return [records.Waiting(str(each.table), shorten(each.key, 200), each.kind, "", "") for each in found]

    def _store(self) -> Any:
        store = self._app.extensions.get(EXTENSION)
        if store is None:
            raise Unanswered("This program has no store.")
        return store

    def _opened(self) -> Any:
        opened = self._store()._opened
        if opened is None:
            raise Unanswered("The program has not opened its store yet.")
        return opened


def _live_query(query: Any) -> records.LiveQuery:
    # SQLAlchemy's names are texts of a class of its own.
    equalities = {str(name): value for read in query.reads for name, value in read.equalities.items()}
    return records.LiveQuery(
        sql="; ".join(map(_in_words, query.reads)),
        tables=sorted({str(read.table) for read in query.reads}),
        parameters={
            name: records.MASKED if is_secret(name) else shorten(value) for name, value in equalities.items()
        },
        readers=[_reader(watcher) for watcher in query.watchers],
    )


def _in_words(read: Any) -> str:
    columns = ", ".join(sorted(read.columns)) if read.columns is not None else "*"
    where = " AND ".join(f"{name} = ?" for name in read.equalities)
    return f"SELECT {columns} FROM {read.table}" + (f" WHERE {where}" if where else "")


def _reader(watcher: object) -> records.Reader:
    match watcher:
        case Part():
            return records.Reader(watcher.owner.name, watcher.kind.name, lines.of(watcher.function))
        case Binding():
            node = watcher.node
            return records.Reader(
                watcher.owner.name, node.kind.name if node is not None else watcher.prop, ""
            )
        case _:
            return records.Reader("", type(watcher).__name__, "")


def _change(change: Any) -> records.Change:
    return records.Change(
        change.sequence, change.clock / 1e3, str(change.table), shorten(change.key, 200), change.kind, sorted(map(str, change.columns))
    )  # fmt: skip


def _refused(change: Any) -> records.Waiting:
    return records.Waiting(change.model, shorten(change.key, 200), change.kind, change.code, change.sentence)
