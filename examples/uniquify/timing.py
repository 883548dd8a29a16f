"""How long each way takes, measured so that somebody else would find the same.

    for sample in measure(Task(size=10_000), processes=5):
        print(sample.way, sample.seconds)

Each of some processes is a fresh Python with its own seed for hashes and its own place in memory, since both make sets and dicts quicker or slower from one start
to the next. There each way runs once to warm up and then some times for good, each time in a loop that is long enough for the clock; the
ways take turns, so that what else the machine does falls on all. That is what pyperf does
(https://pyperf.readthedocs.io/en/latest/run_benchmark.html).

This file and `ways.py` need nothing but Python, so that any Python can run them: this module, started as a program, is such a process.
"""

import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median, quantiles

MOST_FOR_SLOW = (
    5_000  # items: above that, ways whose time grows with the square would keep all others waiting
)
KINDS = ("int", "float", "str", "long str", "tuple")
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
# Time in which the process has a core: what else the machine does is not counted, though it empties the caches. Where that is too coarse, any time.
clock = time.process_time if time.get_clock_info("process_time").resolution <= 1e-6 else time.perf_counter
UNSTEADY = 0.1  # of the median: where half of the values lie further apart, something disturbed them


class WorkerFailed(Exception):
    """A process that measures has ended early; its last words are the message."""


@dataclass(frozen=True)
class Task:
    """What one process is to do: which list, which ways, and how often."""

    size: int = 10_000
    duplicates: float = 0.5  # the share of items that are there already
    kind: str = "int"
    ways: tuple[str, ...] = ()
    values: int = 3
    least_seconds: float = 0.02  # of one value
    seed: int = 0


@dataclass(frozen=True)
class Sample:
    """What one process has found of one way: seconds of one call, some times; and how much of all work is done by now."""

    way: str
    seconds: list[float]
    done: float


@dataclass(frozen=True)
class Figures:
    """The middle of some values, and between which two the middle half of them lies."""

    median: float
    low: float
    high: float

    @property
    def is_steady(self) -> bool:
        """Whether another measurement would find about the same."""
        return self.high - self.low <= UNSTEADY * self.median


def figures(seconds: list[float]) -> Figures:
    """What many values say together."""
    low, _, high = quantiles(seconds, n=4) if len(seconds) > 1 else seconds * 3
    return Figures(median(seconds), low, high)


def measure(task: Task, processes: int = 3, python: str = sys.executable) -> Iterator[Sample]:
    """Have processes measure, one after the other; closing this ends the one that runs."""
    total = processes * len(task.ways)
    done = 0
    for number in range(processes):
        with closing(_lines(replace(task, seed=number), python)) as lines:
            for line in lines:
                done += 1
                found = json.loads(line)
                yield Sample(found["way"], found["seconds"], done / total)


def this_python() -> str:
    """What the Python that runs this is called."""
    return f"Python {platform.python_version()}"


def pythons() -> dict[str, str]:
    """The Pythons that are found here, by what they are called: this one first. Each is asked for its version, which takes a while."""
    found = {this_python(): sys.executable}
    names = [f"python3.{minor}" for minor in range(10, 20)] + ["pypy3"]
    for folder in _folders():
        for name in names:
            file = Path(folder, name)
            if (version := _version(file)) and version not in found:
                found[version] = str(file)
    return found


def _folders() -> Iterator[str | Path]:
    """Where Pythons are: on the path, and where pyenv and uv keep theirs."""
    yield from os.get_exec_path()
    yield from Path.home().glob(".pyenv/versions/3*/bin")
    yield from Path.home().glob(".local/share/uv/python/*/bin")


def _version(file: Path) -> str:
    if not file.is_file():
        return ""
    asked = "import platform as p; print(p.python_implementation().replace('C', '', 1), p.python_version())"
    try:
        answer = subprocess.run([str(file), "-c", asked], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):  # not a program, or none that answers
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _lines(task: Task, python: str) -> Iterator[str]:
    command = [python, __file__, json.dumps(asdict(task))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        try:
            yield from worker.stdout
            last_words = worker.stderr.read()
        finally:
            worker.kill()
    if worker.returncode > 0 or last_words:
        said = last_words.strip().splitlines()[-1:] or ["it says nothing"]
        raise WorkerFailed(f"{python} could not measure: {said[0]}")


# ── in the process that measures ──────────────────────────────────────────────────────────────────


def make_items(task: Task) -> list:
    """A list of so many items, of which so large a share is there already; the same for the same task in each process."""
    chance = random.Random(f"{task.size} {task.duplicates} {task.kind}")
    distinct = max(1, round(task.size * (1 - task.duplicates)))
    pool = [_item(task.kind, number, chance) for number in range(distinct)]
    items = pool + chance.choices(pool, k=task.size - distinct)
    chance.shuffle(items)
    return items


def _item(kind: str, number: int, chance: random.Random):
    if kind == "int":
        return number * 7 + 3
    if kind == "float":
        return number + chance.random() / 2
    if kind == "tuple":
        return (number % 100, number)
    word = "".join(chance.choices(ALPHABET, k=6 if kind == "str" else 200))
    return f"{word}{number}"


def work(task: Task) -> None:
    """Print a line of JSON for each way."""
    from ways import WAYS

    items = make_items(task)
    names = list(task.ways)
    random.Random(task.seed).shuffle(names)
    expected = list(dict.fromkeys(items))
    for name in names:
        way = WAYS[name]
        answer = way.function(items)  # to warm up, and to see that it is right
        if (answer if way.keeps_order else sorted(answer)) != (
            expected if way.keeps_order else sorted(expected)
        ):
            raise SystemExit(f"{name} does not make a list unique")
        loops = _loops(way.function, items, task.least_seconds)
        seconds = [_timed(way.function, items, loops) for _ in range(task.values)]
        print(json.dumps({"way": name, "seconds": seconds}), flush=True)


def _loops(function, items: list, least_seconds: float) -> int:
    """How many calls the clock needs."""
    loops = 1
    while (taken := _timed(function, items, loops) * loops) < least_seconds:
        loops = max(loops * 2, round(loops * least_seconds / max(taken, 1e-9)))
    return loops


def _timed(function, items: list, loops: int) -> float:
    """Seconds of one call; letting go of the answers counts, as it does for whoever wants them."""
    begun = clock()
    for _ in range(loops):
        function(items)
    return (clock() - begun) / loops


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    work(Task(**{**given, "ways": tuple(given["ways"])}))
