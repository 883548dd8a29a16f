"""Things inside things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Unpack

from ...core.ports import Bindable
from ..element import Args, Common, OnChange, editable, element
from ..tree import Node
from .branch import TREE, branch

Items = Mapping[str, object] | Sequence[object]


def tree_view(
    items: Items = (),
    *,
    label: str | None = None,
    bind: Bindable | None = None,
    on_change: OnChange = None,
    args: Args = (),
    **common: Unpack[Common],
) -> Node:
    """Show a tree of nested dicts and lists, or of each `ui.branch` drawn inside it; branches open and close.

    `bind=` keeps the value of the branch that is chosen, which is its text unless `ui.branch` says otherwise;
    `on_change(*args, value)` is called with it.

    >>> chosen = ui.state("")
    >>> ui.tree_view({"Infield": ["Who", "What"], "Battery": {"Pitcher": ["Tomorrow"]}}, bind=chosen)
    """
    node = element(TREE, {}, common, {"aria-label": label})
    editable(node, "change", value=None, bind=bind, on_change=on_change, args=args, decode=_scalar)
    with node:
        _draw(items)
    return node


def _draw(items: object) -> None:
    if isinstance(items, Mapping):
        for name, inside in items.items():
            with branch(str(name)):
                _draw(inside)
    elif isinstance(items, Sequence) and not isinstance(items, str):
        for item in items:
            _draw(item)
    elif items is not None:
        branch(str(items))


def _scalar(value: object) -> object:
    if not isinstance(value, str | int | float):
        raise ValueError("the value of a branch was expected")
    return value
