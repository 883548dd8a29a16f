"""A screen without a browser: speaks the wire protocol with a live session and keeps the tree that a browser would show."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..ui import wire
from ..ui.live import LiveSession


@dataclass(eq=False)
class Shown:
    """One element as a browser would have it."""

    id: int
    tag: str
    props: dict[str, Any]
    children: list[Shown] = field(default_factory=list)
    parent: Shown | None = field(default=None, repr=False)


class Tree:
    """The elements on a screen, changed by patches as a browser's are."""

    def __init__(self, root: list[Any]) -> None:
        self.nodes: dict[int, Shown] = {}
        self.root = self._build(root)

    def apply(self, patch: list[Any]) -> None:
        """Apply one patch, as it came over the wire; calls are none of the tree's business."""
        match patch:
            case ["create", parent, before, nodes]:
                for node in nodes:
                    self._insert(self._build(node), self.nodes[parent], before)
            case ["set", node, props]:
                self._set(self.nodes[node], props)
            case ["edit", node, value, _]:
                self.nodes[node].props[self.nodes[node].props.get("field", "value")] = value
            case ["move", node, before]:
                moved = self.nodes[node]
                assert moved.parent is not None
                moved.parent.children.remove(moved)
                self._insert(moved, moved.parent, before)
            case ["remove", node]:
                gone = self.nodes[node]
                assert gone.parent is not None
                gone.parent.children.remove(gone)
                self._forget(gone)
            case _:
                raise ValueError(f"No such patch: {patch!r}")

    def _build(self, node: list[Any]) -> Shown:
        number, tag, props, children = node
        shown = Shown(number, tag, dict(props))
        if number in self.nodes:
            raise ValueError(f"Node {number} is on the screen already.")
        self.nodes[number] = shown
        for child in children:
            self._insert(self._build(child), shown, 0)
        return shown

    def _insert(self, node: Shown, parent: Shown, before: int) -> None:
        node.parent = parent
        place = parent.children.index(self.nodes[before]) if before else len(parent.children)
        parent.children.insert(place, node)

    def _set(self, node: Shown, props: dict[str, Any]) -> None:
        for name, value in props.items():
            if value is None:
                node.props.pop(name, None)
            else:
                node.props[name] = value

    def _forget(self, node: Shown) -> None:
        del self.nodes[node.id]
        for child in node.children:
            self._forget(child)


def put_cells(
    rows: dict[str, Any], where: list[int], columns: list[int], values: list[Any], tones: list[Any] | None
) -> None:
    """Put values, and tones unless those stay as they are, into some cells of a table."""
    for row, column, value in zip(where, columns, values, strict=True):
        rows["cells"][column][row] = value
    if tones is not None:
        changed = {(row, column) for row, column in zip(where, columns, strict=True)}
        kept = [each for each in rows["tones"] if (each[0], each[1]) not in changed]
        new = [each for each in map(list, zip(where, columns, tones, strict=True)) if each[2] is not None]
        rows["tones"] = sorted(kept + new, key=lambda each: (each[1], each[0]))


class PlainScreen:
    """One window of a live session: applies its frames at once, acknowledges them, and sends events."""

    def __init__(self, session: LiveSession, page: dict[str, Any], window: str = "") -> None:
        self.session = session
        self.tree = Tree(page["tree"])
        self.calls: list[tuple[int, str, list[Any]]] = []
        self.failure: Exception | None = None  # what a patch that fits nothing here has raised
        self._sent = 0
        session.connect(self._receive, page["frame"], window)

    def event(self, node: int, name: str, value: object) -> None:
        """Have something happen to an element, as if a person had done it."""
        self._sent += 1
        self.session.event(wire.decode(json.dumps(["event", self._sent, node, name, value])))  # type: ignore[arg-type]

    def _receive(self, data: bytes) -> None:
        try:
            self._show(json.loads(data))
        except Exception as error:  # in a thread of the session's: kept for whoever looks at this screen
            self.failure = self.failure or error

    def _show(self, message: list[Any]) -> None:
        match message:
            case ["frame", number, _, patches]:
                self._apply(patches)
                self.session.ack(number)
            case ["reset", number, _, tree]:
                self.tree = Tree(tree)
                self.session.ack(number)

    def _apply(self, patches: list[list[Any]]) -> None:
        for patch in patches:
            if patch[0] == "call":
                self._call(*patch[1:])
            else:
                self.tree.apply(patch)

    def _call(self, node: int, method: str, args: list[Any]) -> None:
        self.calls.append((node, method, args))
        if method == "cells":
            put_cells(self.tree.nodes[node].props["rows"], *args)
        if method == "click":
            # A handler of ours may be waiting for this very frame, so the click comes from elsewhere.
            self.session.workers.loop.call_soon_threadsafe(self.event, node, "click", None)
