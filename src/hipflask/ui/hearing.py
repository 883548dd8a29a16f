"""What has happened to an element: from the event that a screen sends to the handlers that are to be called, in their lanes.

Event(7, 12, "click", None)   → the node, if it is still there   → its handlers, with the value as Python has it   → its lane
                              → its stream, where that hears of such events itself: in this thread, and no lane
"""

from __future__ import annotations

import logging

from ..core import tracing
from ..core.errors import EntryError
from ..core.tracing import Cause
from .canvas import Canvas
from .handlers import NO_VALUE, Lanes, Surroundings
from .telling import Telling
from .tree import Handler, Listener, Node
from .turns import TURNS
from .wire import Event


class Hearing:
    """What one live session does with the events of its elements."""

    def __init__(
        self, session: Surroundings, canvas: Canvas, lanes: Lanes, told: Telling, logger: logging.Logger
    ) -> None:
        self._session = session
        self._canvas = canvas
        self._lanes = lanes
        self._telling = told
        self._logger = logger

    def hear(self, event: Event) -> None:
        """Something has happened to a node; the canvas is locked."""
        node = self._canvas.nodes.get(event.node)
        if node is not None and node.stream is not None and event.name in node.stream.events:
            tell = self._tell_stream_and_others if tracing.sinks else self._tell_stream
            tell(node, node.stream, event)
            return
        handlers = handlers_of(node, event.name)
        if node is None or not handlers:  # gone or disabled meanwhile, or never there
            self._logger.debug("Event %s for node %s: nobody listens", event.name, event.node)
            return
        is_input = bool(node.kind.field) and event.name in ("input", "change")
        try:
            value = node.decode(event.value) if node.decode is not None else NO_VALUE
        except EntryError as error:
            handlers, value = [Handler(_turn_down, (error,))], NO_VALUE  # in its turn, like any other input
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            self._logger.warning("A window sent %.80r as value of %r: %s", event.value, node, error)
            return
        if is_input:
            node.props[node.kind.field] = event.value
            node.seen = event.seq
        told = self._telling.event(event.name, node, event.value) if tracing.sinks else None
        self._lanes.add(node.id, event.name, handlers, value, is_input=is_input, event=told)

    def hear_turn(self, name: str) -> None:
        """The person would like to take back what was done last, or do it again; after all that was done before."""
        told = self._telling.event(name, None, None) if tracing.sinks else None
        handlers = [Handler(TURNS[name])]
        self._lanes.add(0, name, handlers, NO_VALUE, is_input=False, is_last=True, event=told)

    def give(self, node_id: int, name: str, value: object) -> bool:
        """Have something handled that came by another way than the socket; returns False if nobody takes it just now."""
        node = self._canvas.nodes.get(node_id)
        handlers = handlers_of(node, name)
        if node is None or not handlers:
            return False
        given = node.decode(value) if node.decode is not None else value
        told = self._telling.event(name, node, None) if tracing.sinks else None
        return self._lanes.add(node.id, name, handlers, given, is_input=False, event=told)

    def _tell_stream_and_others(self, node: Node, stream: Listener, event: Event) -> None:
        told = self._telling.event(event.name, node, event.value)
        with told.current(), tracing.because(Cause("event", told.name, told.origin)):
            self._tell_stream(node, stream, event)
        self._session.event_handled(told)

    def _tell_stream(self, node: Node, stream: Listener, event: Event) -> None:
        try:
            stream.heard(event.name, event.value)
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            self._logger.warning("A window sent %.80r as value of %r: %s", event.value, node, error)


def handlers_of(node: Node | None, event: str) -> list[Handler]:
    """Whom an event calls; nobody, if its element is gone or disabled."""
    if node is None or node.props.get("disabled"):
        return []
    return node.handlers.get(event, [])


def _turn_down(error: EntryError) -> None:
    raise error
