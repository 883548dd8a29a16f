"""The window: what is to be measured, how far it is, two charts of what is known by now, and earlier runs beside it."""

import json
import sys
from functools import cache
from threading import Thread

from hipflask import ui

from .asking import app, names_of
from .charts import MICRO, compared_chart, sizes_chart, ways_chart
from .data import RUNS, Run, begin, db, exported, keep, timings
from .timing import KINDS, UNSTEADY, Figures, Task, pythons, this_python
from .ways import WAYS

SIZES = [10, 100, 1_000, 10_000, 100_000, 1_000_000]
FAMILIES = {"any": "All ways", "kept": "Those that keep the order"}
ROUGH, FINE = (2, 3, 0.01), (5, 5, 0.1)  # processes, values of each, seconds of a value
CARE = {ROUGH: "Quickly", FINE: "With care"}

SIDE = {"flex": "0 0 20rem"}
MAIN = {"flex": "1 1 30rem", "min-width": "0"}

known = ui.State(
    {this_python(): sys.executable}
)  # the Pythons of this computer; the others as soon as they are found


class Bench:
    """What is being measured: one run after the other, in processes beside the window."""

    def __init__(self):
        self.done = ui.State(None)  # of all work, from 0 to 1; None while nothing is measured
        self.says = ui.State("")
        self._is_wanted = True

    def measure(self, sizes, duplicates, kind, order, care, python):
        """Measure lists of some sizes, until it is done or called off."""
        processes, values, least = care
        self._is_wanted = True
        self.done.set(0.0)
        try:
            for nth, size in enumerate(sizes):
                task = Task(size, duplicates, kind, names_of(order, size), values, least)
                self.says.set(f"{size:,} items")
                run = begin(task, processes, python)
                samples = keep(run, task, processes, known.value[python])
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


@cache
def look_for_pythons():
    """Once, beside the window: each is started and asked for its version."""
    Thread(target=lambda: known.set(pythons()), name="pythons", daemon=True).start()


@app.window("/", title="Uniquify", width=1280, height=900)
def window():
    look_for_pythons()
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
    order, care, python = ui.state("any"), ui.state(ROUGH), ui.state(this_python())
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
        ui.select("Python", list(known.value), bind=python)
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
            db.select(Run.id, Run.size, Run.kind, Run.python, Run.duplicates, Run.at).order_by(Run.at.desc()),
            [
                ui.table_column("size", heading="Items", width=84),
                ui.table_column("kind", heading="Of", width=58),
                ui.table_column("python", value=_version, heading="Python", width=74),
                ui.table_column("duplicates", heading="Duplicates", format="percent", digits=0, width=96),
                ui.table_column("at", heading="When"),
            ],
            label="Runs",
            select="many",
            selected=chosen,
            height="16rem",
        )


def _version(row):
    return row["python"].removeprefix("Python ")


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
def comparison(looked_at):
    """The same ways in several runs, each beside the first."""
    with ui.row(justify="between", align="start"):
        with ui.column(gap="xs"):
            for number, run in enumerate(looked_at, 1):
                ui.text(f"{number}: {title(run)}")
        export_button(looked_at)
    if len({run.machine for run in looked_at}) > 1:
        ui.callout("Not all of these were measured on the same machine.", tone="warning")
    medians = [{row.way: row.median for row in db.all(timings(run.id))} for run in looked_at]
    compared_chart(list(medians[0]), medians)
    rows = []
    for name in medians[0]:
        row = {"way": WAYS[name].title}
        for number, found in enumerate(medians, 1):
            row[f"run {number}"] = found[name] * MICRO if name in found else None
            if number > 1:
                row[f"{number} to 1"] = found[name] / medians[0][name] if name in found else None
        rows.append(row)
    columns = [ui.table_column("way", heading="Way")]
    for number in range(1, len(medians) + 1):
        columns.append(ui.table_column(f"run {number}", digits=1))
        if number > 1:
            columns.append(ui.table_column(f"{number} to 1", digits=2))
    with ui.card("Compared, in microseconds"):
        ui.table(rows, columns, label="Compared", row_key="way", height="28rem")


def title(run):
    return f"{run.size:,} items of {run.kind}, {run.duplicates:.0%} duplicates, {run.python}, {run.at:%d %B %H:%M}"


def about(run):
    with ui.row(justify="between", align="center"):
        with ui.row(gap="s", wrap=True):
            ui.badge(f"{run.size:,} items")
            ui.badge(f"{run.kind}, {run.duplicates:.0%} duplicates")
            ui.badge(run.python)
            ui.badge("1 process" if run.processes == 1 else f"{run.processes} processes")
            if not run.is_whole:
                ui.badge("not all of it", tone="warning")
        export_button([run])
    ui.text(f"{run.machine}; load {run.load:g} when it began", tone="quiet", size="s")


def export_button(looked_at):
    ui.button(
        "Export…",
        icon="download",
        size="s",
        on_click=export,
        args=(json.dumps(exported(looked_at), indent=1),),
    )


def export(text):
    """Write a file of JSON where the person wants it."""
    if path := ui.save_file("uniquify.json", types={"JSON": [".json"]}):
        path.write_text(text)


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
def table(run):
    rows = [
        {
            "way": WAYS[row.way].title,
            "order": "kept" if row.keeps_order else "lost",
            "median": row.median * MICRO,
            "low": row.low * MICRO,
            "high": row.high * MICRO,
            "spread": (row.high - row.low) / row.median,
            "values": row.values,
        }
        for row in db.all(timings(run.id))
    ]
    with ui.card("Figures, in microseconds"):
        ui.table(
            rows,
            [
                ui.table_column("way", heading="Way", width=310),
                ui.table_column("order", heading="Order", width=76),
                ui.table_column("median", heading="Middle", digits=1, width=92),
                ui.table_column("low", heading="From", digits=1, width=92),
                ui.table_column("high", heading="To", digits=1, width=92),
                ui.table_column("spread", heading="Spread", format="percent", digits=0, width=84, tone=_tone),
                ui.table_column("values", heading="Values", width=76),
            ],
            label="Figures",
            row_key="way",
            height="28rem",
        )


def _tone(spread):
    return "warning" if spread > UNSTEADY else "quiet"
