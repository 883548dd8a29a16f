"""What was downloaded once, kept by its sha256.

    cache = Cache()                                  the folder $HIPFLASK_CACHE, or the user's own for such things
    cache.fetch(url, sha256)                         the path of the file, downloaded if it is not there yet
    cache.fetch(url, sha256, offline=True)           or a BuildError that says how to come by it

A file stands at `sha256/<first two digits>/<sha256>`, so whoever has the digits knows the place, and a folder that one
machine has filled serves another. While it is being downloaded it is `<sha256>.part` beside that place, and a lock lets one
process download while the others wait for the same file.

What is in the cache is hashed again each time that it is asked for: a runtime of 30 MB takes a twentieth of a second, and its
size alone would not show the bit that a tired disk has turned.

`HIPFLASK_MIRROR` names other places that have the same files under the same names, tried in order before the original:
URLs (`https://mirror.example/python`) and folders (`/srv/python`, `file:///srv/python`), with spaces or commas between
them. Folders are asked when offline, too. Nothing is believed of any of these places: the sha256 decides.
"""

from __future__ import annotations

import errno
import math
import os
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import platformdirs

from ...core.errors import BuildError
from ..current import sync_folder
from ..locks import Lock
from .download import MOST, TIMEOUT, Download, Failure, Progress, digest, is_remote

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def folder_of_environment() -> Path:
    """`HIPFLASK_CACHE`, or where this system keeps what can be had again."""
    return Path(os.environ.get("HIPFLASK_CACHE") or platformdirs.user_cache_path("hipflask"))


def mirrors_of_environment() -> tuple[str, ...]:
    """What `HIPFLASK_MIRROR` names, in its order."""
    return tuple(os.environ.get("HIPFLASK_MIRROR", "").replace(",", " ").split())


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of downloaded files, and where else than at their URLs they may be had."""

    folder: Path = field(default_factory=folder_of_environment)
    mirrors: tuple[str, ...] = field(default_factory=mirrors_of_environment)
    timeout: float = TIMEOUT

    def place(self, sha256: str) -> Path:
        """Where a file stands, or would."""
        return self.folder / "sha256" / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Whether a file is there, and whole."""
        place = self.place(sha256)
        return place.is_file() and digest(place) == sha256

    def fetch(
        self,
        url: str,
        sha256: str,
        *,
        offline: bool = False,
        progress: Progress | None = None,
        most: int = MOST,
    ) -> Path:
        """The file with this sha256, from the cache, a mirror or its URL; raises BuildError where none of them has it."""
        place = self.place(sha256)
        try:
            if self.has(sha256):
                return place
            place.parent.mkdir(parents=True, exist_ok=True)
            with Lock(place.with_name(f"{sha256}.lock"), math.inf, ""):
                if not self.has(sha256):  # another process may have fetched it while this one waited
                    part = place.with_name(f"{sha256}.part")
                    self._fill(Download(part, sha256, most, self.timeout, progress), url, offline)
                    part.replace(place)
                    sync_folder(place.parent)
        except OSError as error:
            raise BuildError(_unwritable(self.folder, url, error)) from error
        return place

    def _fill(self, download: Download, url: str, offline: bool) -> None:
        failures = []
        for source in self._sources(url, offline):
            try:
                return download.take(source)
            except Failure as failure:
                failures.append(f"\n  {source}: {failure}")
            except OSError as error:
                if error.errno in _FULL:
                    download.part.unlink(missing_ok=True)  # it would keep the disk full
                raise
        raise BuildError(_unavailable(url, download, failures, offline))

    def _sources(self, url: str, offline: bool) -> Iterator[str]:
        name = urlsplit(url).path.rpartition("/")[2]
        for mirror in self.mirrors:
            if not is_remote(mirror):
                yield str(_folder(mirror) / unquote(name))
            elif not offline:
                yield f"{mirror.rstrip('/')}/{name}"
        if not offline:
            yield url


def keep(place: Path, make: Callable[[Path], object]) -> None:
    """Have a folder at `place` that `make` makes, either whole or not there, also when two builds make it at once."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as scratch:
        made = Path(scratch) / "made"
        make(made)
        try:
            made.rename(place)
        except OSError:  # another build has kept the same meanwhile
            if not place.is_dir():
                raise


def _folder(mirror: str) -> Path:
    return Path(urllib.request.url2pathname(urlsplit(mirror).path) if mirror.startswith("file:") else mirror)


def _unavailable(url: str, download: Download, failures: list[str], offline: bool) -> str:
    tried = "".join(failures) or " Nothing was asked."
    if offline:
        return (
            f"{url} is not in the cache, and this is an offline build.{tried}\nBuild once with a network, "
            f"put the file at {download.part.with_suffix('')}, name a folder that has it in HIPFLASK_MIRROR, "
            "or give a runtime with --runtime PATH."
        )
    return (
        f"{url} could not be had:{tried}\nWithout a network, build with --offline and a cache that another machine "
        "has filled (HIPFLASK_CACHE), name a mirror that can be reached in HIPFLASK_MIRROR, or give a runtime "
        "with --runtime PATH."
    )


def _unwritable(folder: Path, url: str, error: OSError) -> str:
    if error.errno in _FULL:
        return f"There is no room left in {folder} for {url}. Make some, or name another folder in HIPFLASK_CACHE."
    return (
        f"The cache {folder} cannot be used ({error}). Name a folder that may be written in HIPFLASK_CACHE."
    )
