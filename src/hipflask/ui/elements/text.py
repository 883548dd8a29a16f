"""Words."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import Common, Size, choice, element
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

    >>> ui.text("Who is on first.", tone="quiet")
    """
    attrs = {
        "tone": None if tone == "normal" else choice("text", "tone", tone, TextTone),
        "size": None if size == "m" else choice("text", "size", size, Size),
        "strong": strong,
    }
    return element(TEXT, {"text": str(value)}, common, attrs)
