"""An app on a real server, and a visitor who speaks HTTP and the socket by hand."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import flask
from websockets.sync.client import ClientConnection, connect

from hipflask.surfaces.guard import Guard, OpenGuard
from hipflask.surfaces.pages import SOCKET
from hipflask.surfaces.server import Server, listen

_PAGE = re.compile(r'<script type="application/json" id="hipflask-page">(.*?)</script>', re.S)


class Served:
    """One app, answering on a free port of 127.0.0.1."""

    def __init__(
        self,
        app: flask.Flask,
        *,
        token: str | None = None,
        public: bool = False,
        doors: frozenset[str] = frozenset(),
    ) -> None:
        listener = listen("127.0.0.1", 0)
        self.app = app
        self.port = listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.guard = OpenGuard() if public else Guard.of_loopback(self.port, token, doors)
        self.server = Server(app, listener, self.guard)
        self.server.start()

    def stop(self) -> None:
        self.server.stop()

    @property
    def address(self) -> str:
        """An address that lets a browser in."""
        token = f"?_token={self.guard.mint()}" if isinstance(self.guard, Guard) else ""
        return f"http://{self.host}/{token}"


@contextmanager
def served(app: flask.Flask, **options: Any) -> Iterator[Served]:
    server = Served(app, **options)
    try:
        yield server
    finally:
        server.stop()


class Visitor:
    """Somebody outside of the program; `enter` gets the cookie as a browser does."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.headers: dict[str, str] = {}

    def enter(self) -> Visitor:
        answer = self.get(urlsplit(self.served.address)._replace(scheme="", netloc="").geturl())
        assert answer.status == 303, answer.read()
        self.headers["Cookie"] = (answer.getheader("set-cookie") or "").partition(";")[0]
        return self

    def get(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Any:
        """The answer, whose body is `text`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=20)
        connection.request(method, path, body, {"Host": self.served.host, **self.headers, **headers})
        answer = connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def page(self, path: str = "/") -> dict[str, Any]:
        """What the page of a window carries as data."""
        found = _PAGE.search(self.get(path).text)
        assert found is not None
        page: dict[str, Any] = json.loads(found.group(1))
        return page

    def socket(self, path: str = SOCKET, origin: str | None = "", **headers: str) -> ClientConnection:
        """The live socket, with nothing said yet."""
        opening = connect(
            f"ws://127.0.0.1:{self.served.port}{path}",
            origin=f"http://{self.served.host}" if origin == "" else origin,  # type: ignore[arg-type]
            additional_headers={**self.headers, **headers},
            compression=None,
            max_size=None,
            open_timeout=20,
        )
        return opening.__enter__()  # closed by whoever asked for it

    def live(self, path: str = "/") -> Live:
        """A window: its page, and a socket that has said hello."""
        return Live(self, self.page(path))


class Live:
    """A screen by hand."""

    def __init__(self, visitor: Visitor, page: dict[str, Any]) -> None:
        self.visitor = visitor
        self.page = page
        self.frame = page["frame"]
        self.sent = 0
        self.socket = visitor.socket()
        self.say("hello", page["session"], self.frame)

    def say(self, *message: Any) -> None:
        self.socket.send(json.dumps(message))

    def hear(self) -> list[Any]:
        message: list[Any] = json.loads(self.socket.recv(timeout=20))
        return message

    def event(self, node: int, name: str, value: Any = None) -> None:
        self.sent += 1
        self.say("event", self.sent, node, name, value)

    def paint(self) -> list[Any]:
        """The patches of the next frame, which is then acknowledged."""
        while (message := self.hear())[0] == "welcome":
            pass
        self.frame = message[1]
        self.say("ack", self.frame)
        return message[3]  # type: ignore[no-any-return]

    def find(self, tag: str, nth: int = 0) -> int:
        """The id of an element of the first page."""

        def below(node: list[Any]) -> list[list[Any]]:
            return [node, *(inner for child in node[3] for inner in below(child))]

        found: int = [node for node in below(self.page["tree"]) if node[1] == tag][nth][0]
        return found
