"""A cold start: the first line of a function's process → its first event answered, for a web request and a message of a queue.

    python -m benchmarks.lambda_cold [--quick] [--json]

Ours is the bundle that `hipflask package` makes, unpacked; for the web it has the web's rule alone, as Flask and Zappa have.
Whatever can be imported is in one folder, compiled, and nobody compiles anything during the start; Lambda's own client, which
is the same for all, is not loaded. The programs take turns.
`wall` is the clock's, `cpu` the processor's for this process: on a machine with other work that is the steadier one.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from statistics import median

from . import peers
from ._measure import Figures, Result, machine, main, note, ratio, rounded
from ._servers import PAGES, environment

PINS = {"flask": "3.1.3", "apig-wsgi": "2.20.0", "chalice": "1.34.0", "zappa": "0.63.0"}
HERE = PAGES / "lambda_cold"
ARCHITECTURE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
PROJECT = f"""\
[project]
name = "shop"
dependencies = ["hipflask"]
[tool.hipflask]
app = "app:app"
[tool.hipflask.deploy]
python = "{PYTHON}"
architecture = "{ARCHITECTURE}"
"""


def measure(quick: bool) -> Result:
    """Milliseconds of each, in rounds."""
    interpreter = Path(peers.python("lambda_cold", PINS))
    installed = next(interpreter.parent.parent.glob("lib/python*/site-packages"))
    with tempfile.TemporaryDirectory(prefix="hipflask-cold-") as place:
        ours = bundle(Path(place))
        starts = [("ours", ours, "web"), ("ours", ours, "queue"), ("chalice", installed, "queue")]
        starts += [(who, installed, "web") for who in ("flask", "chalice", "zappa")]
        taken = _rounds(starts, 5 if quick else 40)
    figures: dict[str, Figures] = {}
    for (who, event), times in taken.items():
        for clock in ("wall", "cpu"):
            figures.setdefault(who, {})[f"{event}_{clock}_ms"] = rounded(
                median(each[clock] for each in times)
            )
    own = figures.pop("ours")
    ratios = {f"{who}_cold": ratio(peer, own, "web_cpu_ms") for who, peer in figures.items()}
    ratios |= {f"{who}_{name}": ratio(peer, own, name) for who, peer in figures.items() for name in peer}
    return Result("lambda_cold", own, figures, ratios, machine(**PINS))


def bundle(place: Path) -> Path:
    """Our app as Lambda has it on its disk."""
    project, unpacked = place / "shop", place / "task"
    shutil.copytree(HERE / "ours", project, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    command = [sys.executable, "-m", "hipflask.cli", "package"]
    subprocess.run(command, cwd=project, check=True, stdout=subprocess.DEVNULL, env=environment())
    with zipfile.ZipFile(project / "dist" / "aws" / "bundle.zip") as archive:
        archive.extractall(unpacked)
    return unpacked


def _rounds(starts: list[tuple[str, Path, str]], rounds: int) -> dict[tuple[str, str], list[Figures]]:
    taken: dict[tuple[str, str], list[Figures]] = {}
    for number in range(rounds + 1):
        note(f"round {number or 'to warm up'} of {rounds}")
        for who, folder, event in starts:
            times = _start(who, folder, event)
            if number:  # the first one compiles the peers' apps, and brings files into memory
                taken.setdefault((who, event), []).append(times)
    return taken


def _start(who: str, folder: Path, event: str) -> Figures:
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(HERE / "run.py"), who, str(folder), event],
        env={
            "PATH": os.environ["PATH"],
            "HIPFLASK_APP": "app:app" if event == "queue" else "web:app",
            "HIPFLASK_FUNCTION": "take" if event == "queue" else "web",
            "AWS_LAMBDA_FUNCTION_NAME": "shop",
            "AWS_REGION": "eu-central-1",
        },
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{who} did not answer:\n{done.stderr.decode()}")
    times: Figures = json.loads(done.stderr.splitlines()[-1])
    return times


if __name__ == "__main__":
    main("A cold start on Lambda, beside Flask behind apig-wsgi, Chalice and Zappa.", measure)
