"""A unit of work: what one action call reads and writes, committed when it returns and taken back when it raises."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

BeginWrite = Callable[[Connection], None]


class Work:
    """The session of one unit of work, made when it is first asked for."""

    def __init__(
        self, new_session: Callable[[], Session], begin_write: BeginWrite, committed: Callable[[], None]
    ) -> None:
        self._new_session = new_session
        self._begin_write = begin_write
        self._committed = committed
        self._session: Session | None = None
        self._seen: list[Session] = []
        self._connection: Connection | None = None

    @property
    def session(self) -> Session:
        """For reading and writing."""
        if self._session is None:
            self._session = self._new_session()
        return self._session

    def looking(self, connect: Callable[[], Connection], make: Callable[[Connection], Session]) -> Session:
        """A session for one read of a drawing, whose rows may load more until the work ends.

        A drawing may read ten thousand times, so all of its sessions share one connection.
        """
        if self._connection is None:
            self._connection = connect()
            self._connection.begin()
        self._seen.append(session := make(self._connection))
        return session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit what the block writes when it ends; inside of a transaction it is a part of that."""
        session = self.session
        if self.has_written:
            with session.begin_nested():
                yield session
            return
        session.expire_all()  # what was read before may have changed; inside, nobody else writes
        self._begin_write(session.connection())
        try:
            yield session
            self.commit()
        except BaseException:
            session.rollback()
            raise

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write, committed with the work; if it fails, what was written before it stands, and whoever catches the error goes on."""
        session = self.session
        if self.has_written:
            with session.begin_nested():
                yield session
            return
        try:
            yield session
        except BaseException:
            session.rollback()
            raise

    @property
    def has_written(self) -> bool:
        """Whether something waits to be committed."""
        session = self._session
        if session is None:
            return False
        if session.new or session.dirty or session.deleted:
            return True
        driver = session.connection().connection.driver_connection if session.in_transaction() else None
        return isinstance(driver, sqlite3.Connection) and driver.in_transaction

    def commit(self) -> None:
        """Make everything so far sure to stay."""
        if self._session is not None:
            self._session.commit()
            self._committed()

    def roll_back(self) -> None:
        """Take back everything since the last commit."""
        if self._session is not None:
            self._session.rollback()

    def close(self) -> None:
        """Let go of all rows and connections."""
        for session in (*self._seen, *([self._session] if self._session is not None else [])):
            session.close()
        self._seen.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
