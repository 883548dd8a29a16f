"""A real program in a real bundle: written into a folder, built with the Python that runs the tests, published, installed."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = """
import multiprocessing
import os
import time
from pathlib import Path
from threading import Thread

from hipflask import Hipflask, Mapped, Store, ui, updates
from hipflask.core.errors import UpdateError

app = Hipflask(__name__)
db = Store(app)
VERSION = {version!r}
{more}


class Visit(db.Model):
    path: Mapped[str]


def note(what):
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.write(f"{{VERSION}} {{what}}\\n")


def double(number):
    return number * 2


@app.window("/")
def stock():
    ui.heading("Stock")
    ui.text(f"{{VERSION}} {{len(db.all(Visit))}} {{ui.state(0).value}}")
    note("drawn")


@app.window("/import")
def imports(file: str):
    ui.heading(file)
    note(f"file {{file}}")


@app.window("/items/<int:number>")
def item(number: int):
    ui.heading(str(number))
    note(f"item {{number}}")


@app.route("/delete-everything")
def delete_everything():
    note("deleted everything")
    return "done"


@app.window("/compute")
def compute(number: int):
    def work():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            note(f"computed {{pool.apply(double, (number,))}}")

    if "computed" not in Path(os.environ["NOTES"]).read_text():
        Thread(target=work).start()


@app.window("/again")
def again(after: int):
    def work():
        note("restarts")
        while True:
            try:
                return updates.restart()
            except UpdateError:  # its window is still being opened
                time.sleep(0.1)

    Thread(target=work).start()


app.run()
"""

PYPROJECT = """
[project]
name = "stock"
version = "{version}"

[tool.hipflask]
app = "stock"
id = "com.example.stock"
name = "Lager für Büros"
publisher = "Example Ltd"
schemes = ["stock"]
file-types = [{{ extension = ".stock", name = "Stock list", opens = "/import" }}]
updates = {{ url = "{url}" }}
"""
PLAIN = "from hipflask.cli import main; main()"
HURRIED = f"from hipflask.build import layer; layer._PRESET = 0; {PLAIN}"
PASSPHRASE = {"HIPFLASK_KEY_PASSPHRASE": "correct horse battery"}


class Program:
    """A project in a folder, and what is made of it with the commands that people use."""

    def __init__(self, folder: Path, url: str = "http://127.0.0.1:9") -> None:
        self.folder = folder
        self.url = url
        self.project = folder / "project"
        self.project.mkdir(parents=True)
        self.public = folder / "public"

    def write(self, version: str, more: str = "") -> None:
        """The source of one version; `more` stands at its top."""
        (self.project / "stock.py").write_text(SOURCE.format(version=version, more=more), encoding="utf-8")
        (self.project / "pyproject.toml").write_text(
            PYPROJECT.format(version=version, url=self.url), encoding="utf-8"
        )

    def command(self, *arguments: str | Path, program: str = PLAIN, **environment: str) -> str:
        """Run `hipflask` in the project; fails with what it said if it ends badly."""
        done = subprocess.run(
            [sys.executable, "-c", program, *map(str, arguments)],
            cwd=self.project,
            env={**os.environ, **PASSPHRASE, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def make_keys(self) -> None:
        self.command("keys", "make", self.folder / "keys")
        shutil.copy(self.folder / "keys" / "root.json", self.project / "hipflask-root.json")

    def build(self, version: str, more: str = "", *arguments: str, **environment: str) -> Path:
        """Build a version; returns the bundle's folder."""
        self.write(version, more)
        self.command("build", "--runtime", "host", *(arguments or ("--format", "folder")), **environment)
        (folder,) = (self.project / "dist").glob("linux-*/lager-fur-buros")
        return folder

    def publish(self, *arguments: str) -> str:
        """Publish what was built, packed in a hurry: as small as it can be takes half a minute for each Python."""
        return self.command(
            "publish", self.public, "--keys", self.folder / "keys", *arguments, program=HURRIED
        )


class Installed:
    """A copy of a bundle, in somebody's home."""

    def __init__(self, bundle: Path, home: Path) -> None:
        self.home = home
        self.root = home / "My Programs" / "Lager für Büros"
        shutil.copytree(bundle, self.root)
        self.notes = home / "notes"
        self.notes.touch()

    @property
    def launcher(self) -> Path:
        return self.root / "lager-fur-buros"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the developer's, but for a screen and where the test reads along."""
        kept = {name: os.environ[name] for name in ("DISPLAY", "XAUTHORITY") if name in os.environ}
        return {
            "HOME": str(self.home),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "NOTES": str(self.notes),
            **kept,
        }

    def run(
        self, *arguments: str | Path, seconds: float = 60, **more: str
    ) -> subprocess.CompletedProcess[str]:
        command = [str(self.launcher), *map(str, arguments)]
        return subprocess.run(
            command,
            env={**self.environment, **more},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Start it and go on; the caller ends it."""
        return subprocess.Popen(
            [str(self.launcher), *map(str, arguments)], env=self.environment, cwd=self.home
        )

    def python(self, code: str) -> object:
        """What a piece of Python in the bundle prints as JSON."""
        done = self.run("-c", code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def current(self) -> dict[str, str]:
        lines = (self.root / "current").read_text().splitlines()
        return dict(line.partition("=")[::2] for line in lines)

    def noted(self) -> list[str]:
        return self.notes.read_text().splitlines()

    def layers(self) -> dict[str, bytes]:
        """Every file of every layer, to see that nothing changes them."""
        files = (self.root / "layers").rglob("*")
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files if path.is_file()}


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """A web server for a folder that is filled later; yields its address and the size of every answer so far."""
    sizes: list[int] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def copyfile(self, source: object, outputfile: object) -> None:
            content = source.read()  # type: ignore[attr-defined]
            sizes.append(len(content))
            outputfile.write(content)  # type: ignore[attr-defined]

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", sizes
        server.shutdown()
