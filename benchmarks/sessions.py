"""A thousand live sessions in one process: what each holds in memory, and how soon a shared change reaches all.

    python -m benchmarks.sessions [--quick] [--json]

Each session is a page that was really asked for and a WebSocket that speaks the framework's protocol (see `_visitors.py`);
what would happen in a browser is left out, on both sides. The page has 25 elements: a heading, a field, a button, 20
texts, one text that is bound to a shared value, and one that is not (ours reads another shared value there, so that
`broadcast_redrawn_ms` says what it costs to call a thousand window functions again). Memory is what the server process holds after the sessions were opened, less
what it held with the first 20 open, each time after a garbage collection. A broadcast begins with a request that
sets the shared value, and ends when the last of the thousand has been sent the new one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from statistics import median

from . import _servers, peers
from ._measure import Figures, Result, machine, main, note, ratio, rounded
from ._visitors import Crowd, NiceGuiScreen, OurScreen, Screen

SESSIONS = 1000
FIRST = 20  # after which everything has been imported, and every thread started


def measure(quick: bool) -> Result:
    """Ours and NiceGUI's, one after the other: two servers with a thousand sessions would disturb each other."""
    _allow_open_files(2 * SESSIONS + 500)
    rounds = 5 if quick else 20
    ours = _side(lambda: _servers.hipflask("ours_sessions"), OurScreen, _servers.TOKEN, rounds)
    nicegui = _side(lambda: _servers.nicegui("nicegui_sessions"), NiceGuiScreen, "", rounds)
    ratios = {
        "nicegui_memory": ratio(nicegui, ours, "memory_kb"),
        "nicegui_broadcast": ratio(nicegui, ours, "broadcast_ms"),
        "nicegui_open": ratio(nicegui, ours, "open_ms"),
    }
    return Result("sessions", ours, {"nicegui": nicegui}, ratios, machine(**peers.PINS))


def _side(start: Callable[[], _servers.Server], kind: type[Screen], token: str, rounds: int) -> Figures:
    with start() as server:
        return asyncio.run(_figures(server, Crowd(server.port, kind), token, rounds))


async def _figures(server: _servers.Server, crowd: Crowd, token: str, rounds: int) -> Figures:
    note(f"{server.name}: the first {FIRST}")
    await crowd.enter(FIRST, token)
    await crowd.all_see("1000 changes", "/change/1000")
    before = await _memory_kb(server, crowd)
    note(f"{server.name}: {SESSIONS} more")
    begun = time.perf_counter()
    await crowd.enter(SESSIONS)
    opened = time.perf_counter() - begun
    after = await _memory_kb(server, crowd)
    note(f"{server.name}: {rounds} broadcasts")
    numbers = range(1, rounds + 1)
    broadcasts = [await _broadcast(crowd, "change", number) for number in numbers]
    is_ours = token != ""
    redrawn = [await _broadcast(crowd, "headline", number) for number in numbers if is_ours]
    later = await _memory_kb(server, crowd)
    lost = crowd.lost_count
    crowd.leave()
    return {
        "memory_kb": rounded((after - before) / SESSIONS),
        "memory_after_broadcasts_kb": rounded((later - before) / SESSIONS),
        "server_mb": rounded(after / 1024),
        "broadcast_ms": rounded(median(broadcasts) * 1000),
        "broadcast_max_ms": rounded(max(broadcasts) * 1000),
        "pages_lost": lost,
        "open_ms": rounded(opened / SESSIONS * 1000),
        **({"broadcast_redrawn_ms": rounded(median(redrawn) * 1000)} if redrawn else {}),
    }


async def _memory_kb(server: _servers.Server, crowd: Crowd) -> float:
    for _ in range(2):
        await crowd.get("/collect")
        await asyncio.sleep(1)
    return server.memory_mb() * 1024


async def _broadcast(crowd: Crowd, what: str, number: int) -> float:
    await asyncio.sleep(0.2)  # the acknowledgements of the one before
    return await crowd.all_see(f"{number} {what}s", f"/{what}/{number}")


def _allow_open_files(count: int) -> None:
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count if hard < 0 else min(count, hard), hard))


if __name__ == "__main__":
    main("A thousand live sessions: memory each, and a change that reaches all, beside NiceGUI.", measure)
