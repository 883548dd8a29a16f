"""From wherever Python comes to the folder that becomes a bundle's layer; see the package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.errors import BuildError
from ..layer import is_inside
from ..targets import Target
from . import host, table, variables
from .binary import ENOUGH, glibc_of, target_of
from .cache import Cache
from .download import Progress
from .tree import Tree, opened
from .trim import folders, trim

FETCH, HOST = "fetch", "host"
_VERSION = re.compile(r'^#define\s+PY_VERSION\s+"(3\.\d+\.\d+)', re.MULTILINE)
_VERSION_HOMES = re.compile(r"include/(python3\.\d+/)?patchlevel\.h")
_MINOR = re.compile(r"lib/python3\.(\d+)/os\.py|python3(\d+)\.dll")


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Python in a folder: what a release and a launcher have to know of it. Paths are from that folder, with "/"."""

    version: str  # "3.14.7"
    minor: int  # 14
    library: (
        str  # "lib/libpython3.14.so.1.0"; "" if there is none, and the launcher starts `executable` instead
    )
    stdlib: str  # "lib/python3.14", on Windows "Lib"
    executable: str  # "python.exe", "bin/python3"; "" where the launcher is the only interpreter
    glibc: str = ""  # on Linux, the least version that it needs: "2.17"
    remarks: tuple[str, ...] = ()  # what a person should know of it, in sentences


def provide(
    choice: str | None,
    target: Target,
    cache: Cache,
    *,
    folder: Path,
    python: str | None = None,
    offline: bool = False,
    keep: Iterable[str] = (),
    drop: Iterable[str] = (),
    progress: Progress | None = None,
) -> Runtime:
    """Fill an empty folder with a trimmed Python for a target, without links; raises BuildError where none can be had.

    `choice` is "fetch" or None (the table's, from the cache or the network), "host" (the one that runs this), or the path of an
    archive or a folder. `python` is "3.14" or "3.14.7", and the newest or the only one if it is None. `keep` and `drop` are
    patterns as in `trim.py`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BuildError(f"{folder} is not empty: a runtime is unpacked into a folder of its own.")
    order = _Order(target, folder, python, tuple(keep), tuple(drop))
    try:
        if choice == HOST:
            return _of_host(order)
        if choice is None or choice == FETCH:
            row = table.row(target, python)
            place = cache.fetch(row.url, row.sha256, offline=offline, progress=progress)
            return _of_place(place, order, row.version)
        return _of_place(_given(choice), order)
    except OSError as error:
        raise BuildError(f"{folder} cannot be filled with a Python ({error}).") from error


def _given(choice: str) -> Path:
    place = Path(choice).expanduser()
    if not place.exists():
        raise BuildError(
            f"There is no {place}. Write --runtime {FETCH}, {HOST}, or the path of a Python's archive or folder."
        )
    return place


@dataclass(frozen=True, slots=True)
class _Order:
    """What is wanted, and where."""

    target: Target
    folder: Path
    python: str | None
    keep: tuple[str, ...]
    drop: tuple[str, ...]


def _of_place(place: Path, order: _Order, version: str | None = None) -> Runtime:
    with opened(place) as tree:
        return _fill(tree, str(place), version or _version(tree, place), order)


def _of_host(order: _Order) -> Runtime:
    if order.target != Target.host():
        raise BuildError(
            f"--runtime {HOST} packs the Python of this computer, which is {Target.host()}, and cannot be used for "
            f"{order.target}. Leave it out, and one that fits is fetched."
        )
    found = host.find()
    runtime = _fill(found.tree, found.name, found.version, order)
    remarks = host.settle(order.folder, found)
    return replace(runtime, glibc=_glibc(order), remarks=remarks)


def _fill(tree: Tree, name: str, version: str, order: _Order) -> Runtime:
    runtime = _look(tree, name, version, order.target)
    if order.python not in (None, version, f"3.{runtime.minor}"):
        raise BuildError(f"{name} is Python {version}, and {order.python} was asked for.")
    always = [path for path in (runtime.library, runtime.executable) if path]
    stays = trim(order.target, runtime.minor, always=always, keep=order.keep, drop=order.drop)
    paths = [path for path in tree.paths if stays(path)]
    for path in paths:
        if not is_inside(path):
            raise BuildError(f"{name} holds {path!r}, which is no name for a file on every system.")
    tree.write(paths, order.folder)
    _finish(order, runtime)
    _check(order, runtime, name)
    return replace(runtime, glibc=_glibc(order))


def _look(tree: Tree, name: str, version: str, target: Target) -> Runtime:
    """What the tree is; raises BuildError if it is not one Python for a system like the target's."""
    minors = {int(found[1] or found[2]) for path in tree.paths if (found := _MINOR.fullmatch(path))}
    if len(minors) != 1:
        seen = " and ".join(f"3.{minor}" for minor in sorted(minors)) or "none"
        raise BuildError(f"{name} must hold one Python, as it is when it is installed; found {seen}.")
    (minor,) = minors
    library = _library(target, minor)
    executable = "python.exe" if target.system == "windows" else ""
    if library not in tree.paths:
        if target.system != "linux" or "bin/python3" not in tree.paths:
            raise BuildError(f"{name} has no {library}, so it is no Python 3.{minor} for {target}.")
        library, executable = "", "bin/python3"
    return Runtime(version, minor, library, folders(target, minor).stdlib, executable)


def _library(target: Target, minor: int) -> str:
    return {
        "windows": f"python3{minor}.dll",
        "macos": f"lib/libpython3.{minor}.dylib",
        "linux": f"lib/libpython3.{minor}.so.1.0",
    }[target.system]


def _version(tree: Tree, place: Path) -> str:
    """What a Python says itself that it is, or else the name of its archive."""
    for path in sorted(tree.paths):
        if _VERSION_HOMES.fullmatch(path) and (found := _VERSION.search(tree.read(path).decode("latin-1"))):
            return found[1]
    if found := re.search(r"3\.\d+\.\d+", place.name):
        return found[0]
    raise BuildError(
        f"{place} does not say which Python it is: it has no include/…/patchlevel.h. Give it as it was installed, whole."
    )


def _finish(order: _Order, runtime: Runtime) -> None:
    """Take the builder's folders out of what is there, and give every file the mode that it has in any bundle."""
    where = folders(order.target, runtime.minor)
    if order.target.system != "windows":
        # Python warns at its start if this folder is not there, and python-build-standalone has everything built in.
        (order.folder / where.native).mkdir(parents=True, exist_ok=True)
        (order.folder / where.native / ".empty").touch()
    for path in (order.folder / where.stdlib).glob("_sysconfig*"):
        if variables.NAME.fullmatch(path.name):
            path.write_bytes(variables.cleaned(path.name, path.read_bytes()))
    for path in sorted(order.folder.rglob("*")):
        if path.is_file():
            path.chmod(0o755 if path.parent == order.folder / "bin" else 0o644)


def _check(order: _Order, runtime: Runtime, name: str) -> None:
    """Raise BuildError unless what is there could start on the target."""
    for path in (f"{runtime.stdlib}/os.py", f"{runtime.stdlib}/encodings/__init__.py"):
        if not (order.folder / path).is_file():
            raise BuildError(
                f"Without {path} no Python starts: {name} lacks it, or a pattern to drop says so."
            )
    with (order.folder / (runtime.library or runtime.executable)).open("rb") as file:
        seen = target_of(file.read(ENOUGH))
    if seen != order.target:
        raise BuildError(
            f"{name} is a Python for {seen or 'another kind of computer'}, not for {order.target}."
        )


def _glibc(order: _Order) -> str:
    if order.target.system != "linux":
        return ""
    files = [path for path in order.folder.rglob("*") if ".so" in path.name or path.parent.name == "bin"]
    return f"2.{max(glibc_of(path.read_bytes()) for path in files)}"
