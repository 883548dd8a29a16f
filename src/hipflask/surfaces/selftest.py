"""`hipflask run --selftest`: does a window open here, load, take a click and show what the click did?

It draws a page of its own beside the app's, has the screen click its button as a person would (the click travels
through the browser, the socket, a handler thread and back), and then has the app's own windows drawn once each.
"""

from __future__ import annotations

from flask import Flask

from ..core.action import Action, Door
from ..core.errors import WindowError
from ..core.signature import plan
from ..ui.live import LiveSession
from ..ui.tree import Node
from . import pages

PATH = "/_hipflask/selftest"
SECONDS = 10.0


class SelfTest:
    """One run of the self-test."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        door = Door("window", PATH, {"endpoint": "hipflask_selftest"})
        pages.mount(app, Action(page, plan(page), [door]), door)

    def click(self, session: LiveSession | None) -> None:
        """Click the page's button; raises WindowError saying what did not happen."""
        if session is None:
            raise WindowError("Self-test: the window has not opened its page.")
        button = _find(session.root, "wa-button")
        session.call("click", node=button.id)
        if not session.wait_for(lambda: _find(session.root, "p").props["text"] == CLICKED, SECONDS):
            raise WindowError(f"Self-test: {SECONDS:.0f} seconds after a click the window does not show it.")
        self._draw_all_windows()

    def _draw_all_windows(self) -> None:
        client = self.app.test_client()
        for rule in self.app.url_map.iter_rules():
            is_window = getattr(self.app.view_functions[rule.endpoint], "is_window", False)
            if is_window and not rule.arguments:
                response = client.get(str(rule))
                # 422: it needs something in its query, which nobody can guess.
                if response.status_code >= 400 and response.status_code != 422:
                    raise WindowError(f"Self-test: the window {rule} answers {response.status}.")


CLICKED = "Clicked."


def page() -> None:
    """The self-test's own window."""
    from .. import ui

    is_clicked = ui.state(False)
    ui.heading("Self-test")
    ui.text(CLICKED if is_clicked.value else "Not clicked yet.")
    ui.button("Click", on_click=is_clicked.set, args=(True,))


def _find(node: Node, tag: str) -> Node:
    if node.kind.tag == tag:
        return node
    for child in node.children:
        try:
            return _find(child, tag)
        except LookupError:
            continue
    raise LookupError(tag)
