"""A small picture with a meaning, out of the Lucide collection."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Unpack

from ...core.errors import UsageError
from .. import assets
from ..element import Common, element
from ..tree import Kind, Node

ICON = Kind("icon", "wa-icon", role="img", label="label")


def icon(name: str, *, label: str = "", size: str | None = None, **common: Unpack[Common]) -> Node:
    """Show one of Lucide's icons, in the colour of the text around it.

    `label` says what it means where no words beside it do; `size` is a CSS length. Names: https://lucide.dev/icons

    >>> ui.icon("star", label="Favourite")
    """
    style = {"font-size": size} if size else {}
    options: Common = {**common, "style": {**style, **common.get("style", {})}}
    return element(ICON, {"name": known_icon(name), "label": label or None}, options)


def known_icon(name: str) -> str:
    """The same name, if there is an icon of it; raises UsageError with the nearest names otherwise."""
    if name in assets.icons():
        return name
    near = get_close_matches(name, assets.icons(), n=3)
    hint = f" Did you mean {', '.join(map(repr, near))}?" if near else ""
    raise UsageError(f"There is no icon {name!r}.{hint} All names: https://lucide.dev/icons")
