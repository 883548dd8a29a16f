"""What is kept: each run, with where and on what it was measured, and how long each way took. Models and queries; no window here."""

import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import mapped_column

from hipflask import Mapped, Store

from .timing import Figures, Sample, Task, figures, measure
from .ways import WAYS

db = Store()


class Run(db.Model):
    """One measurement: of lists of one kind and size, by one Python, on one machine."""

    at: Mapped[datetime]
    size: Mapped[int]
    duplicates: Mapped[float]
    kind: Mapped[str]
    python: Mapped[str]
    machine: Mapped[str]
    processes: Mapped[int]
    load: Mapped[float]  # of the machine, when the run began
    is_whole: Mapped[bool] = False


class Timing(db.Model):
    """How long one way took in a run: seconds of one call, the middle one and between which two the middle half lies."""

    run_id: Mapped[UUID] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), index=True)
    way: Mapped[str]
    keeps_order: Mapped[bool]
    median: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    values: Mapped[int]


RUNS = db.select(Run).order_by(Run.at.desc())


def timings(run_id):
    """The query of a run's timings, the quickest first."""
    return db.select(Timing).where(Timing.run_id == run_id).order_by(Timing.median)


def exported(runs):
    """Runs with all their figures, as JSON has them: for a file, and for whoever wants to see them elsewhere."""
    return [
        {
            "at": run.at.isoformat(timespec="seconds"),
            "size": run.size,
            "duplicates": run.duplicates,
            "kind": run.kind,
            "python": run.python,
            "machine": run.machine,
            "load": run.load,
            "processes": run.processes,
            "is_whole": run.is_whole,
            "timings": [
                {
                    "way": row.way,
                    "keeps_order": row.keeps_order,
                    "median": row.median,
                    "low": row.low,
                    "high": row.high,
                    "values": row.values,
                }
                for row in db.all(timings(run.id))
            ],
        }
        for run in runs
    ]


def by_size(run):
    """The query of all that was found of lists that differ from this run's in nothing but their size."""
    return (
        db.select(Run.size, Timing.way, Timing.median)
        .join(Timing, Timing.run_id == Run.id)
        .where(
            Run.kind == run.kind,
            Run.duplicates == run.duplicates,
            Run.python == run.python,
            Run.machine == run.machine,
        )
        .order_by(Run.size, Run.at)
    )


def machine() -> str:
    """This computer, in words."""
    try:
        with open("/proc/cpuinfo") as lines:
            chip = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        chip = platform.processor() or platform.machine()
    system = f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}"
    return f"{chip}, {os.cpu_count()} cores, {system}"


def begin(task: Task, processes: int, python: str) -> Run:
    """Note that a run begins."""
    with db.transaction():
        return Run.create(
            at=datetime.now(UTC),
            size=task.size,
            duplicates=task.duplicates,
            kind=task.kind,
            python=python,
            machine=machine(),
            processes=processes,
            load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else -1.0,
        )


def keep(
    run: Run, task: Task, processes: int, interpreter: str = sys.executable
) -> Iterator[tuple[Sample, Figures]]:
    """Measure, and write down what is known of each way as soon as it is: beside each sample, what all of its way say together."""
    found: dict[str, list[float]] = {}
    rows: dict[str, Timing] = {}
    for sample in measure(task, processes, interpreter):
        seconds = found.setdefault(sample.way, [])
        seconds += sample.seconds
        known = figures(seconds)
        values = {"median": known.median, "low": known.low, "high": known.high, "values": len(seconds)}
        with db.transaction():
            if sample.way in rows:
                rows[sample.way].update(**values)
            else:
                rows[sample.way] = Timing.create(
                    run_id=run.id, way=sample.way, keeps_order=WAYS[sample.way].keeps_order, **values
                )
            if sample.done >= 1:
                run.update(is_whole=True)
        yield sample, known
