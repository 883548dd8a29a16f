"""`db = Store(app)`: models over one SQLite file, and windows that follow it.

class Player(db.Model):
    name: Mapped[str]
    base: Mapped[str]

Player.create(name="Who", base="first")
db.all(db.select(Player).order_by(Player.name))
db.first(Player, base="first").update(name="What")
"""

from __future__ import annotations

import atexit
import os
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

import flask
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import DetachedInstanceError

from ..core import context
from ..core.errors import DrawingError, UsageError
from ..core.ports import Sync
from . import gauges
from .backup import commands as backup_commands  # noqa: F401, they join the group `db`
from .backup.backup import (
    Backup,
    Keep,
    Progress,
    backups_of,
    make_backup,
)
from .backup.chores import keep_of
from .bulk import write_rows
from .collecting import paused
from .commands import EXTENSION, db
from .faults import in_words
from .files import file_of, migrations_of
from .live.feed import Listener
from .migrate import commands as migrate_commands  # noqa: F401, they join the group `db`
from .models.base import make_base
from .models.rows import Row, current
from .models.shared import PushRule, Scope
from .opened import Opened
from .search import index as search
from .undo.deltas import Deltas
from .undo.history import History
from .undo.undoable import UndoableSession, driver_of, put_back
from .work import Work

if TYPE_CHECKING:
    from ..core.rows import RowSource
    from .browse.browsing import Browsing
    from .transfer.load import Loaded

R = TypeVar("R", bound=Row)

_work: ContextVar[tuple[Store, Work] | None] = ContextVar("hipflask.work", default=None)


class Store:
    """The data of one app, in one SQLite file that works offline."""

    select = staticmethod(sa.select)

    def __init__(self, app: flask.Flask | None = None) -> None:
        self.Model: Any = make_base(self)
        self._app: flask.Flask | None = None
        self._opened: Opened | None = None
        self._opening = RLock()
        self._parents: Opened | None = None
        self._browsing: Browsing | None = None
        self._sync: Sync | None = None
        self._start_sync: Callable[[Store], Sync | None] = lambda store: None
        self.scopes: dict[str, Scope] = {}
        self.push_rules: dict[type[Row], list[PushRule]] = {}
        if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
            found = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: _forked(found()))
        if app is not None:
            self.init_app(app)

    def init_app(self, app: flask.Flask) -> None:
        """Let this be the store of `app`; what `Store(app)` does at once."""
        if EXTENSION in app.extensions:
            raise UsageError(
                f"{app.name} has a store already. One store holds as many models as one likes: use that one."
            )
        app.extensions[EXTENSION] = self
        self._app = app
        app.teardown_appcontext(self._leave_context)
        app.cli.add_command(db)
        actions = getattr(app, "actions", None)
        if actions is not None:
            actions.add_work(self)
            actions.keep_history(self.history)
            actions.add_rows(self.find_rows)
            actions.keep_sync(self.find_sync)
            self._start_sync = actions.start_sync

    # ── the file ──────────────────────────────────────────────────────────────────────────────────

    @property
    def metadata(self) -> sa.MetaData:
        """All tables of the models."""
        return cast("sa.MetaData", self.Model.metadata)

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self._open().file

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine on the file, for what has no other way."""
        return self._open().engine

    def _open(self) -> Opened:
        opened = self._opened
        if opened is not None:
            return opened
        with self._opening:
            if self._opened is None:
                if self._app is None:
                    raise UsageError(
                        "This store belongs to no app yet: write `Store(app)`, or `db.init_app(app)`."
                    )
                with context.nobody_records():
                    self._opened = Opened(
                        file_of(self._app), self.metadata, migrations_of(self._app), keep_of(self._app)
                    )
                gauges.watch(self._opened)
                atexit.register(self.close)
                self._sync = self._start_sync(self)
            return self._opened

    def close(self) -> None:
        """Let go of the file; it is opened again when it is next asked for."""
        with self._opening:
            opened, self._opened = self._opened, None
            browsing, self._browsing = self._browsing, None
            sync, self._sync = self._sync, None
        atexit.unregister(self.close)
        if sync is not None:
            sync.stop()
        if browsing is not None:
            browsing.close()
        if opened is not None:
            gauges.forget(opened)
            opened.close()

    def _leave_to_parent(self) -> None:
        """Open the file anew, in a process that was forked: what is open is the parent's, and is not even closed here."""
        self._opening = RLock()
        self._parents, self._opened = self._opened or self._parents, None
        self._browsing = self._sync = None

    # ── reading ───────────────────────────────────────────────────────────────────────────────────

    def all(self, query: Any, /, **equal: Any) -> list[Any]:
        """Every row of a model (`db.all(Player, base="first")`) or of a query; single values come as they are."""
        with self._reading() as session, paused():
            return list(_results(session, self._query(query, equal)).all())

    def first(self, query: Any, /, **equal: Any) -> Any:
        """The first row of a model or a query, None if there is none."""
        with self._reading() as session:
            return _results(session, self._query(query, equal).limit(1)).first()

    def get(self, model: type[R], key: Any, /) -> R | None:
        """The row of that key, None if there is none."""
        with self._reading() as session:
            return session.get(model, key)

    def count(self, query: Any, /, **equal: Any) -> int:
        """How many rows of a model, or of a query, there are."""
        chosen = self._query(query, equal)
        with self._reading() as session:
            return int(session.scalar(_counting(chosen)) or 0)

    def again(self, row: R) -> R | None:
        """The row of the same key as it is now, None if it is gone."""
        with self._reading() as session:
            return cast("R | None", current(row, session))

    @staticmethod
    def _query(query: Any, equal: Mapping[str, Any]) -> Any:
        if isinstance(query, type):
            query = sa.select(query)
        return query.filter_by(**equal) if equal else query

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        work = self._current()
        recorder = context.recorder.get()
        if recorder is not None:
            drawn, engine = self._open().drawn, self.engine
            if work is not None:
                yield work.looking(engine.connect, lambda connection: drawn.session(connection, recorder))
                return
            with drawn.session(engine, recorder) as session:
                yield session
        elif work is not None:
            yield work.session
        else:
            with Session(self.engine, expire_on_commit=False) as session:
                yield session

    # ── writing ───────────────────────────────────────────────────────────────────────────────────

    @property
    def session(self) -> Session:
        """SQLAlchemy's session of this unit of work, for whatever has no shorter way."""
        if context.recorder.get() is not None:
            with self._reading() as session:
                return session
        work = self._current()
        if work is None:
            raise UsageError(
                "db.session was used where no unit of work is known. Use it in an action or a handler, in "
                "`with app.app_context():`, or in `with db.transaction() as session:`."
            )
        return work.session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit what the block writes when it ends, and none of it if it raises.

        Long work writes in batches, each in one of these, so that others can write in between. Inside of a transaction that has
        begun it is a part of that: taken back alone, committed together.
        """
        self._refuse_in_drawing("db.transaction()")
        work = self._current()
        if work is not None:
            with work.transaction() as session:
                yield session
            return
        with self.begin() as work, work.transaction() as session:
            yield session

    @contextmanager
    def writing(self, what: str) -> Iterator[Session]:
        """For one write: in the unit of work, if there is one; else in a transaction of its own."""
        self._refuse_in_drawing(what)
        held = _work.get()
        whole = held[1].writing if held is not None and held[0] is self else self.transaction
        with whole() as session:
            yield session

    def write(self, model: type[Row], rows: Iterable[Mapping[str, Any] | Sequence[Any]]) -> int:
        """Write many rows at once, new ones and, by key, those that are there; returns how many.

        A row is a dict, or values in the order of the model's columns (its key included). Values are checked as everywhere; what the
        constructor would fill in, keys included, is filled in.
        """
        with self.writing("db.write") as session, self._raw(session) as connection:
            return write_rows(connection, model, rows)

    @contextmanager
    def _raw(self, session: Session) -> Iterator[sqlite3.Connection]:
        """The driver's connection of a session, ready to write."""
        session.flush()
        connection = session.connection()
        opened = self._open()
        opened.begin_write(connection)
        try:
            yield cast("sqlite3.Connection", connection.connection.driver_connection)
        except sqlite3.Error as error:
            told = in_words(error, opened.file)
            if told is None and isinstance(error, sqlite3.IntegrityError):
                told = IntegrityError("many rows at once", None, error)  # as SQLAlchemy has it
            if told is None:
                raise
            raise told from error

    @staticmethod
    def _refuse_in_drawing(what: str) -> None:
        if context.recorder.get() is not None:
            raise DrawingError(
                f"{what} was used while drawing, which would make the window draw itself for ever. Use it in a handler: "
                "`on_click=Player.create, args={…}`, `on_click=player.delete`."
            )

    # ── units of work ─────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """A unit of work: committed when the block ends, rolled back if it raises."""
        work = self._new_work()
        token = _work.set((self, work))
        try:
            yield work
            work.commit()
        except BaseException as error:
            work.roll_back()
            if isinstance(error, DetachedInstanceError):
                raise _lazy(error) from error
            raise
        finally:
            _work.reset(token)
            work.close()

    def roll_back(self) -> None:
        """Take back what the present unit of work has done."""
        work = self._current()
        if work is not None:
            work.roll_back()

    def _new_work(self) -> Work:
        return Work(
            lambda: UndoableSession(self.engine, self._open().rows),
            lambda connection: self._open().begin_write(connection),
            self._committed,
        )

    def _committed(self) -> None:
        if self._opened is not None:
            self._opened.feed.wake()

    def _current(self) -> Work | None:
        held = _work.get()
        if held is not None and held[0] is self:
            return held[1]
        if not flask.has_app_context():
            return None
        works: dict[Store, Work] = flask.g.setdefault("_hipflask_work", {})
        if self not in works:
            works[self] = self._new_work()
        return works[self]

    def _leave_context(self, _: BaseException | None) -> None:
        work = flask.g.pop("_hipflask_work", {}).get(self)
        if work is not None:
            work.roll_back()
            work.close()

    # ── sharing ───────────────────────────────────────────────────────────────────────────────────

    def scope(self, name: str, allowed: Callable[[str], sa.Select[Any]]) -> Scope:
        """A way to divide rows among people, which models name: `class Task(db.Model, scope=teams("team_id"))`.

        `allowed(user)` is the query of the values that a user may have. Models without a scope are everybody's who may sign in.
        """
        if name in self.scopes:
            raise UsageError(f"There are two scopes called {name!r}. Give each a name of its own.")
        self.scopes[name] = scope = Scope(name, allowed)
        return scope

    def before_push(self, model: type[Row]) -> Callable[[PushRule], PushRule]:
        """Have the hub ask a function about each change of a model's rows: it gets a `PushedChange`, and raises ValueError to refuse it."""

        def note(rule: PushRule) -> PushRule:
            self.push_rules.setdefault(model, []).append(rule)
            return rule

        return note

    @property
    def sync(self) -> Sync:
        """The exchange with the hub: how it stands, what was refused; see `docs/topics/sync.md`."""
        sync = self.find_sync()
        if sync is None:
            raise UsageError(
                "This store is exchanged with nobody: no hub is known. Write app.config['HUB_URL'] = 'https://hub.example.com' on a "
                "Hipflask app, or set HUB_URL in the environment."
            )
        return sync

    def find_sync(self) -> Sync | None:
        """The exchange with the hub, None if no hub is known."""
        self._open()
        return self._sync

    def opened(self) -> Opened:
        """The file as it is open, for what belongs to the store and is not part of it."""
        return self._open()

    def reindex(self, model: type[Row]) -> None:
        """Make the index of a model that is searched anew, from its rows."""
        with self.transaction() as session:
            search.rebuild(driver_of(session), model.__table__)  # type: ignore[attr-defined]

    # ── undo ──────────────────────────────────────────────────────────────────────────────────────

    def history(self) -> History:
        """A new history of deeds, which can be undone and redone; each window has one already."""
        return History(self._put_back)

    @contextmanager
    def no_undo(self) -> Iterator[None]:
        """What is written in the block is not taken back when a person undoes what they did; it is none of their doing."""
        self._refuse_in_drawing("db.no_undo()")
        work = self._current()
        if work is None or not isinstance(work.session, UndoableSession):
            yield
            return
        with work.session.left_out():
            yield

    def _put_back(self, layers: Sequence[Deltas]) -> None:
        held = self._current()
        if held is not None and held.has_written:
            raise UsageError(
                "Something was to be undone, or done again, by a handler that has written something itself and not committed "
                "it. Give it a handler of its own: `ui.button('Undo', on_click=ui.undo)`."
            )
        with self.begin() as work:
            opened = self._open()
            put_back(work.session, opened.begin_write, opened.rows, layers)

    # ── following ─────────────────────────────────────────────────────────────────────────────────

    def listen(self, listener: Listener) -> None:
        """Have `listener(schema, batch)` called after commits, in order, each time with whole transactions."""
        self._open().feed.listen(listener)

    def catch_up(self) -> None:
        """Have windows and listeners told of all that is committed, before this returns; tests need not wait for the feed then."""
        if self._opened is not None:
            self._opened.feed.catch_up()

    def unlisten(self, listener: Listener) -> None:
        """Call it no more."""
        self._open().feed.unlisten(listener)

    # ── tables and charts ─────────────────────────────────────────────────────────────────────────

    def find_rows(self, what: object) -> RowSource | None:
        """A model or a query as rows for `ui.table` and `ui.chart`; None if it is neither."""
        is_model = isinstance(what, type) and issubclass(what, self.Model)
        if not is_model and not isinstance(what, sa.SelectBase):
            return None
        from .browse.shown import shown
        from .browse.source import QuerySource

        return QuerySource(self, shown(what))

    def browsing(self) -> Browsing:
        """What tables and charts have open on the file."""
        opened = self._open()
        with self._opening:
            if self._browsing is None:
                from .browse.browsing import Browsing

                self._browsing = Browsing(opened.connect, opened.file, opened.feed, opened.logs, opened.names)
            return self._browsing

    # ── looking after the file ────────────────────────────────────────────────────────────────────

    def backup(self, progress: Progress | None = None) -> Path:
        """Make a backup while everybody goes on, and say where it is; see `docs/topics/backup.md`."""
        return make_backup(self.file, "by hand", keep_of(self._app) or Keep(), progress)

    def backups(self) -> list[Backup]:
        """All backups, newest first."""
        return backups_of(self._where())

    def restore(self, backup: Path, progress: Progress | None = None) -> Path | None:
        """Put a backup in the store's place, in one transaction; returns where the present one was set aside.

        Windows follow as they follow any commit. Raises StoreError, and has changed nothing, where that cannot be.
        """
        from .backup.restore import restore

        self._refuse_in_drawing("db.restore")
        return restore(self._where(), Path(backup), progress)

    def check(self, progress: Progress | None = None) -> list[str]:
        """Every problem of the file and of the values in it, each as one sentence; an empty list if there is none."""
        from .backup.check import check

        return check(self._where(), self.metadata.tables.values(), progress)

    def export(self, query: Any, file: str | Path, progress: Progress | None = None) -> int:
        """Write the rows of a model or a query to a file, `players.csv` or `players.jsonl`; returns how many.

        Every value can be read back exactly. `progress(done, total)` is told of rows.
        """
        from .transfer.export import export

        with self._reading() as session:
            return export(session, query, Path(file), progress)

    def load(
        self,
        model: type[Row],
        file: str | Path,
        progress: Progress | None = None,
        *,
        skip: bool = False,
        encoding: str | None = None,
    ) -> Loaded:
        """Write the rows of a file of CSV or JSON lines, new ones and, by key, those that are there.

        If a line does not fit, raises LinesRefused with all that do not, and nothing is written; with `skip` the others are, in
        batches between which others can write, and `.bad` of the result has those left out. `progress(done, total)` may raise
        to have it stopped.
        """
        from .transfer.load import load

        self._refuse_in_drawing("db.load")
        return load(self._writing_raw, model, Path(file), progress, skip, encoding)

    @contextmanager
    def _writing_raw(self) -> Iterator[sqlite3.Connection]:
        with self.transaction() as session, self._raw(session) as connection:
            yield connection

    def _where(self) -> Path:
        """The file, without opening it: it may be damaged."""
        if self._app is None:
            return self.file
        return file_of(self._app)


def _forked(store: Store | None) -> None:
    if store is not None:
        store._leave_to_parent()


def _results(session: Session, query: Any) -> Any:
    result = session.execute(query)
    if result._unique_filter_state:  # rows were joined with those of a collection, which repeats them
        result = result.unique()
    return result.scalars() if len(getattr(query, "column_descriptions", "12")) == 1 else result


def _counting(query: Any) -> Any:
    """The query that counts the rows of another, without fetching them."""
    is_cut = query._limit_clause is not None or query._offset_clause is not None
    if is_cut or query._distinct or query._group_by_clauses:
        return sa.select(sa.func.count()).select_from(query.order_by(None).subquery())
    return query.with_only_columns(sa.func.count(), maintain_column_froms=True).order_by(None)


def _lazy(error: DetachedInstanceError) -> UsageError:
    return UsageError(
        f"{error.args[0].split(';')[0] if error.args else error}. A row that was drawn is a snapshot, and loads nothing more later: "
        "load it with the row, `db.select(Player).options(selectinload(Player.team))`, or read it anew, `db.get(Team, player.team_id)`."
    )
