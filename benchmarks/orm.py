"""Rows through models: inserted, read and updated, beside SQLAlchemy, SQLModel and peewee; and many rows at once.

    python -m benchmarks.orm [--quick] [--json]

Each library is a process of its own on a new file in memory-backed storage where there is some, with a write-ahead log and full
synchronisation for all. The programs are in `models/`. They take turns, and what counts is each one's best round. Our rows are checked, in
STRICT tables, and every change is logged; those of the peers are neither.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from . import peers
from ._measure import Figures, Result, machine, main, note, ratio
from ._servers import environment

FOLDER = Path(__file__).parent / "models"
PEERS = ("sqlalchemy", "sqlmodel", "peewee")
STEPS = ("insert", "query", "update")
MEMORY = Path("/dev/shm")


def measure(quick: bool) -> Result:
    """Rounds of all, in turns."""
    rows, rounds = (20_000, 5) if quick else (100_000, 7)
    best: dict[str, Figures] = {}
    for number in range(rounds):
        note(f"round {number + 1}")
        for name in ("ours", *PEERS):
            figures = _run(name, rows)
            known = best.setdefault(name, figures)
            best[name] = {step: min(value, known[step]) for step, value in figures.items()}
    ours = best.pop("ours")
    ratios = {f"{peer}_{step}": ratio(best[peer], ours, f"{step}_us") for peer in PEERS for step in STEPS}
    best["executemany"] = {"write_us": ours.pop("executemany_us")}
    ratios["executemany_write"] = ratio(best["executemany"], ours, "write_us")
    return Result(
        "orm",
        _rounded(ours),
        {name: _rounded(best[name]) for name in best},
        ratios,
        machine(sqlalchemy=version("sqlalchemy")),
    )


def _rounded(figures: Figures) -> Figures:
    return {name: round(value, 2) for name, value in figures.items()}


def _run(name: str, rows: int) -> Figures:
    program = FOLDER / ("ours.py" if name == "ours" else f"{name}_.py")
    # Plain SQLAlchemy is measured at the very version that is below our models.
    python = sys.executable if name in ("ours", "sqlalchemy") else peers.python()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        done = subprocess.run(
            [python, str(program), f"{folder}/file.sqlite", str(rows)],
            env=environment(), capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{program.name} failed:\n{done.stderr}")
    figures: Figures = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    main("Rows through models, beside SQLAlchemy, SQLModel and peewee.", measure)
