"""The archives of a published folder: whole layers and deltas, each called after the sha256 of its own bytes."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ...core.errors import BuildError
from ..current import sync_folder
from ..layer import Layer, file_of, unpack
from ..offer import Archive
from . import deltas


def whole(layer: Layer, folder: Path) -> Archive:
    """Archive a layer into a published folder."""
    if any(file.path == deltas.LISTING for file in layer.files):
        raise BuildError(
            f"The {layer.name} layer has a file {deltas.LISTING!r}, which is what deltas keep their listing in."
        )
    with _new(folder) as file:
        layer.archive(file)
        return _keep(file, folder, layer.size)


def delta(layer: Layer, old: Archive, old_id: str, folder: Path, *, below: Archive) -> Archive | None:
    """Archive what `layer` has and an older one has not; None if that is hardly smaller than `below`, the whole layer."""
    with tempfile.TemporaryDirectory(prefix="hipflask-delta-") as name:
        former = _unpacked(old, old_id, layer.name, folder, Path(name, "old"))
        if former is None:
            return None
        staged = _staged(layer, former, Path(name, "new"))
        with _new(folder) as file:
            staged.archive(file)
            if not deltas.is_worthwhile(file.stat().st_size, below.size):
                return None
            return _keep(file, folder, staged.size)


def is_there(archive: Archive, folder: Path) -> bool:
    """Whether a published folder has an archive, whole and unharmed."""
    file = folder / archive.home
    return file.is_file() and file_of(file, "").sha256 == archive.sha256


def _unpacked(archive: Archive, layer_id: str, name: str, folder: Path, place: Path) -> Layer | None:
    """A layer that was published before, if it is still what it was then."""
    if not is_there(archive, folder):
        return None
    place.mkdir()
    unpack(folder / archive.home, place, most=archive.unpacked)
    layer = Layer.of(name, place)
    return layer if layer.id == layer_id else None


def _staged(layer: Layer, former: Layer, place: Path) -> Layer:
    """The delta as a layer of its own: its listing first, then the files."""
    place.mkdir()
    (place / deltas.LISTING).write_bytes(deltas.listing(layer.files).encode())
    needed = deltas.changed(layer.files, former.files)
    for file in needed:
        (place / file.path).parent.mkdir(parents=True, exist_ok=True)
        (place / file.path).write_bytes((layer.folder / file.path).read_bytes())
    return Layer(layer.name, place, (file_of(place / deltas.LISTING, deltas.LISTING), *needed))


@contextlib.contextmanager
def _new(folder: Path) -> Iterator[Path]:
    place = folder / "layers"
    place.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place, prefix=".new-")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _keep(file: Path, folder: Path, unpacked: int) -> Archive:
    status = file_of(file, file.name)
    archive = Archive(status.sha256, status.size, unpacked)
    settle(file, folder / archive.home)
    return archive


def settle(file: Path, target: Path) -> None:
    """Give a finished file its name, so that it is there whole or not at all, after a power failure too."""
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())
    file.chmod(0o644)
    file.replace(target)
    sync_folder(target.parent)


def sweep(folder: Path) -> None:
    """Remove what a publisher that was killed left half written: names that begin with a dot, in the folders that are ours."""
    for place in ("metadata", "targets", "layers", "installers"):
        for file in (folder / place).rglob(".*"):
            if file.is_file():
                file.unlink()
