"""What a live session tells of itself to those who look inside: what comes from its screen, what is drawn, and what is sent.

    event "click button" ├──────────────────────────────────────────────┤  until its answer is painted
      handler "save"       ├─────────────┤
        (what the store does)  ├──┤
        draw "lineup"                      ├────┤                          because a state has changed in the handler
      frame "frame"                             ├───────────────────────┤  until the screen says that it is painted

All of this is called only where `tracing.sinks` are there, but for what ends something that had begun.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from typing import Any

from ..core import lines, tracing
from ..core.tracing import MOST_CAUSES, Cause, Span
from . import whence, wire
from .tree import Handler, Node
from .wire import Frame, Reset

HIDDEN = "•••"

# Events that wait for their frame; a screen that has gone away never says that it is painted.
MOST_WAITING = 200

_numbers = count(1)


class Telling:
    """What is told of one live session. Whoever calls it holds the session's lock, except for `event`."""

    def __init__(self) -> None:
        self.name = f"w{next(_numbers)}"  # its id is a secret, by which anybody could take its place
        self._waiting: list[Span] = []  # events that have been handled since the turn that was taken last
        self._taken: list[Span] = []  # events whose answer that turn draws, or has sent
        self._reasons: tuple[Cause, ...] = ()  # why there will be a frame
        self._frame: Span | None = None

    def event(self, name: str, node: Node | None, value: object) -> Span:
        """Something has come from the screen; None is the window itself."""
        element = "window" if node is None else node.kind.name
        facts: dict[str, Any] = {"event": name, "element": element}
        values: dict[str, Any] = {}
        if node is not None:
            facts |= {"node": node.id, "place": whence.place(node)}
            values = {
                "label": node.label_in(node.props),
                "value": HIDDEN if is_secret(node) else value,
            }
        return tracing.begin("event", f"{name} {element}", session=self.name, facts=facts, values=values)

    def handled(self, event: Span, *, is_shown: bool) -> None:
        """An event's handlers have ended; `is_shown` says that there is nothing more to be painted."""
        if is_shown or len(self._waiting) >= MOST_WAITING:
            event.end()
        else:
            self._waiting.append(event)

    def because(self, *causes: Cause) -> None:
        """There will be a frame, and this is why."""
        self._reasons = (*self._reasons, *causes)[:MOST_CAUSES]

    def turn_begins(self) -> None:
        """What was handled until now is answered by the frame that comes of this turn."""
        self._taken += self._waiting
        self._waiting = []

    def posted(self, message: Frame | Reset, data: bytes) -> None:
        """A frame is on its way."""
        if self._frame is not None:
            self._frame.end(lost=True)
        facts: dict[str, Any] = {"number": message.number, "bytes": len(data)}
        if isinstance(message, Frame):
            facts["patches"] = len(message.patches)
        self._frame = tracing.begin(
            "frame",
            "frame" if isinstance(message, Frame) else "reset",
            parent=self._taken[0] if self._taken else None,
            session=self.name,
            causes=self._reasons,
            facts=facts,
            values={"data": data},
        )
        self._reasons = ()

    def painted(self, *, is_more: bool) -> None:
        """The frame that was under way is painted; `is_more` says that a turn follows."""
        if self._frame is not None:
            self._frame.end()
            self._frame = None
        self._end(self._taken)
        if not is_more:
            self.at_rest()

    def at_rest(self) -> None:
        """There is nothing more to be painted."""
        self._end(self._waiting)
        if self._frame is None:
            self._end(self._taken)

    def close(self) -> None:
        """The session is no more, and nothing will be painted."""
        if self._frame is not None:
            self._frame.end(lost=True)
            self._frame = None
        self.at_rest()

    @property
    def is_pending(self) -> bool:
        """Whether something was told of that is not over."""
        return bool(self._frame or self._taken or self._waiting)

    @staticmethod
    def _end(events: list[Span]) -> None:
        for event in events:
            event.end()
        events.clear()


def handler(handlers: list[Handler], event: Span | None, session: str) -> Span:
    """The handlers of one event begin; they are known by the name of the last, since those before it only keep what was typed."""
    function = handlers[-1].function if handlers else _nobody
    return tracing.begin(
        "handler",
        lines.name(function),
        parent=event,
        session=session,
        facts={"place": lines.of(function), "functions": [lines.name(each.function) for each in handlers]},
    )


def task(function: Callable[..., object], session: str) -> Span:
    """Work beside a handler begins."""
    return tracing.begin("task", lines.name(function), session=session, facts={"place": lines.of(function)})


def drawing(
    function: Callable[..., object], causes: tuple[Cause, ...], session: str
) -> AbstractContextManager[Span | None]:
    """Around one run of a function that draws."""
    return tracing.span(
        "draw",
        lines.name(function),
        session=session,
        causes=causes,
        facts={"place": lines.of(function), "of": "part"},
    )


def bringing(
    of: str, node: Node | None, causes: tuple[Cause, ...], session: str
) -> AbstractContextManager[Span | None]:
    """Around reading what one element shows by itself: a bound value, or the rows of a table."""
    name = node.kind.name if node is not None else of
    place = whence.place(node) if node is not None else ""
    return tracing.span("draw", name, session=session, causes=causes, facts={"place": place, "of": of})


def within(span: Span | None) -> AbstractContextManager[None]:
    """What begins in this block belongs to the span, if there is one."""
    return nullcontext() if span is None else span.current()


def heard(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """These causes and the one for which watchers are being told just now."""
    cause = tracing.reason()
    if cause is None or len(causes) >= MOST_CAUSES or cause in causes:
        return causes
    return (*causes, cause)


def opened(function: Callable[..., object], session: str, tree: wire.WireNode) -> None:
    """A session has drawn its first page; the tree is what frames change from now on."""
    data = wire.encode(Reset(1, 0, tree))
    facts = {"place": lines.of(function), "bytes": len(data)}
    tracing.note("session opened", lines.name(function), session=session, values={"data": data}, **facts)


def closed(function: Callable[..., object], session: str) -> None:
    """A session is no more."""
    tracing.note("session closed", lines.name(function), session=session)


def error(error: BaseException, what: str, session: str) -> None:
    """The app's own code has raised something."""
    if (span := tracing.current()) is not None:
        span.fail(error)
    tracing.note("error", type(error).__name__, session=session, values={"error": error}, what=what)


def is_secret(node: Node) -> bool:
    """Whether what is typed there is for nobody's eyes."""
    return node.props.get("type") == "password"


def _nobody() -> None:
    """In the place of handlers that have gone while their event waited."""
