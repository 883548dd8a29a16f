"""A program for assistants, in a file, and the process that one of them would start."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from hipflask.surfaces.mcp.wire import HANDSHAKE

PROGRAM = '''
import os, subprocess, sys, time
from dataclasses import dataclass
from typing import Annotated, Literal
from hipflask import Hipflask, Mapped, Store, progress

app = Hipflask("scripted", instance_path=os.path.dirname(__file__))
db = Store(app)
print("printed while loading")

class Score(db.Model):
    team: Mapped[str]

@dataclass
class Player:
    name: str
    base: str

@app.tool(read_only=True)
def who_is_on(base: Literal["first", "second"], since: Annotated[int, "a year"] = 2026) -> str:
    """Who plays at this base?"""
    return f"Who since {since}." if base == "first" else f"What since {since}."

@app.tool()
def players(limit: int = 2) -> list[Player]:
    return [Player("Who", "first"), Player("What", "second")][:limit]

@app.tool()
def noisy() -> str:
    print("printed by a tool")
    os.write(1, b"written past Python\\n")
    subprocess.run([sys.executable, "-c", "print('printed by a child')"])
    return "heard: " + sys.stdin.read()

@app.tool()
def broken() -> None:
    raise KeyError("the secret 4711")

@app.tool()
def count(n: int, pause: float = 0.06) -> int:
    for done in range(n):
        progress(done + 1, n, "innings")
        time.sleep(pause)
    return n

@app.tool()
def write_slowly(team: str, seconds: float) -> str:
    Score.create(team=team)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        progress(seconds - (end - time.monotonic()), seconds)
        time.sleep(0.01)
    return team

@app.tool()
def scores() -> list[str]:
    return [each.team for each in db.all(db.select(Score))]

@app.resource("scores://all/{n}")
def all_scores(n: int) -> list[str]:
    return scores()[:n]

@app.resource("lineup://players")
def everybody() -> list[Player]:
    """All of them."""
    return players()

@app.resource("lineup://players/{base}")
def player(base: Literal["first", "second"]) -> Player | None:
    return next((each for each in players() if each.base == base), None)

@app.prompt()
def coach(team: str, tone: Literal["kind", "strict"] = "kind") -> str:
    """What a coach says."""
    return f"Be {tone} to {team}."
'''


def write_program(folder: Path) -> Path:
    file = folder / "scripted.py"
    file.write_text(PROGRAM)
    return file


def command(file: Path) -> list[str]:
    return [sys.executable, "-m", "hipflask.cli", "--app", str(file), "mcp"]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "HIPFLASK_"))}


class Process:
    """`hipflask mcp`, spoken to line by line."""

    def __init__(self, file: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [*command(file), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.errors = b""
        self._threads = [Thread(target=self._read), Thread(target=self._read_errors)]
        for thread in self._threads:
            thread.start()

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, method: str, params: dict[str, Any] | None = None, id: int | str | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params or {}}
        self.write(json.dumps(message if id is None else {**message, "id": id}).encode() + b"\n")

    def line(self, seconds: float = 20) -> dict[str, Any]:
        """The next line of standard output, which is a message or nothing is right."""
        message = json.loads(self._lines.get(timeout=seconds))
        assert message["jsonrpc"] == "2.0"
        read: dict[str, Any] = message
        return read

    def shake_hands(self) -> None:
        self.send("initialize", {"protocolVersion": HANDSHAKE[0], "capabilities": {}, "clientInfo": {}}, 0)
        assert self.line()["id"] == 0
        self.send("notifications/initialized")

    def call(self, name: str, id: int, **arguments: Any) -> None:
        self.send("tools/call", {"name": name, "arguments": arguments, "_meta": {"progressToken": id}}, id)

    def close(self) -> int:
        """End the input, and wait for the process to end by itself."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        code = self.process.wait(20)
        for thread in self._threads:
            thread.join()
        return code

    def is_silent(self) -> bool:
        return self._lines.empty()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self.process.stdout.close()

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors = self.process.stderr.read()
        self.process.stderr.close()


@contextmanager
def started(file: Path, *options: str) -> Iterator[Process]:
    process = Process(file, *options)
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.process.kill()
            process.close()
