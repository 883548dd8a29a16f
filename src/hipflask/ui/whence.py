"""Which line of the app drew an element: noted only while somebody asks, since a drawing may make thousands of them."""

from __future__ import annotations

import sys

from ..core import lines
from .tree import Node

is_asked = False  # the inspector sets it; what is drawn from then on can be asked for


def note(node: Node) -> None:
    """Keep the line of the app's own that is drawing this node."""
    frame = lines.app_frame(sys._getframe(2))
    if frame is not None:
        node.drawn_at = frame.f_code, frame.f_lineno


def place(node: Node) -> str:
    """The line that drew it, as `app.py:12`; "" where nobody asked when it was drawn."""
    drawn_at = getattr(node, "drawn_at", None)
    return lines.place(*drawn_at) if drawn_at is not None else ""
