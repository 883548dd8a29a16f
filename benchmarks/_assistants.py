"""One tool for an assistant, over standard input and output: ours, the official SDK's server, FastMCP.

The client is the same few lines for all: it starts the process, shakes hands, asks for the list, and calls the tool again and again.
The clock of a cold start runs from the start of the process until the list is there.

The peers have an environment of their own, `.peers/assistants/`: FastMCP and NiceGUI want versions that exclude each other.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from . import peers
from ._measure import Figures, note, percentile, rounded
from ._servers import PAGES, environment

PINS = {"mcp": "2.3.0", "fastmcp": "4.1.0"}
HANDSHAKE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "clock", "version": "1"},
}
ANSWER = "Who is on first since 2026."


def figures(quick: bool) -> dict[str, Figures]:
    """Milliseconds by who answers, `ours` among them: `mcp_cold_ms`, `mcp_call_ms` and `mcp_call_p99_ms`."""
    commands = _commands()
    cold = _cold(commands, 3 if quick else 15)
    found = {}
    for who, command in commands.items():
        note(f"assistants, calls: {who}")
        calls = _calls(command, 300 if quick else 2000)
        found[who] = {
            "mcp_cold_ms": rounded(median(cold[who])),
            "mcp_call_ms": rounded(median(calls)),
            "mcp_call_p99_ms": rounded(percentile(calls, 99)),
        }
    return found


def _commands() -> dict[str, list[str]]:
    theirs = peers.python("assistants", PINS)
    return {
        "ours": [sys.executable, "-m", "hipflask.cli", "--app", str(PAGES / "assistants_ours.py"), "mcp"],
        "mcp_sdk": [theirs, str(PAGES / "assistants_sdk.py")],
        "fastmcp": [theirs, str(PAGES / "assistants_fastmcp.py")],
    }


def _cold(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Each in turn; the first round writes bytecode and brings files into memory."""
    taken: dict[str, list[float]] = {who: [] for who in commands}
    for number in range(rounds + 1):
        note(f"assistants, cold starts, round {number or 'to warm up'} of {rounds}")
        for who, command in commands.items():
            begun = time.perf_counter()
            with Conversation.begun(command) as assistant:
                assistant.ask("tools/list")
                milliseconds = (time.perf_counter() - begun) * 1000
            if number:
                taken[who].append(milliseconds)
    return taken


def _calls(command: list[str], count: int) -> list[float]:
    params = {"name": "who_is_on", "arguments": {"base": "first"}}
    taken = []
    with Conversation.begun(command) as assistant:
        for number in range(count + 50):
            begun = time.perf_counter()
            result = assistant.ask("tools/call", params)
            if number >= 50:
                taken.append((time.perf_counter() - begun) * 1000)
            if result["content"][0]["text"] != ANSWER:
                raise SystemExit(f"{' '.join(command)} has answered something else: {result}")
    return taken


class Conversation:
    """A client of the era of the handshake, which all of them know."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._last = 0

    @classmethod
    @contextmanager
    def begun(cls, command: list[str]) -> Iterator[Conversation]:
        """Start a server and shake hands; it is ended at the end."""
        with subprocess.Popen(
            command,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                conversation = cls(process)
                conversation.ask("initialize", HANDSHAKE)
                conversation._write({"method": "notifications/initialized"})
                yield conversation
            finally:
                process.kill()

    def ask(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of one request."""
        self._last += 1
        self._write({"id": self._last, "method": method, "params": params or {}})
        assert self._process.stdout is not None
        while line := self._process.stdout.readline():
            message = json.loads(line)
            if message.get("id") == self._last:
                result: dict[str, Any] = message["result"]
                return result
        raise SystemExit(f"{self._process.args} has ended without an answer to {method}.")

    def _write(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self._process.stdin.flush()
