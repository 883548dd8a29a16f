"""Compiled files beside the sources: without them a program takes five times as long to start.

    compile_tree(folder, python=python_for(14), prefix_in_tracebacks="<packages>")

They are compiled by a Python of the bundle's own minor version, and are the same bytes wherever and in whatever order that
happens. A program believes them without looking at the source, so editing a source that is installed has no effect. The name
that a traceback has for a file is put right when it is loaded: it is where the source then is, and its lines are shown.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..core.errors import BuildError
from .packages import uv

_COMPILER = Path(__file__).with_name("_compile.py")
# Nothing of the user's own settings, and no module from the folder that the compiler is in. The cache of bytecode that
# `-B` forbids is the compiler's own.
_OPTIONS = ("-S", "-s", "-P", "-B", "-W", "ignore")
_IS_RIGHT = "import sys; sys.exit(sys.version_info[:2] != (3, {minor}) or sys.implementation.name != 'cpython' or 't' in sys.abiflags)"
_WORTH_A_PROCESS = 50  # files: starting a Python costs as much as compiling some ten

Failure = tuple[Path, int, str]


def compile_tree(
    folder: Path, *, python: Path, prefix_in_tracebacks: str, strict: bool = False, cache: Path | None = None
) -> None:
    """Compile every Python file in a folder; with `strict`, raises BuildError for one that cannot be.

    Libraries have such files: examples of mistakes, or code for versions of Python that are chosen between at run time.
    `cache` is where what was compiled once is kept, by its source.
    """
    sources = sorted(folder.rglob("*.py"), key=lambda path: (-path.stat().st_size, path))
    named = [(str(path), f"{prefix_in_tracebacks}/{path.relative_to(folder).as_posix()}") for path in sources]
    failures = sorted(_compile_all(python, named, cache))
    if strict and failures:
        path, line, message = failures[0]
        raise BuildError(f"{path.relative_to(folder)}, line {line}, is not Python: {message}.")


def python_for(minor: int, otherwise: Callable[[], Path] | None = None) -> Path:
    """A Python 3.`minor` that runs here: this one, an installed one, else what `otherwise` brings; raises BuildError."""
    for candidate in _candidates(minor):
        if _is_right(candidate, minor):
            return candidate
    if otherwise is not None:
        return otherwise()
    raise BuildError(
        f"A bundle with Python 3.{minor} is compiled by a Python 3.{minor}, and none was found on this computer. "
        f"Install one, for example by: uv python install 3.{minor}"
    )


def _candidates(minor: int) -> Iterator[Path]:
    if sys.version_info[1] == minor:
        yield Path(sys.executable)
    if found := shutil.which(f"python3.{minor}"):
        yield Path(found)
    if found := uv.answer(["python", "find", "--no-project", f"cpython@3.{minor}"]):
        yield Path(found)


def _is_right(python: Path, minor: int) -> bool:
    # What is on the PATH under that name may be a shim that only says that there is none.
    try:
        done = subprocess.run(
            [python, "-I", "-c", _IS_RIGHT.format(minor=minor)], capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def _compile_all(python: Path, files: Sequence[tuple[str, str]], cache: Path | None) -> list[Failure]:
    processes = max(1, min(os.cpu_count() or 1, len(files) // _WORTH_A_PROCESS))
    # The largest first, dealt in turn: all have about the same to do.
    hands = [files[number::processes] for number in range(processes)]
    with ThreadPoolExecutor(processes) as pool:
        answers = list(pool.map(lambda hand: _compile_some(python, hand, cache), hands))
    return [(Path(path), line, message) for answer in answers for path, line, message in answer]


def _compile_some(python: Path, files: Sequence[tuple[str, str]], cache: Path | None) -> list[Any]:
    job = json.dumps({"cache": str(cache) if cache else None, "files": files})
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [python, *_OPTIONS, _COMPILER],
        input=job.encode(),
        env={**clean, "PYTHONHASHSEED": "0"},
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise BuildError(
            f"{python} could not compile: {last[0] if last else f'exit code {done.returncode}'}."
        )
    failures: list[Any] = json.loads(done.stdout)
    return failures
