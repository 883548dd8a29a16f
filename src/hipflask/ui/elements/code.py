"""Something for a computer to read."""

from __future__ import annotations

from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node

CODE = Kind("code", "hf-code")
LINES = Kind("code lines", "pre", role="code", label="text")
COPY = Kind("copy button", "wa-copy-button")


def code(text: str, *, copy: bool = True, **common: Unpack[Common]) -> Node:
    """Show lines of code, or anything else where each letter and blank counts, with a button that copies them.

    >>> ui.code("pip install hipflask")
    """
    node = element(CODE, {}, common)
    with node:
        element(LINES, {"text": text}, {}, {"tabindex": "0"})
        if copy:
            element(COPY, {"value": text, "copyLabel": "Copy", "successLabel": "Copied"}, {})
    return node
