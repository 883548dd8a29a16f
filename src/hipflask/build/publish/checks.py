"""What is looked at before anything is published: mistakes that installed programs could not be rid of again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ...core.errors import BuildError
from ..bundle import Bundle
from ..offer import is_newer
from ..project import Project
from .keys import Keys
from .offers import path_of
from .state import State

_CHANNEL = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}", re.ASCII)
_PRIVATE = re.compile(rb"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----")


def before(project: Project, folder: Path, keys: Keys, bundles: Sequence[Bundle], percent: int) -> None:
    """Raise BuildError if these bundles, these keys and this folder do not belong together."""
    if not bundles:
        raise BuildError("There is nothing to publish. Build something: hipflask build")
    if not 0 <= percent <= 100:
        raise BuildError(f"A roll-out reaches between 0 and 100 percent, got {percent}.")
    if keys.folder.resolve().is_relative_to(folder.resolve()):
        raise BuildError(
            f"The keys {keys.folder} are within {folder}, which is to be published. Move them out of it."
        )
    _check_trust(project, keys)
    releases = [bundle.release for bundle in bundles]
    for what, values in {
        "program": {release.id for release in releases} | {project.id},
        "version": {release.version for release in releases},
        "channel": {release.channel for release in releases},
    }.items():
        if len(values) > 1:
            raise BuildError(
                f"What is published together must be of one {what}, got {', '.join(sorted(values))}."
            )
    if not _CHANNEL.fullmatch(releases[0].channel):
        raise BuildError(
            f"A channel is called with small letters, digits and hyphens, got {releases[0].channel!r}."
        )
    if not _VERSION.fullmatch(releases[0].version):
        raise BuildError(f"A version is letters, digits and dots, as in 1.4.0, got {releases[0].version!r}.")
    for bundle in bundles:
        _check_secrets(bundle)


def versions(there: State, bundles: Sequence[Bundle], is_meant: bool) -> None:
    """Raise BuildError if installed programs would not take these releases for newer than the present ones, unless `is_meant`."""
    for bundle in bundles:
        new, path = bundle.release, path_of(bundle.release)
        if path not in there.offered:
            continue
        old = there.offer(there.offered[path]).release
        if old.id != new.id:
            raise BuildError(
                f"{there.folder} has releases of {old.id}, not of {new.id}. Publish to another folder."
            )
        if old != new and not is_newer(new.version, old.version) and not is_meant:
            raise BuildError(
                f"{path}: {old.version} is published, and {new.version} with other content is not newer, so nobody who has "
                f"the one would take the other. Raise the version in pyproject.toml, or mean it: --anyway"
            )


def _check_trust(project: Project, keys: Keys) -> None:
    if project.updates is None:
        raise BuildError(
            "This project does not say where its updates are. Write in pyproject.toml:\n\n"
            '[tool.hipflask.updates]\nurl = "https://example.com/stock/"\nroot = "root.json"\n\n'
            f"and copy {keys.folder / 'root.json'} there."
        )
    try:
        trusted = project.updates.root.read_bytes()
    except OSError as error:
        raise BuildError(
            f"{project.updates.root}, which apps are to trust, cannot be read: {error.strerror}."
        ) from error
    if trusted not in (keys.content(version + 1) for version in range(len(keys.roots))):
        raise BuildError(
            f"Apps trust {project.updates.root}, and that is none of the root metadata in {keys.folder}: they would refuse "
            f"whatever these keys sign. Copy {keys.folder / 'root.json'} there and build again, or use the keys that belong to it."
        )


def _check_secrets(bundle: Bundle) -> None:
    """Everybody can read an app's files; a key among them is nearly always an accident."""
    app = next(layer for layer in bundle.layers if layer.name == "app")
    for file in app.files:
        with (app.folder / file.path).open("rb") as stream:
            if _PRIVATE.search(stream.read(4096)):
                raise BuildError(
                    f"The app has a private key in it, {file.path}, which everybody could read. Leave it out."
                )
