"""Somebody's face."""

from __future__ import annotations

from typing import Literal, Unpack

from ..element import Common, element
from ..tree import Kind, Node

AVATAR = Kind("avatar", "wa-avatar", role="img", label="label")


def avatar(
    name: str,
    *,
    image: str | None = None,
    shape: Literal["circle", "rounded", "square"] = "circle",
    size: str | None = None,
    **common: Unpack[Common],
) -> Node:
    """Show somebody's picture, or the initials of their name where there is none.

    `image` is an address of the app's own, such as `/static/who.png`; `size` is a CSS length.

    >>> ui.avatar("Lou Costello", size="2rem")
    """
    words = name.split()
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
    style = {"--size": size} if size else {}
    options: Common = {**common, "style": {**style, **common.get("style", {})}}
    props = {"label": name, "initials": initials, "image": image, "shape": shape}
    return element(AVATAR, props, options)
