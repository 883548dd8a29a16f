"""Finding one's way in a tree of elements."""

from __future__ import annotations

from ..records import Node


def find(root: Node, id: int) -> Node | None:
    """The element of that number."""
    path = path_to(root, id)
    return path[-1] if path else None


def path_to(root: Node, id: int) -> list[Node]:
    """The elements from the root down to the one of that number; empty if it is not there."""
    waiting: list[tuple[Node, list[Node]]] = [(root, [])]
    while waiting:
        node, above = waiting.pop()
        path = [*above, node]
        if node.id == id:
            return path
        waiting += [(child, path) for child in node.children]
    return []
