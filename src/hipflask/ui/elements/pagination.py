"""One page of many."""

from __future__ import annotations

from typing import Unpack

from ...core.errors import UsageError
from ...core.ports import Field
from ..element import Args, Common, OnChange, element, listen
from ..tree import Kind, Node
from .button import BUTTON
from .icon import ICON

PAGES = Kind("pagination", "nav", role="navigation", label="aria-label")
GAP = Kind("gap", "span")


def pagination(
    pages: int,
    *,
    bind: Field,
    on_change: OnChange = None,
    args: Args = (),
    label: str = "Pages",
    **common: Unpack[Common],
) -> Node:
    """Show buttons for the numbers of `pages` pages, first, last and those around the one that `bind=` holds, from 1 up.

    `on_change(*args, number)` is told which was chosen.

    >>> page = ui.state(1)
    >>> ui.pagination(20, bind=page)
    >>> ui.table([(number,) for number in range(page.value * 10, page.value * 10 + 10)], ["Number"])
    """
    now = bind.get()
    if not isinstance(now, int) or pages < 1:
        raise UsageError(
            f"ui.pagination: pages takes a number from 1 up and bind= a state with one, got {pages!r} and {now!r}."
        )

    def turn(number: int) -> object:
        bind.set(number)
        if on_change is None:
            return None
        return on_change(*args, number) if isinstance(args, tuple) else on_change(number, **args)

    node = element(PAGES, {}, common, {"aria-label": label})
    with node:
        _arrow("Previous page", "chevron-left", now - 1, now > 1, turn)
        before = 0
        for number in _worth_showing(now, pages):
            if number > before + 1:
                element(GAP, {"text": "…"}, {"key": f"gap {before > 1}"})
            _number(number, number == now, turn)
            before = number
        _arrow("Next page", "chevron-right", now + 1, now < pages, turn)
    return node


def _worth_showing(now: int, pages: int) -> list[int]:
    """The first, the last, and those around the present one."""
    around = range(now - 1, now + 2)
    return sorted({1, pages, *(number for number in around if 1 <= number <= pages)})


def _number(number: int, is_now: bool, turn: OnChange) -> None:
    props = {
        "text": str(number),
        "appearance": "accent" if is_now else "plain",
        "variant": "brand" if is_now else "neutral",
        "size": "s",
    }
    attrs = {"aria-current": "page" if is_now else None, "aria-label": f"Page {number}"}
    listen(element(BUTTON, props, {"key": number}, attrs), "click", turn, (number,))


def _arrow(name: str, icon: str, number: int, is_possible: bool, turn: OnChange) -> None:
    props = {"appearance": "plain", "size": "s", "disabled": None if is_possible else True}
    node = element(BUTTON, props, {"key": name}, {"aria-label": name})
    listen(node, "click", turn, (number,))
    with node:
        element(ICON, {"name": icon}, {})
