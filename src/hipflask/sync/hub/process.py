"""One hub process as a whole: the server, and the threads beside it that make versions and hear of them.

Any number of them may run on one database. Each is ready to make versions; whoever has the lock does. So one may die at any moment, and the
others notice nothing but that his replicas come to them.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Sequence
from types import TracebackType

from ...core.errors import HipflaskError
from ...store.models.shared import shared_tables
from ...store.store import Store
from . import gauges
from .database import Database
from .health import Health, health_of
from .hub import PostgresHub
from .install import install
from .judging import rules_of_models
from .listening import Listening
from .scopes import Grants
from .sequencer import Sequencer
from .server import CARING, HEARING, TELLING
from .serving import HubServer
from .tokens import Tokens

CONNECTIONS = HEARING + TELLING + CARING + 2
AGAIN_SECONDS = 1.0

_logger = logging.getLogger(__name__)


class HubProcess:
    """A hub for one store's models, on one database and one address."""

    def __init__(
        self, store: Store, database: Database, listener: socket.socket, *, is_behind_proxy: bool = False
    ) -> None:
        tables = shared_tables(store.metadata)
        self._stop = threading.Event()
        self._database = database
        self.newest = 0  # version that this process has heard of
        hub_tables = install(database, tables)
        self._sequencer = Sequencer(database, hub_tables, Grants(store.scopes.values()))
        rules = rules_of_models(store)
        hub = PostgresHub(database, hub_tables, store.scopes.values(), rules, self._sequencer.wake)
        self.server = HubServer(
            hub,
            Tokens(database),
            listener,
            health=self.health,
            is_behind_proxy=is_behind_proxy,
        )

        def tell(version: int) -> None:
            hub.heard(version)
            self.newest = version
            self.server.wake()

        listening = Listening(database, tell)
        self._threads = [
            self._thread("sequencer", self._sequencer.run),
            self._thread("listening", listening.run),
        ]

    def start(self) -> HubProcess:
        """Begin to answer."""
        for thread in self._threads:
            thread.start()
        self.server.start()
        gauges.count(self)
        return self

    @property
    def positions(self) -> Sequence[int]:
        """The newest version that each replica which is connected has been sent."""
        return self.server.app.positions

    @property
    def is_sequencer(self) -> bool:
        """Whether this process makes the versions."""
        return self._sequencer.is_it

    def health(self) -> Health:
        """What the database says; raises HubError if it does not answer."""
        return health_of(self._database)

    def stop(self) -> None:
        """End as `HubServer.stop` does, and then the threads: versions are made until the last push is answered."""
        gauges.forget(self)
        self.server.stop()
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._sequencer.close()  # where it ended by an error

    def __enter__(self) -> HubProcess:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _thread(self, name: str, run: Callable[[threading.Event], object]) -> threading.Thread:
        return threading.Thread(
            target=_again_and_again, args=(run, self._stop), name=f"hub-{name}", daemon=True
        )


def _again_and_again(run: Callable[[threading.Event], object], stop: threading.Event) -> None:
    """Run it until it is to stop, whatever happens to it: what it does is what others wait for."""
    while not stop.is_set():
        try:
            run(stop)
        except HipflaskError as error:
            _logger.warning("%s", error)
        except Exception:
            _logger.exception("A thread of the hub failed, and begins anew.")
        stop.wait(AGAIN_SECONDS)
