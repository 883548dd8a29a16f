"""Our side: `hipflask build`, `hipflask publish` and an installed program's own `--update`, run as people run them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from .._measure import note
from .._servers import ROOT, environment
from ..peers import FOLDER as PEERS
from .programs import Program

KEY = "only for the benchmark"
NAME = "measured"
NEWEST = 14  # the newest minor version of Python that everything here runs with
# One name for whatever is published: an installed hello becomes poker as it would become another hello, and Python, which
# takes half a minute to be packed as small as it can be, is packed once.
_PROJECT = """\
[tool.hipflask]
app = "{app}"
name = "Measured"
id = "benchmark.measured"
requires = [{requires}]

[tool.hipflask.updates]
url = "{url}"
root = "root.json"
"""


def build(
    source: Path, output: Path, *options: str, python: str = sys.executable, cache: Path | None = None
) -> None:
    """`hipflask build` of a script or a package, with the Python that runs it; `cache` is where it keeps what it may need again."""
    what = ["--runtime", "host", "--output", str(output), *options]
    kept = {"HIPFLASK_CACHE": str(cache)} if cache else {}
    _hipflask(["--app", source.name, "build", *what], source.parent, python, **kept)


def bundle_in(output: Path, program: str) -> Path:
    """The folder that runs, of what was built."""
    return next(output.glob(f"*/{program}"))


def other_python() -> str | None:
    """The next newer Python of this computer, in an environment from which Hipflask builds; None if there is none."""
    for minor in range(sys.version_info.minor + 1, NEWEST + 1):
        if found := _python(minor):
            folder = PEERS / f"python3.{minor}"
            python = folder / "bin/python"
            if not (folder / "bin/hipflask").exists():
                note(f"making an environment of Python 3.{minor} in {folder.relative_to(ROOT)}/ (once)…")
                _uv("venv", "--clear", "--quiet", "--python", found, str(folder))
                _uv("pip", "install", "--quiet", "--python", str(python), "--editable", f"{ROOT}[build]")
            return str(python)
    return None


def _python(minor: int) -> str | None:
    """A Python 3.`minor` on PATH, or beside the one that runs this, as pyenv has them."""
    beside = sorted(Path(sys.base_prefix).parent.glob(f"3.{minor}.*/bin/python3"))
    candidates = [shutil.which(f"python3.{minor}"), *map(str, beside)]
    # What is on PATH may be a shim that only says that there is none.
    return next((each for each in candidates if each and _is_python(each)), None)


def _is_python(path: str) -> bool:
    return subprocess.run([path, "-c", "import venv, ctypes"], capture_output=True).returncode == 0


@dataclass
class Publisher:
    """A folder with everything that somebody has who publishes a program: its source, keys, what was built, what is public."""

    folder: Path
    url: str
    versions: int = 0
    _source: Path = field(init=False)

    def __post_init__(self) -> None:
        self._source = self.folder / "source"
        self.folder.mkdir(exist_ok=True)
        _hipflask(["keys", "make", str(self.folder / "keys")], self.folder)

    @property
    def site(self) -> Path:
        """What installed programs look for updates in."""
        return self.folder / "site"

    @property
    def dist(self) -> Path:
        """What was built last."""
        return self.folder / "dist"

    def take(self, program: Program, *requires: str) -> None:
        """Have this program from now on, which asks for these packages besides Hipflask's own."""
        shutil.rmtree(self._source, ignore_errors=True)
        self._source.mkdir()
        program.copy(self._source)
        shutil.copy(self.folder / "keys" / "root.json", self._source)
        self.ask_for(program, *requires)

    def ask_for(self, program: Program, *requires: str) -> None:
        """Ask for other packages."""
        pins = ", ".join(f'"{pin}"' for pin in requires)
        text = _PROJECT.format(app=program.name, requires=pins, url=self.url)
        (self._source / "pyproject.toml").write_text(text, "utf-8")

    def change(self, program: Program) -> None:
        """Change one line."""
        program.change(self._source)

    def build(self, python: str = sys.executable) -> None:
        """Build it, as the next version."""
        self.versions += 1
        shutil.rmtree(self.dist, ignore_errors=True)
        what = ["--runtime", "host", "--format", "folder", "--output", str(self.dist)]
        _hipflask(["build", *what, "--version", f"1.{self.versions}"], self._source, python)

    def publish(self, python: str = sys.executable) -> None:
        """Publish what was built last."""
        places = ["--keys", str(self.folder / "keys"), "--from", str(self.dist)]
        _hipflask(["publish", str(self.site), *places], self._source, python)

    def install(self) -> Path:
        """A copy of what was built last, as somebody has unpacked it: the program that is to be started."""
        home = self.folder / f"installed-{self.versions}"
        shutil.copytree(bundle_in(self.dist, NAME), home, dirs_exist_ok=True)
        return home / NAME


def _hipflask(words: list[str], folder: Path, python: str = sys.executable, **variables: str) -> None:
    _run([str(Path(python).parent / "hipflask"), *words], folder, HIPFLASK_KEY_PASSPHRASE=KEY, **variables)


def _uv(*words: str) -> str:
    from uv import find_uv_bin

    return _run([find_uv_bin(), *words], ROOT)


def _run(command: list[str], folder: Path, **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
