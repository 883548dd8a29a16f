"""One page of the browser, and what goes to and fro over its socket; all of it runs in the browser's thread."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import flask

from ..surfaces.pages import host_of
from . import hand
from .chromium import chromium
from .served import Served
from .sight import Sight

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page, Request, WebSocket

    from ..ui.live import LiveSession

# What has been changed is painted, and what that has set off (a promise, a timer without delay) has happened.
_PAINTED = """() => new Promise((done) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => setTimeout(done);
  channel.port2.postMessage(null);
}))"""


class LivePage:
    """A page that shows windows of an app: the present one, and what it has said and been told."""

    def __init__(self, served: Served, look: dict[str, Any]) -> None:
        self._served = served
        self._context: BrowserContext = chromium().browser.new_context(**look)
        self.page: Page = self._context.new_page()
        self._cdp: CDPSession = self._context.new_cdp_session(self.page)
        self.failures: list[str] = []
        self.calls: list[tuple[str, Any]] = []
        self.loading = 0  # requests under way: what is loaded when it is first drawn, an upload
        self.frames = 0  # the number of the last one that has come
        self._session = ""
        self._said = 0
        self.page.on("pageerror", lambda error: self.failures.append(str(error)))
        self.page.on("request", self._asked)
        self.page.on("requestfinished", lambda request: self._count(-1))
        self.page.on("requestfailed", lambda request: self._count(-1))
        self.page.on("websocket", self._listen)

    def goto(self, path: str) -> None:
        self.leave(lambda page: page.goto(self._served.address(path)))

    def leave(self, step: Callable[[Page], Any]) -> None:
        """Go elsewhere; the session that was shown is over. Raises what the app raises, as Flask's test client does."""
        before = self.session
        raised: list[Exception] = []
        with flask.got_request_exception.connected_to(
            lambda _, exception, **more: raised.append(exception), self._served.app
        ):
            answer = step(self.page)
        if before is not None:
            host_of(self._served.app).forget(before)
        if self.page.query_selector("#hipflask-page") is None:
            if raised:  # a mistake in the app, which Flask has let through
                raise raised[0]
            status = "" if answer is None else f"{answer.status} {answer.status_text.upper()}, "
            raise AssertionError(
                f"{self.page.url} is not a window: {status}{self.page.inner_text('body')[:300]}"
            )

    def close(self) -> Any:
        cookies = self._context.storage_state()
        session = self.session
        self._context.close()
        if session is not None:
            host_of(self._served.app).forget(session)
        self._served.leave()
        return cookies

    @property
    def session(self) -> LiveSession | None:
        """The session of the page that is shown."""
        return host_of(self._served.app).find(self._session)

    def is_there(self) -> bool:
        """Whether all of the page has come, and its socket has said hello."""
        return self.loading == 0 and (
            bool(self._session) or self.page.query_selector("#hipflask-page") is None
        )

    def paint(self) -> int:
        """Wait for the next paint; returns the number of the last event that the page has sent."""
        from playwright.sync_api import Error

        try:
            self.page.evaluate(_PAINTED)
        except Error:  # a link was followed: there is another page now
            self.page.wait_for_load_state()
        return self._said

    def look(self) -> Sight:
        """What is on the page now."""
        return Sight(self._cdp.send("Accessibility.getFullAXTree")["nodes"], self._ask)

    def handle(self, node: int) -> Any:
        """Playwright's handle of an element that the accessibility tree has named."""
        self._on(node, "function() { window.hipflaskFound = this; }")
        return self.page.evaluate_handle("window.hipflaskFound").as_element()

    def _ask(self, node: int) -> tuple[str, Any] | None:
        from playwright.sync_api import Error

        try:
            answer = self._on(node, hand.TELL)
        except Error:  # it has gone in the moment since the tree was read
            return None
        return (answer[0], answer[1]) if answer else None

    def _on(self, node: int, function: str) -> Any:
        found = self._cdp.send("DOM.resolveNode", {"backendNodeId": node})["object"]["objectId"]
        answer = self._cdp.send(
            "Runtime.callFunctionOn",
            {"objectId": found, "functionDeclaration": function, "returnByValue": True},
        )
        return answer["result"].get("value")

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self._session, self._said, self.loading = "", 0, 0  # the page is left; the next one says hello
        self._count(1)

    def _count(self, change: int) -> None:
        self.loading = max(0, self.loading + change)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, message: str | bytes) -> None:
        match json.loads(message):
            case ["hello", session, frame]:
                self._session, self._said, self.frames = session, 0, frame
            case ["event", number, *_]:
                self._said = number

    def _received(self, message: str | bytes) -> None:
        match json.loads(message):
            case ["frame", number, _, patches]:
                self.frames = number
                self.calls += [
                    (patch[2], patch[3][0]) for patch in patches if patch[0] == "call" and patch[1] == 0
                ]
