"""The runtime's layer: a trimmed Python, compiled, that finds the other two layers. What was made once is kept.

It is the largest layer and the one that changes least, so a build should not wait for it twice.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

from . import compiling
from .runtime import FETCH, HOST, Runtime, host, provide
from .runtime.cache import Cache, keep
from .runtime.table import row
from .targets import Target

# Every Python of the bundle runs this first: it finds the packages and the app of the release that the launcher has started.
SITECUSTOMIZE = """\
import os
import site
import sys

_release = os.environ.get("HIPFLASK_BUNDLE")
if _release:
    with open(_release, encoding="utf-8") as _lines:
        _ids = dict(_line.rstrip("\\n").partition("=")[::2] for _line in _lines)
    _layers = os.path.join(os.path.dirname(os.path.dirname(_release)), "layers")
    site.addsitedir(os.path.join(_layers, _ids["packages"][:16]))
    sys.path.append(os.path.join(_layers, _ids["app"][:16]))
"""
IN_TRACEBACKS = "<python>"
_FACTS = "runtime.json"


def known_minor(choice: str | None, target: Target, python: str | None) -> int | None:
    """The minor version that a choice of runtime will turn out to have, or None where one must look into it first."""
    if choice in (None, FETCH):
        return int(row(target, python).version.split(".")[1])
    return sys.version_info.minor if choice == HOST else None


def fill_runtime(
    choice: str | None, target: Target, python: str | None, folder: Path, cache: Cache, *, offline: bool
) -> Runtime:
    """Fill a folder that is not there yet with the runtime's layer; raises BuildError where no such Python can be had."""
    key = _key(choice, target, python)
    kept = cache.folder / "runtimes" / key if key is not None else None
    if kept is not None and (kept / _FACTS).is_file():
        shutil.copytree(kept / "tree", folder)
        facts = json.loads((kept / _FACTS).read_text(encoding="utf-8"))
        return Runtime(**{**facts, "remarks": tuple(facts["remarks"])})
    runtime = provide(choice, target, cache, folder=folder, python=python, offline=offline)
    (folder / runtime.stdlib / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8", newline="\n")
    compiler = compiler_for(runtime.minor, cache, offline=offline)
    compiling.compile_tree(folder, python=compiler, prefix_in_tracebacks=IN_TRACEBACKS)
    _leave_out_sources(folder)
    if kept is not None:
        keep(kept, lambda place: _copy(folder, runtime, place))
    return runtime


def compiler_for(minor: int, cache: Cache, *, offline: bool) -> Path:
    """An interpreter that runs here and compiles for Python 3.`minor`: an installed one, or else this system's of the table."""

    def unpacked() -> Path:
        target = Target.host()
        place = cache.folder / "compilers" / row(target, f"3.{minor}").sha256
        if not place.is_dir():
            # What a bundle does without is what one needs here: a program that is called Python.
            keep(
                place,
                lambda folder: provide(
                    None, target, cache, folder=folder, python=f"3.{minor}", offline=offline, keep=["bin/*"]
                ),
            )
        return place / ("python.exe" if target.system == "windows" else f"bin/python3.{minor}")

    return compiling.python_for(minor, unpacked)


def _leave_out_sources(folder: Path) -> None:
    """Have compiled files stand in the place of their sources, which are a fifth of a small program's bundle.

    Nobody edits the standard library of an installed program, and a traceback names its files and lines all the same. The
    packages and the app keep their sources.
    """
    for compiled in folder.rglob("__pycache__/*.pyc"):
        source = compiled.parent.parent / f"{compiled.name.partition('.')[0]}.py"
        source.unlink()
        compiled.rename(source.with_suffix(".pyc"))
    for empty in sorted(folder.rglob("__pycache__"), reverse=True):
        empty.rmdir()


def _copy(folder: Path, runtime: Runtime, to: Path) -> None:
    shutil.copytree(folder, to / "tree")
    (to / _FACTS).write_text(json.dumps(asdict(runtime)), encoding="utf-8")


def _key(choice: str | None, target: Target, python: str | None) -> str | None:
    """What the layer depends on, as a name; None for what cannot be told from outside: a folder or an archive somewhere."""
    if choice in (None, FETCH):
        source = row(target, python).sha256
    elif choice == HOST:
        source = host.fingerprint()
    else:
        return None
    return hashlib.sha256(f"{source} {target} {python} {_code()}".encode()).hexdigest()


def _code() -> str:
    """What makes the layer: another version of Hipflask may trim otherwise."""
    files = [
        Path(__file__),
        *sorted((Path(__file__).parent / "runtime").glob("*.py")),
        Path(compiling.__file__),
    ]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
