"""One event of each kind that Lambda brings: the time inside the process from the event until the function has answered.

    python -m benchmarks.lambda_events [--quick] [--json]

Each one is a process of its own, given the same events (a web request in the form that it understands), with functions that do the same: take
one order out of what came. Ours binds typed parameters; the others read the JSON themselves. Rounds go in turn, so that
what else the machine does falls on all; the figure is the median of the rounds' medians.
"""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

from . import peers
from ._measure import Figures, Result, machine, main, note, ratio, rounded
from ._servers import PAGES, environment

PINS = {
    "chalice": "1.34.0",
    "aws-lambda-powertools": "3.37.0",
    "mangum": "0.22.0",
    "starlette": "1.10.0",
}
WEB = "http_us"


def measure(quick: bool) -> Result:
    """Microseconds of each kind of event, ours and theirs."""
    rounds, calls = (3, 300) if quick else (15, 2000)
    interpreter = peers.python("lambda", PINS)
    commands = {
        "ours": [sys.executable, str(PAGES / "lambda_ours.py")],
        "chalice": [interpreter, str(PAGES / "lambda_chalice.py")],
        "powertools": [interpreter, str(PAGES / "lambda_powertools.py")],
        "mangum": [interpreter, str(PAGES / "lambda_mangum.py")],
    }
    taken: dict[str, list[Figures]] = {who: [] for who in commands}
    for number in range(rounds):
        note(f"round {number + 1} of {rounds}")
        for who, command in commands.items():
            taken[who].append(_figures(command, calls))
    found = {who: _middle(figures) for who, figures in taken.items()}
    ours = found.pop("ours")
    ratios = {
        f"{who}_{name.removesuffix('_us')}": ratio(figures, ours, name)
        for who, figures in found.items()
        for name in figures
    }
    return Result("lambda_events", ours, found, {**_events(found, ours), **ratios}, machine(**PINS))


def _events(found: dict[str, Figures], ours: Figures) -> Figures:
    """Of all events that are not web requests, the ratio of the kind in which we do worst."""
    return {
        f"{who}_event": min(ratio(figures, ours, name) for name in figures if name != WEB)
        for who, figures in found.items()
        if set(figures) > {WEB}
    }


def _figures(command: list[str], calls: int) -> Figures:
    done = subprocess.run([*command, str(calls)], env=environment(), stdout=subprocess.PIPE, check=True)
    times = json.loads(done.stdout)
    return {f"{kind}_us": median(values[len(values) // 10 :]) for kind, values in times.items()}


def _middle(figures: list[Figures]) -> Figures:
    return {name: rounded(median(each[name] for each in figures)) for name in figures[0]}


if __name__ == "__main__":
    main("Lambda's events, beside Chalice, Powertools and Mangum with Starlette.", measure)
