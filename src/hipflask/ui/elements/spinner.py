"""A sign that something is going on."""

from __future__ import annotations

from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node

SPINNER = Kind("spinner", "wa-spinner", role="status", label="aria-label")


def spinner(label: str = "Loading", *, size: str | None = None, **common: Unpack[Common]) -> Node:
    """Show that something is going on and nobody knows for how long; `label` is what a screen reader says.

    `size` is a CSS length. For work whose progress is known there is `ui.progress`.

    >>> ui.spinner("Looking for Who", size="2rem")
    """
    style = {"font-size": size} if size else {}
    options: Common = {**common, "style": {**style, **common.get("style", {})}}
    return element(SPINNER, {}, options, {"role": "status", "aria-label": label})
