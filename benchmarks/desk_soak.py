"""The desk for an hour: does anything grow?

    python -m benchmarks.desk_soak [--quick] [--minutes N] [--json]

The feed of `examples/desk`, the desk itself and a real Chromium with its three windows, at 20,000 updates a second. Every few seconds it is asked
what the server holds (resident memory) and what each page holds (script heap after a collection, DOM nodes); after a warm-up of a fifth
of the time (at least 90 seconds, or half of a short run), straight lines are laid through that by least squares. What grows has a slope of several times its standard error.
Frames are counted in the page, from outside: animation frames in which something had changed in the document or in a shadow
tree. Latencies are the desk's own, from its address `/measured`. A soak has no peer; its measure is a flat line.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from ._browser import browser
from ._measure import Figures, Result, machine, main, note, percentile, rounded
from ._servers import TOKEN, Server

MINUTES, QUICK_MINUTES = 60.0, 0.6
WARM_UP, WARM_UP_SECONDS = (
    0.2,
    90.0,
)  # of the time, and at least; half of a short run. The store's log alone takes a minute to fill
WINDOWS = {"blotter": "/", "prices": "/prices", "orders": "/orders"}
MONITOR = {"width": 1600, "height": 900}

# Animation frames in which something on the page had changed since the one before, however deep in shadow trees.
PROBE = """
() => {
  window.changedFrames = 0;
  let dirty = false;
  const seen = new WeakSet();
  const observer = new MutationObserver(() => { dirty = true; });
  const options = { subtree: true, childList: true, characterData: true, attributes: true };
  const follow = (root) => {
    if (seen.has(root)) return;
    seen.add(root);
    observer.observe(root, options);
  };
  const search = (root) => {
    follow(root);
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) search(element.shadowRoot);
  };
  search(document);
  setInterval(() => search(document), 5000);
  const frame = () => {
    if (dirty) { dirty = false; window.changedFrames += 1; }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""


@dataclass
class Window:
    """One page of the desk, looked at from outside."""

    name: str
    page: Page
    heap: list[float] = field(default_factory=list)
    nodes: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cdp = self.page.context.new_cdp_session(self.page)
        self._cdp.send("Performance.enable")
        self.page.evaluate(PROBE)

    def look(self) -> None:
        """Note what the page holds now."""
        self._cdp.send("HeapProfiler.collectGarbage")
        metrics = {
            each["name"]: each["value"] for each in self._cdp.send("Performance.getMetrics")["metrics"]
        }
        self.heap.append(metrics["JSHeapUsedSize"] / 2**20)
        self.nodes.append(metrics["Nodes"])

    def frames(self) -> int:
        """Frames so far in which something had changed."""
        return int(self.page.evaluate("window.changedFrames"))


def slope(times: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """The slope of the straight line nearest to the points, and its standard error, by least squares."""
    count = len(times)
    mean_time, mean = sum(times) / count, sum(values) / count
    spread = sum((at - mean_time) ** 2 for at in times)
    found = sum((at - mean_time) * (value - mean) for at, value in zip(times, values, strict=True)) / spread
    left = sum(
        (value - mean - found * (at - mean_time)) ** 2 for at, value in zip(times, values, strict=True)
    )
    return found, math.sqrt(left / max(1, count - 2) / spread)


def measure(minutes: float) -> Result:
    """So many minutes of the desk."""
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        feed = Server("feed", sys.executable, "-m", "examples.desk.feed", "--port", "{port}")
        with feed:
            desk = Server(
                "desk",
                str(Path(sys.executable).parent / "hipflask"),
                *("--app", "examples/desk/app.py", "serve", "--port", "{port}"),
                HIPFLASK_TOKEN=TOKEN,
                HIPFLASK_STORE=f"{folder}/desk.sqlite",
                DESK_FEED=f"ws://127.0.0.1:{feed.port}",
            )
            with desk:
                figures = _soak(chromium, feed, desk, minutes * 60)
        return Result("desk_soak", figures, {}, {}, machine(chromium=chromium.version))


def _soak(chromium: Browser, feed: Server, desk: Server, seconds: float) -> Figures:
    windows = [_open(chromium, desk, name, path) for name, path in WINDOWS.items()]
    step = max(2.0, seconds / 240)
    times, server_mb, feed_mb, measured = [], [], [], []
    began, frames, cpu = time.monotonic(), [window.frames() for window in windows], _cpu_seconds(desk)
    while (at := time.monotonic() - began) < seconds:
        for window in windows:
            window.look()
        times.append(at)
        server_mb.append(desk.memory_mb())
        feed_mb.append(feed.memory_mb())
        measured.append(_measured(windows[0].page))
        if len(times) % 20 == 1:
            note(f"{at / 60:.1f} minutes: server {server_mb[-1]:.1f} MB, {measured[-1]}")
        time.sleep(step)
    took = time.monotonic() - began
    warm_up = min(seconds / 2, max(seconds * WARM_UP, WARM_UP_SECONDS))
    warm = next(place for place, at in enumerate(times) if at >= warm_up)
    figures: Figures = {"minutes": took / 60, "cpu_percent": 100 * (_cpu_seconds(desk) - cpu) / took}
    for window, before in zip(windows, frames, strict=True):
        figures[f"{window.name}_frames_per_s"] = (window.frames() - before) / took
    figures |= _latencies(measured[warm:])
    held = {"server_mb": server_mb, "feed_mb": feed_mb}
    for window in windows:
        held |= {f"{window.name}_heap_mb": window.heap, f"{window.name}_nodes": window.nodes}
    for name, values in held.items():
        found, error = slope([at / 3600 for at in times[warm:]], values[warm:])
        figures |= {name: values[-1], f"{name}_per_h": found, f"{name}_per_h_error": error}
    return {name: rounded(value) for name, value in figures.items()}


def _open(chromium: Browser, desk: Server, name: str, path: str) -> Window:
    """In a window of its own: of several tabs in one, a browser paints a single one."""
    page = chromium.new_context(viewport=MONITOR).new_page()  # type: ignore[arg-type]
    page.goto(f"{desk.url}{path}?_token={TOKEN}")
    page.get_by_text("Feed live", exact=True).wait_for(timeout=30_000)
    page.wait_for_timeout(2_000)
    return Window(name, page)


def _measured(page: Page) -> dict[str, Any]:
    return json.loads(page.evaluate("fetch('/measured').then((answer) => answer.text())"))  # type: ignore[no-any-return]


def _latencies(measured: Sequence[dict[str, Any]]) -> Figures:
    """The median over the whole time, and the worst but one in a hundred of the worst ones."""
    figures = {"updates_per_s": percentile([each["updates"] for each in measured], 50)}
    for what in ("committed", "painted"):
        figures[f"{what}_p50_ms"] = percentile([each[what] for each in measured], 50)
        figures[f"{what}_p99_ms"] = percentile([each[f"{what}_p99"] for each in measured], 99)
    return figures


def _cpu_seconds(server: Server) -> float:
    words = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--minutes", type=float, default=None)
    asked, sys.argv[1:] = parser.parse_known_args()
    main(
        "The desk for an hour: memory of server and pages, frames, latency.",
        lambda quick: measure(asked.minutes or (QUICK_MINUTES if quick else MINUTES)),
    )
