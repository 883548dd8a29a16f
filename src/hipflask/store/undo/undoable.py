"""The session of a unit of work: when it commits what a person has done, that becomes a step that can be undone."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...core.errors import UndoRefused
from ..engine import BeginWrite
from .deltas import Deltas
from .history import Deed, current_deed
from .restoring import Restoring, in_the_way

log = logging.getLogger(__name__)


class UndoableSession(Session):
    """SQLAlchemy's session; see `docs/topics/undo.md` for what its commits add."""

    def __init__(self, engine: Engine, rows: Restoring) -> None:
        super().__init__(engine, expire_on_commit=False)
        self._engine = engine
        self._rows = rows

    def commit(self) -> None:
        """SQLAlchemy's; what a deed has written is kept for undo."""
        deed = current_deed()
        if deed is None or not self.in_transaction():
            super().commit()
            return
        self.flush()
        deltas = self._written(deed)
        super().commit()
        deed.wrote(deltas)

    def _written(self, deed: Deed) -> Deltas | None:
        writer = driver_of(self)
        if not writer.in_transaction:
            return {}
        try:
            with closing(self._engine.raw_connection()) as reader:
                return self._rows.written(writer, reader.driver_connection, deed.left_out)  # type: ignore[arg-type]
        except sqlite3.Error:  # text that is no UTF-8, say: what was done is worth more than its undo
            log.exception("“%s” cannot be undone: what it changed could not be read", deed.name)
            return None

    @contextmanager
    def left_out(self) -> Iterator[None]:
        """What is written inside is no part of the step."""
        deed = current_deed()
        if deed is None:
            yield
            return
        self.flush()
        low = self._rows.newest(driver_of(self))
        try:
            yield
        finally:
            self.flush()
            deed.left_out.append((low, self._rows.newest(driver_of(self))))


def put_back(session: Session, begin_write: BeginWrite, rows: Restoring, layers: Sequence[Deltas]) -> None:
    """Write these deltas, in order, and commit them; raises UndoRefused if that would undo what others did."""
    begin_write(session.connection())
    for deltas in layers:
        rows.put(driver_of(session), deltas)
    try:
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise UndoRefused(in_the_way(str(error.orig))) from error


def driver_of(session: Session) -> sqlite3.Connection:
    """SQLite's own connection of a session."""
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
