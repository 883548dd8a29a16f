"""What every benchmark here has in common: percentiles, the machine in words, and how a result is shown."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

Figures = dict[str, float]
_ENDING = (signal.SIGTERM, signal.SIGINT)


@dataclass
class Result:
    """What a benchmark prints. A ratio is named after peer and figure, and more than 1 is in our favour."""

    name: str
    ours: Figures
    peers: dict[str, Figures]
    ratios: Figures
    machine: dict[str, str | float]


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of the values lie (nearest rank; the worst one for 100)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def rounded(value: float) -> float:
    """A figure as it is printed: three digits after the point are more than any of them deserves."""
    return round(value, 3)


def ratio(peer: Figures, ours: Figures, figure: str) -> float:
    """How many times our `figure` the peer's is (for figures of which less is better)."""
    return rounded(peer[figure] / ours[figure])


def machine(**more: str) -> dict[str, str | float]:
    """Where this was measured, and how busy that place was with other things."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else -1,
        "system": platform.platform(),
        "python": platform.python_version(),
        "uvicorn": version("uvicorn"),
        "websockets": version("websockets"),
        **more,
    }


def main(description: str, measure: Callable[[bool], Result]) -> None:
    """The command line of every benchmark: `--quick` for a short form, `--json` for one JSON object."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument(
        "--quick", action="store_true", help="fewer repetitions: under a minute, less certain"
    )
    options = parser.parse_args()
    end_when_told()
    result = measure(options.quick)
    print(json.dumps(asdict(result)) if options.json else table(result))


def end_when_told() -> None:
    """Have SIGTERM and Ctrl+C unwind this process, so that every `with` ends the servers and browsers that it began."""
    for number in _ENDING:
        signal.signal(number, _end)


def _end(number: int, _: object) -> None:
    for each in _ENDING:
        signal.signal(
            each, signal.SIG_IGN
        )  # Ctrl+C tells a parent, too, which tells us once more: that must not cut the end short
    sys.exit(128 + number)


def note(text: str) -> None:
    """Say on stderr how far a benchmark has come."""
    print(text, file=sys.stderr, flush=True)


def table(result: Result) -> str:
    """The same as the JSON, to be read by a person."""
    columns = {"ours": result.ours, **result.peers}
    names = list(dict.fromkeys(name for figures in columns.values() for name in figures))
    wide = max(map(len, [*names, *result.ratios]))
    lines = [f"{result.name:{wide}}" + "".join(f"{column:>12}" for column in columns)]
    for name in names:
        cells = (f"{figures[name]:12g}" if name in figures else f"{'':12}" for figures in columns.values())
        lines.append(f"{name:{wide}}" + "".join(cells))
    lines += ["", "more than 1 is in our favour:"]
    lines += [f"{name:{wide}}{value:12g}" for name, value in result.ratios.items()]
    lines += ["", ", ".join(f"{name} {value}" for name, value in result.machine.items())]
    return "\n".join(lines)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
