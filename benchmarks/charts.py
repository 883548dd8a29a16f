"""A line of 1,000,000 points that goes on by 10,000 a second: painted frames, what they cost, and how many points a peer can hold.

    python -m benchmarks.charts [--quick] [--json]

Painted frames are counted in the page, from outside (`charts.js`): frames in which the picture at the chart's right edge was another one. NiceGUI's
`ui.echart` is told the last so many points 20 times a second, as its documentation has it; `points` is the most of them with which it
still paints 10 frames a second.
"""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from . import _servers
from ._browser import browser
from ._measure import Figures, Result, machine, main, note, ratio, rounded
from ._processes import Processes

PROBE = (Path(__file__).parent / "charts.js").read_text("utf-8")
POINTS, RATE, TIMES = 1_000_000, 10_000, 20
PEER_POINTS = (1_000, 10_000, 50_000, 200_000)
LEAST_FPS = 10.0


def measure(quick: bool) -> Result:
    """All figures."""
    seconds = 4 if quick else 20
    with browser() as chromium:
        ours = _ours(chromium, seconds)
        peer = _nicegui(chromium, seconds, PEER_POINTS[1:3] if quick else PEER_POINTS)
        version = chromium.version
    ratios = {
        "nicegui_points": rounded(ours["points"] / peer["points"]),
        "nicegui_fps_10000": rounded(ours["fps"] / peer["fps_10000"]),
        "nicegui_cores_10000": ratio({"cores": peer["cores_10000"]}, ours, "cores"),
        "nicegui_kb_per_s_10000": ratio({"kb_per_s": peer["kb_per_s_10000"]}, ours, "kb_per_s"),
    }
    return Result("charts", ours, {"nicegui": peer}, ratios, machine(chromium=version))


def _ours(chromium: Browser, seconds: float) -> Figures:
    figures: Figures = {"points": POINTS, "appended_per_s": RATE}
    with _servers.hipflask("charts_ours", POINTS=str(POINTS), RATE=str(RATE)) as server:
        url = f"{server.url}/?_token={_servers.TOKEN}"
        for windows, suffix in ((1, ""), (3, "_three")):
            note(f"ours, {windows} window(s)")
            figures |= {
                name + suffix: value
                for name, value in _watched(chromium, server, url, windows, seconds).items()
            }
        figures["memory_mb"] = rounded(server.memory_mb())
    return figures


def _nicegui(chromium: Browser, seconds: float, sizes: tuple[int, ...]) -> Figures:
    figures: Figures = {"points": 0}
    for points in sizes:
        note(f"NiceGUI, {points:,} points")
        options = {"POINTS": str(points), "RATE": str(RATE), "TIMES": str(TIMES)}
        with _servers.nicegui("charts_nicegui", **options) as server:
            found = _watched(chromium, server, server.url, 1, seconds)
        figures |= {f"{name}_{points}": value for name, value in found.items()}
        if found["fps"] < LEAST_FPS:
            break
        figures["points"] = points
    figures["points"] = figures["points"] or sizes[0]  # in its favour
    return figures


def _watched(chromium: Browser, server: _servers.Server, url: str, windows: int, seconds: float) -> Figures:
    """What so many windows paint at once, the slowest of them, and what the server spends on it."""
    pages = [_opened(chromium, url) for _ in range(windows)]
    time.sleep(2)  # first paints are no part of it
    for page in pages:
        page.evaluate("charts.begin()")
    spent = Processes([server.process.pid])
    time.sleep(seconds)
    cores = spent.cores()
    rates = [page.evaluate("charts.rates()") for page in pages]
    for page in pages:
        page.context.close()
    figures = {"fps": min(rate["fps"] for rate in rates), "kb_per_s": max(rate["kb_per_s"] for rate in rates)}
    return {name: rounded(value) for name, value in (figures | {"cores": cores}).items()}


def _opened(chromium: Browser, url: str) -> Page:
    page = chromium.new_context(viewport={"width": 1200, "height": 600}).new_page()
    page.add_init_script(PROBE)
    page.goto(url)
    return page


if __name__ == "__main__":
    main(__doc__ or "", measure)
