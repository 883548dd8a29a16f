"""The hub on Lambda: its HTTP side, one request at a time, beside a PostgreSQL that is somewhere else.

    post ─→ versions are made of what waits ─→ the hub's own ASGI app ─→ messages, as many as one answer can carry

A hub that runs all the time has a thread that makes versions, and holds requests open until there is something new. A process on Lambda
stands still between two requests, so versions are made in each of them, by whoever gets the lock, which is not kept; and no request
waits: a replica asks again after a second, which costs less than a function that does nothing for twenty. What does not fit into
one answer follows in the next, as after a connection that broke.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import closing
from threading import Lock
from typing import Any

from msgspec.structs import replace

from ...core.errors import HubError, UsageError
from ...store.models.shared import shared_tables
from ...sync.hub.asgi import Event, Scope
from ...sync.hub.commands import store_of
from ...sync.hub.database import SILENT_SECONDS, Connection, Database
from ...sync.hub.health import health_of
from ...sync.hub.hub import PostgresHub
from ...sync.hub.install import install
from ...sync.hub.judging import rules_of_models
from ...sync.hub.layout import SCHEMA
from ...sync.hub.scopes import Grants
from ...sync.hub.sequencer import Sequencer
from ...sync.hub.server import HubApp
from ...sync.hub.tables import HubTables
from ...sync.hub.tokens import Tokens
from ...sync.messages import Begin, Checkpoint, Page
from ...sync.parties import Visitor
from ...sync.replica.receiving import MOST_AT_ONCE
from ..seen import seen
from .answered import Answered
from .asked import Asked
from .kinds import web_of
from .limits import HEAD_BYTES, LAMBDA_BYTES
from .loading import HUB_DATABASE
from .watch import Watch, watched

CONNECTIONS = 4  # of one process, which answers one request; a thousand of them may be there at once
# Of messages in one answer, which base64 makes a third longer. The longest message is shorter than that.
MOST_BYTES = (LAMBDA_BYTES - HEAD_BYTES) * 3 // 4

SURELY_WHOLE = 500  # rows, which one answer carries

_LOG = logging.getLogger("hipflask.aws")
_ANSWERED = {"http.response.start", "http.response.body"}


class HubAnswering:
    """A hub as Lambda calls it: with an event and a context."""

    def __init__(self, app: Any) -> None:
        url = app.config.get(HUB_DATABASE) or os.environ.get(HUB_DATABASE)
        if not url:
            raise UsageError(
                f"{HUB_DATABASE} is not set. The hub on Lambda needs a PostgreSQL of yours: postgresql://…, in the environment "
                f"or, better, among the secrets of [tool.hipflask.deploy]."
            )
        store = store_of(app)
        database = Database(url, CONNECTIONS, SILENT_SECONDS)
        tables = install(database, shared_tables(store.metadata))
        self._versions = Versions(database, tables, Grants(store.scopes.values()))
        hub = HubInParts(database, tables, store.scopes.values(), rules_of_models(store), self._versions.make)
        self._asgi = HubApp(hub, Tokens(database), lambda: health_of(database))
        self._runner = asyncio.Runner()
        self._handle = watched(self._of_any_kind, Watch())

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer one event."""
        return self._handle(event, context)

    def _of_any_kind(self, event: Any, context: Any) -> Any:
        kind = web_of(event)
        if kind is None:
            raise HubError(f"A hub answers web requests, and this is none: {seen(event)}.")
        return kind.write(self.answer(kind.asked(event)), event)

    def answer(self, asked: Asked) -> Answered:
        """Answer one request."""
        if asked.path == "/sync":
            if asked.method == "GET":
                # Not by the hub itself, whose word a replica would take: what keeps sockets out is on the way, and posts get through.
                return Answered.sentence(
                    501, "Not Implemented", "No WebSocket can be opened here: send posts."
                )
            try:
                self._versions.make()
            except HubError as error:  # the hub itself says it to the replica, and when to come again
                _LOG.warning("No version could be made: %s", error)
        return self._runner.run(call(self._asgi, asked))


class HubInParts(PostgresHub):
    """A hub whose downloads may end after any page, and go on with the next request."""

    def news(self, visitor: Visitor) -> Iterator[Begin | Page | Checkpoint]:
        """All that the replica does not have yet. Of a download that may be cut it is told as of a large one: those it keeps page by page."""
        with closing(super().news(visitor)) as news:  # type: ignore[type-var]
            for message in news:
                if isinstance(message, Begin) and message.total > SURELY_WHOLE:
                    message = replace(message, total=max(message.total, MOST_AT_ONCE + 1))
                yield message


class Versions:
    """Makes versions of what has been committed, where nobody does it all the time."""

    def __init__(self, database: Database, tables: HubTables, grants: Grants) -> None:
        self._database = database
        self._sequencer = Sequencer(database, tables, grants)
        self._lock = Lock()

    def make(self) -> None:
        """Make all that there are to make, unless somebody else is at it; and keep no lock, since this process may now stand still."""
        with self._lock, self._database.connection() as connection:
            if not _is_waiting(connection):
                return
            try:
                while self._sequencer.step() is not None:
                    pass
            finally:
                self._sequencer.close()


def _is_waiting(connection: Connection) -> bool:
    row = connection.execute(f"SELECT EXISTS (SELECT FROM {SCHEMA}.outbox)").fetchone()
    return bool(row and row[0])


async def call(app: Any, asked: Asked) -> Answered:
    """One request to an ASGI app, and all that it answers, as far as one answer may go."""
    answered, body = Answered(), bytearray()
    has_asked = False

    async def receive() -> Event:
        nonlocal has_asked
        if has_asked:
            await asyncio.Event().wait()  # nobody can be seen leaving
        has_asked = True
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Event) -> None:
        assert message["type"] in _ANSWERED, message["type"]
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = [
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]
            ]
            return
        part = message.get("body", b"")
        if len(body) + len(part) > MOST_BYTES:
            raise ConnectionResetError("An answer of Lambda carries no more.")
        body.extend(part)

    await app(scope_of(asked), receive, send)
    answered.body = bytes(body)
    return answered


def scope_of(asked: Asked) -> Scope:
    """What ASGI says of a request. Nothing is waited for: `?wait` is not passed on."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "https",
        "path": asked.path,
        "raw_path": asked.path.encode("latin-1"),
        "root_path": asked.script,
        "query_string": b"",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in asked.headers
        ],
        "client": (asked.client, 0),
        "server": (asked.domain, 443),
    }
