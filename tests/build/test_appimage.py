"""An AppImage: a runtime, and behind it a squashfs that is found there."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from bundles import bundle

from hipflask.build.bundle import Bundle
from hipflask.build.platforms import appimage
from hipflask.core.errors import BuildError
from lacking import lacking


@pytest.fixture(autouse=True)
def _tools() -> None:
    for name in ("mksquashfs", "unsquashfs"):
        if shutil.which(name) is None:
            lacking(f"{name}, of squashfs-tools,")


def stand_in(machine: int = 62, magic: bytes = b"AI\x02") -> bytes:
    """An ELF file with the marks of an AppImage runtime: a header, something to run, and a table of two sections."""
    body = b"what mounts it and starts AppRun".ljust(64, b".")
    header = b"\x7fELF\x02\x01\x01\0" + magic + bytes(5)
    header += struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0, 0, 128, 0, 64, 0, 0, 64, 2, 0)
    return header + body + bytes(2 * 64)


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The runtime, where the variable says that it is."""
    file = tmp_path / "runtime-x86_64"
    file.write_bytes(stand_in())
    monkeypatch.setenv(appimage.RUNTIME, str(file))
    return file


@pytest.fixture
def stock(tmp_path: Path) -> Bundle:
    """A bundle for Linux."""
    return bundle(tmp_path / "build")


def unpacked(image: Path, offset: int, folder: Path) -> Path:
    """What is behind the runtime."""
    done = subprocess.run(
        ["unsquashfs", "-q", "-n", "-o", str(offset), "-d", folder, image], capture_output=True
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_bundle_is_behind_the_runtime(stock: Bundle, runtime: Path, tmp_path: Path) -> None:
    file = tmp_path / appimage.file_name(stock)
    assert file.name == "lager-buro-1.4.0-x86_64.AppImage"
    appimage.make(stock, file)
    assert file.read_bytes().startswith(runtime.read_bytes() + b"hsqs")
    assert os.access(file, os.X_OK)
    root = unpacked(file, runtime.stat().st_size, tmp_path / "root")
    for layer in stock.layers:
        for each in layer.files:
            installed = root / layer.home / each.path
            assert installed.read_bytes() == (layer.folder / each.path).read_bytes()
            assert bool(installed.stat().st_mode & 0o100) == each.is_executable
    assert (root / "managed").read_text() == "appimage\n"


def test_it_does_not_say_when_or_by_whom_it_was_made(stock: Bundle, runtime: Path, tmp_path: Path) -> None:
    file = tmp_path / "stock.AppImage"
    appimage.make(stock, file)
    command = ["unsquashfs", "-UTC", "-lln", "-o", str(runtime.stat().st_size), file]
    rows = [
        line.split()
        for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    ]
    assert len(rows) > 20
    assert {(row[1], row[3], row[4]) for row in rows} == {("0/0", "1970-01-01", "00:00")}


def test_its_app_run_starts_the_program(stock: Bundle, runtime: Path, tmp_path: Path) -> None:
    file = tmp_path / "stock.AppImage"
    appimage.make(stock, file)
    root = unpacked(file, runtime.stat().st_size, tmp_path / "a root")
    done = subprocess.run([root / "AppRun", "June 1.stock"], capture_output=True, text=True)
    release, *arguments = done.stdout.splitlines()
    assert Path(release).parent == root / "releases"
    assert arguments[-1] == "June 1.stock"


def test_a_desktop_finds_its_entry_and_its_icon(stock: Bundle, runtime: Path, tmp_path: Path) -> None:
    file = tmp_path / "stock.AppImage"
    appimage.make(stock, file)
    root = unpacked(file, runtime.stat().st_size, tmp_path / "root")
    entry = root / "com.example.stock.desktop"
    assert "Icon=com.example.stock\n" in entry.read_text(encoding="utf-8")
    assert (root / ".DirIcon").read_bytes() == (root / "com.example.stock.png").read_bytes()
    assert (root / ".DirIcon").read_bytes().startswith(b"\x89PNG")
    if shutil.which("desktop-file-validate") is None:
        lacking("desktop-file-validate")
    done = subprocess.run(["desktop-file-validate", entry], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.usefixtures("runtime")
def test_the_same_bundle_is_the_same_appimage(
    stock: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    appimage.make(stock, tmp_path / "one")
    other = bundle(tmp_path / "another place")
    for path in other.folder.rglob("*"):
        os.utime(path, (1, 1))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "77")
    before = os.umask(0o077)
    try:
        appimage.make(other, tmp_path / "other")
    finally:
        os.umask(before)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, runtime: Path) -> None:
    assert appimage.needs() is None
    monkeypatch.setenv(appimage.RUNTIME, "/nowhere/runtime")
    assert appimage.needs() == f"{appimage.RUNTIME} says /nowhere/runtime, and there is no such file."
    monkeypatch.delenv(appimage.RUNTIME)
    assert "releases of AppImage/type2-runtime" in str(appimage.needs())
    monkeypatch.setenv("PATH", "")
    assert "apt install squashfs-tools" in str(appimage.needs())


def test_a_folder_of_runtimes_has_one_for_each_processor(
    stock: Bundle, runtime: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(appimage.RUNTIME, str(runtime.parent))
    appimage.make(stock, tmp_path / "stock.AppImage")
    assert (tmp_path / "stock.AppImage").read_bytes().startswith(runtime.read_bytes())
    runtime.unlink()
    with pytest.raises(BuildError, match="runtime-x86_64 cannot be read: No such file"):
        appimage.make(stock, tmp_path / "other")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no AppImage runtime of type 2"),
        (b"#!/bin/sh\n" * 20, "is no AppImage runtime of type 2"),
        (stand_in(magic=b"AI\x01"), "is no AppImage runtime of type 2"),
        (stand_in(machine=183), "for another processor than x86_64"),
        (stand_in() + b"hsqs", "has something behind its end already"),
        (stand_in()[:-1], "has something behind its end already"),
    ],
)
def test_what_would_not_start_is_no_runtime(
    stock: Bundle, runtime: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    runtime.write_bytes(content)
    with pytest.raises(BuildError, match=message):
        appimage.make(stock, tmp_path / "stock.AppImage")
    assert not (tmp_path / "stock.AppImage").exists()
