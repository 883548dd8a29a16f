"""A way to another place."""

from __future__ import annotations

from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node, Props

LINK = Kind("link", "a", role="link", label="text")


def link(text: object, to: str, **common: Unpack[Common]) -> Node:
    """Show words that lead elsewhere: to a path of this app (`flask.url_for` makes one) or to an address outside.

    An address outside opens beside the app, not in its place.

    >>> ui.link("Line-up", "/lineup")
    >>> ui.link("The rules of baseball", "https://www.mlb.com/official-information")
    """
    return element(LINK, {"text": str(text), **leading_to(to)}, common)


def leading_to(address: str) -> Props:
    """The props of a link to this address."""
    is_outside = address.startswith("//") or address.partition(":")[0].lower() in ("http", "https")
    return {"href": address} | ({"target": "_blank", "rel": "noopener"} if is_outside else {})
