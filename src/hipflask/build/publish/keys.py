"""The keys of a program's releases: which there are, which of them count, and how they are replaced.

    keys/                       with who publishes: neither in the project nor in the published folder
        1.root.json             public: which keys count. Every version is kept, and each is signed by the keys of the
        2.root.json             one before it too, so that a program that trusts the first comes to trust the last
        root.json               the newest again; a copy of it is committed with the project and is in every app
        online-5f2b8c1d.pem     signs what is published
    stick/                      offline, and in a drawer
        root-0a9e41f7.pem       says which online key counts; needed once in two years, or when something leaked

There are two kinds of key and no more. The root key decides everything and is hardly ever used, so it is kept offline and
under a passphrase. One online key signs targets, snapshot and timestamp: whoever publishes needs all three in any case, and
three files that lie in one folder are stolen together. If it leaks, `rotate` makes installed programs refuse it.

A root key that is lost or stolen cannot be mended by anybody: have several (`count`), of which `threshold` must sign.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self, TypeVar

from ...core.errors import BuildError
from ..current import replace
from . import keyfiles
from .keyfiles import Ask
from .parts import (
    CryptoSigner,
    JSONSerializer,
    Key,
    Metadata,
    RepositoryError,
    Root,
    Snapshot,
    Targets,
    Timestamp,
)

Signed = TypeVar("Signed", Root, Timestamp, Snapshot, Targets)
ROOT = "root"
ONLINE = "online"
ONLINE_ROLES = (Targets.type, Snapshot.type, Timestamp.type)
# Long enough that nobody has to open the drawer every few months, short enough that the way to it is not forgotten.
ROOT_DAYS = 730
_WARN_DAYS = 90
# A field of our own in the root metadata, which programs pass over: the online keys that somebody else has too.
_LEAKED = "x-hipflask-leaked"


@dataclass(frozen=True, slots=True)
class Keys:
    """A folder of keys: every version of the root metadata, the first one first."""

    folder: Path
    roots: tuple[Metadata[Root], ...]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The keys in a folder; raises BuildError if there are none, or the versions do not follow from each other."""
        roots: list[Metadata[Root]] = []
        while (file := folder / f"{len(roots) + 1}.root.json").is_file():
            root = _parse(file)
            _check(root, roots[-1] if roots else root, file)
            roots.append(root)
        if not roots:
            raise BuildError(f"There are no keys in {folder}. Make some: hipflask keys make {folder}")
        return cls(folder, tuple(roots))

    @property
    def root(self) -> Root:
        """Which keys count now."""
        return self.roots[-1].signed

    def content(self, version: int) -> bytes:
        """A version of the root metadata, as it is published."""
        return compact(self.roots[version - 1])

    def online(self, ask: Ask, *, version: int | None = None) -> CryptoSigner:
        """The key that signs what is published, now or as of a version; raises BuildError if its private half is not here."""
        key = self.online_key(version or len(self.roots))
        file = keyfiles.find(ONLINE, key, [self.folder])
        if file is None:
            raise BuildError(
                f"The private key {keyfiles.file_name(ONLINE, key)} is not in {self.folder}. "
                f"Put it there, or make another: hipflask keys rotate online {self.folder}"
            )
        return keyfiles.load(file, key, ask)

    def has_online(self, version: int) -> bool:
        """Whether the private half of the online key as of a version is here."""
        return keyfiles.find(ONLINE, self.online_key(version), [self.folder]) is not None

    def online_key(self, version: int) -> Key:
        """The public half of the key that signs what is published, as of a version."""
        root = self.roots[version - 1].signed
        return root.get_key(root.roles[Targets.type].keyids[0])

    def is_leaked(self, version: int) -> bool:
        """Whether the online key as of a version is one that somebody else has too."""
        return self.online_key(version).keyid in self.root.unrecognized_fields.get(_LEAKED, [])

    def warnings(self, now: datetime) -> list[str]:
        """What one should know before it is too late."""
        left = self.root.expires - now
        if left > timedelta(days=_WARN_DAYS):
            return []
        return [
            f"The root metadata expire in {left.days} days. Renew them in time: hipflask keys renew {self.folder}"
        ]

    def check(self, now: datetime) -> None:
        """Raise BuildError if the root metadata have expired: installed programs would refuse whatever is published."""
        if self.root.is_expired(now):
            raise BuildError(
                f"The root metadata expired on {self.root.expires:%Y-%m-%d}, and installed programs refuse whatever they "
                f"say. Renew them with the root key: hipflask keys renew {self.folder}"
            )


def make(
    folder: Path,
    offline: Path,
    ask: Ask,
    *,
    count: int = 1,
    threshold: int = 1,
    lock_online: bool = False,
    now: datetime,
) -> Keys:
    """Make a program's first keys: the root keys in `offline`, the online key in `folder`."""
    if not 1 <= threshold <= count:
        raise BuildError(f"Of {count} root keys, between 1 and {count} must sign, got {threshold}.")
    for place in (folder, offline):
        _prepare(place)
    if (folder / "1.root.json").exists():
        raise BuildError(f"{folder} has keys already. Replace them: hipflask keys rotate online {folder}")
    root = Root(version=1, expires=_expiry(now), consistent_snapshot=True)
    root_keys = [_new(offline, ROOT, ask) for _ in range(count)]
    _assign(root, ROOT, [signer.public_key for signer in root_keys], threshold)
    online = _new(folder, ONLINE, ask if lock_online else None)
    _assign(root, ONLINE, [online.public_key])
    return _add(Keys(folder, ()), root, root_keys)


def rotate(
    keys: Keys,
    role: str,
    offline: Sequence[Path],
    ask: Ask,
    *,
    lock_online: bool = False,
    leaked: bool = False,
    now: datetime,
) -> Keys:
    """Replace the root keys or the online key; the new root keys are written to the first folder of `offline`.

    What a `leaked` online key has signed is not built upon any more when somebody publishes.
    """
    root = _next(keys, now)
    signers = _root_signers(keys, offline, ask)
    if role == ROOT:
        _prepare(offline[0])
        role_keys = root.roles[ROOT]
        made = [_new(offline[0], ROOT, ask) for _ in role_keys.keyids]
        _assign(root, ROOT, [signer.public_key for signer in made], role_keys.threshold)
        signers += made
    else:
        if leaked:
            former = root.unrecognized_fields.get(_LEAKED, [])
            root.unrecognized_fields[_LEAKED] = [*former, keys.online_key(keys.root.version).keyid]
        _assign(root, ONLINE, [_new(keys.folder, ONLINE, ask if lock_online else None).public_key])
    return _add(keys, root, signers)


def renew(keys: Keys, offline: Sequence[Path], ask: Ask, *, now: datetime) -> Keys:
    """Have the same keys count for another two years."""
    return _add(keys, _next(keys, now), _root_signers(keys, offline, ask))


def describe(keys: Keys, now: datetime) -> list[str]:
    """Which keys count, where their private halves are and until when, in sentences."""
    root = keys.root
    role = root.roles[ROOT]
    left = abs(root.expires - now).days
    until = (
        f"expired {left} days ago"
        if root.is_expired(now)
        else f"good for {left} days, until {root.expires:%Y-%m-%d}"
    )
    lines = [
        f"Root metadata, version {root.version}: {until}. {role.threshold} of {len(role.keyids)} root keys must sign."
    ]
    named = [(ROOT, root.get_key(keyid)) for keyid in role.keyids] + [(ONLINE, keys.online_key(root.version))]
    for kind, key in named:
        file = keyfiles.find(kind, key, [keys.folder])
        place = f"in {keys.folder}" if file else f"not in {keys.folder}"
        lines.append(f"{kind} key {key.keyid}: {keyfiles.file_name(kind, key)}, {place}.")
    known = {keyfiles.file_name(kind, key) for kind, key in named}
    retired = sorted(file.name for file in keys.folder.glob("*-????????.pem") if file.name not in known)
    return [*lines, *(f"{name} counts no more; keep it until everything is published." for name in retired)]


def compact(metadata: Metadata[Signed]) -> bytes:
    """As it is published: without a space too many, because every program that looks for an update downloads it."""
    return metadata.to_bytes(JSONSerializer(compact=True))


def _next(keys: Keys, now: datetime) -> Root:
    root = copy.deepcopy(keys.root)
    root.version += 1
    root.expires = _expiry(now)
    return root


def _assign(root: Root, kind: str, keys: Sequence[Key], threshold: int = 1) -> None:
    for role in [ROOT] if kind == ROOT else ONLINE_ROLES:
        for keyid in [*root.roles[role].keyids]:
            root.revoke_key(keyid, role)
        for key in keys:
            root.add_key(key, role)
        root.roles[role].threshold = threshold


def _root_signers(keys: Keys, offline: Sequence[Path], ask: Ask) -> list[CryptoSigner]:
    """As many of the present root keys as must sign."""
    role = keys.root.roles[ROOT]
    known = [keys.root.get_key(keyid) for keyid in role.keyids]
    found = [(file, key) for key in known if (file := keyfiles.find(ROOT, key, offline))]
    if len(found) < role.threshold:
        names = ", ".join(keyfiles.file_name(ROOT, key) for key in known)
        raise BuildError(
            f"{role.threshold} of these root keys must sign, and {len(found)} were found: {names}. "
            f"Looked in {', '.join(map(str, offline))}; say where they are with --offline FOLDER."
        )
    return [keyfiles.load(file, key, ask) for file, key in found[: role.threshold]]


def _add(keys: Keys, root: Root, signers: Sequence[CryptoSigner]) -> Keys:
    """Sign the next version and write it: first under its number, which is what counts."""
    metadata = Metadata(root)
    for signer in signers:
        metadata.sign(signer, append=True)
    file = keys.folder / f"{root.version}.root.json"
    _check(metadata, keys.roots[-1] if keys.roots else metadata, file)
    for name in (file.name, "root.json"):
        replace(keys.folder / name, compact(metadata))
    return Keys(keys.folder, (*keys.roots, metadata))


def _parse(file: Path) -> Metadata[Root]:
    try:
        root: Metadata[Root] = Metadata.from_bytes(file.read_bytes())
    except (OSError, RepositoryError, ValueError) as error:
        raise BuildError(f"{file} is no root metadata: {error}.") from error
    if root.signed.type != Root.type:
        raise BuildError(f"{file} is {root.signed.type} metadata, and should be root metadata.")
    return root


def _check(root: Metadata[Root], before: Metadata[Root], file: Path) -> None:
    expected = 1 if before is root else before.signed.version + 1
    if root.signed.version != expected:
        raise BuildError(f"{file} says that it is version {root.signed.version}, and should be {expected}.")
    try:
        for judge in (before.signed, root.signed):
            judge.verify_delegate(Root.type, root.signed_bytes, root.signatures)
    except (RepositoryError, ValueError) as error:
        raise BuildError(f"{file} is not signed by the root keys that must sign it: {error}.") from error


def _new(folder: Path, role: str, ask: Ask | None) -> CryptoSigner:
    return keyfiles.make(folder, role, None if ask is None else lambda name: ask(name, True))


def _prepare(folder: Path) -> None:
    inside = next(
        (each for each in [folder.resolve(), *folder.resolve().parents] if (each / ".git").exists()), None
    )
    if inside is not None:
        raise BuildError(
            f"{folder} is in the repository {inside}, and a private key that is once committed is everybody's. "
            "Name a folder outside of it."
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BuildError(f"{folder} cannot be made: {error.strerror}.") from error


def _expiry(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0) + timedelta(days=ROOT_DAYS)
