"""A bucket as a folder: `uploads/2026/who.jpg` in the folder is the object `2026/who.jpg` of the bucket `uploads`.

People may put files there with any other program. So a key is only what every system takes as the name of a file inside of
the folder, and an object appears as a whole or not at all: it is written beside the buckets and moved to its place.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from ...core.errors import UsageError

UNFINISHED = ".unfinished"  # a folder beside the buckets, so on the same disk
PIECE = 1 << 20

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONGEST_KEY, _LONGEST_PART = 1024, 255
_REFUSED = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_LEFT_ABOUT = re.compile(
    r"\.DS_Store|Thumbs\.db|desktop\.ini|~\$.*|.*\.(part|crdownload)", re.I
)  # by other programs


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a bucket, and what would be different if its content were."""

    key: str
    size: int
    modified: int  # in nanoseconds


class BucketFolder:
    """The folder of one bucket."""

    def __init__(self, buckets: Path, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"A bucket cannot be called {name!r}: expected 3 to 63 small letters, digits, dots and hyphens, such as 'uploads'."
            )
        self.name = name
        self.path = buckets / name
        self._unfinished = buckets / UNFINISHED

    def put(self, key: str, data: bytes | BinaryIO) -> tuple[Found, str]:
        """Write an object, in the place of one that is there; returns it with the digest of its content."""
        path = self.file_of(key)
        self._unfinished.mkdir(parents=True, exist_ok=True)
        number, written = tempfile.mkstemp(dir=self._unfinished)
        try:
            with open(number, "wb") as file:
                etag = _copy(data, file)
                file.flush()
                os.fsync(file.fileno())
            with self._in_words(key):
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(written, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(written)
            raise
        status = path.stat()
        return Found(key, status.st_size, status.st_mtime_ns), etag

    def open(self, key: str) -> BinaryIO:
        """An object's content; raises KeyError if there is none."""
        try:
            return self.file_of(key).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError):
            raise KeyError(key) from None

    def delete(self, key: str) -> bool:
        """Remove an object, and say whether there was one; folders that are empty then go as well."""
        path = self.file_of(key)
        try:
            path.unlink()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError):
            return False
        with contextlib.suppress(OSError):  # until the first that is not empty
            for folder in path.parents:
                if folder == self.path:
                    break
                folder.rmdir()
        return True

    def files(self) -> Iterator[Found]:
        """Every object; what other programs leave lying about (links, previews, downloads under way) is none."""
        yield from _walk(self.path, "")

    def sweep(self, before: float) -> None:
        """Remove what was left unfinished by programs that were killed before that time."""
        with contextlib.suppress(OSError):
            for entry in os.scandir(self._unfinished):
                if entry.stat().st_mtime < before:
                    os.unlink(entry.path)

    def digest(self, key: str) -> str:
        """What S3 calls an ETag: the MD5 of the content, which tells contents apart and protects nothing."""
        digest = _md5()
        with self.open(key) as file:
            while piece := file.read(PIECE):
                digest.update(piece)
        return digest.hexdigest()

    def file_of(self, key: str) -> Path:
        """Where an object is; raises UsageError for a key that is no name of a file inside of this folder."""
        if (wrong := misfit(key)) is not None:
            raise UsageError(
                f"{key!r} cannot be the key of an object: {wrong}. Write one such as '2026/who.jpg'."
            )
        path = self.path.joinpath(*key.split("/"))
        # A link that somebody has put into the folder must not lead out of it.
        if not path.resolve().is_relative_to(self.path.resolve()):
            raise UsageError(
                f"{key!r} cannot be the key of an object: a link leads out of the bucket's folder."
            )
        return path

    @contextlib.contextmanager
    def _in_words(self, key: str) -> Iterator[None]:
        try:
            yield
        except (IsADirectoryError, NotADirectoryError, FileExistsError, PermissionError):
            raise UsageError(
                f"{key!r} cannot be written: in a folder, one name is not both that of a file and of a folder. Choose another key."
            ) from None


def misfit(key: str) -> str | None:
    """Why a key is no name of an object's file inside of a folder, on any system; None if it is one."""
    if not key or len(key.encode("utf-8", "surrogatepass")) > _LONGEST_KEY:
        return f"it has to have 1 to {_LONGEST_KEY} bytes"
    if found := _REFUSED.search(key):
        return f"it has a {found[0]!r}"
    for part in key.split("/"):
        if part in ("", ".", ".."):
            return "it begins or ends with '/', or has '//', '/./' or '/../'"
        if len(part.encode("utf-8", "surrogatepass")) > _LONGEST_PART:
            return f"one part of it is longer than {_LONGEST_PART} bytes"
        if part[-1] in ". " or _DEVICES.fullmatch(part):
            return f"Windows knows no file called {part!r}"
        if _LEFT_ABOUT.fullmatch(part):
            return f"files called as {part!r} are left about by other programs, and are no objects"
    return None


def _walk(folder: Path, before: str) -> Iterator[Found]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        key = before + entry.name
        if misfit(key) is not None:
            continue
        with contextlib.suppress(FileNotFoundError):  # it has gone meanwhile
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(folder / entry.name, f"{key}/")
            elif entry.is_file(follow_symlinks=False):
                status = os.stat(
                    entry.path, follow_symlinks=False
                )  # Windows keeps sizes of open files out of listings
                if stat.S_ISREG(status.st_mode):
                    yield Found(key, status.st_size, status.st_mtime_ns)


def _copy(data: bytes | BinaryIO, file: IO[bytes]) -> str:
    digest = _md5()
    if isinstance(data, bytes | bytearray | memoryview):
        digest.update(data)
        file.write(data)
        return digest.hexdigest()
    while piece := data.read(PIECE):
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest()


def _md5() -> hashlib._Hash:
    return hashlib.md5(usedforsecurity=False)
