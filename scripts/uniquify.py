"""Measures what docs/topics/uniquify.md shows, on this machine: prints its tables, and takes docs/images/uniquify.png and uniquify-dark.png.

python scripts/uniquify.py STORE        # some minutes; what a store has measured already is not measured again
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
SIZES = (10, 100, 1_000, 100_000, 10_000)
SIZE = 10_000  # of the tables, and of the other Pythons
PROCESSES, VALUES, SECONDS = 5, 3, 0.05
ROWS_COMPARED = (
    "from_set",
    "set_comprehension",
    "from_dict",
    "seen_loop",
    "seen_comprehension",
    "from_counter",
)


def main() -> None:
    """Measure, print and photograph."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.environ["HIPFLASK_STORE"] = str(Path(sys.argv[1]).absolute())
    sys.path.insert(0, str(ROOT / "examples"))
    import uniquify  # type: ignore[import-not-found]

    with uniquify.app.app_context():
        _measure(uniquify)
        _print(uniquify)
    for scheme, name in (("light", "uniquify.png"), ("dark", "uniquify-dark.png")):
        _photograph(uniquify, scheme, IMAGES / name)


def _measure(uniquify: Any) -> None:
    data, timing = uniquify.window, uniquify.timing
    here = timing.this_python()
    known = timing.pythons()
    wanted = [(name, SIZE) for name in known if name != here] + [(here, size) for size in SIZES]
    done = {(run.python, run.size) for run in data.db.all(data.RUNS) if run.is_whole}
    for python, size in wanted:
        if (python, size) not in done:
            print(f"{python}, {size:,} items", file=sys.stderr)
            ways = uniquify.asking.names_of("any", size)
            task = timing.Task(size=size, ways=ways, values=VALUES, least_seconds=SECONDS)
            run = data.begin(task, PROCESSES, python)
            for _ in data.keep(run, task, PROCESSES, known[python]):
                pass


def _print(uniquify: Any) -> None:
    data, timing = uniquify.window, uniquify.timing
    here = timing.this_python()
    runs = {(run.python, run.size): run for run in reversed(data.db.all(data.RUNS))}
    run = runs[here, SIZE]
    rows = data.db.all(data.timings(run.id))
    print(f"{run.machine}; load {run.load:g}; {run.python}\n")
    print("| way | order | µs | half of all values lie between |\n|---|---|---:|---:|")
    for row in rows:
        low, middle, high = (f"{seconds * 1e6:,.0f}" for seconds in (row.low, row.median, row.high))
        print(
            f"| {data.WAYS[row.way].title} | {'kept' if row.keeps_order else 'lost'} | {middle} | {low} – {high} |"
        )
    pythons = sorted({python for python, size in runs if size == SIZE})
    print(f"\n| way | {' | '.join(pythons)} |\n|---|{'---:|' * len(pythons)}")
    for way in ROWS_COMPARED:
        found = [
            {row.way: row for row in data.db.all(data.timings(runs[python, SIZE].id))}[way]
            for python in pythons
        ]
        cells = [f"{row.median * 1e6:,.0f} ({row.low * 1e6:,.0f} – {row.high * 1e6:,.0f})" for row in found]
        print(f"| {data.WAYS[way].title} | {' | '.join(cells)} |")


def _photograph(uniquify: Any, scheme: Any, picture: Path) -> None:
    from hipflask.testing import Screen

    with Screen(uniquify.app, width=1280, height=1000, scheme=scheme) as screen:
        screen.open("/").see("by the length of the list")
        screen.screenshot(picture)
    print(picture, picture.stat().st_size)


if __name__ == "__main__":
    main()
