"""The files of a Python, in an archive or a folder, as a table from paths to contents; links are followed and gone.

    with opened(Path("cpython-3.14.7…tar.gz")) as tree:
        tree.paths                              {"bin/python3.14", "lib/libpython3.14.so", "lib/libpython3.14.so.1.0", …}
        tree.read("lib/libpython3.14.so")       what the link leads to
        tree.write(paths, folder)               in the order in which they stand in the archive

Nothing is believed about an archive, even if its sha256 is right: a path or a link that leads outside refuses the whole of it,
so do devices, and so does one that would fill the disk. What a folder's links lead to is taken from wherever it is: whoever
names a folder has made it.
"""

from __future__ import annotations

import contextlib
import gzip
import lzma
import os
import posixpath
import shutil
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Protocol

from ...core.errors import BuildError

MOST_FILES = 100_000
MOST_BYTES = 2 << 30  # a full archive of python-build-standalone unpacks to a quarter of it
_TOPS = ("python/install/", "python/")  # python-build-standalone's two kinds of archive
_LINKS_IN_A_ROW = 20
_PADDING = 1 << 20  # bytes that may follow the last file: archives are filled up to whole blocks
# Folders that no runtime takes along, and that are larger on a developer's computer than everything else.
_PASSED_OVER = {"__pycache__", "site-packages", "dist-packages"}


class Tree(Protocol):
    """Files by their paths, with "/" from the folder that Python is installed in."""

    @property
    def paths(self) -> frozenset[str]:
        """All of them."""

    def read(self, path: str) -> bytes:
        """What is in one."""

    def write(self, paths: Iterable[str], folder: Path) -> None:
        """Put some of them into a folder."""


@contextlib.contextmanager
def opened(place: Path) -> Iterator[Tree]:
    """The tree in a folder or a .tar archive; raises BuildError if it is neither or cannot be read."""
    if place.is_dir():
        yield FolderTree.of(place)
        return
    try:
        with tarfile.open(place) as archive:
            yield ArchiveTree(archive, place)
    except (tarfile.TarError, lzma.LZMAError, zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise BuildError(
            f"{place} is no archive that can be read here ({error}). Give a .tar.gz as python-build-standalone has "
            "them, or the folder that one was unpacked into."
        ) from error


class FolderTree:
    """What is in a folder, or in several that are given paths of their own."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = dict(files)

    @classmethod
    def of(cls, folder: Path) -> FolderTree:
        """All ordinary files below a folder, and below `python/` or `python/install/` in it if Python is there."""
        homes = [
            each for each in _TOPS if (folder / each / "lib").is_dir() or (folder / each / "Lib").is_dir()
        ]
        top = homes[0] if homes else ""
        return cls(dict(files_below(folder / top)))

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self._files)

    def read(self, path: str) -> bytes:
        return self._files[path].read_bytes()

    def write(self, paths: Iterable[str], folder: Path) -> None:
        for path in sorted(paths):
            with self._files[path].open("rb") as content:
                _write(folder / path, content)


class ArchiveTree:
    """What is in a tar archive."""

    def __init__(self, archive: tarfile.TarFile, place: Path) -> None:
        self._archive = archive
        self._members = dict(_followed(_checked(archive, place)))

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self._members)

    def read(self, path: str) -> bytes:
        return self._open(path).read()

    def write(self, paths: Iterable[str], folder: Path) -> None:
        # In their order in the archive: going back in a compressed one means to begin again.
        for path in sorted(paths, key=lambda path: (self._members[path].offset_data, path)):
            with self._open(path) as content:
                _write(folder / path, content)

    def _open(self, path: str) -> IO[bytes]:
        content = self._archive.extractfile(self._members[path])
        assert content is not None
        return content


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every ordinary file below a folder, links followed, by its path from there; a link in a circle ends where it began."""
    seen: set[str] = set()
    for where, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(set(folders) - _PASSED_OVER)
        for path in sorted(Path(where, name) for name in names):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


def _checked(archive: tarfile.TarFile, place: Path) -> dict[str, tarfile.TarInfo]:
    """The members by their paths without the folder on top, each of which stays inside."""
    members: dict[str, tarfile.TarInfo] = {}
    size = 0
    for member in archive:
        size += member.size
        if len(members) > MOST_FILES or size > MOST_BYTES:
            raise BuildError(f"{place} holds more than any Python: {len(members)} files, {size} bytes.")
        if not member.isdir():
            members[_name(member, place)] = member
    _read_to_the_end(archive, place)
    spelled = [name.lower() for name in members]
    top = next((each for each in _TOPS if any(name.startswith(f"{each}lib") for name in spelled)), "")
    return {
        name.removeprefix(top): _relinked(member, name, top)
        for name, member in members.items()
        if name.startswith(top)
    }


def _name(member: tarfile.TarInfo, place: Path) -> str:
    name = member.name.removeprefix("./")
    if not _stays_inside(name):
        raise BuildError(f"{place} holds {member.name!r}, which would land outside of its folder.")
    if not (member.isfile() or member.issym() or member.islnk()):
        raise BuildError(f"{place} holds {member.name!r}, which is neither a file nor a folder nor a link.")
    return name


def _read_to_the_end(archive: tarfile.TarFile, place: Path) -> None:
    """Have the decompressor see its checksum, behind all that tarfile reads of its own accord."""
    assert archive.fileobj is not None
    left = _PADDING
    while block := archive.fileobj.read(1 << 16):
        left -= len(block)
        if left < 0:
            raise BuildError(f"{place} goes on after its end.")


def _relinked(member: tarfile.TarInfo, name: str, top: str) -> tarfile.TarInfo:
    """The member with where its link leads as a path of the same kind as the others; raises BuildError if that is outside."""
    if not (member.issym() or member.islnk()):
        return member
    start = posixpath.dirname(name) if member.issym() else ""
    led = posixpath.normpath(posixpath.join(start, member.linkname.removeprefix("./")))
    if not _stays_inside(led):
        raise BuildError(f"The link {member.name!r} leads to {member.linkname!r}, outside of the archive.")
    return member.replace(linkname=led.removeprefix(top), deep=False)


def _followed(members: Mapping[str, tarfile.TarInfo]) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """Each path with the file that it stands for; a link to a folder, or to nothing, is passed over."""
    for path, member in members.items():
        end: tarfile.TarInfo | None = member
        for _ in range(_LINKS_IN_A_ROW):
            if end is None or end.isfile():
                break
            end = members.get(end.linkname)
        if end is not None and end.isfile():
            yield path, end


def _stays_inside(path: str) -> bool:
    return not path.startswith("/") and ".." not in path.split("/")


def _write(path: Path, content: IO[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
