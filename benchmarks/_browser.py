"""Real Chromium, and one tab in it whose clicks are timed from inside the page by `probe.js`.

with browser() as chromium:
    tab = Tab(chromium, "http://127.0.0.1:8080/")
    tab.clicks(20)      # [Sample(clicked=…, changed=…, painted=…), …] in milliseconds
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PROBE = (Path(__file__).parent / "probe.js").read_text("utf-8")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
QUIET += ["--disable-background-networking", "--disable-component-update"]
UNCAPPED = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]
PATIENCE_MS = 10_000


@dataclass(frozen=True)
class Sample:
    """One click: when it was, by the page's clock, and milliseconds until the label had changed and was painted."""

    clicked: float
    changed: float
    painted: float


class Unanswered(Exception):
    """Nothing came back for a click, or not in time."""


@contextmanager
def browser(*, uncapped: bool = False) -> Iterator[Browser]:
    """The Chromium on PATH, headless, with a fresh profile; `uncapped` paints at once instead of at 60 Hz."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        raise SystemExit(
            f"no Chromium on PATH (looked for {', '.join(NAMES)}): install one, as `apt install chromium`"
        )
    with sync_playwright() as playwright:
        arguments = QUIET + (UNCAPPED if uncapped else [])
        chromium = playwright.chromium.launch(executable_path=executable, args=arguments)
        try:
            yield chromium
        finally:
            chromium.close()


class Tab:
    """A page in a window of its own, which begins to load at once; `prepare` it before clicking."""

    def __init__(self, chromium: Browser, url: str, *, still: bool = False) -> None:
        self.page: Page = chromium.new_context().new_page()
        self._cdp = self.page.context.new_cdp_session(self.page)
        if still:
            self._finish_animations_at_once()
        self.page.goto(url, wait_until="commit")
        self._middle = [0.0, 0.0]

    def prepare(self, last: str) -> None:
        """Wait until the page shows the text `last` and has come to rest; then put the probe in, aimed at "Click"."""
        self.put_probe_in(last)
        self._middle = self.aim("Click")

    def put_probe_in(self, last: str) -> None:
        """The same, aimed at nothing yet."""
        self.page.get_by_text(last, exact=True).wait_for(timeout=60_000)
        self.page.wait_for_timeout(300)  # late scripts and first handshakes are no part of a click
        self.page.evaluate(PROBE)

    def aim(self, name: str) -> list[float]:
        """The middle of the button of that name."""
        middle: list[float] = self.page.evaluate(f"probe.aim('{name}')")
        return middle

    def clicks(self, count: int) -> list[Sample]:
        """Click so many times, each when the last one has been answered, at no particular pace."""
        self.page.bring_to_front()
        self.rest_on_click()
        return [self.click() for _ in range(count)]

    def rest_on_click(self) -> None:
        """Move the mouse onto the "Click" button."""
        self.page.mouse.move(*self._middle)

    def click(self) -> Sample:
        """Click once and wait for the answer."""
        self.page.mouse.down()
        self.page.mouse.up()
        time.sleep(random.uniform(0.02, 0.04))  # asking the page costs it time, so first leave it alone
        taken = self.page.evaluate(f"probe.take(1, {PATIENCE_MS})")
        if not taken:
            raise Unanswered(f"a click on {self.page.url} was not answered within {PATIENCE_MS / 1000:.0f} s")
        return Sample(**taken[-1])

    def heap_mb(self) -> float:
        """The page's script heap after a collection."""
        self._cdp.send("HeapProfiler.collectGarbage")
        self._cdp.send("Performance.enable")
        metrics: dict[str, Any] = self._cdp.send("Performance.getMetrics")
        used = next(metric["value"] for metric in metrics["metrics"] if metric["name"] == "JSHeapUsedSize")
        return float(used) / 2**20

    def _finish_animations_at_once(self) -> None:
        self._cdp.send("Animation.enable")
        self._cdp.send("Animation.setPlaybackRate", {"playbackRate": 1000})
