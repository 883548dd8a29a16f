"""The peers' own Python environment: `.peers/` at the root of the repository, made on first use.

    subprocess.run([peers.python(), "-m", "streamlit", "run", …])

The versions are pinned, so that a ratio means the same next month; change a pin and the environment is brought up
to date at the next run. The peers are compiled to bytecode at once: nobody's first click should pay for that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ._servers import environment

PINS = {
    "nicegui": "3.18.0",
    "streamlit": "1.67.0",
    "pywebview": "6.2.1",  # NiceGUI's native mode
    "flask": "3.1.3",
    "granian": "2.8.7",
    "gunicorn": "27.0.1",
    "sqlmodel": "0.0.50",
    "peewee": "4.5.3",
    "perspective-python": "5.5.1",
    "pyside6-essentials": "6.12.0",
}
NODE_PINS = {
    "@vlcn.io/crsqlite-wasm": "0.16.0",
    "@perspective-dev/client": "5.5.1",
    "@perspective-dev/viewer": "5.5.1",
    "@perspective-dev/viewer-datagrid": "5.5.1",
    "pouchdb": "9.0.0",
    "pouchdb-adapter-memory": "9.0.0",
    "pouchdb-server": "4.2.0",
    "tinybase": "10.0.1",
    "ws": "8.23.0",  # TinyBase's sockets
}
FOLDER = Path(__file__).parent.parent / ".peers"
SYSTEM_PYTHON = (Path("/usr/lib/python3/dist-packages"),)


def python(name: str = "", pins: Mapping[str, str] = PINS) -> str:
    """The interpreter of the peers' environment, which is made if it is not there; with a name, of one for peers that keep apart."""
    folder = FOLDER / name
    interpreter = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = "".join(f"{package}=={version}\n" for package, version in pins.items())
    stamp = folder / "pins.txt"
    if not stamp.exists() or stamp.read_text().split() != wanted.split():
        _install(folder, interpreter, wanted.split())
        stamp.write_text(wanted)
    return str(interpreter)


def node_modules() -> Path:
    """The folder of the peers that come from npm, which is made if it is not there."""
    wanted = [f"{name}@{version}" for name, version in NODE_PINS.items()]
    stamp = FOLDER / "node_pins.txt"
    if not stamp.exists() or stamp.read_text() != " ".join(wanted):
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit(
                "Some peers come from npm, which is not on PATH. `scripts/setup` installs Node.js."
            )
        print(f"installing {', '.join(wanted)} into {FOLDER.name}/ (once)…", file=sys.stderr)
        _quietly(npm, "install", "--silent", "--no-audit", "--prefix", str(FOLDER), *wanted)
        stamp.write_text(" ".join(wanted))
    return FOLDER / "node_modules"


def can_open_windows() -> bool:
    """Whether pywebview, and so NiceGUI's native mode, finds what it needs: PyGObject and WebKitGTK's description.

    Debian compiles PyGObject for its own Python; where ours is of the same version it is lent to the peers.
    """
    opens = [python(), "-c", "import gi; gi.require_version('WebKit2', '4.1')"]
    lent = next(Path(python()).parent.parent.glob("lib/python*/site-packages")) / "gi"
    suffix = f"{sys.version_info.major}{sys.version_info.minor}"
    for folder in SYSTEM_PYTHON:
        if not lent.exists() and list((folder / "gi").glob(f"_gi.cpython-{suffix}-*.so")):
            lent.symlink_to(folder / "gi")
    return subprocess.run(opens, env=environment(), capture_output=True).returncode == 0


def _install(folder: Path, interpreter: Path, requirements: list[str]) -> None:
    print(f"installing {', '.join(requirements)} into {folder.name}/ (once)…", file=sys.stderr)
    _quietly(sys.executable, "-m", "venv", str(folder))
    _quietly(str(interpreter), "-m", "pip", "install", "--quiet", "--compile", *requirements)
    _quietly(str(interpreter), "-m", "compileall", "-q", "-j", "0", str(folder / "lib"))


def _quietly(*command: str) -> None:
    result = subprocess.run(command, env=environment(), capture_output=True, text=True)
    # Some packages ship files that are not meant for this Python (templates); compileall says so and goes on.
    if result.returncode and "compileall" not in command:
        raise SystemExit(f"{' '.join(command)} failed:\n{result.stdout}{result.stderr}")
