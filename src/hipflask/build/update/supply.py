"""How a layer gets from where it is published into its place: downloaded, unpacked beside, verified, and moved in all at once.

    supply = Supply(web, url, root / "layers", updates / "downloads")
    supply.bring(part, progress)

A layer stands under its name only when everything about it has been verified and is on the disk, so one that is there is
whole, whatever happened: the power may fail between any two steps, and the next update begins with what is complete.
"""

from __future__ import annotations

import hashlib
import http.client
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

from ...core.errors import BuildError, UpdateError
from ..current import move, sync_folder
from ..layer import SHORT, Layer, is_inside, unpack
from ..offer import LISTING, Archive
from .news import Part
from .web import Web, of_network
from .words import amount

log = logging.getLogger("hipflask.update")

_LINE = re.compile(r"([x-]) ([0-9a-f]{64}) (.+)")
# What a system needs to go on working beside us.
_SPARE = 16 << 20


@dataclass(frozen=True, slots=True)
class Supply:
    """Brings layers into the folder `layers` from what is published at `url`; `sources` are where older layers may stand."""

    web: Web
    url: str
    layers: Path
    downloads: Path
    sources: tuple[Path, ...]

    def has(self, short: str) -> bool:
        """Whether the layer with these first digits is here."""
        return self.place_of(short) is not None

    def place_of(self, short: str) -> Path | None:
        """Where the layer with these first digits stands."""
        places = (folder / short for folder in self.sources)
        return next((place for place in places if place.is_dir()), None)

    def clear(self) -> None:
        """Remove what an update that did not get to its end has left behind."""
        shutil.rmtree(self.downloads, ignore_errors=True)
        for left_over in self.layers.glob(".*"):
            shutil.rmtree(left_over, ignore_errors=True)

    def check_room(self, parts: list[Part]) -> None:
        """Raise UpdateError if the disk has no room for these."""
        needed = sum(part.room for part in parts) + _SPARE if parts else 0
        free = shutil.disk_usage(self.layers.parent).free
        if needed > free:
            raise UpdateError(
                f"There is no room for the update: it needs {amount(needed)} for a while, and {amount(free)} are free. "
                "Make room on the disk and try again."
            )

    def bring(self, part: Part, progress: Callable[[int], None]) -> None:
        """Put a layer in its place; `progress` is told how many bytes have come each time. Raises UpdateError, OSError."""
        self.layers.mkdir(parents=True, exist_ok=True)
        if part.delta is not None and self._bring_by_delta(part, part.delta, progress):
            return
        self._bring(part, part.archive, progress, lambda folder: None)

    def _bring_by_delta(self, part: Part, delta: Archive, progress: Callable[[int], None]) -> bool:
        old = self.place_of(part.old)
        assert old is not None  # or there would be no delta in the part
        try:
            self._bring(part, delta, progress, lambda folder: _complete(folder, old))
        except (UpdateError, BuildError) as error:
            log.warning("The %s are downloaded whole, because the smaller way failed: %s", part.name, error)
            return False
        return True

    def _bring(
        self, part: Part, archive: Archive, progress: Callable[[int], None], complete: Callable[[Path], None]
    ) -> None:
        self.downloads.mkdir(parents=True, exist_ok=True)
        file = self.downloads / f"{archive.sha256}.tar.xz"
        folder = Path(tempfile.mkdtemp(prefix=f".{part.name}-", dir=self.layers))
        try:
            self._download(archive, file, progress)
            unpack(file, folder, most=archive.unpacked)
            complete(folder)
            self._check(part, folder)
            sync_all(folder)
            folder.chmod(0o755)  # mkdtemp's is for the owner alone
            move(folder, self.layers / part.layer[:SHORT])
            sync_folder(self.layers)
        finally:
            file.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)

    def _download(self, archive: Archive, file: Path, progress: Callable[[int], None]) -> None:
        url = f"{self.url}/{archive.home}"
        digest, size = hashlib.sha256(), 0
        with file.open("wb") as stream:
            for block in self._blocks(url, archive.size):
                size += len(block)
                if size > archive.size:
                    break
                digest.update(block)
                stream.write(block)
                progress(len(block))
        if size != archive.size:
            sent = f"more than {archive.size}" if size > archive.size else f"{size}"
            raise UpdateError(f"{url} must have {archive.size} bytes and sent {sent}. It is not used.")
        if digest.hexdigest() != archive.sha256:
            raise UpdateError(f"{url} is not what was signed, or was damaged on the way. It is not used.")

    def _blocks(self, url: str, size: int) -> Iterator[bytes]:
        # On its own, so that what the disk says is not taken for what the network says.
        try:
            yield from self.web.read(url, self.web.patience.for_size(size))
        except (OSError, http.client.HTTPException) as error:
            said = of_network(error, url)
            if isinstance(error, HTTPError):
                error.close()
            raise UpdateError(f"A part of the update did not come: {said}") from error

    def _check(self, part: Part, folder: Path) -> None:
        found = Layer.of(part.name, folder).id
        if found != part.layer:
            raise UpdateError(
                f"What came as the layer {part.name} {part.layer[:SHORT]} is {found[:SHORT]}. It is not used."
            )


def _complete(folder: Path, old: Path) -> None:
    """Add what a delta lacks from the layer that it is based on; raises UpdateError if that is not what it was."""
    listing = folder / LISTING
    if not listing.is_file():
        raise UpdateError(f"A delta has no {LISTING}.")
    lines = listing.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    listing.unlink()
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None or not is_inside(found[3]):
            raise UpdateError(f"A delta lists what no layer can have: {line[:120]!r}.")
        if not (folder / found[3]).exists():
            _copy(old / found[3], folder / found[3], found[2], is_executable=found[1] == "x")


def _copy(source: Path, target: Path, sha256: str, *, is_executable: bool) -> None:
    try:
        content = source.read_bytes()
    except OSError as error:
        raise UpdateError(f"A delta builds on {source}, which cannot be read: {error}.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise UpdateError(f"A delta builds on {source}, which is damaged.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        file.write(content)
    target.chmod(0o755 if is_executable else 0o644)


def sync_all(folder: Path) -> None:
    """Have all of a folder survive a power failure."""
    for where, _, names in os.walk(folder):
        for name in names:
            with (Path(where) / name).open("r+b") as file:
                os.fsync(file.fileno())
        sync_folder(Path(where))
