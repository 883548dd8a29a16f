"""A way to another place."""

from __future__ import annotations

from typing import Unpack

from ...core.ports import Place, Target
from ..element import Args, Common, element
from ..places import find
from ..tree import Kind, Node, Props

LINK = Kind("link", "a", role="link", label="text")


def link(text: object, to: Target, *, args: Args = (), **common: Unpack[Common]) -> Node:
    """Show words that lead elsewhere: to a window function of this app, called with `args`, or to an address.

    Going to a window function keeps the page and replaces what is drawn; going back finds it as it was left. An address
    outside the app opens beside it, not in its place.

    >>> ui.link("Line-up", "/lineup")
    >>> ui.link("The rules of baseball", "https://www.mlb.com/official-information")
    """
    return element(LINK, {"text": str(text), **leading_to(find("ui.link", to, args))}, common)


def leading_to(place: Place) -> Props:
    """The props of a link to this place."""
    address = place.address
    is_outside = address.startswith("//") or address.partition(":")[0].lower() in ("http", "https")
    props: Props = {"href": address}
    if place.is_live:
        props["live"] = True
    return props | ({"target": "_blank", "rel": "noopener"} if is_outside else {})
