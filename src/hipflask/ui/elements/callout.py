"""Something to be noticed."""

from __future__ import annotations

from typing import Unpack

from ..element import VARIANTS, Common, Tone, choice, element
from ..tree import Kind, Node
from .icon import ICON, known_icon
from .text import TEXT

CALLOUT = Kind("callout", "wa-callout", role="note", label="aria-label")

ICONS = {"success": "circle-check", "warning": "triangle-alert", "danger": "circle-alert"}


def callout(
    text: object = "",
    *,
    title: str | None = None,
    tone: Tone = "primary",
    icon: str | None = None,
    **common: Unpack[Common],
) -> Node:
    """Show something that must not be missed, in a frame of its own, with an icon that fits its tone.

    What is drawn inside it follows the text.

    >>> with ui.callout("Who is not on first.", title="Check the line-up", tone="warning"):
    ...     ui.button("Open the line-up")
    """
    props = {"variant": VARIANTS[choice("callout", "tone", tone, Tone)]}
    node = element(CALLOUT, props, common, {"role": "note", "aria-label": title})
    with node:
        element(ICON, {"name": known_icon(icon or ICONS.get(tone, "info"))}, {}, {"slot": "icon"})
        if title:
            element(TEXT, {"text": title}, {}, {"strong": True})
        if text != "":
            element(TEXT, {"text": str(text)}, {})
    return node
