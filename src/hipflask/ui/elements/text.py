"""Words."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import Common, Size, element
from ..tree import Kind, Node

TEXT = Kind("text", "p", role="text", label="text")


def text(
    value: object,
    *,
    tone: Literal["normal", "quiet", "primary", "success", "warning", "danger"] = "normal",
    size: Size = "m",
    strong: bool = False,
    **common: Unpack[Common],
) -> Node:
    """Show a text as it is: never read as markup, line breaks kept.

    >>> ui.text("Who is on first.", tone="quiet")
    """
    attrs = {
        "tone": None if tone == "normal" else tone,
        "size": None if size == "m" else size,
        "strong": strong,
    }
    return element(TEXT, {"text": str(value)}, common, attrs)
