"""The live sessions of an app: what they show, what their states are, and what a person points at on their screens."""

from __future__ import annotations

from collections.abc import Iterator

import flask

from ....core import lines, tracing
from ....surfaces import pages
from ....ui import whence
from ....ui.drawing import Part
from ....ui.live import LiveSession
from ....ui.tree import Handler, Node
from .. import records
from ..records import Unanswered
from . import literals, states
from .history import History
from .secret import is_secret_field, masked_text
from .shorten import shorten

MOST_NODES = 20_000
_DRAW_SECONDS = 2.0
_PART = "hf-part"
_SHOWN_ELSEWHERE = frozenset({"key", "on"})


class Sessions:
    """Answers about live sessions."""

    def __init__(self, app: flask.Flask, history: History) -> None:
        self._app, self._history = app, history

    def all(self) -> list[records.Session]:
        """The live sessions."""
        host = pages.host_of(self._app)
        return [self._told(session, host.address_of(session)) for session in host.sessions()]

    def tree(self, name: str) -> records.Node:
        """What a session shows."""
        session = self._find(name)
        _ask_for_places(session)
        return _Telling().node(session.root)

    def states(self, name: str) -> list[records.State]:
        """A session's states, then those that are shared."""
        known = self._history.known_states
        return [*known.of_session(self._find(name)), *known.shared()]

    def set_state(self, name: str, id: str, text: str) -> records.State:
        """Give a state another value of the type that it has; raises Unanswered."""
        session = self._find(name)
        found = self._history.known_states.find(session, id)
        if found is None:
            raise Unanswered("This state is not there any more: no drawing has come past its line since.")
        state, part, shared_name = found
        if states.is_hidden(state, shared_name):
            raise Unanswered("This state holds a secret, and is neither shown nor set from here.")
        try:
            value = literals.read(text, state._value)
        except ValueError as error:
            raise Unanswered(str(error)) from None
        with tracing.span("inspector", "set state", session=name, facts={"place": state.place}):
            state.set(value)
        return self._history.known_states.tell(state, part, shared_name)

    def pick(self, name: str) -> records.Picked:
        """Have the person point at an element; waits for it."""
        session = self._find(name)
        if not session.connected:
            raise Unanswered(f"{name} has no screen just now, so nobody can point at anything on it.")
        _ask_for_places(session)
        try:
            chosen = session.ask_screen("pick")
        except TimeoutError:
            self.stop_picking(name)
            raise Unanswered("Nobody has pointed at an element for a minute.") from None
        path = _path_to(session.root, chosen) if isinstance(chosen, int) and chosen else []
        return records.Picked(name, [node.id for node in path], _Telling().node(path[-1]) if path else None)

    def stop_picking(self, name: str) -> None:
        """Have the screen as it was."""
        self._find(name).call("unpick")

    def _find(self, name: str) -> LiveSession:
        session = self._history.session(name)
        if session is None:
            raise Unanswered(f"{name} is closed.")
        return session

    def _told(self, session: LiveSession, address: str) -> records.Session:
        frames = self._history.frames(session.name)
        return records.Session(
            name=session.name,
            function=lines.name(session.part.function),
            place=lines.of(session.part.function),
            address=masked_text(address),
            is_connected=session.connected,
            nodes=_count(session.root),
            states=states.count(session),
            frame=frames[-1].number if frames else 0,
            frames_per_second=_frames_per_second(frames),
            oldest_frame=frames[0].number if frames else 0,
        )


def _ask_for_places(session: LiveSession) -> None:
    """Have what was drawn before somebody looked drawn once more, so that each element's line is noted."""
    unknown = [part for part in _parts(session.part) if not _knows_places(part)]
    for part in unknown:
        part.changed()
    if unknown:
        session.wait_until_settled(_DRAW_SECONDS)


def _knows_places(part: Part) -> bool:
    children = part.node.children
    return not children or any(whence.place(child) for child in children)


def _parts(part: Part) -> Iterator[Part]:
    yield part
    for child in list(part.parts.values()):
        yield from _parts(child)


def _frames_per_second(frames: list[records.Frame]) -> float:
    """Of the last ten of them, if they are of late."""
    last = frames[-10:]
    took = last[-1].at - last[0].at if len(last) > 1 else 0.0
    return (len(last) - 1) / took if took > 0 else 0.0


def _count(node: Node) -> int:
    """How many elements there are, this one among them."""
    count, left = 0, [node]
    while left:
        count += 1
        left += left.pop().children
    return count


def _path_to(node: Node, id: int) -> list[Node]:
    if node.id == id:
        return [node]
    for child in list(node.children):
        if below := _path_to(child, id):
            return [node, *below]
    return []


class _Telling:
    """A tree while it is put into records, up to so many nodes."""

    def __init__(self) -> None:
        self._left = MOST_NODES

    def node(self, node: Node) -> records.Node:
        """One element, with all below it."""
        self._left -= 1
        is_part = node.kind.tag == _PART
        children = [self.node(child) for child in list(node.children) if self._left > 0]
        return records.Node(
            id=node.id,
            kind="part" if is_part else node.kind.name,
            tag=node.kind.tag,
            label=_label(node),
            key="" if node.key is None else shorten(node.key, 80),
            place=whence.place(node),
            part=node.kind.name if is_part else "",
            props=_props(node),
            handlers={
                event: ", ".join(map(_called, handlers)) for event, handlers in node.handlers.copy().items()
            },
            children=children,
        )


def _label(node: Node) -> str:
    """What a person would call it, or what it says."""
    text = node.label_in(node.props) or node.props.get("text") or ""
    return text[:80] if isinstance(text, str) else shorten(text, 80)


def _props(node: Node) -> dict[str, str]:
    hides = is_secret_field(node.props)
    return {
        name: records.MASKED if hides and name == node.kind.field and value else shorten(value)
        for name, value in node.props.copy().items()
        if name not in _SHOWN_ELSEWHERE
    }


def _called(handler: Handler) -> str:
    place = lines.of(handler.function)
    name = lines.name(handler.function)
    return f"{name} ({place})" if place else name
