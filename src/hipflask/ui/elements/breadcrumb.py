"""Where one is, and the way there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Unpack

from ..element import Common, element, listen
from ..places import find
from ..tree import Kind, Node
from .link import leading_to

BREADCRUMB = Kind("breadcrumb", "wa-breadcrumb", role="navigation", label="label")
STEP = Kind("breadcrumb", "wa-breadcrumb-item", role="button", label="text")
LINK = Kind("breadcrumb", "wa-breadcrumb-item", role="link", label="text")


def breadcrumb(
    steps: Mapping[str, str | Callable[[], object] | None],
    *,
    label: str = "Where you are",
    **common: Unpack[Common],
) -> Node:
    """Show the way to where one is: each step's name with the address it leads to, or a function to call.

    The last one is where one is; give it None.

    >>> ui.breadcrumb({"Teams": "/teams", "Wolves": print, "Who": None})
    """
    node = element(BREADCRUMB, {"label": label}, common)
    with node:
        for name, target in steps.items():
            is_link = isinstance(target, str)
            leads = leading_to(find("ui.breadcrumb", target, ())) if isinstance(target, str) else {}
            attrs = {"aria-current": "page" if target is None else None}
            step = element(LINK if is_link else STEP, {"text": name, **leads}, {"key": name}, attrs)
            if callable(target):
                listen(step, "click", target)
    return node
