"""What comes from the hub, from the first page to the checkpoint: small news in one moment, large downloads page by page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...store.changes.log import Log
from ...store.changes.names import Key
from ..messages import Begin, Checkpoint, MessageRefused, Page, Rows, unpack
from . import downloads
from .applying import Applying
from .identity import Schema, forget_seal, load, save
from .known import Known
from .overlay import Coming, Comings, combined
from .settling import settle, settled_upto, tidy
from .shapes import Shape, to_wire
from .tables import as_hub, reading, writing
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


class Receiving:
    """What has come on this connection, and how it gets into the tables."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        change_log: Log,
        shapes: Mapping[str, Shape],
        schema: Schema,
        known: Known,
    ) -> None:
        self._connection = connection
        self._log = change_log
        self._shapes = shapes
        self._schema = schema
        self._known = known
        self.forget()

    def forget(self, backfill: Iterable[str] = ()) -> None:
        """The connection is gone; or it begins, and all rows of these tables have been asked for."""
        self._come, self._backfill = _Come(), {*backfill}

    @property
    def progress(self) -> tuple[int, int]:
        """How many rows have come since the last checkpoint, of how many."""
        return self._come.done, self._come.begin.total if self._come.begin else 0

    def begin(self, begin: Begin) -> None:
        """A download begins or goes on."""
        goes_on = begin.done > 0 and load(self._connection).is_partial
        is_direct = goes_on or begin.total > MOST_AT_ONCE
        self._come = _Come(begin, begin.done, {*begin.tables} or {*self._shapes})
        if not goes_on and (is_direct or downloads.is_begun(self._connection)):
            with writing(self._connection):
                downloads.forget(self._connection)
                if is_direct:
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

    # ── into the tables ───────────────────────────────────────────────────────────────────────────────

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
