"""What is sent to Lambda, ours beside Chalice's: seconds to make it, and its size, for the same two apps.

    python -m benchmarks.lambda_package [--quick] [--json]

`hello` answers a web request and needs nothing else; `shop` also takes messages of a queue, and requires boto3, requests and
msgspec. Cold is with every cache empty, so that packages are downloaded; warm is after one line of the app was changed. Both
make a zip for the same processor and Python, and a template. Ours has compiled files in it and Chalice's has not, which
makes ours larger and its start quicker (`lambda_cold.py`); `boto3` is in Chalice's, and Lambda has it already.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from . import peers
from ._measure import Figures, Result, machine, main, note, ratio, rounded
from ._servers import environment
from .lambda_cold import HERE, PINS, PROJECT

MB = 1e6
REQUIRES = {"hello": [], "shop": ["boto3==1.44.5", "requests==2.32.5", "msgspec==0.22.0"]}
OURS = [sys.executable, "-m", "hipflask.cli", "package"]


@dataclass(frozen=True)
class Packager:
    """One way of making a bundle: a project's folder, the command, and where its zip is then."""

    who: str
    folder: Path
    command: list[str]
    zip: Path
    environment: dict[str, str]

    def run(self) -> float:
        """Make it; in seconds."""
        began = time.perf_counter()
        subprocess.run(
            self.command, cwd=self.folder, env=self.environment, check=True, stdout=subprocess.DEVNULL
        )
        return time.perf_counter() - began


def measure(quick: bool) -> Result:
    """Each app by each packager: once cold (three times in all, unless quick), then warm in turns."""
    figures: dict[str, Figures] = {}
    chalice = Path(peers.python("lambda_cold", PINS)).with_name("chalice")
    for app, requires in REQUIRES.items():
        cold: dict[str, list[float]] = {}
        for number in range(1 if quick else 3):
            with tempfile.TemporaryDirectory(prefix="hipflask-package-") as place:
                packagers = list(_packagers(Path(place), chalice, requires))
                for each in packagers:
                    note(f"{app}, {each.who}, cold, {number + 1}")
                    cold.setdefault(each.who, []).append(each.run())
                if number == 0:
                    _add(figures, app, packagers, 2 if quick else 7)
        for who, times in cold.items():
            figures[who][f"{app}_cold_s"] = rounded(median(times))
    own = figures.pop("ours")
    ratios = {f"{who}_{name}": ratio(peer, own, name) for who, peer in figures.items() for name in own}
    return Result("lambda_package", own, figures, ratios, machine(**PINS))


def _packagers(place: Path, chalice: Path, requires: list[str]) -> Iterator[Packager]:
    """Both, in folders and with caches of their own."""
    ours, theirs = place / "ours", place / "chalice"
    shutil.copytree(HERE / "ours", ours, ignore=shutil.ignore_patterns("__pycache__"))
    needs = ", ".join(f'"{each}"' for each in ("hipflask", *requires))
    (ours / "pyproject.toml").write_text(PROJECT.replace('"hipflask"', needs), encoding="utf-8")
    caches = {"UV_CACHE_DIR": str(place / "uv"), "HIPFLASK_CACHE": str(place / "cache")}
    yield Packager("ours", ours, OURS, ours / "dist/aws/bundle.zip", environment(**caches))
    shutil.copytree(HERE / "chalice", theirs, ignore=shutil.ignore_patterns("__pycache__"))
    (theirs / "requirements.txt").write_text("".join(f"{each}\n" for each in requires), encoding="utf-8")
    (theirs / ".chalice").mkdir()
    (theirs / ".chalice/config.json").write_text(
        '{"version": "2.0", "app_name": "shop", "stages": {"dev": {}}}'
    )
    settings = environment(AWS_DEFAULT_REGION="eu-central-1", PIP_CACHE_DIR=str(place / "pip"))
    yield Packager(
        "chalice", theirs, [str(chalice), "package", "made"], theirs / "made/deployment.zip", settings
    )


def _add(figures: dict[str, Figures], app: str, packagers: list[Packager], rounds: int) -> None:
    """Sizes, and warm times in turns."""
    warm: dict[str, list[float]] = {each.who: [] for each in packagers}
    for number in range(rounds):
        for each in packagers:
            note(f"{app}, {each.who}, warm, {number + 1} of {rounds}")
            with (each.folder / "app.py").open("a", encoding="utf-8") as source:
                source.write(f"\nCHANGED = {number}\n")
            warm[each.who].append(each.run())
    for each in packagers:
        with zipfile.ZipFile(each.zip) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        figures.setdefault(each.who, {}).update(
            {
                f"{app}_warm_s": rounded(median(warm[each.who])),
                f"{app}_zip_mb": rounded(each.zip.stat().st_size / MB),
                f"{app}_unpacked_mb": rounded(unpacked / MB),
            }
        )


if __name__ == "__main__":
    main("What is sent to Lambda: seconds and megabytes, beside `chalice package`.", measure)
