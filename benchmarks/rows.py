"""A thousand keyed rows of five elements: one of them changes, and what else is done with a list, beside NiceGUI and Streamlit.

    python -m benchmarks.rows [--quick] [--json]

Every row shows a number, a name, a base, a count and a button that counts it up. The operations are those of
js-framework-benchmark: create 1,000 rows, append 1,000 more, change one, remove one, swap two, reverse all, clear. Each is
timed from the click on a real mouse until the rows stand as they should and that is painted (see `probe.js`), with the frame
rate limit lifted as in `click.py`. Ours and NiceGUI take turns, round after round.

Streamlit draws the whole page again for each click, whatever the click was about, so it is measured for one changed
row alone. What goes over the socket for one changed row is read along by a proxy, in a run of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser

from . import _servers, peers
from ._browser import Tab, browser
from ._measure import Figures, Result, machine, main, note, percentile, ratio, rounded
from ._tap import SERVER, Tap

UPDATES = 5  # in each round
PATIENCE_MS = 60_000
FORWARDS = {0: 1, 1: 2, 998: 999, 999: 1000}

Times = dict[str, list[float]]


@dataclass(frozen=True)
class Step:
    """One press of a button: its name, and the rows afterwards (how many, and the numbers of some by place)."""

    button: str
    count: int
    numbers: dict[int, int]


# From 1,000 rows to 1,000 rows. `Create` on 2,000 rows only tidies up for the next round.
ROUND = (
    Step("Swap", 1000, FORWARDS | {1: 999, 998: 2}),
    Step("Swap", 1000, FORWARDS),
    Step("Reverse", 1000, {0: 1000, 1: 999, 998: 2, 999: 1}),
    Step("Reverse", 1000, FORWARDS),
    Step("Remove", 999, {0: 1, 499: 501, 998: 1000}),
    Step("Clear", 0, {}),
    Step("Create", 1000, FORWARDS),
    Step("Append", 2000, FORWARDS | {1000: 1001, 1999: 2000}),
)
TIDY = Step("Create", 1000, FORWARDS)


def measure(quick: bool) -> Result:
    """Ours and NiceGUI in turns, Streamlit's one figure, then what goes over the socket."""
    with (
        _servers.hipflask("ours_rows") as ours,
        _servers.nicegui("nicegui_rows") as nicegui,
        _servers.streamlit("streamlit_rows") as streamlit,
        browser(uncapped=True) as chromium,
    ):
        more = machine(chromium=chromium.version, **peers.PINS)
        figures = _rounds(
            chromium, {"ours": f"{ours.url}/?_token={_servers.TOKEN}", "nicegui": nicegui.url}, quick
        )
        figures["streamlit"] = _streamlit(chromium, streamlit.url, 1 if quick else 6)
        figures["ours"] |= _traffic(chromium, ours, f"/?_token={_servers.TOKEN}", counts_runs=True)
        figures["nicegui"] |= _traffic(chromium, nicegui, "/", counts_runs=False)
    mine = figures.pop("ours")
    return Result("rows", mine, figures, _ratios(mine, figures), more)


class Rows:
    """The page with the rows in a tab."""

    def __init__(self, chromium: Browser, url: str, selector: str) -> None:
        self.tab = Tab(chromium, url, still=True)
        self.tab.put_probe_in("Player 1000")
        self._selector = selector
        self._middles: dict[str, list[float]] = {}
        self._goals = 0

    def take(self, step: Step) -> float:
        """Milliseconds from the click until the rows are painted as they should be."""
        return self._press(step.button, f"probe.awaitRows('{self._selector}', {step.count}, {step.numbers})")

    def update(self) -> float:
        """The same for one more goal in the first row."""
        self._goals += 1
        return self._press("Goal", f"probe.await('{self._goals} goals')")

    def forget_goals(self) -> None:
        """The rows are new ones, which count from nought."""
        self._goals = 0

    def _press(self, button: str, await_it: str) -> float:
        page = self.tab.page
        page.bring_to_front()
        middle = self._middles.setdefault(button, [])
        middle[:] = middle or self.tab.aim(button)
        page.evaluate(await_it)
        page.mouse.move(*middle)
        time.sleep(0.1)  # garbage collection and late scripts of the step before are no part of this one
        page.mouse.down()
        page.mouse.up()
        arrived = page.evaluate(f"probe.arrived({PATIENCE_MS})")
        if not arrived:
            raise SystemExit(f"{button} on {page.url} was not painted within {PATIENCE_MS / 1000:.0f} s")
        pressed, painted = arrived
        return float(painted - pressed)


def _rounds(chromium: Browser, urls: dict[str, str], quick: bool) -> dict[str, Figures]:
    selectors = {"ours": "hf-part hf-part hf-row", "nicegui": ".player"}
    pages = {who: Rows(chromium, url, selectors[who]) for who, url in urls.items()}
    taken: dict[str, Times] = {who: {} for who in pages}
    for number in range(1 if quick else 12):
        for who, page in pages.items():
            note(f"round {number + 1}: {who}")
            for name, milliseconds in _round(page):
                if number or quick:  # the first one only warms up
                    taken[who].setdefault(name, []).append(milliseconds)
    for page in pages.values():
        page.tab.page.context.close()
    return {
        who: {f"{name}_ms": rounded(percentile(each, 50)) for name, each in times.items()}
        for who, times in taken.items()
    }


def _round(page: Rows) -> Iterator[tuple[str, float]]:
    for _ in range(UPDATES):
        yield "update", page.update()
    for step in ROUND:
        yield step.button.lower(), page.take(step)
    page.take(TIDY)
    page.forget_goals()


def _streamlit(chromium: Browser, url: str, times: int) -> Figures:
    note("streamlit")
    page = Rows(chromium, url, "")
    page.update()
    taken = [page.update() for _ in range(times)]
    page.tab.page.context.close()
    return {"update_ms": rounded(percentile(taken, 50))}


def _traffic(chromium: Browser, server: _servers.Server, path: str, *, counts_runs: bool) -> Figures:
    """What one changed row costs: bytes over the socket each way, and (ours alone) functions that drew again."""
    note(f"{server.name}: what goes over the socket")
    bytes_of: dict[str, list[int]] = {}

    def hear(who: str, text: str) -> None:
        bytes_of.setdefault(who, []).append(len(text.encode()))

    with Tap(server.port, hear) as tap:
        page = Rows(chromium, f"{tap.url}{path}", "")
        page.update()
        time.sleep(1)
        bytes_of.clear()
        runs = _runs(page) if counts_runs else 0
        page.update()
        time.sleep(0.5)
        down, total = sum(bytes_of.get(SERVER, [])), sum(map(sum, bytes_of.values()))
        more = {"functions_run": _runs(page) - runs} if counts_runs else {}
        page.tab.page.context.close()
    return {"bytes": total, "bytes_down": down, **more}


def _runs(page: Rows) -> int:
    return int(page.tab.page.evaluate("fetch('/runs').then((answer) => answer.text())"))


def _ratios(ours: Figures, theirs: dict[str, Figures]) -> Figures:
    compared = {f"nicegui_{figure.removesuffix('_ms')}": ("nicegui", figure) for figure in theirs["nicegui"]}
    compared["streamlit_update"] = ("streamlit", "update_ms")
    return {name: ratio(theirs[who], ours, figure) for name, (who, figure) in compared.items()}


if __name__ == "__main__":
    main("A thousand keyed rows: changing one, and moving them about, beside NiceGUI and Streamlit.", measure)
