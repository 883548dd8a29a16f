"""A table of 100,000 rows and ten columns in which 20,000 cells a second change, half of them in sight, for a minute.

    python -m benchmarks.live_table [--quick] [--json]

Every framework shows the same numbers (`pages/live_table_market.py`), written in batches by a thread of the program, fifty a second.
What is painted is counted in the page by `live_table.js`, which knows none of the frameworks: frames in which a cell in sight read
otherwise than before, and how long after its commit each batch was on the screen. Ours runs in Chromium and in WebKitGTK, on a
private X screen; Qt's table draws without any screen and is a reference, not a peer.

A rate is sustained if all cells were written in time and what is on the screen is younger than a quarter of a second nearly all the
time. It is looked for by doubling.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page

from . import _servers, peers
from ._browser import browser
from ._measure import Figures, Result, machine, main, note, percentile, rounded
from ._processes import Processes, below
from ._screen import Screen

RATE = 20_000  # cells a second
NICEGUI = ("nicegui", "nicegui_transactions")
FIRST = 2_000  # where the search begins
LEAST, MOST = 250, 160_000
YOUNG_MS, MOST_STALE = 250, 0.1  # what is on the screen is that young, in nine tenths of the time
PROBE = (Path(__file__).parent / "live_table.js").read_text("utf-8")
PATIENCE_MS = 60_000


@dataclass
class Show:
    """A table on a screen: how to ask its program and its page for what they have done, and which processes they are."""

    orders: int  # the port that takes them
    server: Callable[[], list[int]]
    page: Callable[[], list[int]]
    take: Callable[[], dict[str, Any]] | None = None  # asks the page; the program says it itself otherwise

    def order(self, rate: int) -> dict[str, Any]:
        """So many cells a second from now on; what was written, and painted, since the last time."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.orders}/rate/{rate}", timeout=60) as answer:
            said: dict[str, Any] = json.load(answer)
        if self.take is not None:
            said["seen"] = self.take()
        return said


@dataclass
class Seen:
    """What became of some seconds at one rate."""

    rate: int
    seconds: float
    cells_per_s: float
    frames_per_s: float
    ages: list[float] = field(
        repr=False
    )  # milliseconds from commit to paint of what was on the screen, in order
    stale: float  # the share of the time in which what was on the screen was older than it may be

    @property
    def is_sustained(self) -> bool:
        """Everything was written in time, and what is seen is what is."""
        return self.cells_per_s > self.rate * 0.95 and self.stale < MOST_STALE

    @property
    def figures(self) -> Figures:
        """As they are printed; milliseconds only if anything was seen."""
        ages = {f"latency_p{p}_ms": rounded(percentile(self.ages, p)) for p in (50, 99) if self.ages}
        return {
            "fps": rounded(self.frames_per_s),
            "cells_per_s": round(self.cells_per_s),
            "stale": rounded(self.stale),
            **ages,
        }


def watch(show: Show, rate: int, seconds: float) -> Seen:
    """Some seconds at a rate, after some that warm up."""
    show.order(rate)
    time.sleep(min(2.0, seconds / 3))
    show.order(rate)
    time.sleep(seconds)
    said = show.order(rate)
    committed = {beat: at * 1000 for beat, at in said["beats"]}
    painted = said["seen"]
    paints = [(committed[beat], at) for beat, at in painted.get("beats", []) if beat in committed]
    return Seen(
        rate,
        said["seconds"],
        said["cells"] / said["seconds"],
        painted.get("frames", 0) / said["seconds"],
        [at - since for since, at in paints],
        stale_share(paints, said["begun"] * 1000, said["seconds"] * 1000),
    )


def stale_share(paints: list[tuple[float, float]], begun: float, lasted: float) -> float:
    """In which share of the time the newest that was on the screen was older than `YOUNG_MS`, from when it was committed and painted."""
    ends = [at for _, at in paints[1:]] + [begun + lasted]
    stale = min(max(paints[0][1] - begun - YOUNG_MS, 0), lasted) if paints else lasted
    for (since, at), end in zip(paints, ends, strict=False):
        stale += max(0, min(end - at, end - since - YOUNG_MS))
    return stale / lasted


def measured(show: Show, rate: int, seconds: float) -> tuple[Seen, Figures]:
    """The same with what it costs: processor time (1 is one core), and memory."""
    server, page = Processes(show.server()), Processes(show.page())
    seen = watch(show, rate, seconds)
    figures = seen.figures | {"server_cpu": server.cores(), "server_mb": server.memory_mb()}
    if show.page():
        figures |= {"page_cpu": page.cores(), "page_mb": page.memory_mb()}
    show.order(0)
    return seen, {name: rounded(value) for name, value in figures.items()}


def highest(show: Show, first: int, seconds: float, *, least: int = LEAST) -> int:
    """The highest rate that is sustained, by doubling the first or by halving it; 0 if there is none from `least` on."""

    def is_sustained(rate: int) -> bool:
        seen = watch(show, rate, seconds)
        note(f"  {rate} cells/s: {seen.figures}{'' if seen.is_sustained else ', falls behind'}")
        show.order(0)
        time.sleep(0 if seen.is_sustained else 1)  # until what was too much has been worked off
        return seen.is_sustained

    rate = first
    while not is_sustained(rate):
        rate //= 2
        if rate < least:
            return 0
    if rate == first:  # otherwise twice as much was too much already
        while rate * 2 <= MOST and is_sustained(rate * 2):
            rate *= 2
    return rate


def measure(quick: bool) -> Result:
    """Ours in both engines, then each of the others."""
    seconds, look = (4, 2.5) if quick else (60, 10)
    theirs: dict[str, Figures] = {}
    with browser() as chromium:
        more = machine(chromium=chromium.version, **peers.PINS)
        ours = _ours(chromium, seconds, look)
        for name in NICEGUI[:1] if quick else NICEGUI:
            with in_chromium(chromium, name, ".ag-row") as show:
                rate = highest(show, FIRST, look)
                theirs[name] = measured(show, rate or LEAST, look)[1] | {"rate": rate}
        for name, row in (("streamlit", "canvas"), ("perspective", "perspective-viewer")):
            with in_chromium(chromium, name, row) as show:
                theirs[name] = measured(show, RATE, look)[1]
    ours |= {f"webkitgtk_{name}": value for name, value in _in_webkitgtk(seconds).items()}
    with offscreen() as show:
        theirs["qt_offscreen"] = measured(show, RATE, look)[1]
    ratios = {
        f"{name}_fps": rounded(ours["chromium_fps"] / theirs[name]["fps"])
        for name in ("streamlit", "perspective")
    }
    for name in theirs.keys() & set(NICEGUI):
        if theirs[name]["rate"]:
            ratios[f"{name}_rate"] = rounded(ours["rate"] / theirs[name]["rate"])
        else:
            note(f"{name} has not sustained even {LEAST} cells a second: this machine is too busy.")
    return Result("live_table", ours, theirs, ratios, more)


def _ours(chromium: Browser, seconds: float, look: float) -> Figures:
    with in_chromium(chromium, "ours", "hf-table") as show:
        seen, figures = measured(show, RATE, seconds)
        if seen.is_sustained:
            rate = max(RATE, highest(show, 2 * RATE, look, least=2 * RATE))
        else:
            rate = highest(show, RATE // 2, look)
    return {f"chromium_{name}": value for name, value in figures.items()} | {"rate": rate}


@contextmanager
def in_chromium(chromium: Browser, name: str, row: str) -> Iterator[Show]:
    """The page of a framework, once it shows something that `row` finds."""
    note(name)
    orders = _servers.free_port()
    with _server(name, ORDERS=str(orders)) as server:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.add_init_script(PROBE)
        page = context.new_page()
        page.goto(f"{server.url}/?_token={_servers.TOKEN}")
        page.locator(row).first.wait_for(timeout=PATIENCE_MS, state="attached")
        page.wait_for_timeout(1000)
        yield Show(orders, lambda: [server.process.pid], _chromium, lambda: _taken(page))
        context.close()


def _server(name: str, **variables: str) -> _servers.Server:
    page = f"live_table_{name}"
    if name == "ours":
        return _servers.hipflask(page, **variables)
    if name == "streamlit":
        return _servers.streamlit(page, **variables)
    modules = str(peers.node_modules() / "@perspective-dev") if name == "perspective" else ""
    return _servers.Server(
        name, peers.python(), str(_servers.PAGES / f"{page}.py"), "{port}", MODULES=modules, **variables
    )


def _taken(page: Page) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    with suppress(Error):  # a page that loads itself again because it has lost its server has painted nothing
        taken = page.evaluate("liveTable.take()")
    return taken


def _chromium() -> list[int]:
    return below(os.getpid(), "chrom")


def _in_webkitgtk(seconds: float) -> Figures:
    """Ours in its own window."""
    note("ours in WebKitGTK")
    with Screen() as screen:
        environment = screen.environment | {"HIPFLASK_SHELL": "webkitgtk"}
        with _program("window", environment, interpreter=sys.executable) as show:
            return measured(show, RATE, seconds)[1]


@contextmanager
def offscreen() -> Iterator[Show]:
    """Qt's table, which is drawn into memory."""
    note("Qt, offscreen")
    with _program("qt", _servers.environment(), interpreter=peers.python()) as show:
        yield show


@contextmanager
def _program(name: str, environment: dict[str, str], interpreter: str) -> Iterator[Show]:
    orders = _servers.free_port()
    process = subprocess.Popen(
        [interpreter, str(_servers.PAGES / f"live_table_{name}.py")],
        env=environment | {"ORDERS": str(orders)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # with the web view's own processes, which are to end with it
    )
    show = Show(orders, lambda: [process.pid], lambda: below(process.pid, "WebKit"))
    try:
        _wait_until_painted(show, process)
        yield show
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_painted(show: Show, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.5)
        with suppress(OSError):
            if (show.order(1000)["seen"] or {}).get("frames"):
                return
    raise SystemExit(f"{process.args!r} has painted nothing within {PATIENCE_MS / 1000:.0f} s")


if __name__ == "__main__":
    main("A table of 100,000 rows in which 20,000 cells a second change.", measure)
