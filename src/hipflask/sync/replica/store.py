"""A store that takes part in an exchange: `parties.Replica` on SQLite.

    replica = StoreReplica(opened.connect, shared_tables(db.metadata))
    talk = ReplicaTalk(replica)

It is used by one thread at a time. What it knows is in the file: it may be killed at any statement, and another process goes on.
`lost` puts it back to what is in the file, and so has to be called after every error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from ...store.backup.backup import make_backup
from ...store.changes.log import Log
from ...store.changes.names import Key
from ..messages import (
    PROTOCOL,
    Ack,
    Begin,
    Checkpoint,
    Hello,
    MessageRefused,
    Page,
    Push,
    Rows,
    Welcome,
    unpack,
)
from ..parties import Situation
from ..rules import kinds
from . import downloads, pushing
from .applying import Applying
from .identity import Identity, forget_seal, load, save
from .known import Known
from .overlay import Coming, Comings, combined
from .settling import settle, settled_upto, take_back, tidy
from .shapes import Shape, shapes_of, to_wire
from .tables import as_hub, install, reading, writing
from .weighing import weigh

# So many rows become the state of the file in one transaction; of more, each page has its own.
MOST_AT_ONCE = 20_000
# So many go in one transaction where not all have to go in one.
SOME = 5_000
# With more rows pending, it is not looked at each checkpoint what need not be known of them any more.
FEW = 1_000

_MISSED = "Something was missed, so everything is asked for anew."


@dataclass
class _Come:
    """What has come on this connection since its last checkpoint."""

    begin: Begin | None = None
    done: int = 0
    covered: set[str] = field(default_factory=set)  # tables of which all comes
    staged: list[Rows] = field(default_factory=list)
    download: downloads.Download | None = None  # writes pages as they come


class StoreReplica:
    """The rows of one device."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], tables: Sequence[sa.Table]) -> None:
        self._schema = kinds(tables)
        self._shapes = shapes_of(tables)
        self._log = Log(tables)
        self._come, self._backfill = _Come(), set[str]()
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

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def hello(self) -> Hello:
        """Who this is and what it has."""
        self._forget()
        me = load(self._connection)
        if me.is_partial and (not me.more or me.schema != self._schema):
            # Rows of a download are here that nobody can go on with, or that lack columns which are known by now.
            with writing(self._connection):
                forget_seal(self._connection)
            me = load(self._connection)
        backfill = [] if not me.seal else [name for name in self._schema if self._has_more(me, name)]
        self._backfill = {*backfill}
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

    def push(self) -> list[Push]:
        """What has not been acknowledged yet, the same as last time if there was one; else what was written since."""
        parts = pushing.under_way(self._connection)
        if not parts and pushing.take(self._connection, self._log, self._shapes):
            parts = pushing.under_way(self._connection)
        return parts

    def acked(self, ack: Ack) -> None:
        """A push is in the hub for good; what it refused goes to the inbox."""
        pushing.acknowledge(self._connection, ack, self._shapes)

    def begin(self, begin: Begin) -> None:
        """A download begins or goes on."""
        is_direct = begin.total > MOST_AT_ONCE
        goes_on = begin.done > 0 and load(self._connection).is_partial
        self._come = _Come(begin, begin.done, {*begin.tables} or {*self._shapes})
        if is_direct and not goes_on:
            with writing(self._connection):
                downloads.prepare(self._connection, self._shapes, begin)
                save(self._connection, more=b"")
        if is_direct:
            self._come.download = downloads.Download(self._connection, self._shapes)

    def page(self, page: Page) -> None:
        """Take rows, which count with the next checkpoint."""
        rows: list[Rows] = unpack(page.body, list[Rows])
        self._come.done += sum(len(each.rows) + len(each.gone) for each in rows)
        if self._come.download is None:
            self._come.staged += rows
            return
        with reading(self._connection):
            self._known.pendings()
        try:
            is_whole = self._write(self._come.download, rows, page.more)
        except sqlite3.IntegrityError:  # something is in the way
            is_whole = self._write(self._come.download, rows, page.more, is_careful=True)
        if not is_whole:
            raise MessageRefused(_MISSED)

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Bring all rows to the hub's state, but for what was written here and is not settled."""
        me = load(self._connection)
        if checkpoint.version < me.version:
            raise MessageRefused(
                f"The hub went back from version {me.version} to {checkpoint.version} without a word."
            )
        upto = settled_upto(self._connection, checkpoint.settled)
        self._clear_away(me.more)
        try:
            is_broken = self._apply(checkpoint, upto)
        except sqlite3.IntegrityError:  # something is in the way
            self._known.forget()
            is_broken = self._apply(checkpoint, upto, is_careful=True)
        self._backfill -= self._come.covered
        self._come = _Come()
        if is_broken:
            raise MessageRefused(_MISSED)

    def lost(self) -> None:
        """The connection is gone: what was taken and cannot be gone on with is forgotten."""
        self._forget()

    def situation(self) -> Situation:
        """What a person may know."""
        me = load(self._connection)
        (refused,) = self._connection.execute("SELECT count(*) FROM main._hipflask_refused").fetchone()
        waiting, upto = self._known.waiting()
        return Situation(
            waiting,
            refused,
            upto,
            has_all=bool(me.seal) and not me.is_partial,
            done=self._come.done,
            total=self._come.begin.total if self._come.begin else 0,
            reset=me.reset,
        )

    # ── what has come ─────────────────────────────────────────────────────────────────────────────────

    def _arrived(self) -> Comings:
        """All rows that are not in the tables yet, and those that are and have no place there any more."""
        comings = combined([*downloads.late_rows(self._connection), *self._come.staged], self._shapes)
        for name in self._come.covered:
            shape = self._shapes.get(name)
            if shape is None:
                continue
            absent = self._absent(shape)
            if absent:
                table = comings.setdefault(name, {})
                for key in absent:
                    table.setdefault(key, Coming({}, is_gone=True))
        return comings

    def _write(
        self, download: downloads.Download, rows: list[Rows], more: bytes, is_careful: bool = False
    ) -> bool:
        with writing(self._connection):
            pendings = self._known.pendings()
            with as_hub(self._connection):
                is_whole = download.write(rows, pendings, is_careful=is_careful)
            if is_whole:
                save(self._connection, more=more, is_partial=1, schema=self._schema)
            else:
                forget_seal(self._connection)
        return is_whole

    def _apply(self, checkpoint: Checkpoint, upto: int, *, is_careful: bool = False) -> bool:
        """Bring the rows to a checkpoint, and say whether something of it was missed."""
        with reading(self._connection):
            comings, pendings = self._arrived(), self._known.pendings(upto)
            weighed = weigh(self._connection, self._log, self._shapes, comings, pendings, checkpoint.settled)
        with writing(self._connection):
            is_settling = upto > load(self._connection).upto
            weighed.forget(self._log.read(self._connection, weighed.seen))
            settle(self._connection, checkpoint.settled)
            pendings = self._known.pendings(upto)
            applying = Applying(self._connection, self._log, self._shapes, pendings, is_careful=is_careful)
            with as_hub(self._connection):
                applying.apply(comings, weighed)
            self._note(checkpoint, applying.is_broken)
            if is_settling or len(pendings) < FEW:
                tidy(self._connection, pendings, self._log.newest(self._connection))
        return applying.is_broken

    def _clear_away(self, more: bytes) -> None:
        """After a large download, have most rows that did not come go before the checkpoint, some at a time."""
        if self._come.download is None:
            return
        for name in self._come.covered & {*self._shapes}:
            keys = [to_wire(key) for key in self._absent(self._shapes[name])]
            for start in range(0, len(keys), SOME):
                some = Rows(name, [], [], keys[start : start + SOME], True)
                with reading(self._connection):
                    self._known.pendings()
                self._write(self._come.download, [some], more)

    def _absent(self, shape: Shape) -> Iterable[Key]:
        if self._come.download is not None:
            return downloads.unseen(self._connection, shape)
        is_reset = self._come.begin is not None and self._come.begin.reset
        return downloads.keys(self._connection, shape) if is_reset else ()

    def _note(self, checkpoint: Checkpoint, is_broken: bool) -> None:
        newest = self._log.newest(self._connection)
        if is_broken:
            forget_seal(self._connection)
        else:
            missing = self._backfill - self._come.covered
            schema = {name: kind for name, kind in self._schema.items() if name not in missing}
            save(
                self._connection,
                seal=checkpoint.seal,
                version=checkpoint.version,
                more=b"",
                schema=schema,
                reset="",
            )
        save(self._connection, is_partial=0)
        self._connection.execute(
            "INSERT OR REPLACE INTO main._hipflask_seen VALUES (?, ?)", (newest, checkpoint.stamp)
        )
        if self._come.download is not None:
            downloads.forget(self._connection)

    def _forget(self) -> None:
        self._come = _Come()
        self._known.forget()
        self._backfill = set()

    def _has_more(self, me: Identity, name: str) -> bool:
        known = me.schema.get(name, {})
        return any(known.get(column) != kind for column, kind in self._schema[name].items())

    def _back_up(self) -> None:
        (file,) = self._connection.execute(
            "SELECT file FROM pragma_database_list WHERE name = 'main'"
        ).fetchone()
        if file:
            make_backup(Path(file), "hub-restored")
