"""Removing what no release needs: after an update there are layers that nothing starts any longer.

A program may have several windows open that were started at different times, each with the release of its time, and all
of them read from their layers as they go. So each process marks its release as being run: a file in `updates/running`,
locked for as long as the process lives, whichever way it ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ...core.errors import BuildError, UpdateError
from ..current import FILE, Current, release_of
from ..layer import SHORT
from ..locks import Lock
from ..offer import Offer

log = logging.getLogger("hipflask.update")

RUNNING = "running"
OFFER = "offer"  # the newest one that was believed, as updater.py keeps it
_KEEPS: dict[Path, Lock] = {}


def mark(updates: Path, key: str) -> None:
    """Have other processes know, while this one lives, that it runs this release."""
    file = updates / RUNNING / f"{key}-{os.getpid()}"
    if file not in _KEEPS:
        lock = Lock(file, 0, "")
        lock.take()
        _KEEPS[file] = lock


def clean(root: Path, updates: Path, key: str) -> None:
    """Remove what nothing names of a bundle; the caller holds both locks, and runs the release `key`."""
    current = Current.read(root)
    kept = {current.release, current.previous, key, *_running(updates)} - {""}
    layers = _layers_of(root, kept) | _layers_to_come(updates, current.refused)
    for release in (root / "releases").iterdir():
        if release.name not in kept:
            release.unlink()
    for layer in (root / "layers").iterdir():
        if layer.name not in layers:
            _remove(layer)
    for left_over in root.glob(f".{FILE}-*"):
        left_over.unlink(missing_ok=True)


def _running(updates: Path) -> Iterator[str]:
    """The releases that some process runs; the marks of those that have ended are removed."""
    for file in (updates / RUNNING).glob("*-*"):
        lock = Lock(file, 0, "")
        try:
            if file in _KEEPS or not lock.take():
                yield file.name.partition("-")[0]
                continue
        finally:
            lock.release()
        with contextlib.suppress(OSError):
            file.unlink()


def _layers_of(root: Path, keys: set[str]) -> set[str]:
    # A release that is kept and cannot be read would cost its layers, so then nothing is removed: BuildError.
    return {layer[:SHORT] for key in keys for layer in release_of(root, key).layers.values()}


def _layers_to_come(updates: Path, refused: str) -> set[str]:
    """Those of the newest offer: an update that was broken off goes on with what it has."""
    with contextlib.suppress(OSError, UpdateError, BuildError):
        release = Offer.parse((updates / OFFER).read_bytes()).release
        if release.key != refused:
            return {layer[:SHORT] for layer in release.layers.values()}
    return set()


def _remove(folder: Path) -> None:
    """Remove a layer, whole or not at all as others see it: Windows moves no folder of which something is in use."""
    gone = folder.with_name(f".gone-{os.urandom(4).hex()}")
    try:
        folder.rename(gone)
    except OSError as error:
        log.info("%s stays, it is in use: %s", folder, error)
        return
    shutil.rmtree(gone, ignore_errors=True)
