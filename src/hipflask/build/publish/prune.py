"""What a published folder no longer needs, and taking it away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from ...core.errors import BuildError
from .state import State, offer_file, version_of

# Who has begun to download may be a publication behind.
_LEAST = 2
_NUMBERED = re.compile(r"([0-9]+)\.(snapshot|targets)\.json")
_ARCHIVE = re.compile(r"[0-9a-f]{64}\.tar\.xz")
_OFFER = re.compile(r"[0-9a-f]{64}\.[a-z0-9_-]+")


def prune(there: State, keep: int) -> list[str]:
    """Remove what only publications before the last `keep` refer to; returns what was done, in sentences."""
    if keep < _LEAST:
        raise BuildError(
            f"At least {_LEAST} publications must be kept, for those who are downloading, got {keep}."
        )
    gone = [*_old_metadata(there, keep), *_unneeded(there, keep)]
    size = sum(file.stat().st_size for file in gone)
    for file in gone:
        file.unlink()
    size += _remove_installers(there, keep)
    return [f"Removed what only publications before the last {keep} needed: {size:,} bytes."]


def _old_metadata(there: State, keep: int) -> Iterator[Path]:
    newest = {
        "snapshot": there.snapshot.version if there.snapshot else 0,
        "targets": there.targets.version if there.targets else 0,
    }
    for file in sorted((there.folder / "metadata").glob("*.json")):
        found = _NUMBERED.fullmatch(file.name)
        if found and int(found[1]) <= newest[found[2]] - keep:
            yield file


def _unneeded(there: State, keep: int) -> Iterator[Path]:
    needed = set()
    for targets in (there.offered, *there.former)[:keep]:
        for info in targets.values():
            if not offer_file(there.folder, info).is_file():
                continue
            offer = there.offer(info)
            needed.add(offer_file(there.folder, info))
            needed |= {
                there.folder / each.home for each in [*offer.archives.values(), *offer.deltas.values()]
            }
    for folder, ours in (("layers", _ARCHIVE), ("targets", _OFFER)):
        for file in sorted((there.folder / folder).rglob("*")):
            if file.is_file() and ours.fullmatch(file.name) and file not in needed:
                yield file


def _remove_installers(there: State, keep: int) -> int:
    needed = {
        Path(channel, version_of(info), target)
        for targets in (there.offered, *there.former)[:keep]
        for path, info in targets.items()
        for channel, _, target in [path.partition("/")]
    }
    place, size = there.folder / "installers", 0
    for folder in sorted(place.glob("*/*/*")):
        if folder.relative_to(place) not in needed:
            size += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            shutil.rmtree(folder)
            if not any(folder.parent.iterdir()):
                folder.parent.rmdir()
    return size
