"""From a project to a zip for Lambda: the packages of its target, Hipflask, the project's own files, all compiled.

    made = package(project, LambdaTarget.of("arm64", "3.13"), Choices(), say=print)
    made.file                 …/lambda/zips/<digest>.zip in the cache
    made.digest               what is in it, as 64 digits: the name to keep it under

Two bundles of the same project are the same bytes, in whichever folder and by whomever they are made. What has been made
once is kept, packages and Hipflask apart from the app, so that after a change only the app is packed (`base.py`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ...build import compiling
from ...build.layer import Layer
from ...build.packages import lock
from ...build.packages.resolving import Pin
from ...build.project import Project
from ...build.runtime.cache import Cache
from ...build.runtime_layer import compiler_for
from ...build.why import Part, lines_of, megabytes, parts_of
from ...core.errors import BuildError
from .base import AT, Base, Say, Wanted, base_of, forget
from .leaving_out import Demand, demand_of
from .limits import refuse_too_large, remark_on
from .machine import LambdaTarget
from .secrets import refuse_credentials
from .zipping import digest_of, layer_of, write_zip

_UNCOMPILED = (
    "Nothing is compiled, so that a cold start takes about three times as long: that needs a Python {0} on this computer, as "
    "Lambda has it. Run: uv python install {0}"
)


@dataclass(frozen=True, slots=True)
class Choices:
    """How to package, apart from what."""

    with_boto3: bool = False
    offline: bool = False
    upgrade: bool = False  # look for newer packages than hipflask.lock has


@dataclass(frozen=True, slots=True)
class Package:
    """A zip for Lambda, and what there is to say of it."""

    file: Path
    digest: str
    size: int  # of the zip, in bytes
    unpacked: int
    parts: tuple[Part, ...]
    left_out: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]

    def report(self) -> str:
        """What takes the space, and what was left out, as lines."""
        widest = max(len(name) for name, _ in self.left_out)
        gone = "\n".join(f"{name:<{widest}}  {why}" for name, why in self.left_out)
        sizes = f"{megabytes(self.size)} as a zip, {megabytes(self.unpacked)} unpacked"
        return f"{lines_of(self.parts)}\n{sizes}\n\nLeft out:\n{gone}"


def package(project: Project, target: LambdaTarget, choices: Choices, say: Say) -> Package:
    """Make the zip of a project, or take the one that was made before; raises BuildError naming what stands in the way."""
    refuse_credentials(project.source, project.files)
    cache, demand = Cache(), demand_of(project, with_boto3=choices.with_boto3)
    pins = _pins(project, target, demand, choices)
    python = _python(target, cache, choices.offline)
    wanted = Wanted(pins, target, demand, python)
    base = base_of(wanted, cache.folder, offline=choices.offline, within=project.folder, say=say)
    with tempfile.TemporaryDirectory(prefix="hipflask-lambda-") as place:
        app = _app(project, Path(place), python)
        size, parts = base.layer.size + app.size, parts_of((base.layer, app))
        refuse_too_large(parts, size)
        digest = digest_of((base.layer, app))
        kept = cache.folder / "lambda" / "zips" / f"{digest}.zip"
        if not kept.is_file():
            _keep(base, app, kept)
            forget(kept.parent, most=12)
        os.utime(kept)
    zipped = kept.stat().st_size
    remarks = filter(None, [_UNCOMPILED.format(target.python) if python is None else None, remark_on(zipped)])
    return Package(kept, digest, zipped, size, tuple(parts), demand.left_out, tuple(remarks))


def _pins(project: Project, target: LambdaTarget, demand: Demand, choices: Choices) -> tuple[Pin, ...]:
    try:
        return lock.pinned(
            project,
            target,
            target.minor,
            requirements=demand.requirements,
            present=demand.present,
            sdists=project.sdists,
            offline=choices.offline,
            upgrade=choices.upgrade,
        )
    except BuildError as error:
        if "no wheel" not in str(error) or target.machine == "x86_64":
            raise
        raise BuildError(
            f'{error} Or, if there is one for the other processor: architecture = "x86_64" in [tool.hipflask.deploy].'
        ) from error


def _python(target: LambdaTarget, cache: Cache, offline: bool) -> Path | None:
    """A Python of the target's version, which alone can compile for it."""
    try:
        return compiler_for(target.minor, cache, offline=offline)
    except BuildError:
        return None


def _app(project: Project, folder: Path, python: Path | None) -> Layer:
    """The project's own files, compiled, in an empty folder."""
    for name in project.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project.source / name, path)
    if python is not None:
        compiling.compile_tree(folder, python=python, prefix_in_tracebacks=AT, strict=True)
    return layer_of("app", folder)


def _keep(base: Base, app: Layer, place: Path) -> None:
    # By way of another name: a zip that is there is whole.
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as scratch:
        new = Path(scratch) / place.name
        shutil.copyfile(base.zip, new)
        write_zip(app, new)
        new.replace(place)
