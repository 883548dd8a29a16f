"""What is remembered of clients of the handshake's era over HTTP, by the id that each was given."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock

from .calls import Client

MOST = 1000


class Sessions:
    """Clients by id; of too many, the one that has been silent longest is forgotten, and has to begin anew."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, Client] = OrderedDict()
        self._lock = Lock()

    def begin(self, client: Client) -> str:
        """The id of a new session."""
        id = secrets.token_urlsafe(32)
        with self._lock:
            self._clients[id] = client
            if len(self._clients) > MOST:
                self._clients.popitem(last=False)
        return id

    def find(self, id: str) -> Client | None:
        """Who has this id."""
        with self._lock:
            if id in self._clients:
                self._clients.move_to_end(id)
            return self._clients.get(id)

    def end(self, id: str) -> bool:
        """Forget a session, and call off what it waits for; whether there was one."""
        with self._lock:
            client = self._clients.pop(id, None)
        if client is not None:
            client.close()
        return client is not None
