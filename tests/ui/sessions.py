"""Live sessions without an app, for tests of the core alone."""

from __future__ import annotations

import json
import logging
import queue
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from hipflask.testing.plain import PlainScreen, Tree
from hipflask.ui import wire
from hipflask.ui.live import LiveSession
from hipflask.ui.workers import Workers
from ui.trees import wired

logger = logging.getLogger("hipflask.tests")


def session_of(function: Callable[..., None], workers: Workers, **options: Any) -> LiveSession:
    """A session of a window function, with nothing drawn yet."""
    return LiveSession(
        function, {}, enter=options.pop("enter", nullcontext), workers=workers, logger=logger, **options
    )


def page_of(session: LiveSession) -> dict[str, Any]:
    """Draw the first page, as the screen would read it."""
    page: dict[str, Any] = json.loads(wire.encode(session.first_page("/live", {}, "auto")))
    return page


def screen_of(session: LiveSession) -> PlainScreen:
    """A screen that has painted the session's first page."""
    return PlainScreen(session, page_of(session))


def drawn(session: LiveSession) -> Any:
    """The tree that the session believes its screen to show."""
    return wired(session.root.wire())


class SlowScreen:
    """A screen that does nothing by itself: it acknowledges a frame when the test says so."""

    def __init__(self, session: LiveSession) -> None:
        self.session = session
        self.page = page_of(session)
        self.tree = Tree(self.page["tree"])
        self.frame = self.page["frame"]
        self.sent = 0
        self.received: queue.Queue[list[Any]] = queue.Queue()
        self.connect()

    def connect(self, frame: int | None = None) -> None:
        """Say hello."""
        self.send = lambda data: self.received.put(json.loads(data))
        self.session.connect(self.send, self.frame if frame is None else frame)

    def disconnect(self) -> None:
        """Go away, with whatever was on its way."""
        self.session.disconnect(self.send)
        self.received = queue.Queue()

    def receive(self, seconds: float = 20) -> list[Any]:
        """The next message."""
        return self.received.get(timeout=seconds)

    def receives_nothing(self, seconds: float = 0.05) -> bool:
        """Whether no message comes for a moment."""
        try:
            raise AssertionError(f"received {self.received.get(timeout=seconds)}")
        except queue.Empty:
            return True

    def paint(self) -> list[Any]:
        """Apply the next frame and acknowledge it; returns its patches, or the tree of a reset."""
        message = self.receive()
        while message[0] == "welcome":
            message = self.receive()
        self.apply(message)
        self.session.ack(self.frame)
        return message[3]

    def apply(self, message: list[Any]) -> None:
        """Apply a frame, and acknowledge nothing."""
        kind, self.frame, _, content = message
        if kind == "reset":
            self.tree = Tree(content)
        else:
            for patch in content:
                if patch[0] != "call":
                    self.tree.apply(patch)

    def event(self, node: int, name: str, value: object = None) -> None:
        """Have something happen to a node."""
        self.sent += 1
        self.session.event(wire.Event(self.sent, node, name, value))

    def find(self, tag: str, nth: int = 0) -> Any:
        """One of the elements of that tag, in the order of their ids."""
        return [node for _, node in sorted(self.tree.nodes.items()) if node.tag == tag][nth]

    def texts(self) -> list[str]:
        """The texts of all paragraphs, from top to bottom."""
        return [node.props["text"] for node in _all(self.tree.root) if node.tag == "p"]


def _all(node: Any) -> list[Any]:
    return [node, *(below for child in node.children for below in _all(child))]
