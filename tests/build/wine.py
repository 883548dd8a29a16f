"""Windows without Windows: a Wine of 64 bits with a disk of its own, and small bundles to set up in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from hipflask.build.bundle import Bundle
from hipflask.build.current import Current
from hipflask.build.layer import NAMES, Layer
from hipflask.build.platforms import nsis
from hipflask.build.platforms.windows import frame
from hipflask.build.project import FileType, Project
from hipflask.build.release import Release
from hipflask.build.targets import Target
from lacking import lacking

SECONDS = 60.0
NAME = "Lager & Größen"
_DRIVERS = r"Software\Wine\Drivers"
_VALUE = re.compile(r'^(?:"((?:[^"\\]|\\.)*)"|@)=(?:"((?:[^"\\]|\\.)*)"|dword:(\w+))$', re.MULTILINE)

_PYTHON = (Path(__file__).parent / "standin/python314.dll").read_bytes()
FILES = {
    "runtime": {"python314.dll": _PYTHON, "Lib/os.py": b"import sys\n"},
    "packages": {"flask/__init__.py": b"", "flask/names with spaces/größe.txt": "Größe".encode()},
    "app": {"app.py": b"print('hello')\n", "hipflask-app.json": b"{}", "$cash/100% ‚ja'.txt": b"$"},
}


Make = Callable[..., tuple[Bundle, Path]]


class Wine:
    """One Windows, as Wine has it in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drive = folder / "drive_c"
        self._env = os.environ | {
            "WINEPREFIX": str(folder),
            "WINEDEBUG": "-all",
            "WINEARCH": "win64",
            # No Gecko, no Mono, and no menus of the Linux desktop.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            "DISPLAY": "",
            "LC_ALL": "C.UTF-8",
        }
        self.folder.mkdir(exist_ok=True)
        self._begin()
        self.run("wineboot", "-i")
        # Wine names the user after the one outside, and gives them no folders of their own but these.
        (self.home,) = (path for path in (self.drive / "users").iterdir() if path.name != "Public")
        self.programs = self.home / "AppData/Local/Programs"
        self.menu = self.home / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs"

    def _begin(self) -> None:
        # It would end a few seconds after the last program, and take a second to begin anew.
        subprocess.run(["wineserver", "-p"], env=self._env, check=True)

    def run(self, program: str | Path, *arguments: str, **variables: str) -> int:
        """Run a program to its end; its exit code."""
        command = ["wine", str(program), *arguments]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.run(
            command, env=self._env | variables, timeout=SECONDS, check=False, **quiet
        ).returncode  # type: ignore[call-overload]

    @contextmanager
    def running(self, program: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A program that runs beside the test, and ends with it at the latest; it has windows, which nobody sees."""
        # Not for all of them: the first window of each program would take ten seconds more. And anew, because a desktop that
        # has begun without a driver stays without one, and no window can be made on it.
        self.write(_DRIVERS, "Graphics", "null")
        self.end()
        self._begin()
        command = ["wine", str(program), *arguments]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, env=self._env, stdin=subprocess.PIPE, **quiet) as process:  # type: ignore[call-overload]
            try:
                yield process
            finally:
                if process.poll() is None:
                    self.run("taskkill", "/F", "/IM", program.name)
                self.run("reg", "delete", f"HKCU\\{_DRIVERS}", "/f")
                self.end()
                self._begin()

    def registry(self) -> dict[str, dict[str, str]]:
        """What stands below HKEY_CURRENT_USER\\Software: the values of each key, strings and numbers; "" is the default one."""
        exported = self.drive / "exported.reg"
        # A file, because what `reg query` says loses every letter that an American DOS did not have.
        assert self.run("reg", "export", r"HKCU\Software", r"C:\exported.reg", "/y") == 0
        keys = {}
        for part in exported.read_text(encoding="utf-16").split("\n[HKEY_CURRENT_USER\\")[1:]:
            key, _, lines = part.partition("]\n")
            keys[key] = {
                _plain(name): str(int(number, 16)) if number else _plain(text)
                for name, text, number in _VALUE.findall(lines)
            }
        return keys

    def write(self, key: str, name: str, data: str) -> None:
        """Put a value into the registry, as another program would."""
        which = ["/v", name] if name else ["/ve"]
        assert self.run("reg", "add", f"HKCU\\{key}", *which, "/d", data, "/f") == 0

    def program(self, name: str = "notepad") -> bytes:
        """One of Wine's own programs: it can be started, be seen to run, and be asked to close."""
        return (self.drive / f"windows/system32/{name}.exe").read_bytes()

    def end(self) -> None:
        """Everything in it ends."""
        subprocess.run(["wineserver", "-k"], env=self._env, check=False)
        subprocess.run(["wineserver", "-w"], env=self._env, check=False, timeout=SECONDS)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


@pytest.fixture(scope="session")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    """The one Windows of all tests: a new one takes eight seconds."""
    if shutil.which("wine") is None:
        lacking("Wine")
    windows = Wine(tmp_path_factory.mktemp("wine"))
    yield windows
    windows.end()


@pytest.fixture
def makensis() -> None:
    """What setup files are made with."""
    if nsis.needs():
        lacking("makensis")


def maker(folder: Path, make: Callable[[Bundle, Path], None], name: str) -> Make:
    """Makes a bundle and its installer: of version 1.4.0, or with other words about the project."""

    def made(
        version: str = "1.4.0", *, launcher: bytes | None = b"MZ launcher", **changes: object
    ) -> tuple[Bundle, Path]:
        place = folder / f"{version}-{len(list(folder.iterdir()))}"
        place.mkdir()
        bundle = bundle_of(place, project_of(place, version=version, **changes), launcher)
        make(bundle, place / name)
        return bundle, place / name

    return made


def wait_until_gone(path: Path, seconds: float = 20.0) -> None:
    """An uninstaller goes on in a copy of itself, after it has ended."""
    end = time.monotonic() + seconds
    while path.exists():
        assert time.monotonic() < end, f"{path} is still there: {sorted(path.rglob('*'))}"
        time.sleep(0.1)


def project_of(folder: Path, **changes: object) -> Project:
    """A program that opens files, addresses, and with the session."""
    icon = folder / "icon.png"
    Image.new("RGB", (256, 256), "teal").save(icon)  # takes less time to make smaller than ours
    plain = Project(
        folder=folder,
        source=folder,
        app="stock",
        files=("stock.py",),
        id="com.example.stock",
        name=NAME,
        program="stock",
        version="1.4.0",
        publisher='Müller "& Söhne" $1',
        description="What there is in the storeroom",
        homepage="https://example.com/stock",
        icon=icon,
        file_types=(FileType(".stück", "Stück", "application/x-stueck", "/item"),),
        schemes=("stock",),
        autostart=True,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    """The files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def seen_from_inside(path: Path) -> str:
    """What a path is called there."""
    return "Z:" + str(path).replace("/", "\\")


def starts(windows: Wine, program: Path, folder: Path) -> bool:
    """Whether a launcher starts its Python, for which a library stands in that writes down what it is asked for."""
    said = folder / "said"
    said.unlink(missing_ok=True)
    code = windows.run(program, "exit", "7", STANDIN_SAYS=seen_from_inside(said))
    return code == 7 and "argument=hipflask.boot" in said.read_text(encoding="utf-8").splitlines()


def signer(folder: Path) -> str:
    """A command that signs with a certificate of its own."""
    for tool in ("osslsigncode", "openssl"):
        if shutil.which(tool) is None:
            lacking(tool)
    subject = ["-subj", "/CN=Example Ltd", "-days", "2"]
    where = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *where]
    subprocess.run(made, check=True, capture_output=True)
    script = folder / "sign.sh"
    script.write_text(
        f'#!/bin/sh\nset -eu\ncd "{folder}"\n'
        'osslsigncode sign -certs cert.pem -key key.pem -in "$1" -out "$1.signed"\nmv "$1.signed" "$1"\n'
    )
    script.chmod(0o755)
    return f"{script} {{file}}"


def is_signed(file: Path, folder: Path) -> bool:
    """Whether a file has the signature of that command."""
    asked = ["osslsigncode", "verify", "-CAfile", folder / "cert.pem", "-in", file]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def bundle_of(
    folder: Path,
    project: Project,
    launcher: bytes | None = b"MZ launcher",
    files: dict[str, dict[str, bytes]] | None = None,
) -> Bundle:
    """A bundle for Windows with these files in its layers, and with the true launcher if none is given."""
    target = Target.parse("windows")
    layers = []
    for name in NAMES:
        staging = folder / "staging" / name
        for path, content in ((files or FILES)[name] | {"VERSION": project.version.encode()}).items():
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            (staging / path).write_bytes(content)
        layers.append(Layer.of(name, staging))
    ids = {layer.name: layer.id for layer in layers}
    release = Release(
        id=project.id, name=project.name, version=project.version, target=target.name, channel="stable",
        python="3.14.7", library="python314.dll", **ids,
    )  # fmt: skip
    root = folder / "bundle"
    for layer in layers:
        shutil.copytree(layer.folder, root / layer.home)
    (root / "releases").mkdir()
    (root / "releases" / release.key).write_text(release.text, encoding="utf-8")
    Current(release.key).write(root)
    if launcher is None:
        frame(project, target, release, root)
    else:
        (root / f"{project.name}.exe").write_bytes(launcher)
    return Bundle(project, target, release, tuple(layers), root, root)
