"""A surface that groups what belongs together."""

from __future__ import annotations

from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node
from .heading import HEADINGS

CARD = Kind("card", "wa-card", label="aria-label")


def card(title: str | None = None, **common: Unpack[Common]) -> Node:
    """Group what is drawn inside it on a surface of its own, with a title if it has one.

    >>> with ui.card("Line-up"):
    ...     ui.text("Who is on first.")
    """
    node = element(CARD, {"withHeader": True if title else None}, common)
    if title:
        with node:
            element(HEADINGS[2], {"text": title}, {}, {"slot": "header"})
    return node
