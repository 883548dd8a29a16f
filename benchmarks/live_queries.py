"""From a commit to the screen: one changed row, with 1, 100 and 10,000 live queries open in a real Chromium.

    python -m benchmarks.live_queries [--quick] [--json]

A page shows so many cells, each a component with a query of its own. The first cell's row is changed, in the program itself or by another
process with plain sqlite3, and the time runs from the moment the commit has returned until the cell is painted. With equality filters
exactly one component runs again; without (`BETWEEN`), every one does, since any change of the table counts.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from playwright.sync_api import Browser

from . import _servers
from ._browser import Tab, browser
from ._measure import Figures, Result, machine, main, note, percentile, ratio, rounded

PATIENCE_MS = 120_000
Commit = Callable[[int], float]  # a value → when it was committed, in seconds since 1970


def measure(quick: bool) -> Result:
    """Ours in all sizes and both kinds, NiceGUI in the sizes that it can redraw."""
    ours: Figures = {}
    nicegui: Figures = {}
    with browser(uncapped=True) as chromium:
        more = machine(chromium=chromium.version)
        for queries in (1, 100) if quick else (1, 100, 10_000):
            for kind in ("equality", "table"):
                is_slow = queries == 10_000 and kind == "table"
                times = 5 if is_slow else 20 if quick else 200
                ours |= _ours(chromium, queries, kind, times)
            if queries <= 100:
                nicegui |= _nicegui(chromium, queries, 20 if quick else 200)
        if quick:
            ours |= _ours(chromium, 10_000, "equality", 20)
    ours["functions_run_equality"] = max(value for name, value in ours.items() if "runs_equality" in name)
    ratios = {f"nicegui_{name}": ratio(nicegui, ours, f"equality_{name}") for name in ("p50_1", "p50_100")}
    return Result("live_queries", ours, {"nicegui": nicegui}, ratios, more)


def _ours(chromium: Browser, queries: int, kind: str, times: int) -> Figures:
    note(f"ours: {queries} queries by {kind}")
    server = _servers.hipflask("ours_queries", QUERIES=str(queries), KIND=kind)
    token = f"?_token={_servers.TOKEN}"
    with server, _cells(chromium, f"{server.url}/{token}") as tab:
        ask = tab.page.context.request

        def here(value: int) -> float:
            return float(ask.get(f"{server.url}/write/{value}").text())

        with closing(sqlite3.connect(ask.get(f"{server.url}/file").text())) as shell:

            def elsewhere(value: int) -> float:
                with shell:
                    shell.execute("UPDATE cell SET value = ? WHERE number = 0", (value,))
                return time.time()

            _take(tab, here, 1, 2)
            before = int(ask.get(f"{server.url}/runs").text())
            taken = _take(tab, here, 10, times)
            runs = (int(ask.get(f"{server.url}/runs").text()) - before) / times
            others = _take(tab, elsewhere, 1_000_000, max(times // 2, 3))
    name = f"{kind}_{{}}_{queries}"
    return {
        name.format("p50"): rounded(percentile(taken, 50)),
        name.format("p99"): rounded(percentile(taken, 99)),
        name.format("other_process_p50"): rounded(percentile(others, 50)),
        name.format("other_process_p99"): rounded(percentile(others, 99)),
        f"runs_{kind}_{queries}": rounded(runs),
    }


def _nicegui(chromium: Browser, queries: int, times: int) -> Figures:
    note(f"nicegui: {queries} queries")
    server = _servers.nicegui("nicegui_queries", QUERIES=str(queries))
    with server, _cells(chromium, server.url) as tab:

        def here(value: int) -> float:
            return float(tab.page.context.request.get(f"{server.url}/write/{value}").json())

        _take(tab, here, 1, 2)
        taken = _take(tab, here, 10, times)
    return {f"equality_p{p}_{queries}": rounded(percentile(taken, p)) for p in (50, 99)}


@contextmanager
def _cells(chromium: Browser, url: str) -> Iterator[Tab]:
    tab = Tab(chromium, url, still=True)
    tab.page.set_default_timeout(PATIENCE_MS)
    tab.put_probe_in("Ready")
    yield tab
    tab.page.context.close()


def _take(tab: Tab, commit: Commit, first: int, times: int) -> list[float]:
    """Milliseconds from each commit until it was painted."""
    taken = []
    for value in range(first, first + times):
        tab.page.evaluate(f"probe.await('0: {value}')")
        time.sleep(0.02)
        committed = commit(value)
        painted = tab.page.evaluate(
            f"probe.arrived({PATIENCE_MS}).then((times) => times && performance.timeOrigin + times[1])"
        )
        if not painted:
            raise SystemExit(f"A commit was not painted within {PATIENCE_MS / 1000:.0f} s")
        taken.append(painted - committed * 1000)
    return taken


if __name__ == "__main__":
    main("Commit to paint, with many live queries open.", measure)
