"""How much an installed program downloads for an update, metadata included, beside what PyInstaller's users download.

    python -m benchmarks.update_size [--quick] [--json]

Everything is real: a version is built, published and installed, another is published, and the installed program is started with
`--update` against a web server that counts. Then it is started once more, and its page must show what was changed.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

from ._measure import Figures, Result, machine, main, note, rounded
from .bundle import BEST, QUICK_BEST, size_packed
from .bundles import freezers, ours
from .bundles.programs import HELLO, POKER, Program
from .bundles.serving import Home
from .bundles.wire import Wire

# Two versions of one package that Hipflask needs itself, and would take the newer one of.
DEPENDENCY = ("flask==3.1.2", "flask==3.1.3")
NO_OTHER_PYTHON = (
    "A new Python is left out: there is no newer one on this computer than the one that runs this."
)


def measure(quick: bool) -> Result:
    """Ours in this thread; PyInstaller meanwhile in another, since nothing here is timed."""
    freezers.python()
    with tempfile.TemporaryDirectory(prefix="hipflask-update-") as place, ThreadPoolExecutor(1) as pool:
        folder = Path(place)
        theirs: Future[dict[str, Figures]] = pool.submit(_frozen, folder / "frozen", quick)
        mine = _ours(folder / "ours", quick)
        peers = theirs.result()
    if "python_bytes" not in mine:
        peers["pyinstaller"].pop("python_bytes", None)
    return Result("update_size", mine, peers, _ratios(mine, peers), machine(**freezers.PINS))


# ── ours ──────────────────────────────────────────────────────────────────────────────────────────


def _ours(folder: Path, quick: bool) -> Figures:
    folder.mkdir()
    (folder / "public" / "site").mkdir(parents=True)
    figures: Figures = {}
    with Wire(folder / "public" / "site") as wire:
        updates = _Updates(ours.Publisher(folder / "public", wire.url), wire, folder, figures)
        for program in (HELLO, POKER):
            updates.one_line(program)
        if not quick:
            updates.dependency()
            updates.python()
    return figures


class _Updates:
    """One installed program after the other, brought from one version to the next."""

    def __init__(self, publisher: ours.Publisher, wire: Wire, folder: Path, figures: Figures) -> None:
        self.publisher, self.wire, self.folder, self.figures = publisher, wire, folder, figures

    def one_line(self, program: Program) -> None:
        """One line of the program changes."""
        note(f"{program.name}: one line")
        self.publisher.take(program)
        installed = self._release()
        self.publisher.change(program)
        self._release()
        self._update(installed, f"{program.name}_one_line", program.shown)
        if program is HELLO:
            self._count(installed, "nothing_new", "newest")

    def dependency(self) -> None:
        """One package changes."""
        note("hello: one dependency")
        old, new = DEPENDENCY
        self.publisher.take(HELLO, old)
        installed = self._release()
        self.publisher.ask_for(HELLO, new)
        self._release()
        self._update(installed, "dependency")

    def python(self) -> None:
        """Python changes, and so does every package that is compiled for it."""
        python = ours.other_python()
        if python is None:
            note(NO_OTHER_PYTHON)
            return
        note("hello: another Python")
        installed = self.publisher.install()
        self._release(python)
        self._update(installed, "python")

    def _release(self, *python: str) -> Path:
        """Build, publish and install a version."""
        self.publisher.build(*python)
        self.publisher.publish(*python)
        return self.publisher.install()

    def _update(self, installed: Path, name: str, shown: str = "") -> None:
        self._count(installed, name, "is installed")
        page = Home(self.folder / f"home-{name}").start([installed]).page
        if shown not in page:
            raise SystemExit(f"{installed} was updated, and its page does not show {shown!r}.")

    def _count(self, installed: Path, name: str, expected: str) -> None:
        self.wire.forget()
        done = subprocess.run(
            [installed, "--update"],
            env=Home(self.folder / "home").environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        said = done.stdout + done.stderr
        if done.returncode or expected not in said:
            raise SystemExit(f"{installed} --update ended with {done.returncode}: {said}")
        self.figures[f"{name}_bytes"] = self.wire.content
        self.figures[f"{name}_head_bytes"] = self.wire.heads


# ── PyInstaller ───────────────────────────────────────────────────────────────────────────────────


def _frozen(folder: Path, quick: bool) -> dict[str, Figures]:
    """The archive that its users download again, whatever has changed in it; and what the best difference of two would be."""
    (folder / "source").mkdir(parents=True)
    source = HELLO.copy(folder / "source")
    before = b"" if quick else _tar(freezers.pyinstaller(HELLO, source, folder))
    HELLO.change(folder / "source")
    built = freezers.pyinstaller(HELLO, source, folder)
    whole = size_packed(built, QUICK_BEST if quick else BEST)
    if quick:
        return {"pyinstaller": {"hello_one_line_bytes": whole}}
    figures: Figures = {"hello_one_line_bytes": whole, "dependency_bytes": whole, "python_bytes": whole}
    return {
        "pyinstaller": figures,
        "bsdiff": {"hello_one_line_bytes": _difference(before, _tar(built), folder)},
    }


def _tar(built: Path) -> bytes:
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(built, built.name, filter=_without_dates)
    return packed.getvalue()


def _without_dates(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mtime = 0
    return entry


def _difference(before: bytes, after: bytes, folder: Path) -> int:
    note("bsdiff of PyInstaller's folders")
    files = [folder / name for name in ("before.tar", "after.tar", "difference")]
    files[0].write_bytes(before)
    files[1].write_bytes(after)
    code = "import bsdiff4, sys; bsdiff4.file_diff(*sys.argv[1:])"
    subprocess.run([freezers.python(), "-c", code, *map(str, files)], check=True)
    return files[2].stat().st_size


def _ratios(mine: Figures, theirs: dict[str, Figures]) -> Figures:
    """`pyinstaller_bytes` is about one line of hello."""
    return {
        f"{who}_{name.removeprefix('hello_one_line_')}": rounded(figures[name] / mine[name])
        for who, figures in theirs.items()
        for name in figures
    }


if __name__ == "__main__":
    main("What an update downloads, beside PyInstaller.", measure)
