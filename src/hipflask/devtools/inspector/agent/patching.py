"""A screen's tree, brought from one frame to the next as a screen does it, for looking back. Pure: what was sent in, a tree out.

picture = Picture(reset.tree)
picture.apply(frame.patches)
picture.shown()                → a `WireNode`, without what was typed into fields for passwords
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from ....ui.wire import Call, Create, Edit, Frame, Move, Patch, Remove, Reset, Set, WireNode
from ..records import MASKED
from .secret import is_secret_field

_decoder: msgspec.json.Decoder[Frame | Reset] = msgspec.json.Decoder(Frame | Reset)


def message(data: bytes) -> Frame | Reset:
    """What was sent."""
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # half a surrogate pair in some text, which the wire says with an escape
        text = json.dumps(json.loads(data), ensure_ascii=False)
        return _decoder.decode(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


class _Node:
    """One element while the tree is brought forward."""

    __slots__ = ("children", "id", "parent", "props", "tag")

    def __init__(self, wire: WireNode, parent: _Node | None) -> None:
        self.id, self.tag, self.props = wire.id, wire.tag, dict(wire.props)
        self.parent = parent
        self.children: list[_Node] = []


class Picture:
    """What a screen shows."""

    def __init__(self, tree: WireNode) -> None:
        self._nodes: dict[int, _Node] = {}
        self._root = self._built(tree, None)

    def apply(self, patches: Iterable[Patch]) -> None:
        """Bring it forward by one frame; patches for nodes that are not there do nothing, as on the screen."""
        for patch in patches:
            match patch:
                case Create(parent, before, nodes):
                    self._create(parent, before, nodes)
                case Set(id, props):
                    self._set(id, props)
                case Edit(id, value):
                    if (node := self._nodes.get(id)) is not None:
                        node.props[_edited(node)] = value
                case Move(id, before):
                    self._move(id, before)
                case Remove(id):
                    self._remove(id)
                case Call():  # a table's rows, a note in the corner: of the moment, not of the tree
                    continue

    def shown(self) -> WireNode:
        """The tree as it stands."""
        return _wire(self._root)

    def _built(self, wire: WireNode, parent: _Node | None) -> _Node:
        node = self._nodes[wire.id] = _Node(wire, parent)
        node.children = [self._built(child, node) for child in wire.children]
        return node

    def _create(self, parent: int, before: int, nodes: list[WireNode]) -> None:
        above = self._nodes.get(parent)
        if above is not None:
            place = _place(above, before)
            above.children[place:place] = [self._built(node, above) for node in nodes]

    def _set(self, id: int, props: dict[str, Any]) -> None:
        node = self._nodes.get(id)
        if node is not None:
            node.props.update(props)
            for name in [name for name, value in props.items() if value is None]:
                del node.props[name]

    def _move(self, id: int, before: int) -> None:
        node = self._nodes.get(id)
        if node is not None and node.parent is not None:
            node.parent.children.remove(node)
            node.parent.children.insert(_place(node.parent, before), node)

    def _remove(self, id: int) -> None:
        node = self._nodes.get(id)
        if node is not None and node.parent is not None:
            node.parent.children.remove(node)
            self._forget(node)

    def _forget(self, node: _Node) -> None:
        self._nodes.pop(node.id, None)
        for child in node.children:
            self._forget(child)


def _edited(node: _Node) -> str:
    """The property that a person edits."""
    return str(node.props.get("field", "value"))


def _place(parent: _Node, before: int) -> int:
    """Where among its children one stands that comes before that sibling; 0 is no sibling's number."""
    return next(
        (place for place, child in enumerate(parent.children) if child.id == before), len(parent.children)
    )


def _wire(node: _Node) -> WireNode:
    props = node.props
    edited = _edited(node)
    if props.get(edited) and is_secret_field(props):
        props = {**props, edited: MASKED}
    return WireNode(node.id, node.tag, props, [_wire(child) for child in node.children])
