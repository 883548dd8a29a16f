"""Trees for tests of the diff: written by hand, or made at random."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from hipflask.testing.plain import Shown
from hipflask.ui.diff import Index, diff
from hipflask.ui.tree import Kind, Node

ROW = Kind("row", "hf-row")
TEXT = Kind("text", "p", role="text", label="text")
BUTTON = Kind("button", "wa-button", role="button", label="text")
INPUT = Kind("input", "wa-input", role="textbox", label="label", field="value")


def row(*children: Node, key: object = None, **props: Any) -> Node:
    node = Node(ROW, props, key)
    node.children = list(children)
    return node


def text(words: str, key: object = None, **props: Any) -> Node:
    return Node(TEXT, {"text": words, **props}, key)


def button(words: str, key: object = None) -> Node:
    return Node(BUTTON, {"text": words}, key)


def field(value: object, key: object = None, **props: Any) -> Node:
    return Node(INPUT, {"field": "value", "value": value, **props}, key)


def shown(node: Node) -> tuple[Node, Index]:
    """A tree that is on a screen: its ids count from 1, parents first."""
    index = Index()
    index.adopt(node)
    return node, index


def patches(old: Node, new: Node) -> list[Any]:
    """What the diff says, as it travels."""
    old, index = shown(old)
    return wired(diff(old, new, index))


def wired(message: Any) -> Any:
    """A message the way the other side of the wire reads it."""
    return msgspec.json.decode(msgspec.json.encode(message))


def as_wire(node: Shown) -> list[Any]:
    """What a screen shows, in the form of the wire."""
    return [node.id, node.tag, node.props, [as_wire(child) for child in node.children]]


def without_ids(node: list[Any]) -> list[Any]:
    _, tag, props, children = node
    return [tag, props, [without_ids(child) for child in children]]


# ── at random ─────────────────────────────────────────────────────────────────────────────────────

_KINDS = st.sampled_from([ROW, TEXT, BUTTON, INPUT])
_KEYS = st.none() | st.integers(0, 4) | st.sampled_from(["a", "b"])
_PROPS = st.dictionaries(
    st.sampled_from(["text", "label", "title"]), st.integers(0, 2) | st.sampled_from(["", "x", "<b>", "é"])
) | st.dictionaries(st.just("attrs"), st.dictionaries(st.sampled_from(["role", "class"]), st.just("x")))


@st.composite
def _nodes(draw: st.DrawFn, children: st.SearchStrategy[list[Node]]) -> Node:
    kind, key, props = draw(_KINDS), draw(_KEYS), draw(_PROPS)
    if kind.field and draw(st.booleans()):
        props = {**props, "field": "value", "value": draw(st.sampled_from(["", "a", "b"]))}
    node = Node(kind, props, key)
    node.children = draw(children)
    return node


trees = st.recursive(
    _nodes(st.just([])), lambda inner: _nodes(st.lists(inner, max_size=6)), max_leaves=25
).map(lambda node: row(node))
