"""A yes or no."""

from __future__ import annotations

from typing import Unpack

from ...core.ports import Field
from ..element import Args, Common, OnChange, editable, element, flag
from ..tree import Kind, Node

CHECKBOX = Kind("checkbox", "wa-checkbox", role="checkbox", label="text", field="checked")


def checkbox(
    label: str,
    *,
    value: bool = False,
    bind: Field | None = None,
    on_change: OnChange = None,
    args: Args = (),
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show a box to tick; `bind=` keeps True or False, `on_change(*args, ticked)` is called with it.

    >>> agreed = ui.state(False)
    >>> ui.checkbox("I agree", bind=agreed)
    """
    node = element(CHECKBOX, {"text": label, "disabled": disabled or None}, common)
    editable(node, "change", value=value, bind=bind, on_change=on_change, args=args, encode=bool, decode=flag)
    return node
