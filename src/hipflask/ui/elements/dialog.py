"""A window inside the window, which asks for something before anything else goes on."""

from __future__ import annotations

from typing import Unpack

from ...core.ports import Field
from ..element import Args, Common, OnChange, element
from ..opening import openable
from ..tree import Kind, Node

DIALOG = Kind("dialog", "wa-dialog", role="dialog", label="label", field="open")


def dialog(
    title: str,
    *,
    open: bool | Field,
    on_toggle: OnChange = None,
    args: Args = (),
    width: str | None = None,
    closes_outside: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show what is drawn inside it above everything else while `open`, a state, is true.

    Escape and ✕ set that state to False; a click outside does if `closes_outside`. The focus stays inside until then,
    and goes back to where it was. `width` is a CSS length. `on_toggle(*args, is_open)` is told of both.

    >>> asking = ui.state(False)
    >>> ui.button("Delete…", on_click=asking.set, args=(True,))
    >>> with ui.dialog("Delete the game?", open=asking):
    ...     ui.button("Keep it", on_click=asking.set, args=(False,))
    """
    style = {"--width": width} if width else {}
    options: Common = {**common, "style": {**style, **common.get("style", {})}}
    node = element(DIALOG, {"label": title, "lightDismiss": closes_outside or None}, options)
    openable(node, open, on_toggle, args)
    return node
