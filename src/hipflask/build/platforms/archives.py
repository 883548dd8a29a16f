"""Zip and tar files that are the same bytes for the same files, wherever and whenever they are made.

    write_zip(file, of_bundle(bundle, prefix="Stock-1.4.0/"))
    write_tar_gz(file, [*of_folder(folder), Entry("install", b"#!/bin/sh\\n…", is_executable=True)])

An archive is a list of entries, sorted by path; every date is the same, and everything belongs to root.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from ...core.errors import BuildError
from ..bundle import Bundle

# The first of January 2000, in each form's words: tar warns of 1970, and a zip begins in 1980 of a time zone that it does not say.
_DATE = (2000, 1, 1, 0, 0, 0)
_SECONDS = 946_684_800
_UNIX = 3  # what a zip calls the system that made it: the modes are read if it is this one
_SMALLEST = 9
# How a file begins that a system can start: ELF, Mach-O as Apple's two processors have it, and a script.
_STARTED = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"#!")


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One file of an archive, or a link if it says where it leads."""

    path: str
    content: Path | bytes = b""
    is_executable: bool = False
    link: str = ""

    @property
    def mode(self) -> int:
        """Its permissions."""
        return 0o755 if self.is_executable else 0o644

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    def open(self) -> io.BytesIO | io.BufferedReader:
        """What is in it."""
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")


def of_folder(folder: Path, prefix: str = "") -> list[Entry]:
    """Every file below a folder; executable is what the folder's own system calls so."""
    return [
        Entry(prefix + name, path, bool(path.stat().st_mode & stat.S_IXUSR)) for path, name in _walk(folder)
    ]


def of_bundle(bundle: Bundle, prefix: str = "") -> list[Entry]:
    """Every file of a bundle; executable is what its layers say, which holds on a Windows that knows no such bit, too."""
    root = bundle.root.relative_to(bundle.folder)
    known = {
        (root / layer.home / file.path).as_posix(): file.is_executable
        for layer in bundle.layers
        for file in layer.files
    }
    return [
        Entry(prefix + name, path, known.get(name, _is_started(path))) for path, name in _walk(bundle.folder)
    ]


def write_zip(target: Path, entries: Iterable[Entry]) -> None:
    """Write a zip; names of any letters are UTF-8 and say so, which every unzipper of the last fifteen years reads."""
    with zipfile.ZipFile(target, "w") as archive:
        for entry in sorted(entries, key=_path):
            header = zipfile.ZipInfo(entry.path, _DATE)
            header.create_system = _UNIX
            header.external_attr = (stat.S_IFREG | entry.mode) << 16
            header.compress_type = zipfile.ZIP_DEFLATED
            header.file_size = entry.size
            with entry.open() as content, archive.open(header, "w") as file:
                shutil.copyfileobj(content, file, 1 << 20)


def write_tar_gz(target: Path, entries: Iterable[Entry]) -> None:
    """Write a .tar.gz."""
    with (
        target.open("wb") as file,
        gzip.GzipFile("", "wb", _SMALLEST, file, mtime=0) as packed,
    ):
        write_tar(packed, entries)


def write_tar(
    stream: IO[bytes] | gzip.GzipFile, entries: Iterable[Entry], *, is_package: bool = False
) -> None:
    """Write a tar; a package's names its folders, too, so that it is known whose they are, and begins each path with "./".

    GNU's form is the one that dpkg, busybox and every other tar read, long names and all.
    """
    entries = sorted(entries, key=_path)
    start = "./" if is_package else ""
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT, encoding="utf-8") as archive:
        for folder in _folders(entries) if is_package else []:
            archive.addfile(_header(start + folder, 0o755, tarfile.DIRTYPE))
        for entry in entries:
            if entry.link:
                header = _header(start + entry.path, 0o777, tarfile.SYMTYPE)
                header.linkname = entry.link
                archive.addfile(header)
            else:
                header = _header(start + entry.path, entry.mode)
                header.size = entry.size
                with entry.open() as content:
                    archive.addfile(header, content)


def _header(path: str, mode: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    header = tarfile.TarInfo(path)
    header.type, header.mode, header.mtime = kind, mode, _SECONDS
    header.uname = header.gname = "root"
    return header


def _folders(entries: Iterable[Entry]) -> list[str]:
    parents = {parent.as_posix() for entry in entries for parent in PurePosixPath(entry.path).parents}
    return sorted("" if folder == "." else folder for folder in parents)


def _path(entry: Entry) -> str:
    return entry.path


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files below a folder and their names within it; raises BuildError for a link, as `Layer.of` does."""
    for where, folders, names in os.walk(folder):
        for name in [*names, *folders]:
            path = Path(where) / name
            if path.is_symlink():
                raise BuildError(f"{path} is a link, and a bundle has files only.")
            if path.is_file():
                yield path, path.relative_to(folder).as_posix()


def _is_started(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4).startswith(_STARTED)
