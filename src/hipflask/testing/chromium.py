"""One Chromium for all the screens of a process, driven from a thread of its own.

Playwright keeps an event loop running in the thread that uses it, for as long as it lives: whoever tests async code in the
same thread would be told that a loop is running already. So everything that touches the browser is handed to one thread:

    chromium().do(page.goto, address)
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from queue import SimpleQueue
from threading import Thread, current_thread
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from ..core.errors import MissingPart
from ..surfaces.window.browser import QUIET, find

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

P = ParamSpec("P")
T = TypeVar("T")

# Two popups of an address bar that nobody sees take twice as long to make as the page, for each page. The rest is what Playwright
# switches off by itself and tests could notice: of two such arguments Chromium takes the last.
_SWITCHED_OFF = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,LensOverlay,MediaRouter,OptimizationHints,"
    "PaintHolding,ThirdPartyStoragePartitioning"
)
ARGUMENTS = (*QUIET, "--disable-gpu", f"--disable-features={_SWITCHED_OFF}")

NO_PLAYWRIGHT = 'hipflask.testing.Screen drives a browser with Playwright, which is not installed: pip install "hipflask[screen]"'
END_SECONDS = 10.0


class Chromium:
    """A browser without a window, started when the first screen needs it and ended with the process."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name="hipflask-chromium", daemon=True)
        self._thread.start()
        self._browser: Browser | None = None
        self._playwright: Playwright | None = None
        atexit.register(self.stop)

    def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in the browser's thread, and return or raise what it does."""
        if current_thread() is self._thread:
            return function(*args, **kwargs)
        done: Future[T] = Future()

        def work() -> None:
            try:
                done.set_result(function(*args, **kwargs))
            except BaseException as error:  # for the thread that asked
                done.set_exception(error)

        self._work.put(work)
        return done.result()

    @property
    def browser(self) -> Browser:
        """The browser itself; only for the browser's thread."""
        if self._browser is None or not self._browser.is_connected():
            if self._playwright is None:
                self._playwright = _start_playwright()
            self._browser = self._playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        return self._browser

    def stop(self) -> None:
        """End the browser and the thread."""
        if self._thread.is_alive():
            self._work.put(self._end)
            self._work.put(None)
            self._thread.join(END_SECONDS)

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            del work  # or the last screen would live on in an idle thread

    def _end(self) -> None:
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()


@cache
def chromium() -> Chromium:
    """The browser of this process."""
    return Chromium()


def _start_playwright() -> Any:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        if not (error.name or "").startswith("playwright"):  # it is there, and broken
            raise
        raise MissingPart(NO_PLAYWRIGHT) from error
    return sync_playwright().start()
