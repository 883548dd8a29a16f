"""A handler that sets a value 100,000 times as fast as it can: what reaches the screen, and who has to wait?

    python -m benchmarks.flood [--quick] [--json]

The page has a button that floods and another that counts its clicks. While the flood runs the other one is clicked; a proxy
between browser and server reads the WebSocket along and counts frames, and how many of them were not acknowledged at
once. After a warm-up, ten floods are counted, and what server and page hold afterwards is compared with what they held
before. Because 100,000 sets are soon done, another handler goes on setting for two seconds (`long_`), which leaves time
for many clicks on the other button. NiceGUI does the same, with a handler as its documentation would have it; no wait is longer than ten seconds.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Browser

from . import _servers, peers
from ._browser import PATIENCE_MS, Tab, Unanswered, browser
from ._measure import Figures, Result, machine, main, note, percentile, ratio, rounded
from ._tap import SERVER, Tap

FLOODS = 10
LAST = "100000 sets"


@dataclass
class Traffic:
    """What went over one page's socket."""

    frames: int = 0
    unacked: set[int] = field(default_factory=set)
    unacked_max: int = 0

    def hear_ours(self, who: str, text: str) -> None:
        """One of our messages; see `hipflask/ui/wire.py`."""
        tag, *rest = json.loads(text)
        if who == SERVER and tag in ("frame", "reset"):
            self.frames += 1
            self.unacked.add(rest[0])
            self.unacked_max = max(self.unacked_max, len(self.unacked))
        elif tag == "ack":
            self.unacked = {number for number in self.unacked if number > rest[0]}

    def hear_nicegui(self, who: str, text: str) -> None:
        """One of NiceGUI's: Socket.IO events, of which `update` carries elements."""
        if who == SERVER and re.match(r'42(/\w+,)?\["update"', text):
            self.frames += 1


@dataclass
class Flood:
    """One flood as it was seen from outside."""

    seconds: float
    frames: int
    waits: list[float]  # of the clicks on the other button while it ran, in milliseconds until painted


def measure(quick: bool) -> Result:
    """Ours, then NiceGUI's."""
    with browser() as chromium:
        more = machine(chromium=chromium.version, **peers.PINS)
        ours = _side(chromium, _servers.hipflask("ours_flood"), "hear_ours", quick)
        nicegui = _side(chromium, _servers.nicegui("nicegui_flood"), "hear_nicegui", quick)
    del nicegui["frames_unacked_max"]  # nothing is acknowledged there, so there is nothing to count
    ratios = {
        "nicegui_other_button": ratio(nicegui, ours, "other_button_ms"),
        "nicegui_other_button_p50": ratio(nicegui, ours, "other_button_p50_ms"),
        "nicegui_long_other_button": ratio(nicegui, ours, "long_other_button_ms"),
        "nicegui_flood_seconds": ratio(nicegui, ours, "flood_s"),
    }
    return Result("flood", ours, {"nicegui": nicegui}, ratios, more)


def _side(chromium: Browser, server: _servers.Server, hear: str, quick: bool) -> Figures:
    traffic = Traffic()
    heard: Callable[[str, str], None] = getattr(traffic, hear)
    with server, Tap(server.port, heard) as tap:
        tab = Tab(chromium, f"{tap.url}/?_token={_servers.TOKEN}")
        tab.prepare("0 clicks")
        tab.clicks(5)
        for number in range(1 if quick else 3):
            note(f"{server.name}: warming up, flood {number + 1}")
            _flood(tab, traffic)
        before = _held(tab, server)
        floods = []
        for number in range(FLOODS):
            note(f"{server.name}: flood {number + 1} of {FLOODS}")
            floods.append(_flood(tab, traffic))
        after = _held(tab, server)
        long = [_flood(tab, traffic, "Flood on") for _ in range(1 if quick else 5)]
        tab.page.context.close()
    figures = _figures(floods, before, after) | _long_figures(long)
    return figures | {"frames_unacked_max": traffic.unacked_max}


def _flood(tab: Tab, traffic: Traffic, button: str = "Flood") -> Flood:
    tab.page.get_by_text("Start again", exact=True).click()
    tab.page.get_by_text("0 sets", exact=True).wait_for()
    frames = traffic.frames
    flood_button = tab.aim(button)
    tab.page.evaluate(f"probe.await('{LAST}')")
    tab.page.mouse.move(*flood_button)
    tab.page.mouse.down()
    tab.page.mouse.up()
    samples = []
    deadline = time.monotonic() + PATIENCE_MS / 1000
    tab.rest_on_click()
    while not (arrived := tab.page.evaluate("probe.arrived(0)")) and time.monotonic() < deadline:
        try:
            samples.append(tab.click())
        except Unanswered:
            break
    if not arrived:
        return Flood(PATIENCE_MS / 1000, traffic.frames - frames, [PATIENCE_MS])
    began, ended = arrived
    waits = [sample.painted for sample in samples if sample.clicked < ended]
    return Flood((ended - began) / 1000, traffic.frames - frames, waits)


def _held(tab: Tab, server: _servers.Server) -> tuple[float, float]:
    """Megabytes held by server and page once each has collected its garbage."""
    for _ in range(2):
        tab.page.evaluate("fetch('/collect').then((answer) => answer.text())")
        time.sleep(0.5)
    return server.memory_mb(), tab.heap_mb()


def _figures(floods: list[Flood], before: tuple[float, float], after: tuple[float, float]) -> Figures:
    waits = [wait for flood in floods for wait in flood.waits]
    server, page = after[0] - before[0], after[1] - before[1]
    figures = {
        "other_button_ms": max(waits),
        "other_button_p50_ms": percentile(waits, 50),
        "other_button_clicks": len(waits),
        "flood_s": percentile([flood.seconds for flood in floods], 50),
        "frames_per_flood": percentile([flood.frames for flood in floods], 50),
        "growth_mb": server + page,
        "server_growth_mb": server,
        "page_growth_mb": page,
        "server_mb": after[0],
        "page_heap_mb": after[1],
    }
    return {name: rounded(value) for name, value in figures.items()}


def _long_figures(floods: list[Flood]) -> Figures:
    waits = [wait for flood in floods for wait in flood.waits]
    figures = {
        "long_other_button_ms": max(waits),
        "long_other_button_p50_ms": percentile(waits, 50),
        "long_other_button_clicks": len(waits),
        "long_frames_per_s": percentile([flood.frames / flood.seconds for flood in floods], 50),
    }
    return {name: rounded(value) for name, value in figures.items()}


if __name__ == "__main__":
    main("A handler that sets a value 100,000 times, beside NiceGUI.", measure)
