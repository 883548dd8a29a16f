"""The part of a bundle that seldom changes: packages and Hipflask, compiled and packed, to which an app is only added.

    base = base_of(pins, target, demand, python, cache.folder, …)
    base.zip                 with everything in it but the app
    base.layer               its files; of them only what says what the packages are is still there to be read

It is kept for the same packages, the same Hipflask and the same Python, so that a change in the app costs its own few files.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ...build import compiling
from ...build.layer import File, Layer
from ...build.packages.install import install
from ...build.packages.resolving import Pin
from ...build.runtime.cache import keep
from ...build.why import megabytes
from ...surfaces.aws.streaming import WRAPPER, WRAPPER_NAME
from .leaving_out import Demand, trim
from .machine import LambdaTarget
from .zipping import layer_of, write_zip

Say = Callable[[str], None]
AT = "/var/task"  # where Lambda unpacks it; tracebacks name files there
_FRAMEWORK = Path(__file__).parents[2]
_PACKAGES, _ZIP, _FILES = "packages", "base.zip", "files.json"


@dataclass(frozen=True, slots=True)
class Base:
    """What a bundle begins with."""

    layer: Layer
    zip: Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a base is made of."""

    pins: tuple[Pin, ...]
    target: LambdaTarget
    demand: Demand
    python: Path | None  # that compiles; None where there is none of that version

    @property
    def key(self) -> str:
        """As it is kept: another of any of these, or another Hipflask, is another base."""
        lines = [
            self.target.name,
            self.target.python,
            str(self.python is not None),
            repr(self.demand.left_out),
        ]
        lines += [repr(pin) for pin in sorted(self.pins)]
        for path in sorted(_FRAMEWORK.rglob("*")):
            if path.suffix != ".pyc" and path.is_file():
                status = path.stat()
                lines.append(
                    f"{path.relative_to(_FRAMEWORK).as_posix()} {status.st_size} {status.st_mtime_ns}"
                )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def base_of(wanted: Wanted, cache: Path, *, offline: bool, within: Path, say: Say) -> Base:
    """The base of what is wanted, made if it is not kept; raises BuildError where it cannot be made."""
    kept = cache / "lambda" / "bases" / wanted.key
    if not kept.is_dir():
        keep(kept, lambda folder: _fill(folder, wanted, cache, offline, within, say))
        forget(kept.parent, most=12)
    os.utime(kept)
    files = msgspec.json.decode((kept / _FILES).read_bytes(), type=tuple[File, ...])
    return Base(Layer("packages", kept / _PACKAGES, files), kept / _ZIP)


def forget(folder: Path, most: int) -> None:
    """Leave only what was used last in a folder of the cache: whatever goes can be made again, and others may do the same just now."""
    there = (each for each in folder.iterdir() if not each.name.startswith("."))
    for each in sorted(there, key=_last_used, reverse=True)[most:]:
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # somebody else has been quicker
        return 0.0


def _fill(folder: Path, wanted: Wanted, cache: Path, offline: bool, within: Path, say: Say) -> None:
    packages = folder / _PACKAGES
    packages.mkdir(parents=True)
    target = wanted.target
    install(wanted.pins, target, target.minor, packages, cache=cache, offline=offline, within=within, say=say)
    trim(packages, wanted.demand)
    # What Lambda starts in place of its own loop, for functions that answer in parts.
    (packages / WRAPPER_NAME).write_bytes(WRAPPER)
    if wanted.python is not None:
        compiling.compile_tree(
            packages, python=wanted.python, prefix_in_tracebacks=AT, cache=cache / "compiled"
        )
    layer = layer_of("packages", packages)
    say(f"Packing {megabytes(layer.size)}")
    write_zip(layer, folder / _ZIP)
    (folder / _FILES).write_bytes(msgspec.json.encode(layer.files))
    _leave_only_metadata(packages)


def _leave_only_metadata(packages: Path) -> None:
    """The zip has the files; of what they were, a report asks only who required what."""
    for path in sorted(packages.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.name != "METADATA":
            path.unlink()
