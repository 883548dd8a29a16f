"""Requests per second of a plain Flask app under `hipflask serve`, beside granian and gunicorn.

    python -m benchmarks.web [--quick] [--json]

The app (`pages/web_app.py`) is the same for all: `GET /` answers a short text, `POST /json` takes 10 KB of JSON, reads
it and answers as much. Every server has one process with 16 threads for Flask, which is what ours always has, and
writes no access log. wrk puts the load on, with 16 connections from one thread that are kept open; servers
take turns, in an order drawn anew each round, and what counts is the median round.

Ours does more for a request than the others: it looks whether the caller has this launch's cookie, and whether it is
one of its own (a window's socket, a file of the client), before Flask sees it.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.request import HTTPCookieProcessor, Request, build_opener

from . import _servers, peers
from ._measure import Figures, Result, machine, main, note, percentile, rounded

THREADS = "16"
CONNECTIONS = 16
ROUTES = ("hello", "json")
BODY = json.dumps({"rows": [{"number": i, "name": f"Player {i}", "base": "first"} for i in range(210)]})

NO_WRK = "wrk, which makes the requests, is not on PATH. Install it, as `apt install wrk`"
SCRIPT = """
wrk.method, wrk.path = "%s", "%s"
wrk.headers["Cookie"], wrk.headers["Content-Type"], wrk.body = %s, "application/json", %s
done = function(all) io.write(string.format("RESULT %%d %%d %%d\\n", all.requests, all.duration,
  all.errors.connect + all.errors.read + all.errors.write + all.errors.status + all.errors.timeout)) end
"""


def measure(quick: bool) -> Result:
    """Both routes on all three servers, in turns."""
    if shutil.which("wrk") is None:
        raise SystemExit(NO_WRK)
    rounds, seconds = (2, 3) if quick else (7, 5)
    with ExitStack() as running:
        servers = [running.enter_context(server) for server in (_ours(), _granian(), _gunicorn())]
        cookies = {server.name: _check(server) for server in servers}
        _round(servers, cookies, 1)  # until everything has been compiled and imported
        taken = []
        for number in range(rounds):
            note(f"round {number + 1} of {rounds}")
            taken.append(_round(servers, cookies, seconds))
    figures = {server.name: _figures(server, taken) for server in servers}
    ours = figures.pop("ours")
    ratios = {}
    for peer, theirs in figures.items():
        ratios[f"flask_{peer}"] = rounded(ours["hello_per_s"] / theirs["hello_per_s"])
        ratios[f"flask_{peer}_json"] = rounded(ours["json_per_s"] / theirs["json_per_s"])
    return Result("web", ours, figures, ratios, machine(wrk=_wrk_version(), **peers.PINS))


def _ours() -> _servers.Server:
    return _servers.hipflask("web_app")


def _granian() -> _servers.Server:
    options = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", THREADS, "--no-ws"]
    where = ["--host", "127.0.0.1", "--port", "{port}", "--working-dir", str(_servers.PAGES)]
    return _servers.Server("granian", peers.python(), "-m", "granian", *options, *where, "web_app:app")


def _gunicorn() -> _servers.Server:
    options = ["--worker-class", "gthread", "--workers", "1", "--threads", THREADS]
    where = ["--bind", "127.0.0.1:{port}", "--chdir", str(_servers.PAGES)]
    return _servers.Server("gunicorn", peers.python(), "-m", "gunicorn", *options, *where, "web_app:app")


def _check(server: _servers.Server) -> str:
    """See that both routes answer as they should; returns the cookie that came with that."""
    cookies = HTTPCookieProcessor()
    opener = build_opener(cookies)
    with opener.open(f"{server.url}/?_token={_servers.TOKEN}") as answer:
        assert answer.read() == b"Hello, World!", f"{server.name} says something else"
    asked = Request(f"{server.url}/json", BODY.encode(), {"Content-Type": "application/json"})
    with opener.open(asked) as answer:
        assert json.load(answer) == json.loads(BODY), f"{server.name} answers other JSON"
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies.cookiejar)


def _round(servers: list[_servers.Server], cookies: dict[str, str], seconds: int) -> Figures:
    turns = [(server, route) for server in servers for route in ROUTES]
    return {
        f"{server.name} {route}": _per_second(server, route, cookies[server.name], seconds)
        for server, route in random.sample(turns, len(turns))
    }


def _per_second(server: _servers.Server, route: str, cookie: str, seconds: int) -> float:
    asked = (
        ("GET", "/", json.dumps(cookie), "nil")
        if route == "hello"
        else ("POST", "/json", json.dumps(cookie), json.dumps(BODY))
    )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "ask.lua"
        script.write_text(SCRIPT % asked)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), server.url]
        shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30)
    found = re.search(r"RESULT (\d+) (\d+) (\d+)", shown.stdout)
    assert found is not None, shown.stdout
    requests, microseconds, errors = map(int, found.groups())
    if errors:
        raise SystemExit(f"{server.name} failed {errors} of {requests} requests for {route}")
    return requests / microseconds * 1e6


def _figures(server: _servers.Server, taken: list[Figures]) -> Figures:
    turns = {route: [turn[f"{server.name} {route}"] for turn in taken] for route in ROUTES}
    return {f"{route}_per_s": rounded(percentile(each, 50)) for route, each in turns.items()}


def _wrk_version() -> str:
    shown = subprocess.run(["wrk", "--version"], capture_output=True, text=True)
    return shown.stdout.split()[1]


if __name__ == "__main__":
    main("Requests per second of a plain Flask app, beside granian and gunicorn.", measure)
