"""Something to press."""

from __future__ import annotations

from typing import Literal, Unpack

from ...core.errors import UsageError
from ..element import VARIANTS, Args, Common, OnClick, Size, Tone, choice, element, listen
from ..tree import Kind, Node
from .icon import ICON, known_icon

Appearance = Literal["filled", "outlined", "plain"]

BUTTON = Kind("button", "wa-button", role="button", label="text")


def button(
    text: object = "",
    *,
    on_click: OnClick = None,
    args: Args = (),
    icon: str | None = None,
    icon_only: bool = False,
    tone: Tone = "normal",
    appearance: Appearance = "filled",
    size: Size = "m",
    disabled: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show a button; pressing it calls `on_click(*args)` (or `on_click(**args)`) in a worker thread.

    An async `on_click` is awaited on the event loop. Presses are handled one after the other; a handler that takes
    longer than 300 ms makes the button show that it is busy, and it takes no presses until that has ended.
    With `icon_only` the text is only the name that screen readers (and tests) know it by. What is drawn inside
    `with ui.button(…):` becomes the button's face.

    >>> ui.button("Deal", on_click=print, args=("dealt",), icon="spade", tone="primary")
    """
    look = choice("button", "appearance", appearance, Appearance)
    if look == "filled" and tone != "normal":
        look = "accent"
    name = str(text)
    props = {
        "text": None if icon_only else name,
        "variant": VARIANTS[choice("button", "tone", tone, Tone)],
        "appearance": look,
        "size": None if size == "m" else choice("button", "size", size, Size),
        "disabled": disabled or None,
    }
    if icon is not None and not name and "aria-label" not in common.get("attrs", {}):
        raise UsageError(
            f"ui.button(icon={icon!r}) has no name, so nobody who cannot see it knows what it does. "
            f"Write ui.button('What it does', icon={icon!r}, icon_only=True)."
        )
    node = element(BUTTON, props, common, {"aria-label": name if icon_only else None})
    listen(node, "click", on_click, args)
    if icon is not None:
        with node:
            element(
                ICON, {"name": known_icon(icon)}, {}, {"slot": None if icon_only or not name else "start"}
            )
    return node
