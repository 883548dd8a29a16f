"""One thing in a tree, with others inside."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Unpack

from ...core.errors import UsageError
from ..drawing import current, place_of
from ..element import Common, element, listen
from ..tree import Kind, Node
from .icon import ICON, known_icon

TREE = Kind("tree_view", "wa-tree", role="tree", label="aria-label", field="chosen")
BRANCH = Kind("branch", "wa-tree-item", role="treeitem", label="text")


def branch(
    text: str,
    *,
    value: str | int | float | None = None,
    draw: Callable[[], object] | None = None,
    open: bool = False,
    icon: str | None = None,
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Add a branch to the `ui.tree_view` or branch around it; what is drawn inside are its own branches.

    `value` is what choosing it puts into the tree's bound state, its text where there is none. With `draw` its branches
    are drawn by `draw()` when it is first opened.

    >>> with ui.tree_view():
    ...     with ui.branch("Infield", open=True):
    ...         ui.branch("Who", value=1, icon="user")
    ...     ui.branch("Outfield", draw=lambda: ui.branch("Why"))
    """
    drawing = current("ui.branch")
    tree = next((node for node in reversed(drawing.parents) if node.kind is TREE), None)
    if tree is None or drawing.parents[-1].kind not in (TREE, BRANCH):
        raise UsageError(
            f"ui.branch({text!r}) belongs directly inside `with ui.tree_view():` or another branch."
        )
    own = text if value is None else value
    bound = next((each.field for each in drawing.bindings if each.node is tree), None)
    opened = None if draw is None else drawing.cell((*place_of(sys._getframe(1)), text, own), open)
    is_waiting = opened is not None and not opened.value
    props = {
        "text": text,
        "value": own,
        # Said in both cases: the screen selects what is clicked by itself, and must hear when that is over.
        "selected": None if bound is None else own == bound.get(),
        "expanded": open or None,
        "lazy": is_waiting or None,
        "disabled": disabled or None,
    }
    node = element(
        BRANCH, props, common, {"opened": open}
    )  # for the style sheet, before the element is loaded
    if opened is not None:
        listen(node, "wa-lazy-load", opened.set, (True,))
    with node:
        if icon is not None:
            element(ICON, {"name": known_icon(icon)}, {})
        if draw is not None and not is_waiting:
            draw()
    return node
