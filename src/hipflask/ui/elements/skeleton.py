"""The place of something that is still to come."""

from __future__ import annotations

from typing import Unpack

from ..element import Common, element
from ..tree import Kind, Node

SKELETON = Kind("skeleton", "wa-skeleton")


def skeleton(
    *, width: str = "100%", height: str = "1em", round: bool = False, **common: Unpack[Common]
) -> Node:
    """Keep the place of something that is still to come, so that the page does not jump when it does.

    `width` and `height` are CSS lengths; `round` makes a disc, for a face. Screen readers pass over it.

    >>> with ui.row():
    ...     ui.skeleton(width="3rem", height="3rem", round=True)
    ...     ui.skeleton(width="12rem")
    """
    style = {"width": width, "height": height, "--border-radius": "50%" if round else None}
    known = {name: value for name, value in style.items() if value is not None}
    options: Common = {**common, "style": {**known, **common.get("style", {})}}
    return element(SKELETON, {"effect": "sheen"}, options, {"aria-hidden": "true"})
