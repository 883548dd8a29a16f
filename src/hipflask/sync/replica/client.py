"""`db.sync`: what a program and its windows see of the exchange with the hub.

db.sync.status             SyncStatus(state="waiting", waiting=3, …); windows that draw it follow
db.sync.refused()          the inbox
db.sync.now()              everything exchanged, in a command, say
db.sync.sign_in(token)
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import flask
import sqlalchemy as sa

from ...core import tracing
from ...core.ports import RefusedChange, SyncStatus
from ...store.changes.log import Batch
from ...store.files import default_folder
from ...store.models.shared import shared_tables
from ...store.opened import Opened
from ...store.store import Store
from ..parties import Situation
from . import gauges
from .address import address_of
from .exchanging import Exchange
from .live import Live
from .refusals import Refusals
from .signin import CONFIG, SignIn
from .state import Link, status_of
from .store import StoreReplica
from .traced import TracedReplica

# A command that is done sooner leaves the exchange to whatever runs next.
SHORT_SECONDS = 1.0


def start(app: flask.Flask, store: Store, url: str, stays: bool) -> Client:
    """Begin to exchange what an open store holds; in a program that `stays` at once."""
    signin = SignIn(url, default_folder(app), lambda: app.config.get(CONFIG) or os.environ.get(CONFIG))
    models = {mapper.local_table.name: mapper.class_.__name__ for mapper in store.Model.registry.mappers}
    client = Client(store.opened(), shared_tables(store.metadata), url, signin, models)
    client.start(0.0 if stays else SHORT_SECONDS)
    return client


class Client:
    """The exchange of one open store; a `Sync` of the ports."""

    def __init__(
        self,
        opened: Opened,
        tables: Sequence[sa.Table],
        url: str,
        signin: SignIn,
        models: Mapping[str, str] | None = None,
    ) -> None:
        self._opened = opened
        self._tables = {str(table.name): table for table in tables}
        self._signin = signin
        self._refusals = Refusals(opened.connect_in_turn, self._tables, models or {})
        self._shown = status_of(Link(), Situation(has_all=True))
        self._waiting_since: float | None = None
        self._status = Live(self._shown)
        self._inbox = Live(0)  # how often it may have changed
        self._exchange = Exchange(
            address_of(url),
            signin,
            lambda: TracedReplica(
                StoreReplica(opened.connect_in_turn, tables), lambda newest: opened.commits.of("main", newest)
            ),
            opened.keeper.acquire,
            self._tell,
        )

    def start(self, after: float = 0.0) -> None:
        """Begin, after some seconds."""
        self._opened.feed.listen(self._committed)
        self._exchange.start(after)
        gauges.count(self)

    def stop(self) -> None:
        """End it; the store does when it is closed."""
        gauges.forget(self)
        self._opened.feed.unlisten(self._committed)
        self._exchange.stop()

    # ── how it stands ─────────────────────────────────────────────────────────────────────────────

    @property
    def status(self) -> SyncStatus:
        """How it stands; a window that draws it follows."""
        return self._status.value

    @property
    def shown(self) -> SyncStatus:
        """How it was told last; nobody follows it who asks here."""
        return self._shown

    @property
    def waiting_since(self) -> float | None:
        """Since when (`time.time`) there has been something here that is not in the hub; None: there is nothing."""
        return self._waiting_since

    def _tell(self, link: Link, situation: Situation) -> None:
        before, status = self._shown, status_of(link, situation)
        self._shown = status
        if not status.waiting:
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = time.time()
        with tracing.because(tracing.Cause("sync", status.state)):
            self._status.set(status)
        if tracing.sinks and status != before:
            _note(status)
        if status.refused or before.refused:
            self._inbox.set(self._inbox.value + 1)

    def _committed(self, schema: str, batch: Batch) -> None:
        if batch.has_gap or any(each.origin == 0 and each.table in self._tables for each in batch.changes):
            self._exchange.written()

    # ── the inbox ─────────────────────────────────────────────────────────────────────────────────

    def refused(self) -> Sequence[RefusedChange]:
        """The changes that the hub has refused and nobody has answered yet, oldest first; a window that draws them follows."""
        _ = self._inbox.value
        return self._refusals.all()

    def retry(self, id: int, /, **values: object) -> None:
        """Make a refused change once more, with other values where some are given: as Python has them, or as a person types them.

        Raises EntryError with a sentence where one does not fit, or if the change has been answered already.
        """
        self._refusals.retry(id, values)
        self._answered()

    def drop(self, id: int, /) -> None:
        """Do without a refused change."""
        self._refusals.drop(id)
        self._answered()

    def _answered(self) -> None:
        self._inbox.set(self._inbox.value + 1)
        self._opened.feed.wake()
        self._exchange.written()

    # ── what one can do about it ──────────────────────────────────────────────────────────────────

    def now(self, timeout: float = 30.0) -> bool:
        """Exchange everything at once, and say whether that was done in time: all that was written here is in the hub, and its news are here."""
        self._opened.feed.catch_up()
        with closing(self._opened.connect()) as connection:
            upto = self._opened.logs[0].newest(connection)  # somebody may go on writing meanwhile
        return self._exchange.now(timeout, upto)

    def pause(self) -> None:
        """Exchange nothing until `resume`, or until the program is started again; what is written waits."""
        self._exchange.pause(True)

    def resume(self) -> None:
        """Exchange again."""
        self._exchange.pause(False)

    def sign_in(self, token: str) -> None:
        """Keep the token that the hub has issued for this device, and exchange by it; raises EntryError for what cannot be one."""
        self._signin.keep(token)
        self._exchange.signed_in()

    def sign_out(self) -> None:
        """Forget the token; what was written stays here and waits."""
        self._signin.forget()
        self._exchange.signed_in()


def _note(status: SyncStatus) -> None:
    numbers: dict[str, Any] = {
        name: getattr(status, name) for name in ("waiting", "refused", "done", "total")
    }
    tracing.note("sync", status.state, values={"sentence": status.sentence}, **numbers)
