"""A store that takes part in an exchange: `parties.Replica` on SQLite.

    replica = StoreReplica(opened.connect, shared_tables(db.metadata))
    talk = ReplicaTalk(replica)

It is used by one thread at a time. What it knows is in the file: it may be killed at any statement, and another process goes on.
`lost` puts it back to what is in the file, and so has to be called after every error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa

from ...store.backup.backup import make_backup
from ...store.changes.log import Log
from ..messages import (
    PROTOCOL,
    Ack,
    Begin,
    Checkpoint,
    Hello,
    Page,
    Push,
    Welcome,
)
from ..parties import Situation
from ..rules import kinds
from . import pushing
from .garbage import unsearched
from .identity import Identity, forget_seal, load, newest_unheard, save
from .known import Known
from .receiving import Receiving
from .settling import take_back
from .shapes import shapes_of
from .tables import install, writing


class StoreReplica:
    """The rows of one device."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], tables: Sequence[sa.Table]) -> None:
        self._schema = kinds(tables)
        self._shapes = shapes_of(tables)
        self._log = Log(tables)
        self._connection = connect()
        try:
            # Rows of the hub come in any order, and were checked there.
            self._connection.execute("PRAGMA foreign_keys = OFF")
            self._connection.execute("PRAGMA ignore_check_constraints = ON")
            install(self._connection, self._shapes)
        except BaseException:
            self._connection.close()
            raise
        self._known = Known(self._connection, self._log, self._shapes)
        self._receiving = Receiving(self._connection, self._log, self._shapes, self._schema, self._known)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def hello(self) -> Hello:
        """Who this is and what it has."""
        self.lost()
        me = load(self._connection)
        if me.is_partial and (not me.more or me.schema != self._schema):
            # Rows of a download are here that nobody can go on with, or that lack columns which are known by now.
            with writing(self._connection):
                forget_seal(self._connection)
            me = load(self._connection)
        backfill = [] if not me.seal else [name for name in self._schema if self._has_more(me, name)]
        self._receiving.forget(backfill)
        return Hello(PROTOCOL, me.name, me.ticket, self._schema, me.seal, me.more, me.pushed, backfill)

    def welcomed(self, welcome: Welcome) -> None:
        """Keep the name and the ticket; forget the checkpoint if there is a reset."""
        me = load(self._connection)
        if welcome.reset == "restored" and me.seal:
            self._back_up()  # the hub may have lost what is here
        self._known.forget()
        with writing(self._connection):
            save(self._connection, name=welcome.replica, ticket=welcome.ticket)
            if me.name not in ("", welcome.replica):
                take_back(
                    self._connection,
                    self._known.pendings(),
                    self._shapes,
                    is_restored=welcome.reset == "restored",
                )
            self._connection.execute(
                "UPDATE main._hipflask_push SET is_acked = 0 WHERE number > ?", (welcome.applied,)
            )
            if welcome.reset:
                forget_seal(self._connection)
                save(self._connection, reset=welcome.reset)
                if welcome.reset == "first":  # another hub's stamps say nothing to this one
                    self._connection.execute("DELETE FROM main._hipflask_seen")
        self._known.forget()  # some of it may have been taken back

    @unsearched()
    def push(self) -> list[Push]:
        """What has not been acknowledged yet, the same as last time if there was one; else what was written since."""
        parts = pushing.under_way(self._connection)
        if not parts and pushing.take(self._connection, self._log, self._shapes):
            parts = pushing.under_way(self._connection)
        return parts

    def newest_to_push(self) -> int | None:
        """The newest change of the log that `push` would give, or has given; None: it would give nothing."""
        return newest_unheard(self._connection, self._shapes)

    def acked(self, ack: Ack) -> None:
        """A push is in the hub for good; what it refused goes to the inbox."""
        pushing.acknowledge(self._connection, ack, self._shapes)

    def begin(self, begin: Begin) -> None:
        """A download begins or goes on."""
        self._receiving.begin(begin)

    @unsearched()
    def page(self, page: Page) -> None:
        """Take rows, which count with the next checkpoint."""
        self._receiving.page(page)

    @unsearched()
    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Bring all rows to the hub's state, but for what was written here and is not settled."""
        self._receiving.checkpoint(checkpoint)

    def lost(self) -> None:
        """The connection is gone: what was taken and cannot be gone on with is forgotten."""
        self._receiving.forget()
        self._known.forget()

    def situation(self) -> Situation:
        """What a person may know."""
        me = load(self._connection)
        (refused,) = self._connection.execute("SELECT count(*) FROM main._hipflask_refused").fetchone()
        waiting, upto = self._known.waiting()
        done, total = self._receiving.progress
        return Situation(
            waiting,
            refused,
            upto,
            has_all=bool(me.seal) and not me.is_partial,
            done=done,
            total=total,
            reset=me.reset,
        )

    def _has_more(self, me: Identity, name: str) -> bool:
        known = me.schema.get(name, {})
        return any(known.get(column) != kind for column, kind in self._schema[name].items())

    def _back_up(self) -> None:
        (file,) = self._connection.execute(
            "SELECT file FROM pragma_database_list WHERE name = 'main'"
        ).fetchone()
        if file:
            make_backup(Path(file), "hub-restored")
