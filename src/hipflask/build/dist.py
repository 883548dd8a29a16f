"""What `hipflask build` has left in its output folder, read back to be published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..core.errors import BuildError
from .bundle import Bundle
from .current import Current, release_of
from .layer import Layer
from .platforms import platform_of
from .project import Project
from .targets import ALL, Target


def read_dist(project: Project, output: Path) -> tuple[tuple[Bundle, ...], dict[str, tuple[Path, ...]]]:
    """The bundles that are there, and the installers of each target by its name; raises BuildError where there is none."""
    bundles = tuple(
        _read(project, target, folder)
        for target in ALL
        if (folder := output / target.name / platform_of(target).folder_name(project)).is_dir()
    )
    if not bundles:
        raise BuildError(f"{output} holds no bundle of {project.name}. `hipflask build` makes one there.")
    return bundles, {bundle.target.name: _installers(bundle, output) for bundle in bundles}


def _read(project: Project, target: Target, folder: Path) -> Bundle:
    root = platform_of(target).root_in(folder, project)
    release = release_of(root, Current.read(root).release)
    if release.id != project.id:
        raise BuildError(f"{folder} is a bundle of {release.id}, not of {project.id}. Build it anew.")
    layers = tuple(Layer.of(name, release.home(name, root)) for name in release.layers)
    for layer in layers:
        if layer.id != release.layers[layer.name]:
            raise BuildError(
                f"The {layer.name} in {folder} has been changed since it was built. Build it anew."
            )
    # The version may have been said on the command line of the build.
    return Bundle(replace(project, version=release.version), target, release, layers, folder, root)


def _installers(bundle: Bundle, output: Path) -> tuple[Path, ...]:
    formats = platform_of(bundle.target).FORMATS.values()
    return tuple(file for format in formats if (file := output / format.file_name(bundle)).is_file())
