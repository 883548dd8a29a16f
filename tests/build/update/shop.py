"""A publisher, a web server and an installed program, for the tests of the update client.

The publisher is made with The Update Framework's own library and with real keys, and does what it is told: also what no
honest one would. Its archives are packed fast rather than small. The program's Python is a shell script that says which
version runs, so that the real launcher can start it in a moment.
"""

from __future__ import annotations

import http.server
import io
import lzma
import os
import shutil
import socketserver
import ssl
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from hipflask.build.current import Current, release_of
from hipflask.build.layer import SHORT, Layer
from hipflask.build.offer import Archive, Offer
from hipflask.build.release import Release
from hipflask.build.targets import Target
from hipflask.build.update.installation import Installation
from hipflask.build.update.updater import Updater
from hipflask.build.update.web import Patience

TARGET = Target.host().name
CHANNEL = "stable"
SAYS = b'#!/bin/sh\nread version < "$(dirname "$0")/../../$(sed -n "s/^app=\\(.\\{16\\}\\).*/\\1/p" "$HIPFLASK_BUNDLE")/version"\n'
RUNS = SAYS + b'echo "$version"\n'
FAILS = b"#!/bin/sh\nexit 1\n"
FOR_LAUNCHER = Path(__file__).parents[3] / "src" / "hipflask" / "build" / "launcher" / "bin" / TARGET

Files = Mapping[str, bytes]
Layers = Mapping[str, Files]


def layers(version: str, *, python: bytes = RUNS, **more: bytes) -> dict[str, dict[str, bytes]]:
    """What a version is made of; `more` are further files of its app."""
    return {
        "runtime": {"bin/python3": python, "lib/libpython": b"the same for all " * 400},
        "packages": {"flask.py": b"flask = 3", "click.py": b"click = 8"},
        "app": {"version": f"{version}\n".encode(), "app.py": b"app = 1", **more},
    }


def written(name: str, files: Files, folder: Path) -> Layer:
    """A layer with these files, below a folder."""
    home = folder / name
    for path, content in files.items():
        file = home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o755 if path.startswith("bin/") else 0o644)
    return Layer.of(name, home)


def packed(files: Mapping[str, tuple[bytes, int]]) -> bytes:
    """A .tar.xz of files and their modes."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for path, (content, mode) in files.items():
            header = tarfile.TarInfo(path)
            header.size, header.mode = len(content), mode
            archive.addfile(header, io.BytesIO(content))
    return lzma.compress(raw.getvalue(), preset=0)


def sha256(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


@dataclass
class Shop:
    """Somebody who publishes in a folder, step by step or with `sell`."""

    folder: Path
    id: str = "com.example.stock"
    key: CryptoSigner = field(default_factory=CryptoSigner.generate_ed25519)
    online: CryptoSigner = field(default_factory=CryptoSigner.generate_ed25519)
    targets: dict[str, TargetFile] = field(default_factory=dict)
    versions: dict[str, int] = field(
        default_factory=lambda: {"root": 0, "timestamp": 0, "snapshot": 0, "targets": 0}
    )
    root: bytes = b""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.root = self.write_root()

    # ── metadata ──

    def write_root(self, *, days: float = 365, signers: tuple[CryptoSigner, ...] = ()) -> bytes:
        """The next version of the root, with the keys that there are; signed by `signers` in addition."""
        self.versions["root"] += 1
        root = Root(version=self.versions["root"], expires=soon(days), consistent_snapshot=True)
        root.add_key(self.key.public_key, "root")
        for role in ("timestamp", "snapshot", "targets"):
            root.add_key(self.online.public_key, role)
        return self._write(root, f"{root.version}.root", self.key, *signers)

    def write_targets(self, *, days: float = 30, version: int | None = None) -> bytes:
        number = self._next("targets", version)
        return self._write(
            Targets(version=number, expires=soon(days), targets=self.targets), f"{number}.targets"
        )

    def write_snapshot(
        self, *, days: float = 30, version: int | None = None, targets: int | None = None
    ) -> bytes:
        number = self._next("snapshot", version)
        meta = {"targets.json": MetaFile(version=targets or self.versions["targets"])}
        return self._write(Snapshot(version=number, expires=soon(days), meta=meta), f"{number}.snapshot")

    def write_timestamp(
        self, *, days: float = 7, version: int | None = None, snapshot: int | None = None, **said: Any
    ) -> bytes:
        meta = MetaFile(version=snapshot or self.versions["snapshot"], **said)
        number = self._next("timestamp", version)
        return self._write(Timestamp(version=number, expires=soon(days), snapshot_meta=meta), "timestamp")

    def write(self) -> None:
        """All that follows from the targets."""
        self.write_targets()
        self.write_snapshot()
        self.write_timestamp()

    def _next(self, role: str, version: int | None) -> int:
        self.versions[role] = version or self.versions[role] + 1
        return self.versions[role]

    def _write(self, signed: Any, name: str, *signers: CryptoSigner) -> bytes:
        metadata = Metadata(signed)
        for signer in signers or (self.online,):
            metadata.sign(signer, append=True)
        content = metadata.to_bytes(JSONSerializer(compact=True))
        file = self.folder / "metadata" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        return content

    # ── offers ──

    def sell(self, version: str, made_of: Layers, *, former: Release | None = None, **changes: Any) -> Offer:
        """Publish a version; with deltas from the layers of `former`, whose files are in `self.made`."""
        offer = self.offer(version, made_of, former)
        self.put(offer, **changes)
        return offer

    def put(self, offer: Offer, *, percent: float | None = None, path: str = f"{CHANNEL}/{TARGET}") -> None:
        """Publish an offer, and the metadata."""
        content = offer.text.encode()
        info = TargetFile.from_data(path, content, ["sha256"])
        info.unrecognized_fields["custom"] = {"version": offer.release.version} | (
            {} if percent is None else {"percent": percent}
        )
        file = self.folder / "targets" / path
        file = file.with_name(f"{sha256(content)}.{file.name}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.targets[path] = info
        self.write()

    def offer(self, version: str, made_of: Layers, former: Release | None = None, **other: str) -> Offer:
        """The offer of a version, with its archives in their places."""
        made = {name: self._made(name, files) for name, files in made_of.items()}
        release = release_with(version, {name: layer.id for name, layer in made.items()}, id=self.id, **other)
        archives = {name: self._archive(_content(layer)) for name, layer in made.items()}
        deltas = {}
        for name, layer in made.items():
            if former is not None and former.layers[name] != layer.id:
                old = former.layers[name][:SHORT]
                deltas[name, old] = self._archive(self._delta(layer, old))
        return Offer(release, archives, deltas)

    def file_of(self, archive: Archive) -> Path:
        return self.folder / archive.home

    def _made(self, name: str, files: Files) -> Layer:
        made = self.folder.parent / "made"
        layer = written(name, files, made / "new")
        home = made / layer.id[:SHORT]
        shutil.rmtree(home, ignore_errors=True)
        (made / "new" / name).rename(home)
        return Layer.of(name, home)

    def _archive(self, files: Mapping[str, tuple[bytes, int]]) -> Archive:
        content = packed(files)
        archive = Archive(sha256(content), len(content), sum(len(each) for each, _ in files.values()))
        self.file_of(archive).parent.mkdir(exist_ok=True)
        self.file_of(archive).write_bytes(content)
        return archive

    def _delta(self, layer: Layer, old: str) -> dict[str, tuple[bytes, int]]:
        before = {file.line for file in Layer.of(layer.name, self.folder.parent / "made" / old).files}
        listing = "".join(file.line for file in layer.files).encode()
        changed = {file.path for file in layer.files if file.line not in before}
        return {".hipflask-delta": (listing, 0o644)} | {
            path: content for path, content in _content(layer).items() if path in changed
        }


def _content(layer: Layer) -> dict[str, tuple[bytes, int]]:
    return {
        file.path: ((layer.folder / file.path).read_bytes(), 0o755 if file.is_executable else 0o644)
        for file in layer.files
    }


def soon(days: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def release_with(version: str, ids: Mapping[str, str], **other: str) -> Release:
    said = {
        "id": "com.example.stock",
        "name": "Stock",
        "version": version,
        "target": TARGET,
        "channel": CHANNEL,
        "python": "3.14.0",
        "library": "",
    }
    return Release(**(said | other), **ids)


@dataclass(frozen=True)
class Program:
    """An installed program; its launcher is the real one, if there is one for this computer."""

    installation: Installation
    root: bytes
    url: str

    @classmethod
    def install(
        cls, root: Path, shop: Shop, version: str, made_of: Layers, url: str | None = None, **other: str
    ) -> Program:
        ids = {}
        for name, files in made_of.items():
            layer = written(name, files, root / "layers")
            layer.folder.rename(root / layer.home)
            ids[name] = layer.id
        release = release_with(version, ids, **({"id": shop.id} | other))
        (root / "releases").mkdir()
        (root / "releases" / release.key).write_text(release.text)
        Current(release.key).write(root)
        if FOR_LAUNCHER.is_file():
            shutil.copy(FOR_LAUNCHER, root / "stock")
            (root / "stock").chmod(0o755)
        return cls(Installation.at(root, release.key), shop.root, url or shop.folder.as_uri())

    @property
    def folder(self) -> Path:
        return self.installation.root

    @property
    def current(self) -> Current:
        return Current.read(self.folder)

    @property
    def version(self) -> str:
        """What the next start runs; all of it is as it should be."""
        release = release_of(self.folder, self.current.release)
        for name, layer in release.layers.items():
            assert Layer.of(name, release.home(name, self.folder)).id == layer, f"{name} is not whole"
        return release.version

    def updater(self, **other: Any) -> Updater:
        return Updater(
            **(
                {
                    "installation": self.installation,
                    "url": self.url,
                    "channel": CHANNEL,
                    "root_json": self.root,
                }
                | other
            )
        )

    def update(self, **other: Any) -> bool:
        """All of an update; says whether there was one."""
        updater = self.updater(**other)
        news = updater.check()
        if news is None:
            return False
        updater.download(news)
        updater.switch(news)
        return True

    def start(self) -> str:
        """Start it with the real launcher: what it says, its version."""
        environment = {"PATH": os.environ["PATH"]}
        command = [self.folder / "stock"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
        return done.stdout.strip()

    def restarted(self) -> Program:
        """The same program, after a start: it runs the release that `current` names."""
        return Program(Installation.at(self.folder, self.current.release), self.root, self.url)

    def outside(self) -> dict[str, bytes]:
        """All files of it but those that the update client keeps for itself."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and "updates" not in path.relative_to(self.folder).parts
        }


Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """Serves a folder over http, and counts; `instead` answers for some paths in another way."""

    folder: Path
    instead: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    url: str = ""

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        special = next((does for end, does in self.instead.items() if request.path.endswith(end)), None)
        file = self.folder / request.path.lstrip("/")
        if special is not None:
            special(request)
        elif not file.is_file():
            request.send_error(404)
        else:
            self._send(request, file.read_bytes())

    def _send(self, request: http.server.BaseHTTPRequestHandler, content: bytes) -> None:
        self.sent += len(content)
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)


@contextmanager
def serving(folder: Path, certificate: Path | None = None) -> Iterator[Server]:
    """A web server on this computer; with https, if there is a certificate."""
    server = Server(folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                server.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    class Threads(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Say nothing about those who do not trust this server."""

    with Threads(("127.0.0.1", 0), Handler) as listening:
        server.url = f"http://127.0.0.1:{listening.server_address[1]}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            listening.socket = context.wrap_socket(listening.socket, server_side=True)
            server.url = f"https://localhost:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


HASTY = Patience(silence=0.4, check=0.8, slowest=1 << 20)
