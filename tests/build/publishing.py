"""A program that can be published: small layers in folders, keys, and an installed program that looks for updates over HTTP."""

from __future__ import annotations

import atexit
import functools
import hashlib
import http.server
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tuf.api.metadata import TargetFile
from tuf.ngclient import Updater

from hipflask.build.bundle import Bundle
from hipflask.build.layer import Layer
from hipflask.build.offer import Offer
from hipflask.build.project import Project, Updates
from hipflask.build.publish.keys import Keys, make
from hipflask.build.publish.repository import Publisher
from hipflask.build.release import Release
from hipflask.build.targets import Target

PASSPHRASE = "correct horse"
LINUX, WINDOWS = Target.parse("linux"), Target.parse("windows")
ONE = {"stock.py": "print('one')\n"}
TWO = {"stock.py": "print('two')\n"}
SOME = f"stable/{LINUX}"


def ask(name: str, is_new: bool) -> str:
    """What a person would answer who is asked for a passphrase."""
    return PASSPHRASE


def now(days: float = 0) -> datetime:
    """Today, or some days from it."""
    return datetime.now(UTC) + timedelta(days=days)


class Place:
    """A project, its keys, and the folder that it publishes."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.stick = folder / "stick"
        for name in ("keys", "stick"):
            shutil.copytree(_some_keys() / name, folder / name)
        self.keys = Keys.read(folder / "keys")
        self.public = folder / "public"
        self.project = self.project_in(folder)

    @staticmethod
    def project_in(folder: Path) -> Project:
        return Project(
            folder=folder,
            source=folder,
            app="stock",
            files=(),
            id="com.example.stock",
            name="Stock",
            program="stock",
            version="1.0.0",
            publisher="Example & Sons",
            description="What is on the shelves.",
            updates=Updates("http://127.0.0.1/", folder / "keys" / "1.root.json"),
        )

    def publisher(self, *, keys: Keys | None = None, days: float = 0) -> Publisher:
        return Publisher(self.project, self.public, keys or self.keys, ask, now(days))

    def bundle(
        self,
        version: str,
        app: Mapping[str, str],
        target: Target = LINUX,
        channel: str = "stable",
        id: str = "",
    ) -> Bundle:
        """What a build of this app would have made: a runtime and packages that stay, and the app."""
        folder = (
            self.home
            / "builds"
            / f"{channel}-{version}-{target}-{hashlib.sha256(repr(app).encode()).hexdigest()[:8]}"
        )
        contents = {
            "runtime": {"lib/python.so": f"python for {target}" * 200},
            "packages": PACKAGES,
            "app": app,
        }
        layers = tuple(_layer(folder / name, name, files) for name, files in contents.items())
        release = Release(
            id or self.project.id, self.project.name, version, target.name, channel, "3.14.0", "lib/python.so",
            *(layer.id for layer in layers),
        )  # fmt: skip
        return Bundle(self.project, target, release, layers, folder, folder)


class Installed:
    """A program that was installed with some root metadata and looks for its updates."""

    def __init__(self, folder: Path, url: str, root: bytes) -> None:
        self.folder, self.url, self.root = folder, url, root
        folder.mkdir(parents=True, exist_ok=True)

    def look(self, path: str = f"stable/{LINUX}") -> tuple[TargetFile, Offer] | None:
        """What is offered to it, verified by the library that programs verify with."""
        updater = Updater(
            str(self.folder),
            f"{self.url}metadata/",
            str(self.folder),
            f"{self.url}targets/",
            bootstrap=self.root,
        )
        updater.refresh()
        info = updater.get_targetinfo(path)
        if info is None:
            return None
        return info, Offer.parse(Path(updater.download_target(info)).read_bytes())


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain web server that says nothing about its visitors."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder, as any web server would offer it."""
    folder.mkdir(parents=True, exist_ok=True)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@functools.cache
def _some_keys() -> Path:
    """Keys that all these places begin with: a passphrase takes its time."""
    folder = Path(tempfile.mkdtemp(prefix="hipflask-test-keys-"))
    atexit.register(shutil.rmtree, folder)
    make(folder / "keys", folder / "stick", ask, now=now())
    return folder


PACKAGES = {f"flask/part{number}.py": f"# {number}\n" * 40 for number in range(20)}


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _layer(folder: Path, name: str, files: Mapping[str, str]) -> Layer:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return Layer.of(name, folder)
