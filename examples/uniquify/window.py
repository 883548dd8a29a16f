"""The window: what is to be measured, how far it is, two charts of what is known by now, and earlier runs beside it."""

from hipflask import ui

from .asking import app, names_of
from .data import RUNS, Run, begin, by_size, db, keep, timings
from .timing import KINDS, UNSTEADY, Figures, Task, pythons
from .ways import WAYS

SIZES = [10, 100, 1_000, 10_000, 100_000, 1_000_000]
FAMILIES = {"any": "All ways", "kept": "Those that keep the order"}
ROUGH, FINE = (2, 3, 0.01), (5, 5, 0.1)  # processes, values of each, seconds of a value
CARE = {ROUGH: "Quickly", FINE: "With care"}
MICRO = 1e6
MOST_LINES = 8  # in one chart: the quickest, for the longest list

SIDE = {"flex": "0 0 18rem"}
MAIN = {"flex": "1 1 30rem", "min-width": "0"}


class Bench:
    """What is being measured: one run after the other, in processes beside the window."""

    def __init__(self):
        self.done = ui.State(None)  # of all work, from 0 to 1; None while nothing is measured
        self.says = ui.State("")
        self._is_wanted = True

    def measure(self, sizes, duplicates, kind, order, care, python):
        """Measure lists of some sizes, until it is done or called off."""
        processes, values, least = care
        known = pythons()
        self._is_wanted = True
        self.done.set(0.0)
        try:
            for nth, size in enumerate(sizes):
                task = Task(size, duplicates, kind, names_of(order, size), values, least)
                self.says.set(f"{size:,} items")
                run = begin(task, processes, python)
                samples = keep(run, task, processes, known[python])
                for sample, _ in samples:
                    self.done.set((nth + sample.done) / len(sizes))
                    if not self._is_wanted:
                        samples.close()
                        return
        finally:
            self.done.set(None)

    def stop(self):
        """What is known by now stays."""
        self._is_wanted = False


bench = Bench()


@app.window("/", title="Uniquify", width=1280, height=900)
def window():
    chosen = ui.state([])  # the runs that are looked at; the newest, if none is chosen
    ui.heading("The fastest way to uniquify a list")
    with ui.row(gap="l", align="start"):
        with ui.column(gap="m", style=SIDE):
            order_form()
            runs(chosen)
        with ui.column(gap="m", style=MAIN):
            results(chosen)


@ui.component
def order_form():
    sizes, share, kind = ui.state([1_000, 10_000]), ui.state(50), ui.state("int")
    order, care, python = ui.state("any"), ui.state(ROUGH), ui.state(next(iter(pythons())))
    done = bench.done.value

    def start():
        if not sizes.value:
            raise ValueError("Choose at least one length.")
        bench.measure(
            sorted(sizes.value), share.value / 100, kind.value, order.value, care.value, python.value
        )

    with ui.card("What to measure"), ui.column(gap="s"):
        ui.multi_select("Lengths", {size: f"{size:,} items" for size in SIZES}, bind=sizes)
        ui.slider("Duplicates, in percent", min=0, max=99, bind=share)
        ui.select("Items", list(KINDS), bind=kind)
        ui.select("Ways", FAMILIES, bind=order)
        ui.select("How", CARE, bind=care)
        ui.select("Python", list(pythons()), bind=python)
        if done is None:
            ui.button("Measure", icon="play", tone="primary", on_click=start)
        else:
            ui.button("Stop", icon="square", on_click=bench.stop)
            ui.progress(done, label=bench.says.value)


@ui.component
def runs(chosen):
    """Earlier runs, the newest first: choose one to look at it, or several to compare them."""
    with ui.card("Runs"):
        ui.table(
            db.select(Run.id, Run.size, Run.kind, Run.python, Run.at).order_by(Run.at.desc()),
            [
                ui.table_column("size", heading="Items", width=86),
                ui.table_column("kind", heading="Of", width=64),
                ui.table_column("python", heading="By", width=110),
                ui.table_column("at", heading="When"),
            ],
            label="Runs",
            select="many",
            selected=chosen,
            height="16rem",
        )


@ui.component
def results(chosen):
    looked_at = [run for key in chosen.value if (run := db.get(Run, key))]
    run = looked_at[0] if looked_at else db.first(RUNS)
    if run is None:
        ui.callout("Nothing has been measured yet. Press Measure: it takes some seconds.", icon="timer")
        return
    if len(looked_at) > 1:
        comparison(looked_at)
        return
    about(run)
    steadiness(run)
    ways_chart(run)
    sizes_chart(run)
    table(run)


@ui.component
def comparison(runs):
    """The same ways in several runs, each beside the first."""
    for number, run in enumerate(runs, 1):
        ui.text(f"{number}: {title(run)}")
    medians = [{row.way: row.median for row in db.all(timings(run.id))} for run in runs]
    rows = []
    for name in medians[0]:
        row = {"way": WAYS[name].title}
        for number, found in enumerate(medians, 1):
            row[f"run {number}"] = found[name] * MICRO if name in found else None
            if number > 1:
                row[f"{number} to 1"] = found[name] / medians[0][name] if name in found else None
        rows.append(row)
    with ui.card("Compared, in microseconds"):
        ui.table(rows, label="Compared", row_key="way", height="28rem")


def title(run):
    return f"{run.size:,} items of {run.kind}, {run.duplicates:.0%} duplicates, {run.python}, {run.at:%d %B %H:%M}"


def about(run):
    with ui.row(gap="s"):
        ui.badge(f"{run.size:,} items")
        ui.badge(f"{run.kind}, {run.duplicates:.0%} duplicates")
        ui.badge(run.python)
        ui.badge("1 process" if run.processes == 1 else f"{run.processes} processes")
        if not run.is_whole:
            ui.badge("not all of it", tone="warning")
    ui.text(f"{run.machine}; load {run.load:g} when it began", tone="quiet", size="s")


@ui.component
def steadiness(run):
    rows = db.all(timings(run.id))
    unsteady = sum(not Figures(row.median, row.low, row.high).is_steady for row in rows)
    if unsteady > len(rows) / 3:
        ui.callout(
            f"{unsteady} of {len(rows)} vary by more than {UNSTEADY:.0%}: something else keeps this machine busy. "
            "Close it, measure with care, and compare again.",
            tone="warning",
            icon="activity",
        )


@ui.component
def ways_chart(run):
    rows = db.all(timings(run.id))
    shown = [row for row in rows if not WAYS[row.way].is_slow] or rows
    data = {
        "way": [row.way.replace("_", " ") for row in shown],
        "kept": [row.median * MICRO if row.keeps_order else None for row in shown],
        "lost": [None if row.keeps_order else row.median * MICRO for row in shown],
    }
    if shown:
        ui.chart(
            data,
            x="way",
            y={"kept": "keeps the order", "lost": "loses it"},
            kind="bar",
            stacked=True,
            unit="µs",
            digits=1,
            label="Microseconds for one list, the middle of all values",
            height="18rem",
        )


@ui.component
def sizes_chart(run):
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
        y={name: name.replace("_", " ") for name in names},
        unit="ns",
        digits=1,
        log=True,
        label="Nanoseconds for each item, by the length of the list",
        height="20rem",
    )


def _each(found, size, name):
    median = found.get((size, name))
    return median and median / size * 1e9


@ui.component
def table(run):
    with ui.card("Figures"):
        ui.table(
            timings(run.id),
            [
                ui.table_column("way", value=lambda row: WAYS[row["way"]].title, heading="Way"),
                ui.table_column("median", heading="Middle"),
                ui.table_column("low", heading="From"),
                ui.table_column("high", heading="To"),
                ui.table_column("values", heading="Values"),
                ui.table_column("keeps_order", heading="Keeps the order"),
            ],
            label="Figures",
            height="18rem",
        )
