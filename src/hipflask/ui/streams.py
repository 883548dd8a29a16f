"""Streams: what of one element changes by itself, without anything being drawn again: the rows of a table, the points of a chart.

    stream = current("ui.table").stream(place, make)       while drawing: last time's, or a new one
    stream.show(node)                                       at this node; it begins with what the screen has already
    …a row changes: stream.changed()                        from any thread
    …the last frame is painted: stream.patches()            on a drawing thread: what differs, and nothing else

A stream is asked for patches only when the screen has painted the frame before, so whatever changes meanwhile is folded into one answer.
What it has put on the screen it also keeps in `node.props`: a screen that has lost its way is given the whole tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ..core import tracing
from ..core.ports import Notebook
from ..core.rows import FindRows
from ..core.tracing import Cause
from .telling import heard
from .tree import Node
from .wire import Patch

if TYPE_CHECKING:  # it brings asyncio, which a program without windows need not load
    from .workers import Workers


class StreamOwner(Protocol):
    """The live session, as far as streams need to know it."""

    workers: Workers
    find_rows: FindRows
    notebook: Notebook
    debug: bool

    def call(self, method: str, *args: object, node: int = 0) -> None:
        """Have the screen do something once."""

    def report(self, error: BaseException, what: str) -> None:
        """Log an error and show it in the window."""

    def soil(self, dirty: Stream) -> None:
        """Have its patches sent with the next frame; from any thread."""


class Stream:
    """What changes by itself at one node. Its life ends when a drawing does not come past its place any more."""

    events: frozenset[str] = frozenset()  # of the node: those that `heard` takes, before any handler
    causes: tuple[Cause, ...] = ()  # why it is dirty, where somebody looks

    def __init__(self, owner: StreamOwner) -> None:
        self.owner = owner
        self.node: Node | None = None  # None before it is first on the screen, and when it is there no more
        self.dirty = False
        self._drawn: Node | None = None

    def show(self, node: Node) -> None:
        """Be at this node from now on, if the drawing under way takes effect; the node begins with what the screen has already."""
        node.stream = self
        node.props |= self.props()
        self._drawn = node

    def settle(self) -> None:
        """The drawing has taken effect."""
        if self._drawn is not None:
            self.node, self._drawn = self._drawn, None

    def withdraw(self) -> None:
        """The drawing has failed: it is where it was before, if anywhere."""
        self._drawn = None

    def changed(self) -> None:
        """Something is to be shown: have `patches` called with the next frame; from any thread."""
        if tracing.sinks:
            self.causes = heard(self.causes)
        if not self.dirty and self.node is not None:
            self.dirty = True
            self.owner.soil(self)

    def patches(self) -> list[Patch]:
        """What brings the screen up to date, noted in `node.props` as well; called by one thread at a time, and never to wait for long."""
        raise NotImplementedError

    def heard(self, event: str, value: Any, /) -> None:
        """One of `events` has happened; in the thread of the connection, so be quick. Raises ValueError for what makes no sense."""
        raise NotImplementedError

    def end(self) -> None:
        """It is on the screen no more: let go of everything."""
        self.node = self._drawn = None

    def props(self) -> Mapping[str, Any]:
        """What its node begins with when it is drawn again: what the screen has."""
        return {}
