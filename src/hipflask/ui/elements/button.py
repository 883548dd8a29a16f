"""Something to press."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import VARIANTS, Args, Common, OnClick, Size, Tone, element, listen
from ..tree import Kind, Node
from .icon import ICON, known_icon

BUTTON = Kind("button", "wa-button", role="button", label="text")


def button(
    text: object = "",
    *,
    on_click: OnClick = None,
    args: Args = (),
    icon: str | None = None,
    tone: Tone = "normal",
    appearance: Literal["filled", "outlined", "plain"] = "filled",
    size: Size = "m",
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show a button; pressing it calls `on_click(*args)` (or `on_click(**args)`) in a worker thread.

    An async `on_click` is awaited on the event loop. Presses are handled one after the other; a handler that takes
    longer than 300 ms makes the button show that it is busy, and it takes no presses until that has ended.

    >>> ui.button("Deal", on_click=print, args=("dealt",), icon="spade", tone="primary")
    """
    look = {"filled": "filled" if tone == "normal" else "accent"}.get(appearance, appearance)
    props = {
        "text": str(text),
        "variant": VARIANTS[tone],
        "appearance": look,
        "size": None if size == "m" else _SIZES[size],
        "disabled": disabled or None,
    }
    node = element(BUTTON, props, common)
    listen(node, "click", on_click, args)
    if icon is not None:
        with node:
            element(ICON, {"name": known_icon(icon)}, {}, {"slot": "start" if text else None})
    return node


_SIZES = {"s": "small", "m": "medium", "l": "large"}
