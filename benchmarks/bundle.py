"""What `hipflask build` makes, beside PyInstaller and Nuitka: how long it takes, how large it is, how soon it runs.

    python -m benchmarks.bundle [--quick] [--json]

All of them build the same source, with the same Python and the same versions of the same packages. A program's start ends when
its page has been read, whole, by an HTTP client that has found its address in the program's output; after that every script and style sheet
that the page names is asked for too, so that nobody leaves out what the window needs. `bundles/serving.py` says more.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from ._measure import Figures, Result, machine, main, note, ratio, rounded
from .bundles import freezers, ours
from .bundles.programs import HELLO, INVENTORY, Program
from .bundles.serving import Home, size_of

MB = 1e6
WARM, QUICK_WARM = 25, 9
COLD, QUICK_COLD = 9, 2
# How well the folders of those who make no archive are packed. The best takes a minute for each.
BEST, QUICK_BEST = 9, 2


@dataclass
class Built:
    """One program as one tool has built it; `place` is the folder or the file, `command` what starts it."""

    who: str
    program: Program
    place: Path
    command: Path
    figures: Figures = field(default_factory=dict)
    warm: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)

    def has(self, figure: str, value: float) -> None:
        """Note a figure of it."""
        self.figures[f"{self.program.name}_{figure}"] = rounded(value)


def measure(quick: bool) -> Result:
    """Builds one after the other, then what people download of each, two at a time, then starts in turns."""
    programs = [HELLO] if quick else [HELLO, INVENTORY]
    freezers.python()  # made before anything is timed
    with tempfile.TemporaryDirectory(prefix="hipflask-bundle-") as place, ThreadPoolExecutor(2) as pool:
        folder = Path(place)
        made, packing = [], []
        for built in (
            built for program in programs for built in _builds(program, folder / program.name, quick)
        ):
            made.append(built)
            if quick:  # where no peer's build is timed, packing need not wait for it
                packing.append(pool.submit(_pack, built, folder / built.program.name, quick))
        packing += [
            pool.submit(_pack, built, folder / built.program.name, quick) for built in made if not quick
        ]
        note("packing what people download")
        for packed in packing:
            packed.result()
        for program in programs:
            mine = [built for built in made if built.program is program]
            _starts(mine, folder / program.name, *((QUICK_WARM, QUICK_COLD) if quick else (WARM, COLD)))
    figures: dict[str, Figures] = {}
    for built in made:
        figures.setdefault(built.who, {}).update(built.figures)
    own = figures.pop("ours")
    return Result("bundle", own, figures, _ratios(own, figures), machine(**freezers.PINS))


# ── building ──────────────────────────────────────────────────────────────────────────────────────


def _builds(program: Program, home: Path, quick: bool) -> Iterator[Built]:
    (home / "source").mkdir(parents=True)
    source = program.copy(home / "source")
    yield _ours(program, source, home)
    yield _onedir(program, source, home, quick)
    if not quick:
        yield _onefile(program, source, home)
    if not quick and program is HELLO:
        yield _stripped(program, source, home)
        yield _nuitka(program, source, home)


def _ours(program: Program, source: Path, home: Path) -> Built:
    output, cache = home / "ours", home / "cache"

    def build() -> None:
        ours.build(source, output, "--format", "folder", cache=cache)

    note(f"{program.name}: hipflask build")
    cold, cached = _seconds(build), _seconds(build)
    place = ours.bundle_in(output, program.name)
    built = Built("ours", program, place, place / program.name)
    built.has("build_s", cold)
    built.has("cached_build_s", cached)
    return built


def _onedir(program: Program, source: Path, home: Path, quick: bool) -> Built:
    def build() -> None:
        freezers.pyinstaller(program, source, home / "onedir")

    note(f"{program.name}: PyInstaller, one folder")
    seconds = _seconds(build)
    place = home / "onedir" / "dist" / program.name
    built = Built("pyinstaller", program, place, place / program.name)
    if not quick:
        built.has("build_s", seconds)
        built.has("cached_build_s", _seconds(build))
    return built


def _onefile(program: Program, source: Path, home: Path) -> Built:
    note(f"{program.name}: PyInstaller, one file")
    begun = time.perf_counter()
    place = freezers.pyinstaller(program, source, home / "onefile", "--onefile")
    built = Built("onefile", program, place, place)
    built.has("build_s", time.perf_counter() - begun)
    return built


def _stripped(program: Program, source: Path, home: Path) -> Built:
    note(f"{program.name}: PyInstaller, told to strip what only debuggers read")
    begun = time.perf_counter()
    place = freezers.pyinstaller(program, source, home / "stripped", "--strip")
    built = Built("stripped", program, place, place / program.name)
    built.has("build_s", time.perf_counter() - begun)
    return built


def _nuitka(program: Program, source: Path, home: Path) -> Built:
    note(f"{program.name}: Nuitka, which takes its time")
    freezers.python(slow=True)
    begun = time.perf_counter()
    place = freezers.nuitka(program, source, home / "nuitka")
    built = Built("nuitka", program, place, place / program.name)
    built.has("build_s", time.perf_counter() - begun)
    return built


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# ── sizes ─────────────────────────────────────────────────────────────────────────────────────────


def _pack(built: Built, home: Path, quick: bool) -> None:
    built.has("download_mb", _download(built, home, quick) / MB)
    built.has("installed_mb", size_of(built.place) / MB)


def _download(built: Built, home: Path, quick: bool) -> int:
    if built.who == "ours":
        source = next(
            path
            for path in (home / "source").iterdir()
            if path.stem == built.program.name and path.suffix != ".lock"
        )
        # Into a folder of its own: what is started later is what was timed.
        ours.build(source, home / "packed", "--format", "deb", cache=home / "cache")
        return next((home / "packed").glob("*.deb")).stat().st_size
    if built.place.is_file():
        return built.place.stat().st_size
    return size_packed(built.place, QUICK_BEST if quick else BEST)


def size_packed(place: Path, level: int) -> int:
    """How large a folder is as .tar.xz, which its users would have to be given: PyInstaller and Nuitka make no archive."""
    packed = place.parent / f"{place.name}.tar.xz"
    command = ["tar", "--create", f"--use-compress-program=xz -{level} -T0", "--file", str(packed)]
    subprocess.run([*command, "--directory", str(place.parent), place.name], check=True)
    return packed.stat().st_size


# ── starts ────────────────────────────────────────────────────────────────────────────────────────


def _starts(built: list[Built], home: Path, warm: int, cold: int) -> None:
    for number in range(warm + 1):
        note(f"{built[0].program.name}: start {number or 'to warm up'} of {warm}")
        for each in built:
            taken = _home(each, home).start([each.command]).milliseconds
            if number:  # the first makes the store, and brings files into memory
                each.warm.append(taken)
    for number in range(cold):
        note(f"{built[0].program.name}: cold start {number + 1} of {cold}")
        for each in built:
            each.cold.append(_home(each, home).start([each.command], cold=[each.place]).milliseconds)
    for each in built:
        each.has("warm_start_ms", median(each.warm))
        each.has("cold_start_ms", median(each.cold))


def _home(built: Built, home: Path) -> Home:
    return Home(home / f"home-{built.who}")


def _ratios(mine: Figures, theirs: dict[str, Figures]) -> Figures:
    """`pyinstaller_download` is hello's; `pyinstaller_inventory_download` the other's."""
    return {
        f"{who}_{figure.removeprefix('hello_').rpartition('_')[0]}": ratio(figures, mine, figure)
        for who, figures in theirs.items()
        for figure in figures
    }


if __name__ == "__main__":
    main("Bundles: building, size and start, beside PyInstaller and Nuitka.", measure)
