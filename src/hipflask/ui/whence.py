"""Which line of the app drew an element: noted only while somebody asks, since a drawing may make thousands of them.

What is noted is no object of its own but what is there already, a piece of code and how far it had come; the line is looked up
when it is wanted.
"""

from __future__ import annotations

import sys
from types import CodeType

from ..core import lines
from .tree import Kind, Node

is_asked = False  # the inspector sets it; what is drawn from then on can be asked for

# How far above `note` the line may be at the nearest: whoever asks for a frame has Python make an object of it, so those of our own
# functions that stand between are stepped over where an element's function is ours.
_CALLER, _ABOVE = 3, 4
_nearest: dict[Kind, int] = {}


def note(node: Node) -> None:
    """Keep where the app is that draws this node; called by whoever `element` calls."""
    frame = sys._getframe(_nearest.get(node.kind) or _look(node.kind))
    while not lines.is_app(frame.f_code.co_filename):
        if frame.f_back is None:
            return
        frame = frame.f_back
    node.drawn_by, node.drawn_at = frame.f_code, frame.f_lasti


def place(node: Node) -> str:
    """The line that drew it, as `app.py:12`; "" where nobody asked when it was drawn."""
    code = getattr(node, "drawn_by", None)
    return lines.place(code, _line(code, node.drawn_at)) if code is not None else ""


def _look(kind: Kind) -> int:
    is_ours = not lines.is_app(sys._getframe(1 + _CALLER).f_code.co_filename)
    nearest = _nearest[kind] = _ABOVE if is_ours else _CALLER
    return nearest


def _line(code: CodeType, at: int) -> int:
    found = (line for start, end, line in code.co_lines() if start <= at < end)
    return next(found, None) or code.co_firstlineno
