"""A line between two things."""

from __future__ import annotations

from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node

DIVIDER = Kind("divider", "wa-divider", role="separator")


def divider(*, vertical: bool = False, **common: Unpack[Common]) -> Node:
    """Draw a thin line between what stands before and after it.

    >>> ui.divider()
    """
    return element(DIVIDER, {"orientation": "vertical" if vertical else None}, common)
