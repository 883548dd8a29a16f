"""The hub's PostgreSQL: a few connections that heal, and its errors in words.

    with database.transaction() as connection:
        connection.execute("UPDATE …")

Every connection speaks UTC, whatever the server's own time zone is. A connection that broke is replaced when the next one is asked for; what was
under way on it raises `HubGone`, and may be tried again.
"""

from __future__ import annotations

import selectors
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

from ...core.errors import HubError, HubGone, HubReadOnly, MissingPart

try:
    import psycopg
    from psycopg import IsolationLevel, errors
    from psycopg_pool import ConnectionPool, PoolTimeout
except ImportError as error:
    raise MissingPart(
        'The hub talks to PostgreSQL through psycopg, which is not installed. Install it: pip install "hipflask[hub]".'
    ) from error

OLDEST = 14
SECONDS_TO_CONNECT = 10
SECONDS_TO_TRY = 2
SECONDS_TO_WAIT = 5
# A machine that is gone without a word, with its power or its network, is noticed by either side so soon: else after hours. In a transaction
# a process may think for a while, and on its way to a lock or between two notifications it says something every few seconds.
SILENT_SECONDS, THINKING_SECONDS = 10, 60
_NOTICED: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

Isolation = Literal["read committed", "repeatable read"]
Connection = psycopg.Connection[Any]

_LEVELS = {
    "read committed": IsolationLevel.READ_COMMITTED,
    "repeatable read": IsolationLevel.REPEATABLE_READ,
}
# What is over in a moment if the same is done again: somebody else was quicker.
COLLISIONS = (errors.SerializationFailure, errors.DeadlockDetected)
_GONE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
_READ_ONLY = (errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege)
_FULL = (errors.DiskFull, errors.OutOfMemory)


class Database:
    """A PostgreSQL database, for as many threads as there are."""

    def __init__(self, url: str, size: int = 10, silent_seconds: int | None = None) -> None:
        """For so many threads at once; a connection `alone` that says nothing for so many seconds is ended by PostgreSQL."""
        self.url = url
        self._silent_seconds = silent_seconds
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            kwargs={"autocommit": True, "connect_timeout": SECONDS_TO_CONNECT, **_NOTICED},
            configure=_configure,
            check=_look_at,
            min_size=0,
            max_size=size,
            timeout=SECONDS_TO_WAIT,
            # The pool's own would wait longer and longer, up to minutes: a database that is back is to be found at once.
            reconnect_timeout=SECONDS_TO_TRY,
            open=False,
            name="hipflask-hub",
        )
        self._pool.open()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection on which every statement is a transaction of its own; raises HubError in words."""
        with in_words(), self._pool.connection() as connection:
            try:
                yield connection
            except _READ_ONLY:
                connection.close()  # that it may not write is a setting it has begun with: a new one may have another
                raise

    @contextmanager
    def transaction(
        self, isolation: Isolation = "read committed", read_only: bool = False
    ) -> Iterator[Connection]:
        """A connection in a transaction, which ends with the block: committed, or rolled back after an error."""
        with self.connection() as connection, begun(connection, isolation, read_only):
            yield connection

    def alone(self) -> Connection:
        """A connection of one's own, to be closed by whoever asked for it: for locks of a session, and for LISTEN."""
        with in_words():
            connection = psycopg.connect(
                self.url, autocommit=True, connect_timeout=SECONDS_TO_CONNECT, **_NOTICED
            )
            try:
                _configure(connection)
                if self._silent_seconds is not None:
                    _let_go_in_silence(connection, self._silent_seconds)
            except BaseException:
                connection.close()
                raise
            return connection

    def close(self) -> None:
        """End all connections that are not in use."""
        self._pool.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def begun(
    connection: Connection, isolation: Isolation = "read committed", read_only: bool = False
) -> Iterator[None]:
    """A transaction of a connection that is in none."""
    connection.isolation_level = _LEVELS[isolation]
    connection.read_only = (
        True if read_only else None
    )  # None: as the server has it, which may be read-only for a while
    with connection.transaction():
        yield


@contextmanager
def by_index(connection: Connection) -> Iterator[None]:
    """Have tables joined by their indexes, in a transaction: for a few thousand rows PostgreSQL may well read a million."""
    _allow(connection, "off")
    yield
    _allow(connection, "on")


def _allow(connection: Connection, value: str) -> None:
    names = ("enable_hashjoin", "enable_mergejoin", "enable_seqscan")
    connection.execute("; ".join(f"SET LOCAL {name} = {value}" for name in names))


@contextmanager
def in_words() -> Iterator[None]:
    """Have PostgreSQL's errors that no program can help told in words: it is gone, or may not be written."""
    try:
        yield
    except COLLISIONS:
        raise
    except _READ_ONLY as error:
        raise HubReadOnly(
            f"The hub's database may not be written: {_first_line(error)} Give the hub's role the right to, or send the hub to the primary."
        ) from error
    except _FULL as error:
        raise HubGone(
            f"The hub's database has no room: {_first_line(error)} Devices keep what they have written until there is some."
        ) from error
    except _GONE as error:
        raise HubGone(
            f"The hub's database cannot be reached at the moment: {_first_line(error)} See that PostgreSQL runs."
        ) from error


def _configure(connection: Connection) -> None:
    if connection.info.server_version < OLDEST * 10_000:
        raise HubError(
            f"The hub needs PostgreSQL {OLDEST} or newer, and this server is {connection.info.server_version // 10_000}."
        )
    # What we ask is short: compiling it would take longer than running it. And it is of single rows that are in memory, or on a disk
    # that does not turn: by its own measure PostgreSQL would rather read ten thousand rows than look up one thousand.
    connection.execute(
        "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET jit = off; SET random_page_cost = 1.1"
    )


def _look_at(connection: Connection) -> None:
    """See that a connection of the pool is good still, and raise an error if not.

    One that has ended says so, and PostgreSQL says nothing else unasked: where nothing has come it need not be asked, which took a way
    there and back before each transaction.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(connection.pgconn.socket, selectors.EVENT_READ)
        has_said_something = selector.select(0)
    if has_said_something:
        ConnectionPool.check_connection(connection)


def _let_go_in_silence(connection: Connection, seconds: int) -> None:
    """Have PostgreSQL end the session, and with it its locks, when the process is stuck or its machine gone."""
    connection.execute(
        f"SET idle_session_timeout = '{seconds}s'; SET idle_in_transaction_session_timeout = '{THINKING_SECONDS}s'"
    )
    with suppress(
        errors.InvalidParameterValue
    ):  # not on every system: a process that is killed in a long statement
        connection.execute("SET client_connection_check_interval = '1s'")


def _first_line(error: BaseException) -> str:
    # The rest may have rows in it, or the address with a password.
    text = str(error).partition("\n")[0].strip()
    return text if text.endswith(".") else f"{text}."
