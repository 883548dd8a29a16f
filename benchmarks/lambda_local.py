"""Requests per second of an app behind the copy of the gateway that one develops with: `hipflask local` beside `chalice local`.

    python -m benchmarks.lambda_local [--quick] [--json]

One route with a variable that answers JSON. Each request becomes an event, goes through the code that answers it on Lambda, and comes
back; ours has its worker beside it, which looks for messages. `chalice local` sends an answer's head and body apart, and waits 40 ms in between for
the other side to say that it has the first; so it runs twice, once as it is and once with that put right.
wrk puts the load on, with 16 connections from one thread that are kept open; servers take turns, in an order drawn anew each
round, and what counts is the median round.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

from . import _servers, peers
from ._measure import Figures, Result, machine, main, note, percentile, ratio, rounded

PINS = {"chalice": "1.34.0"}
CONNECTIONS = 16
PATH = "/on/first"
ANSWER = {"base": "first", "player": "Who"}
NO_WRK = "wrk, which makes the requests, is not on PATH. Install it, as `apt install wrk`"
SCRIPT = """
done = function(all, latency) io.write(string.format("RESULT %d %d %d %d %d\\n", all.requests, all.duration,
  all.errors.connect + all.errors.read + all.errors.write + all.errors.status + all.errors.timeout, latency:percentile(50),
  latency:percentile(99))) end
"""


def measure(quick: bool) -> Result:
    """The same route on all three, in turns."""
    if shutil.which("wrk") is None:
        raise SystemExit(NO_WRK)
    rounds, seconds = (2, 3) if quick else (7, 5)
    with tempfile.TemporaryDirectory() as data, ExitStack() as running:
        servers = [running.enter_context(server) for server in (_ours(data), *_chalice())]
        for server in servers:
            with urlopen(server.url + PATH) as answer:
                assert json.load(answer) == ANSWER, server.name
        _round(servers, 1)  # until everything has been compiled and imported
        taken = []
        for number in range(rounds):
            note(f"round {number + 1} of {rounds}")
            taken.append(_round(servers, seconds))
    figures = {
        server.name: {
            figure: rounded(percentile([turn[server.name][figure] for turn in taken], 50))
            for figure in ("per_s", "p50_ms", "p99_ms")
        }
        for server in servers
    }
    ours = figures.pop("ours")
    ratios = {f"{peer}_per_s": rounded(ours["per_s"] / theirs["per_s"]) for peer, theirs in figures.items()}
    for peer, theirs in figures.items():
        ratios |= {f"{peer}_{figure}": ratio(theirs, ours, f"{figure}_ms") for figure in ("p50", "p99")}
    return Result("lambda_local", ours, figures, ratios, machine(**PINS))


def _ours(data: str) -> _servers.Server:
    hipflask = str(Path(sys.executable).parent / "hipflask")
    app = str(_servers.PAGES / "lambda_local_app.py")
    return _servers.Server("ours", hipflask, "--app", app, "local", "--port", "{port}", HIPFLASK_EVENTS=data)


def _chalice() -> list[_servers.Server]:
    interpreter = peers.python("lambda_local", PINS)
    project = ["--project-dir", str(_servers.PAGES / "chalice_hello")]
    how = [*project, "local", "--port", "{port}", "--no-autoreload"]
    prompt = str(_servers.PAGES / "chalice_prompt.py")
    return [
        _servers.Server("chalice", str(Path(interpreter).with_name("chalice")), *how),
        _servers.Server("chalice_prompt", interpreter, prompt, *how),
    ]


def _round(servers: list[_servers.Server], seconds: int) -> dict[str, Figures]:
    return {server.name: _asked(server, seconds) for server in random.sample(servers, len(servers))}


def _asked(server: _servers.Server, seconds: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "ask.lua"
        script.write_text(SCRIPT)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), server.url + PATH]
        shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30)
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", shown.stdout)
    assert found is not None, shown.stdout
    requests, microseconds, errors, median, worst = map(int, found.groups())
    if errors:
        raise SystemExit(f"{server.name} failed {errors} of {requests} requests")
    return {"per_s": requests / microseconds * 1e6, "p50_ms": median / 1000, "p99_ms": worst / 1000}


if __name__ == "__main__":
    main("Requests per second of an app behind `hipflask local`, beside `chalice local`.", measure)
