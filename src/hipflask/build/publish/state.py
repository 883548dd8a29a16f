"""What a published folder offers already, as far as the program's own keys have signed it.

The folder lies on a web server, and whoever gets into that may have put anything there. What is signed again unread would be
signed for them; so every byte that a publication builds upon is checked as an installed program would check it. Only that
something has expired does not matter here: it is about to be signed anew.

    metadata/timestamp.json      the newest snapshot
    metadata/7.snapshot.json     the newest targets
    metadata/4.targets.json      every channel's offer for every target
    metadata/3.targets.json …    what was offered before: nothing else remembers former releases
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ...core.errors import BuildError, UpdateError
from ..offer import Offer
from .keys import Keys
from .parts import Metadata, RepositoryError, Root, Snapshot, TargetFile, Targets, Timestamp

Role = TypeVar("Role", Timestamp, Snapshot, Targets)
# How many former publications are looked through for something to compare with or to go back to.
_MOST_HISTORY = 200


@dataclass(frozen=True, slots=True)
class State:
    """A published folder: the versions of its metadata, and what they offer, by "<channel>/<target>"."""

    folder: Path
    roots: int = 0  # versions of the root metadata that it has
    signed_by: int = 0  # the version of the root metadata whose online key signed the rest
    timestamp: Timestamp | None = None
    snapshot: Snapshot | None = None
    targets: Targets | None = None
    former: tuple[Mapping[str, TargetFile], ...] = field(default=())

    @property
    def offered(self) -> Mapping[str, TargetFile]:
        """What installed programs find there now."""
        return self.targets.targets if self.targets else {}

    def lags_behind(self, keys: Keys) -> bool:
        """Whether it lacks root metadata, or was signed with a key that counts no more."""
        newest = len(keys.roots)
        return self.roots < newest or self.signed_by < newest

    def offer(self, info: TargetFile) -> Offer:
        """The offer that metadata name; raises BuildError if it is gone or damaged."""
        try:
            content = offer_file(self.folder, info).read_bytes()
            info.verify_length_and_hashes(content)
            return Offer.parse(content)
        except (OSError, RepositoryError, UpdateError) as error:
            raise BuildError(
                f"The published offer of {info.path} is gone or damaged ({error}). Put the file back, or build upon nothing "
                "that is there: --afresh"
            ) from error

    def history(self, path: str) -> Iterator[TargetFile]:
        """What was offered under a path, the newest first, each once; former offers that are gone are left out."""
        seen = set()
        for targets in (self.offered, *self.former):
            info = targets.get(path)
            if info is None or sha256_of(info) in seen:
                continue
            seen.add(sha256_of(info))
            if targets is self.offered or self._has(info):
                yield info

    def _has(self, info: TargetFile) -> bool:
        try:
            self.offer(info)
        except BuildError:
            return False
        return True


def read(folder: Path, keys: Keys) -> State:
    """What a folder offers; raises BuildError where its metadata are not signed by these keys, or by one that leaked."""
    state = _read_all(folder, keys)
    if state.signed_by and keys.is_leaked(state.signed_by):
        raise BuildError(
            f"What is published in {folder} was signed with the online key that leaked, so it may be somebody else's. "
            "Publish all of it anew, and nothing of what is there is built upon: --afresh"
        )
    return state


def read_versions(folder: Path, keys: Keys) -> State:
    """Of a folder, the versions that the next ones must exceed, and nothing that it offers."""
    state = _read_all(folder, keys)
    if state.targets is not None:
        state.targets.targets.clear()
    return dataclasses.replace(state, former=())


def _read_all(folder: Path, keys: Keys) -> State:
    metadata = folder / "metadata"
    roots = _published_roots(metadata, keys)
    if not (metadata / "timestamp.json").is_file():
        return State(folder, roots)
    signed_by, timestamp = _read_timestamp(metadata / "timestamp.json", keys)
    root = keys.roots[signed_by - 1].signed
    snapshot = _read(metadata / f"{timestamp.snapshot_meta.version}.snapshot.json", Snapshot, root)
    targets = _read(metadata / f"{snapshot.meta['targets.json'].version}.targets.json", Targets, root)
    former = tuple(_former(metadata, targets.version, root))
    return State(folder, roots, signed_by, timestamp, snapshot, targets, former)


def offer_file(folder: Path, info: TargetFile) -> Path:
    """Where the text of an offer is published."""
    channel, _, target = info.path.partition("/")
    return folder / "targets" / channel / f"{sha256_of(info)}.{target}"


def sha256_of(info: TargetFile) -> str:
    """Of an offer's text."""
    return info.hashes["sha256"]


def version_of(info: TargetFile) -> str:
    """Which version an offer is of, as the metadata say beside it."""
    return str(info.custom["version"]) if info.custom else ""


def percent_of(info: TargetFile) -> int:
    """How many of a hundred installed programs take it."""
    return int(info.custom["percent"]) if info.custom else 100


def _published_roots(metadata: Path, keys: Keys) -> int:
    count = 0
    while (file := metadata / f"{count + 1}.root.json").is_file():
        count += 1
        if count > len(keys.roots) or file.read_bytes() != keys.content(count):
            raise BuildError(
                f"{file} is not in the folder of keys {keys.folder}: what is published there was signed by other keys, "
                f"or newer ones. Use those, or publish to another folder."
            )
    return count


def _read_timestamp(file: Path, keys: Keys) -> tuple[int, Timestamp]:
    """The timestamp, and the version of the root metadata whose online key signed it: after a rotation an older one."""
    refusals = []
    for version in range(len(keys.roots), 0, -1):
        try:
            return version, _read(file, Timestamp, keys.roots[version - 1].signed)
        except BuildError as error:
            refusals.append(error)
    raise refusals[0]


def _read(file: Path, role: type[Role], root: Root) -> Role:
    try:
        metadata: Metadata[Role] = Metadata.from_bytes(file.read_bytes())
        if not isinstance(metadata.signed, role):
            raise BuildError(f"{file} should be {role.type} metadata, and is {metadata.signed.type}.")
        root.verify_delegate(role.type, metadata.signed_bytes, metadata.signatures)
    except (OSError, RepositoryError, ValueError) as error:
        raise BuildError(
            f"What is published cannot be built upon: {file.name} is not as our keys signed it ({error})."
        ) from error
    return metadata.signed


def _former(metadata: Path, newest: int, root: Root) -> Iterator[Mapping[str, TargetFile]]:
    for version in range(newest - 1, max(0, newest - _MOST_HISTORY), -1):
        file = metadata / f"{version}.targets.json"
        if not file.is_file():
            return
        try:
            targets = _read(file, Targets, root)
        except BuildError:
            return  # from before the online key was replaced
        if targets.version != version:
            return
        yield targets.targets
