"""`Screen`: somebody at a window in a real browser, with the verbs of `User`.

    with Screen(app).open("/") as screen:
        screen.click("Deal")
        screen.see("Two pair")
        screen.screenshot("dealt.png")

The app is on its real server, with its real guard, and Chromium shows the real page: what has no place, no focus or no name
there is not found, and what is covered or disabled cannot be pressed. After each step `Screen` waits until the page has said
what it had to say, no handler runs, and everything has been painted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import flask

from ..core.errors import EntryError
from . import hand
from .chromium import chromium
from .page import LivePage
from .person import Number, Person, check_options, check_pressable
from .served import Served
from .sight import Sighted

if TYPE_CHECKING:
    from playwright.sync_api import Page


T = TypeVar("T")


class Screen(Person[Sighted]):
    """Somebody who uses one window of an app in Chromium; `patience` is how long they wait for something, in seconds.

    It needs `pip install "hipflask[screen]"` and a Chromium-like browser, found as `hipflask run` finds it. `scheme` is what
    the system prefers, light or dark.
    """

    def __init__(
        self,
        app: flask.Flask,
        *,
        patience: float = 10.0,
        width: int = 1000,
        height: int = 720,
        scheme: Literal["light", "dark"] = "light",
    ) -> None:
        self.app = app
        self.patience = patience
        self._look: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "color_scheme": scheme,
            "reduced_motion": "reduce",  # a test need not wait for what slides in
        }
        self._cookies: Any = None
        self._window: LivePage | None = None

    # ── the window ────────────────────────────────────────────────────────────────────────────────

    def open(self, path: str = "/") -> Self:
        """Open a window at a path; raises AssertionError if the app does not answer with one."""
        if self._window is None:
            served = Served.of(self.app)
            try:
                self._window = chromium().do(LivePage, served, {**self._look, "storage_state": self._cookies})
            except BaseException:
                served.leave()
                raise
        chromium().do(self._open.goto, path)
        self._settle()
        return self

    def close(self) -> None:
        """Close the window; cookies are kept for the next one."""
        if self._window is not None:
            window, self._window = self._window, None
            self._cookies = chromium().do(window.close)

    def reload(self) -> None:
        """Load the page again, as F5 does: its states begin anew."""
        self._go(lambda page: page.reload())

    def back(self) -> None:
        """Go to the page before."""
        self._go(lambda page: page.go_back())

    def forward(self) -> None:
        """Go to the page after, if one has been back."""
        self._go(lambda page: page.go_forward())

    def screenshot(self, path: str | Path, *, whole: bool = False) -> None:
        """Write a picture of the window to a file; with `whole`, of all that one could scroll to."""
        self._settle()
        self.on_page(lambda page: page.screenshot(path=path, full_page=whole))

    def on_page(self, function: Callable[[Page], T]) -> T:
        """Call a function with Playwright's own `Page`, in the browser's thread, for whatever has no verb here."""
        return chromium().do(function, self._open.page)

    # ── seeing ────────────────────────────────────────────────────────────────────────────────────

    def seen(self) -> list[Sighted]:
        """Everything in the window that has a role, from top to bottom."""
        self._settle(0.25)
        if self._open.failures:
            raise AssertionError(f"The page has failed: {'; '.join(self._open.failures)}")
        return list(self._in_sight())

    def focused(self) -> Sighted | None:
        """What has the focus, of whatever role; None if nothing has."""
        self._settle()
        return chromium().do(lambda: self._open.look().focused())

    def notes(self) -> list[str]:
        """The texts of all notes that have popped up so far."""
        self._settle()
        return [argument["message"] for method, argument in self._open.calls if method == "notify"]

    def errors(self) -> list[str]:
        """The messages of all errors that the window has shown so far."""
        self._settle()
        return [
            argument["message"] for method, argument in self._open.calls if method == "error" and argument
        ]

    # ── doing ─────────────────────────────────────────────────────────────────────────────────────

    def click(self, label: str) -> None:
        """Press the button, menu item, tab or branch of this name, tick its box, unfold it, follow the link; waits until that is done.

        An item of a menu that is closed is reached as a person does: by opening that menu.
        """
        found = next((found for found in self.seen() if found.label == label), None)
        if found is None:
            self.on_page(lambda page: hand.open_menu_with(page, label))
            found = self.find(label)
        check_pressable(found)
        self._press(found.nodes[0])

    def type(self, label: str, text: str, *, enter: bool = False) -> None:
        """Type into the field of this name, in place of what it holds, one letter after the other."""
        found = self.find(label, "textbox")
        self._do(lambda window: hand.type_into(window.page, window.handle(found.nodes[0]), text, enter=enter))

    def press(self, keys: str) -> None:
        """Press keys, wherever the focus is: `press("Tab")`, `press("Control+s")`, `press("Shift+F10")`."""
        self._do(lambda window: window.page.keyboard.press(keys))

    def choose(self, label: str, *options: str) -> None:
        """Choose an option of the select, combobox or radio of this name by its text, or those of a multi_select."""
        found = self._choice(label)
        if found.role == "radiogroup":
            check_options(label, options, found.options)
            self._press(found.options[options[0]])
            return
        self._press(found.nodes[0])
        there = chromium().do(self._open.look).options()
        try:
            check_options(label, options, there)
            had = set(found.value) if found.role == "listbox" else set()
            for option in [*options, *had - set(options)]:
                if not had >= {option} <= set(options):
                    self._press(there[option])
        finally:
            if self.on_page(hand.has_open_list):
                self.press("Escape")

    def slide(self, label: str, value: Number) -> None:
        """Move the slider of this name to a number, or the two ends of a range, or point at so many stars."""
        found = self.find(label, "slider")
        ends = value if isinstance(value, tuple) else (value,)
        thumbs = list(zip(found.nodes, ends, strict=True))
        if isinstance(found.value, list) and ends[0] > found.value[-1]:
            thumbs.reverse()  # the upper end goes ahead, or the lower one could not pass
        for node, end in thumbs:
            self._slide(node, end)

    def dismiss(self, label: str) -> None:
        """Close the dialog or drawer of this name, as Escape does."""
        self.find(label, "dialog")
        self.press("Escape")

    def upload(self, label: str, name: str, content: bytes | str, type: str = "") -> None:
        """Upload a file of this name and content where something is called so; raises EntryError if it is turned down."""
        found = self.find(label, "button")
        data = content.encode() if isinstance(content, str) else content
        self._do(lambda window: hand.give(window.handle(found.nodes[0]), name, type, data))
        if wrong := chromium().do(lambda: hand.complaint(self._open.handle(found.nodes[0]))):
            raise EntryError(wrong)

    # ── between steps ─────────────────────────────────────────────────────────────────────────────

    @property
    def _open(self) -> LivePage:
        if self._window is None:
            raise AssertionError('No window is open: call screen.open("/") first.')
        return self._window

    def _press(self, node: int) -> None:
        self._do(lambda window: hand.press(window.handle(node), self.patience * 1000))

    def _slide(self, node: int, end: float) -> None:
        self._do(lambda window: hand.slide_to(window.page, window.handle(node), end))

    def _do(self, step: Callable[[LivePage], object]) -> None:
        chromium().do(step, self._open)
        self._settle()

    def _go(self, step: Callable[[Page], object]) -> None:
        chromium().do(self._open.leave, step)
        self._settle()

    def _in_sight(self) -> Iterable[Sighted]:
        return chromium().do(lambda: self._open.look().everything())

    def _pause(self) -> None:
        chromium().do(self._open.paint)

    def _settle(self, seconds: float | None = None) -> None:
        """Wait until all that the page has said is handled, and all that has come of it is painted."""
        window = self._open
        end = time.monotonic() + (self.patience if seconds is None else seconds)
        while True:
            before, said = window.frames, chromium().do(window.paint)
            session = window.session
            if session is not None:
                session.wait_for(lambda: session._seen >= said, end - time.monotonic())  # noqa: B023
                session.wait_until_settled(end - time.monotonic())
            is_still = (
                session is not None and window.loading == 0 and session._number == window.frames == before
            )
            if is_still or time.monotonic() > end:
                return
            if (
                chromium().do(window.paint) == said
                and window.session is session
                and chromium().do(window.is_there)
            ):
                return
