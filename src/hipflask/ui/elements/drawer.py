"""A panel that slides in from an edge."""

from __future__ import annotations

from typing import Literal, Unpack

from ...core.ports import Field
from ..element import Args, Common, OnChange, element
from ..opening import openable
from ..tree import Kind, Node

DRAWER = Kind("drawer", "wa-drawer", role="dialog", label="label", field="open")


def drawer(
    title: str,
    *,
    open: bool | Field,
    on_toggle: OnChange = None,
    args: Args = (),
    side: Literal["start", "end", "top", "bottom"] = "end",
    size: str | None = None,
    **common: Unpack[Common],
) -> Node:
    """Slide what is drawn inside it in from an edge of the window while `open`, a state, is true.

    Escape, ✕ and a click outside set that state to False. `side` is the edge, `size` the width (or height) as a CSS
    length. `on_toggle(*args, is_open)` is told of both.

    >>> settings = ui.state(False)
    >>> ui.button("Settings", on_click=settings.set, args=(True,))
    >>> with ui.drawer("Settings", open=settings):
    ...     ui.checkbox("Keep score")
    """
    style = {"--size": size} if size else {}
    options: Common = {**common, "style": {**style, **common.get("style", {})}}
    node = element(DRAWER, {"label": title, "placement": side, "lightDismiss": True}, options)
    openable(node, open, on_toggle, args)
    return node
