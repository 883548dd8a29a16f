"""What tests ask of a page: draw trees in it, and read back what the document then really shows."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page

from .server import Message, Server

Tree = list[Any]


def open_page(page: Page, server: Server, tree: Tree | None = None, **more: Any) -> None:
    """Have the page painted and live: the screen has said hello and been welcomed."""
    if tree is not None:
        server.draw(tree, **more)
    page.goto(server.url)
    assert server.receive() == ["hello", server.page["session"], server.page["frame"]]
    server.send(["welcome", 0])


def show(server: Server, number: int, *patches: Message, seen: int = 0) -> None:
    """Send a frame and wait until it is painted."""
    server.send(["frame", number, seen, list(patches)])
    assert server.receive() == ["ack", number]


def apply_in_browser(page: Page, tree: Tree, patches: list[Message]) -> Tree:
    """Draw `tree` on a page of `debug`, apply the patches, and return the tree that the document then shows."""
    return apply_many_in_browser(page, [(tree, patches)])[0]


def apply_many_in_browser(page: Page, cases: list[tuple[Tree, list[Message]]]) -> list[Tree]:
    """The same for many cases at once, which is much faster."""
    return page.evaluate(
        """cases => cases.map(([tree, patches]) => {
            hipflask.reset(tree);
            hipflask.apply(patches);
            return hipflask.tree();
        })""",
        [list(case) for case in cases],
    )


def wait_for(page: Page, expression: str, seconds: float = 30) -> None:
    """Wait until an expression is true. Playwright's own way of asking again is `eval`, which the page's policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"not within {seconds:g} seconds: {expression}"
        page.wait_for_timeout(20)


def shown(page: Page) -> Tree:
    """The tree that the document shows now."""
    return page.evaluate("hipflask.tree()")
