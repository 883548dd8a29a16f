"""What it costs that one can look inside: clicks and rows without any such thing in the program, with it off, and with the inspector on.

    python -m benchmarks.inspect_cost [--quick] [--json]

The same app runs three times, side by side: from a copy of the package out of which everything that tells was taken (`_absent.py`), as it
is, and with an inspector that asks for all that was recorded ten times a second. They take turns, a few clicks each, in an order drawn
anew for each round. A cost is one's processor time divided by that of the absent one, each being that of the quieter rounds (the lower
quartile: other work on the machine can only add to it). A process is a little faster or slower than its twin for as long as it
lives (where its memory happens to lie), so after some rounds all are started anew, and what is told is the median of these generations.

A click goes from the socket through a handler, a state, a drawing and a frame back to the socket, by a client that does no more than
that; `drawn` is a click for which a hundred components and a thousand elements are drawn. `row` is one of 1,000 in a commit, `commit` one of a
single row; 1,000 live queries are open meanwhile. NiceGUI, which cannot be looked into, is clicked beside ours in real Chromium.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser

from . import _absent, _processes, _servers, peers
from ._browser import Tab, browser
from ._clicks import Clicks
from ._measure import Figures, Result, machine, main, note, percentile, rounded

KINDS = ("absent", "off", "on")
WORK = {"click": 60, "drawn": 6, "row": 3_000, "commit": 20}  # in each turn
INSPECTOR = "HIPFLASK_INSPECT"

# What was measured: kind and work → processor time and waiting for one, in microseconds, turn by turn.
Turns = dict[tuple[str, str], list[tuple[float, float]]]


def measure(quick: bool) -> Result:
    """Generations of servers that take turns, then the same click in a browser beside NiceGUI's."""
    with tempfile.TemporaryDirectory() as folder:
        absent = _absent.make(Path(folder))
        generations = [_generation(absent, 10 if quick else 40) for _ in range(2 if quick else 7)]
        with ExitStack() as running, browser() as chromium:
            ours = {kind: _start(running, kind, absent) for kind in KINDS}
            painted = _painted(chromium, ours, running, 3 if quick else 20)
            more = machine(chromium=chromium.version, nicegui=peers.PINS["nicegui"])
    beside = painted.pop("nicegui")
    figures = _figures(generations)
    for kind, taken in painted.items():
        figures |= {f"{figure}_{kind}": value for figure, value in taken.items()}
    ratios = {
        "nicegui_painted_p50_with_inspector": rounded(
            beside["painted_p50_ms"] / figures["painted_p50_ms_on"]
        ),
        "nicegui_painted_cpu_with_inspector": rounded(
            beside["painted_cpu_us"] / figures["painted_cpu_us_on"]
        ),
        "nicegui_painted_cpu": rounded(beside["painted_cpu_us"] / figures["painted_cpu_us_off"]),
    }
    return Result("inspect_cost", figures, {"nicegui": beside}, ratios, more)


def _generation(absent: Path, rounds: int) -> Turns:
    """One server of each kind, and what they cost while they live."""
    turns: Turns = defaultdict(list)
    note("three servers that take turns")
    with ExitStack() as running:
        servers = {kind: _start(running, kind, absent) for kind in KINDS}
        asyncio.run(_take_turns(servers, rounds, turns))
    return turns


def _start(running: ExitStack, kind: str, absent: Path) -> _servers.Server:
    """A server of one kind; with an inspector, there is one that asks."""
    variables = {"PYTHONHASHSEED": "0"}
    if kind == "absent":
        variables["PYTHONPATH"] = str(absent)
    if kind == "on":
        from hipflask.devtools.inspector import door

        variables[INSPECTOR] = str(door.new_address())
    server = running.enter_context(_servers.hipflask("ours_inspected", **variables))
    if kind == "on":
        running.enter_context(_servers.Helper("benchmarks._asking", variables[INSPECTOR]))
    return server


async def _take_turns(servers: dict[str, _servers.Server], rounds: int, turns: Turns) -> None:
    clients = {kind: Clicks(server.port) for kind, server in servers.items()}
    for kind, client in clients.items():
        await client.enter(_servers.TOKEN)
        where = await client.ask("/whose")
        assert (kind == "absent") == (where != str(_absent.SOURCE)), where
        await client.ask("/prepare")
    for number in range(rounds + 3):
        for what in WORK:
            for kind in random.sample(list(servers), len(servers)):
                taken = await _work(clients[kind], servers[kind].process.pid, what)
                if (
                    number >= 3
                ):  # until everything has been compiled, and every pool is as large as it will be
                    turns[kind, what].append(taken)
    for client in clients.values():
        client.leave()


async def _work(client: Clicks, process: int, what: str) -> tuple[float, float]:
    """Processor time and waiting for one click, row or commit, in microseconds."""
    count = WORK[what]
    if what in ("row", "commit"):
        taken = json.loads(await client.ask(f"/{'feed' if what == 'row' else 'commits'}/{count}"))
        return taken["cpu"] / count * 1e6, taken["wall"] / count * 1e6
    before = _processes.cpu_seconds(process)
    waits = await client.click("/drawn" if what == "drawn" else "/", count)
    return (_processes.cpu_seconds(process) - before) / count * 1e6, percentile(waits, 50) * 1e6


def _figures(generations: list[Turns]) -> Figures:
    figures: Figures = {}
    for what in WORK:
        for kind in KINDS:
            figures[f"{what}_cpu_us_{kind}"] = rounded(
                _over(generations, lambda turns, at=(kind, what): _cpu(turns[at]))
            )
            figures[f"{what}_p50_us_{kind}"] = rounded(
                _over(generations, lambda turns, at=(kind, what): _wait(turns[at]))
            )
    for kind in ("off", "on"):
        costs = {what: _cost(generations, kind, what) for what in WORK}
        figures |= {f"{what}_{kind}_cost": rounded(cost) for what, cost in costs.items()}
        figures[f"{kind}_cost"] = rounded(max(costs["click"], costs["row"]))
    return figures


def _cost(generations: list[Turns], kind: str, what: str) -> float:
    """How many times the processor time of one that cannot be looked into."""
    return _over(generations, lambda turns: _cpu(turns[kind, what]) / _cpu(turns["absent", what]))


def _over(generations: list[Turns], figure: Callable[[Turns], float]) -> float:
    return statistics.median(map(figure, generations))


def _cpu(turns: list[tuple[float, float]]) -> float:
    return percentile([cpu for cpu, _ in turns], 25)


def _wait(turns: list[tuple[float, float]]) -> float:
    return statistics.median(wall for _, wall in turns)


def _painted(
    chromium: Browser, ours: dict[str, _servers.Server], running: ExitStack, rounds: int
) -> dict[str, Figures]:
    """The same click in real Chromium, at 60 Hz: how long until its answer is painted, and what it costs the server."""
    servers = {**ours, "nicegui": running.enter_context(_servers.nicegui("nicegui_click"))}
    urls = {who: f"{server.url}/?_token={_servers.TOKEN}" for who, server in ours.items()}
    urls["nicegui"] = f"{servers['nicegui'].url}/items/10"
    tabs = {who: Tab(chromium, url) for who, url in urls.items()}
    for tab in tabs.values():
        tab.prepare("item 9")
        tab.clicks(20)
    painted: dict[str, list[float]] = defaultdict(list)
    seconds: dict[str, float] = defaultdict(float)
    for number in range(rounds):
        note(f"round {number + 1} of {rounds} in a browser")
        for who in random.sample(list(tabs), len(tabs)):
            before = _processes.cpu_seconds(servers[who].process.pid)
            painted[who] += [sample.painted for sample in tabs[who].clicks(10)]
            seconds[who] += _processes.cpu_seconds(servers[who].process.pid) - before
    return {
        who: {
            "painted_p50_ms": rounded(percentile(painted[who], 50)),
            "painted_cpu_us": rounded(seconds[who] / len(painted[who]) * 1e6),
        }
        for who in tabs
    }


if __name__ == "__main__":
    main("What it costs that one can look inside, off and on, beside NiceGUI.", measure)
