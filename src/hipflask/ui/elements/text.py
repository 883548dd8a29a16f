"""Words."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import Common, Size, choice, element, follow
from ..states import State
from ..tree import Kind, Node

TextTone = Literal["normal", "quiet", "primary", "success", "warning", "danger"]

TEXT = Kind("text", "p", role="text", label="text")


def text(
    value: object,
    *,
    tone: TextTone = "normal",
    size: Size = "m",
    strong: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show a text as it is: never read as markup, line breaks kept.

    Given a state itself, it shows the state's value and follows it, without the window function being called again: worth
    it in a large window for what changes often.

    >>> ui.text("Who is on first.", tone="quiet")
    >>> seconds = ui.state(0)
    >>> ui.text(seconds)
    """
    attrs: dict[str, object] = {}
    if tone != "normal":
        attrs["tone"] = choice("text", "tone", tone, TextTone)
    if size != "m":
        attrs["size"] = choice("text", "size", size, Size)
    if strong:
        attrs["strong"] = True
    if not isinstance(value, State):
        return element(TEXT, {"text": str(value)}, common, attrs)
    node = element(TEXT, {}, common, attrs)
    follow(node, "text", value, str)
    return node
