"""Lines that keep coming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from ...core.errors import UsageError
from ...core.ports import Field
from ..drawing import component
from ..element import Common, element
from ..tree import Kind, Node

LOG = Kind("log", "hf-log", role="log", label="aria-label")
LINE = Kind("line", "div", role="text", label="text")

# Lines are drawn in blocks, each a part of its own: a new line draws the last block again, and sends that line alone.
BLOCK = 50


def log(
    lines: Field | Sequence[str],
    *,
    label: str = "Log",
    newest: int = 1000,
    height: str = "16rem",
    **common: Unpack[Common],
) -> Node:
    """Show the `newest` lines of a list that only grows, and follow its end unless somebody has scrolled up.

    Give it a state, so that a new line draws nothing else again: `lines.update(lambda old: [*old, line])`. `height` is a
    CSS length.

    >>> lines = ui.state(["Who is on first.", "What is on second."])
    >>> ui.log(lines, label="Line-up")
    """
    style = {"height": height, **common.get("style", {})}
    options: Common = {**common, "style": style}
    node = element(LOG, {}, options, {"role": "log", "aria-label": label, "tabindex": "0"})
    with node:
        _lines(lines, newest)
    return node


@component
def _lines(lines: Field | Sequence[str], newest: int) -> None:
    given = lines.get() if isinstance(lines, Field) else lines
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise UsageError(f"ui.log takes a list of texts, or a state that holds one, got {given!r}.")
    first = max(0, len(given) - newest) // BLOCK * BLOCK
    for start in range(first, len(given), BLOCK):
        _block(tuple(given[start : start + BLOCK]), key=start)  # type: ignore[call-arg]


@component
def _block(lines: tuple[object, ...]) -> None:
    for line in lines:
        element(LINE, {"text": str(line)}, {})
