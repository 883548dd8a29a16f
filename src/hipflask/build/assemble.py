"""From a project to a folder that runs on its target: three layers, a release that names them, a launcher beside them.

    packages     which, in which versions for that target (hipflask.lock); an error about them comes before any download
    runtime      Python itself, trimmed
    app          the project's own files
    frame        the launcher, with the program's icon and name

Nothing of the computer that builds gets in: no paths, no times, no order in which files happened to be found. So the same
project gives the same bytes wherever it is built, and a release differs from the last one only in what has changed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import compiling
from .app_layer import copy_app
from .bundle import Bundle
from .current import Current, replace
from .layer import NAMES, Layer
from .packages import lock
from .packages.install import install
from .packages.resolving import Pin
from .platforms import macos, platform_of
from .platforms.icons import bmp_of
from .project import Project
from .release import Release
from .runtime.cache import Cache
from .runtime_layer import compiler_for, fill_runtime, known_minor
from .sign import sign_layer
from .targets import Target

Say = Callable[[str], None]
SPLASH = "hipflask-splash.bmp"


@dataclass(frozen=True, slots=True)
class Choices:
    """How to build, apart from what: the options of `hipflask build`."""

    runtime: str | None = None  # None: by the table; "host": the interpreter that is running; else a path
    python: str | None = None  # "3.14"; None: the newest of the table, or what the runtime is
    offline: bool = False
    upgrade: bool = False  # look for newer packages than hipflask.lock has


def assemble(project: Project, target: Target, folder: Path, choices: Choices, say: Say) -> Bundle:
    """Put a project together for a target, in the place of `folder`; raises BuildError naming what stands in the way."""
    cache = Cache()
    with tempfile.TemporaryDirectory(prefix="hipflask-build-") as place:
        work = Path(place)
        minor = known_minor(choices.runtime, target, choices.python)
        pins = _pins(project, target, minor, choices) if minor is not None else None
        say(f"Python for {target}")
        runtime = fill_runtime(
            choices.runtime, target, choices.python, work / "runtime", cache, offline=choices.offline
        )
        for remark in runtime.remarks:
            say(remark)
        if pins is None:
            pins = _pins(project, target, runtime.minor, choices)
        say(f"{len(pins)} packages")
        (work / "packages").mkdir()
        install(
            pins,
            target,
            runtime.minor,
            work / "packages",
            cache=cache.folder,
            offline=choices.offline,
            within=project.folder,
        )
        say(f"{len(project.files)} files of {project.name} {project.version}")
        _fill_app(project, work / "app")
        python = compiler_for(runtime.minor, cache, offline=choices.offline)
        compiled = cache.folder / "compiled"
        compiling.compile_tree(
            work / "packages", python=python, prefix_in_tracebacks="<packages>", cache=compiled
        )
        compiling.compile_tree(work / "app", python=python, prefix_in_tracebacks="<app>", strict=True)
        for name in NAMES:
            sign_layer(project, target, work / name)
            if target.system == "windows":
                _forget_modes(work / name)
        layers = {name: Layer.of(name, work / name) for name in NAMES}
        release = Release(
            id=project.id,
            name=project.name,
            version=project.version,
            target=target.name,
            channel=project.updates.channel if project.updates else "stable",
            python=runtime.version,
            library=runtime.library,
            runtime=layers["runtime"].id,
            packages=layers["packages"].id,
            app=layers["app"].id,
            splash=SPLASH if project.splash else "",
        )
        return _put_together(project, target, release, layers, folder)


def _pins(project: Project, target: Target, minor: int, choices: Choices) -> tuple[Pin, ...]:
    return lock.pinned(
        project, target, minor, sdists=project.sdists, offline=choices.offline, upgrade=choices.upgrade
    )


def _fill_app(project: Project, folder: Path) -> None:
    folder.mkdir()
    copy_app(project, folder)
    if project.splash is not None:
        (folder / SPLASH).write_bytes(bmp_of(project.splash))


def _forget_modes(folder: Path) -> None:
    """Windows has no mode that says what can be executed, and must find the layer to be what it was here."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)


def _put_together(
    project: Project, target: Target, release: Release, layers: dict[str, Layer], folder: Path
) -> Bundle:
    platform = platform_of(target)
    shutil.rmtree(folder, ignore_errors=True)
    root = platform.root_in(folder, project)
    for layer in layers.values():
        shutil.copytree(layer.folder, root / layer.home)
    (root / "releases").mkdir()
    replace(root / "releases" / release.key, release.text.encode())
    Current(release.key).write(root)
    platform.frame(project, target, release, folder)
    placed = tuple(Layer(layer.name, root / layer.home, layer.files) for layer in layers.values())
    bundle = Bundle(project, target, release, placed, folder, root)
    if target.system == "macos":
        macos.seal(bundle)
    return bundle
