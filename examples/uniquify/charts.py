"""What has been found, as pictures that follow while it is being found."""

from hipflask import ui

from .data import by_size, db, timings
from .ways import WAYS

MICRO = 1e6
MOST_LINES = 8  # in one chart: the quickest, for the longest list
MOST_BARS = 12


@ui.component
def ways_chart(run):
    """A bar for each way, and on it in grey where the middle half of the values lies."""
    rows = db.all(timings(run.id))[:MOST_BARS]
    if not rows:
        return
    kept = [row.low * MICRO if row.keeps_order else None for row in rows]
    lost = [None if row.keeps_order else row.low * MICRO for row in rows]
    spread = [(row.high - row.low) * MICRO for row in rows]
    ui.chart(
        {"way": [WAYS[row.way].short for row in rows], "kept": kept, "lost": lost, "spread": spread},
        x="way",
        y={"kept": "keeps the order", "lost": "loses it", "spread": "spread: half of all values lie here"},
        colors={"spread": "rgb(128 128 128 / 0.5)"},
        kind="bar",
        stacked=True,
        unit="µs",
        digits=1,
        label=f"Microseconds for one list, the {len(rows)} quickest ways",
        height="18rem",
    )


@ui.component
def sizes_chart(run):
    """How the quickest ways grow with the list, from all runs that differ in nothing else."""
    found = {(size, way): median for size, way, median in db.all(by_size(run))}  # the newest wins
    sizes = sorted({size for size, _ in found})
    if len(sizes) < 2:
        return
    at_end = {name: median for (size, name), median in found.items() if size == sizes[-1]}
    names = sorted(at_end, key=at_end.__getitem__)[:MOST_LINES]
    data = {"items": [f"{size:,}" for size in sizes]}
    for name in names:
        data[name] = [_each(found, size, name) for size in sizes]
    ui.chart(
        data,
        x="items",
        y={name: WAYS[name].short for name in names},
        unit="ns",
        digits=1,
        log=True,
        label="Nanoseconds for each item, by the length of the list",
        height="20rem",
    )


def _each(found, size, name):
    median = found.get((size, name))
    return median and median / size * 1e9


def compared_chart(names, medians):
    """The quickest ways, with a bar for each run; `medians` has the seconds of each way, run by run."""
    shown = names[:MOST_LINES]
    data = {"way": [WAYS[name].short for name in shown]}
    for number, found in enumerate(medians, 1):
        data[f"run{number}"] = [found[name] * MICRO if name in found else None for name in shown]
    ui.chart(
        data,
        x="way",
        y={f"run{number}": f"run {number}" for number in range(1, len(medians) + 1)},
        kind="bar",
        unit="µs",
        digits=1,
        label="Microseconds for one list, run by run",
        height="18rem",
    )
