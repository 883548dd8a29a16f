"""From a click to the painted answer, on pages of 10 and 1,000 elements, beside NiceGUI and Streamlit.

    python -m benchmarks.click [--quick] [--json]

Each framework serves the same page, written as its own documentation would have it: a label "0 clicks", a button
"Click" that counts it up, and 10 or 1,000 text elements "item 17". A real mouse clicks in real Chromium; `probe.js`
takes the times inside the page, the same for all. Clicks come in rounds, and every round visits every page in an
order drawn anew, so that whatever else the machine does hits all alike.

A screen shows a frame every 16.7 ms, which would round every difference away. So Chromium runs with
`--disable-frame-rate-limit --disable-gpu-vsync`: a page that asks for frames all the time then gets about 900 a
second instead of 60, headless too. At that rate a decoration like NiceGUI's ripple would be painted hundreds of times
for one click, which no user pays for; so animations are finished at once there, for everybody. The figures that
end in `_60hz` are with neither: as a screen would show it, ripples and all.

The floor is the same click on the same server (uvicorn and websockets, no framework) that only echoes: what is
between it and us is us. `busy` is a small page while one of its handlers computes in pure Python in its thread; it is
measured at 60 Hz, because the button that is at work shows so with an animation that never ends.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import ExitStack

from playwright.sync_api import Browser

from . import _servers, peers
from ._browser import Sample, Tab, browser
from ._measure import Figures, Result, machine, main, note, percentile, ratio, rounded

SIZES = (10, 1000)
SLOWEST = ("streamlit", "1000")
WORK_S = 4.0  # how long a "Work" button's handler computes, in pages/*_click.py

Urls = dict[tuple[str, str], str]
Samples = dict[tuple[str, str], list[Sample]]


def measure(quick: bool) -> Result:
    """Everything, in this order: at full speed, at 60 Hz, with a busy handler."""
    rounds = 4 if quick else 20
    with ExitStack() as running:
        urls, busy = _serve(running)
        slow = urls.pop(SLOWEST)  # most of a second per click: neither in a hurry nor at 60 Hz
        with browser(uncapped=True) as chromium:
            fast = urls if quick else {**urls, SLOWEST: slow}
            figures = _figures(_rounds(chromium, fast, rounds, still=True), "")
            more = machine(chromium=chromium.version, **peers.PINS)
        with browser() as chromium:
            _merge(figures, _figures(_rounds(chromium, urls, rounds // 4, still=False), "_60hz"))
            _merge(figures, _busy(chromium, busy, 1 if quick else 5))
    ours = figures.pop("ours")
    return Result("click", ours, figures, _ratios(ours, figures), more)


def _serve(running: ExitStack) -> tuple[Urls, dict[str, str]]:
    def start(server: _servers.Server) -> str:
        return running.enter_context(server).url

    ours = start(_servers.hipflask("ours_click"))
    nicegui = start(_servers.nicegui("nicegui_click"))
    streamlit = start(_servers.streamlit("streamlit_click"))
    floor = start(_servers.floor("floor_click"))
    urls: Urls = {}
    for size in SIZES:
        urls["ours", f"{size}"] = f"{ours}/items/{size}?_token={_servers.TOKEN}"
        urls["nicegui", f"{size}"] = f"{nicegui}/items/{size}"
        urls["streamlit", f"{size}"] = f"{streamlit}/?count={size}"
        urls["floor", f"{size}"] = f"{floor}/items/{size}"
    return urls, {"ours": f"{ours}/busy?_token={_servers.TOKEN}", "nicegui": f"{nicegui}/busy"}


def _rounds(chromium: Browser, urls: Urls, rounds: int, *, still: bool) -> Samples:
    note("opening " + ", ".join(f"{who} with {size}" for who, size in urls))
    tabs = {which: Tab(chromium, url, still=still) for which, url in urls.items()}
    for which, tab in tabs.items():
        tab.prepare(f"item {int(which[1]) - 1}")
        tab.clicks(_each(which))  # until everything has been compiled on both sides
    samples: Samples = {which: [] for which in tabs}
    for number in range(rounds):
        note(f"round {number + 1} of {rounds}")
        for which in random.sample(list(tabs), len(tabs)):
            tabs[which].clicks(1)  # the first one after the others wakes things up
            samples[which] += tabs[which].clicks(_each(which))
    for tab in tabs.values():
        tab.page.context.close()
    return samples


def _each(which: tuple[str, str]) -> int:
    """Clicks in one round: fewer where each takes most of a second, or the others would hardly get a turn."""
    return 2 if which == SLOWEST else 10


def _figures(samples: Samples, ending: str) -> dict[str, Figures]:
    figures: dict[str, Figures] = {}
    for (who, size), taken in samples.items():
        painted = [sample.painted for sample in taken]
        mine = figures.setdefault(who, {})
        mine[f"p50_{size}{ending}"] = rounded(percentile(painted, 50))
        mine[f"p99_{size}{ending}"] = rounded(percentile(painted, 99))
        mine[f"changed_p50_{size}{ending}"] = rounded(percentile([sample.changed for sample in taken], 50))
    return figures


def _busy(chromium: Browser, urls: dict[str, str], turns: int) -> dict[str, Figures]:
    tabs = {who: Tab(chromium, url) for who, url in urls.items()}
    painted: dict[str, list[float]] = {who: [] for who in tabs}
    for tab in tabs.values():
        tab.prepare("0 clicks")
        tab.clicks(10)
    for _ in range(turns):
        for who, tab in tabs.items():
            note(f"{who}, with one handler computing")
            painted[who] += [sample.painted for sample in _while_working(tab)]
    for tab in tabs.values():
        tab.page.context.close()
    return {
        who: {"busy_p50_ms": rounded(percentile(times, 50)), "busy_p99_ms": rounded(percentile(times, 99))}
        for who, times in painted.items()
    }


def _while_working(tab: Tab) -> list[Sample]:
    started = time.monotonic()
    tab.page.get_by_text("Work", exact=True).click()
    tab.clicks(1)  # back to the other button
    samples = _until(started + WORK_S - 0.4, tab.click)
    time.sleep(max(0.0, started + WORK_S + 0.5 - time.monotonic()))
    return samples


def _until(end: float, click: Callable[[], Sample]) -> list[Sample]:
    samples = []
    while time.monotonic() < end:
        samples.append(click())
    return samples


def _merge(figures: dict[str, Figures], more: dict[str, Figures]) -> None:
    for who, mine in more.items():
        figures[who] |= mine


def _ratios(ours: Figures, theirs: dict[str, Figures]) -> Figures:
    compared = {
        "nicegui_p50_10": ("nicegui", "p50_10"),
        "nicegui_p50_1000": ("nicegui", "p50_1000"),
        "nicegui_p50_10_60hz": ("nicegui", "p50_10_60hz"),
        "nicegui_p50_1000_60hz": ("nicegui", "p50_1000_60hz"),
        "nicegui_busy_p99": ("nicegui", "busy_p99_ms"),
        "streamlit_p50": ("streamlit", "p50_10"),
        "streamlit_p50_1000": ("streamlit", "p50_1000"),
        "socket_floor_p50": ("floor", "p50_10"),
    }
    return {
        name: ratio(theirs[who], ours, figure)
        for name, (who, figure) in compared.items()
        if figure in theirs[who]
    }


if __name__ == "__main__":
    main("From a click to the painted answer, beside NiceGUI and Streamlit.", measure)
