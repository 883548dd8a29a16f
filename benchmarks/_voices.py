"""One intent of Alexa's: ours, and the official SDK's.

Both are a process of their own that answers the same request, JSON in and JSON out, as a Lambda handler is called: without HTTP and
without the signature, which the SDK leaves to another package. What Flask adds to ours stands beside it. The clock of a
cold start runs from the start of the process until the first answer is there.

The SDK has an environment of its own, `.peers/voices/`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from statistics import median

from . import peers
from ._measure import Figures, note, percentile, rounded
from ._servers import PAGES, environment

PINS = {"ask-sdk-core": "1.19.0"}
ANSWER = "Who is on first."


def figures(quick: bool) -> dict[str, Figures]:
    """Milliseconds by who answers, `ours` among them: `alexa_cold_ms`, `alexa_call_ms`, `alexa_call_p99_ms`."""
    commands = {
        "ours": [sys.executable, str(PAGES / "voices_ours.py")],
        "ask_sdk": [peers.python("voices", PINS), str(PAGES / "voices_sdk.py")],
    }
    cold = _cold(commands, 3 if quick else 15)
    found = {}
    for who, command in commands.items():
        note(f"voices, calls: {who}")
        found[who] = {"alexa_cold_ms": rounded(median(cold[who])), **_calls(command, 500 if quick else 5000)}
    return found


def _cold(commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Each in turn; the first round writes bytecode and brings files into memory."""
    taken: dict[str, list[float]] = {who: [] for who in commands}
    for number in range(rounds + 1):
        note(f"voices, cold starts, round {number or 'to warm up'} of {rounds}")
        for who, command in commands.items():
            begun = time.perf_counter()
            with subprocess.Popen([*command, "0"], env=environment(), stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                first = process.stdout.readline()
                milliseconds = (time.perf_counter() - begun) * 1000
            _check(who, first)
            if number:
                taken[who].append(milliseconds)
    return taken


def _calls(command: list[str], count: int) -> Figures:
    done = subprocess.run([*command, str(count)], env=environment(), stdout=subprocess.PIPE, check=True)
    first, plain, *through_flask = done.stdout.splitlines()
    _check(command[-1], first)
    found = _figures("alexa_call", json.loads(plain))
    return found | (_figures("alexa_flask", json.loads(through_flask[0])) if through_flask else {})


def _figures(name: str, taken: list[float]) -> Figures:
    warm = taken[len(taken) // 10 :]
    return {f"{name}_ms": rounded(median(warm)), f"{name}_p99_ms": rounded(percentile(warm, 99))}


def _check(who: str, line: bytes) -> None:
    said = json.loads(line)
    if ANSWER not in (said.get("text") or said.get("ssml")):
        raise SystemExit(f"{who} has answered something else: {said}")
