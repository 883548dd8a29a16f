"""Small packages, made on the spot: wheels and sources in a folder that uv looks into instead of an index."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hipflask.build.packages import uv
from hipflask.build.packages.resolving import Pin
from hipflask.core.errors import MissingPart
from lacking import lacking

# Builds a wheel without setuptools: `native` says whether it claims to be made for one kind of computer.
BACKEND = """
import pathlib, sys, zipfile
TAG = {tag!r}
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "{name}-{version}-" + TAG + ".whl"
    info = "{name}-{version}.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr("{name}.py", "where = 'built'\\n")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\nDynamic: {name}\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: here\\nRoot-Is-Purelib: true\\nTag: " + TAG + "\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""


class Shelf:
    """A folder of packages, which stands in for the index; uv's cache is the test's own, and it reaches no other place."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "shelf"
        self.folder.mkdir()
        self.cache = folder / "uv"
        self.settings = folder / "uv.toml"
        self.settings.write_text(
            f"no-index = true\nfind-links = [{json.dumps(str(self.folder))}]\n", encoding="utf-8"
        )
        monkeypatch.setenv("UV_CONFIG_FILE", str(self.settings))
        monkeypatch.setenv("UV_CACHE_DIR", str(self.cache))
        for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"):
            monkeypatch.delenv(name, raising=False)

    def wheel(
        self,
        name: str,
        version: str = "1.0",
        *,
        tag: str = "py3-none-any",
        files: Mapping[str, str] | None = None,
        requires: Sequence[str] = (),
        links: Mapping[str, str] | None = None,
    ) -> Pin:
        """Put a wheel on it."""
        info = f"{name}-{version}.dist-info"
        needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
        content = {
            f"{name}/__init__.py": f"version = {version!r}\n",
            **(files or {}),
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
        }
        content[f"{info}/RECORD"] = "".join(f"{path},{_digest(text)},\n" for path, text in content.items())
        path = self.folder / f"{name}-{version}-{tag}.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            for inner, text in content.items():
                wheel.writestr(inner, text)
            for inner, aim in (links or {}).items():
                link = zipfile.ZipInfo(inner)
                link.external_attr = 0o120777 << 16
                wheel.writestr(link, aim)
        return self._pin(name, version, path)

    def source(self, name: str, version: str = "1.0", *, tag: str = "py3-none-any") -> Pin:
        """Put a package on it of which there is no wheel; what is built of it says that it is for `tag`."""
        path = self.folder / f"{name}-{version}.tar.gz"
        project = (
            f'[project]\nname = "{name}"\nversion = "{version}"\n[build-system]\nrequires = []\n'
            'build-backend = "backend"\nbackend-path = ["."]\n'
        )
        about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        files = {
            "pyproject.toml": project,
            "backend.py": BACKEND.format(name=name, version=version, tag=tag),
            "PKG-INFO": about,
        }
        with tarfile.open(path, "w:gz") as archive:
            for inner, text in files.items():
                entry = tarfile.TarInfo(f"{name}-{version}/{inner}")
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
        return self._pin(name, version, path)

    @contextlib.contextmanager
    def served(self) -> Iterator[list[str]]:
        """As an index in a network, of this computer alone; has a list of what is asked for."""
        asked: list[str] = []

        class Index(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:  # `self` is the shelf
                asked.append(handler.path)
                content = self._answer(handler.path)
                handler.send_response(404 if content is None else 200)
                handler.send_header("Content-Type", "text/html")
                handler.end_headers()
                handler.wfile.write(content or b"")

            def log_message(handler, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}/simple"
            self.settings.write_text(f'[[index]]\nurl = "{address}"\ndefault = true\n', encoding="utf-8")
            yield asked
            server.shutdown()

    def _answer(self, path: str) -> bytes | None:
        name = path.strip("/").removeprefix("simple/")
        if path.startswith("/simple/"):
            lines = [
                f'<a href="/files/{each.name}#sha256={_sha256(each)}" data-core-metadata="true">{each.name}</a>'
                for each in sorted(self.folder.glob(f"{name}-*"))
            ]
            return "\n".join(lines).encode() if lines else None
        file = self.folder / path.removeprefix("/files/").removesuffix(".metadata")
        if path.endswith(".metadata"):
            with zipfile.ZipFile(file) as wheel:
                return next(wheel.read(each) for each in wheel.namelist() if each.endswith("/METADATA"))
        return file.read_bytes()

    def _pin(self, name: str, version: str, path: Path) -> Pin:
        return Pin(name.replace("_", "-"), version, path.name, _sha256(path))


def needs_uv() -> None:
    """The present test runs uv."""
    try:
        uv.find()
    except MissingPart:
        lacking("uv")


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
