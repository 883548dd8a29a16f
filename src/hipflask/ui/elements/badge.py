"""A word or a number that stands out."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import VARIANTS, Common, Tone, choice, element
from ..tree import Kind, Node

Appearance = Literal["filled", "accent", "outlined"]

BADGE = Kind("badge", "wa-badge", role="text", label="text")


def badge(
    text: object,
    *,
    tone: Tone = "normal",
    appearance: Appearance = "filled",
    **common: Unpack[Common],
) -> Node:
    """Show a word or a number on a small coloured ground, as a state or a count.

    >>> ui.badge("On first", tone="success")
    >>> ui.badge(3, tone="danger", appearance="accent")
    """
    props = {
        "text": str(text),
        "variant": VARIANTS[choice("badge", "tone", tone, Tone)],
        "appearance": choice("badge", "appearance", appearance, Appearance),
        "pill": True,
    }
    return element(BADGE, props, common)
