"""One command of the shell, cold: ours, `flask greet`, and Typer's.

The clock runs from the start of the process to its end, and each has printed "Hello Lou.". Ours and Flask's find their app by `--app`, and
load Flask, which Typer does not.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from . import peers
from ._measure import Figures, note, rounded
from ._servers import PAGES, environment

PINS = {"typer": "0.29.2"}
SAID = b"Hello Lou.\n"


def figures(quick: bool) -> dict[str, Figures]:
    """Milliseconds by who answers, `ours` among them: `command_cold_ms`."""
    commands = {
        "ours": [
            sys.executable,
            "-m",
            "hipflask.cli",
            "--app",
            str(PAGES / "command_ours.py"),
            "greet",
            "Lou",
        ],
        "flask": [sys.executable, "-m", "flask", "--app", str(PAGES / "command_flask.py"), "greet", "Lou"],
        "typer": [peers.python("commands", PINS), str(PAGES / "command_typer.py"), "greet", "Lou"],
    }
    rounds = 7 if quick else 41
    taken: dict[str, list[float]] = {who: [] for who in commands}
    note("commands")
    for number in range(rounds + 1):  # the first writes bytecode and brings files into memory
        for who, command in commands.items():
            begun = time.perf_counter()
            said = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, check=True).stdout
            milliseconds = (time.perf_counter() - begun) * 1000
            if said != SAID:
                raise SystemExit(f"{who} has answered something else: {said!r}")
            if number:
                taken[who].append(milliseconds)
    return {who: {"command_cold_ms": rounded(median(each))} for who, each in taken.items()}
