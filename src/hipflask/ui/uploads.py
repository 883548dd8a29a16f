"""Files on their way from a screen to the app: written to disk as they come, measured, and gone when nobody keeps them.

incoming = Incoming("notes.txt", "text/plain", most=1_000_000)
incoming.write(b"Who is on first")        as often as something comes; raises EntryError where it is too much
file = incoming.finish()                  or discard(), and nothing is left of it
"""

from __future__ import annotations

import mimetypes
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import EntryError

LONGEST_NAME = 150
# What Windows would open a device for, whatever the suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)
_STRANGE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True)
class UploadedFile:
    """A file that somebody has uploaded; `path` is temporary, and gone when the handler has ended."""

    name: str
    size: int
    type: str
    path: Path

    def read_bytes(self) -> bytes:
        """All of it."""
        return self.path.read_bytes()

    def read_text(self, encoding: str = "utf-8") -> str:
        """All of it, as text."""
        return self.path.read_text(encoding)

    def keep(self, path: str | Path) -> Path:
        """Move it to `path`, or into that folder under its own name, and return where it is now."""
        target = Path(path) / self.name if Path(path).is_dir() else Path(path)
        return Path(shutil.move(self.path, target))

    def forget(self) -> None:
        """Delete it, if it is still where it came."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


class Incoming:
    """A file that is just being uploaded."""

    def __init__(self, name: str, kind: str, most: int) -> None:
        self.name = safe_name(name)
        self.kind = kind
        self.most = most
        self.size = 0
        self._folder = Path(tempfile.mkdtemp(prefix="hipflask-"))
        self._file = (self._folder / self.name).open("wb")

    def write(self, data: bytes) -> None:
        """Add what has come; raises EntryError if that is more than the file may have."""
        self.expect(self.size + len(data))
        self.size += len(data)
        self._file.write(data)

    def expect(self, size: int) -> None:
        """Raise EntryError if a file of this size is too large."""
        if size > self.most:
            raise EntryError(f"{self.name} is larger than {_megabytes(self.most)}.")

    def check(self, accept: str) -> None:
        """Raise EntryError if the file's name has none of these endings, which stand in a row as in ".csv,.txt"."""
        endings = [ending for ending in accept.split(",") if ending]
        if endings and not self.name.lower().endswith(tuple(endings)):
            raise EntryError(f"{self.name} does not end in {' or '.join(endings)}.")

    def finish(self) -> UploadedFile:
        """The whole file."""
        self._file.close()
        return UploadedFile(self.name, self.size, self.kind, self._folder / self.name)

    def discard(self) -> None:
        """Leave nothing of it."""
        self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def arrived(path: Path, accept: str, most: int) -> UploadedFile:
    """A file of this computer, as if it had been uploaded; raises EntryError where that would have been turned down."""
    if not path.is_file():
        raise EntryError(f"{path.name} is not a file.")
    incoming = Incoming(path.name, mimetypes.guess_type(path.name)[0] or "application/octet-stream", most)
    try:
        incoming.check(accept)
        incoming.expect(path.stat().st_size)
        with path.open("rb") as file:
            while data := file.read(1_000_000):
                incoming.write(data)
    except BaseException:
        incoming.discard()
        raise
    return incoming.finish()


def safe_name(name: str) -> str:
    """The last part of a file's name, without anything that would mean something to a file system."""
    last = re.split(r"[/\\]", name)[-1]
    bare = _STRANGE.sub("", last.encode("utf-8", "ignore").decode()).strip(" .")
    if not bare or _DEVICES.fullmatch(bare):
        return f"file-{bare}".rstrip("-")
    stem, dot, suffix = bare.rpartition(".")
    if len(bare.encode()) > LONGEST_NAME and dot and len(suffix) < 20:
        return f"{_cut(stem, LONGEST_NAME - 1 - len(suffix.encode()))}.{suffix}"
    return _cut(bare, LONGEST_NAME)


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode("utf-8", "ignore")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:g} MB"
