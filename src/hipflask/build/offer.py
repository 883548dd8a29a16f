"""An offer: a release as it is published, with where its layers are had and what each download must be.

One for each channel and target. It is a release's lines, and then, for each layer, its archive: sha256, bytes to download,
bytes that come out of it. Those who have one of the former layers need less, a delta:

    hipflask=1
    id=com.example.stock
    …
    app=fd61a03af4f77d87…
    archive.runtime=5feceb66ffc86f38… 8812344 38121044
    archive.packages=6b86b273ff34fce1… 1702113 9120777
    archive.app=d4735e3a265e16ee… 2511 7020
    delta.packages.60303ae22b998861=4e07408562bedb8b… 40120 210034

The last line says: who has the packages 60303ae22b998861 downloads 40,120 bytes instead of 1,702,113. Each of them is
the file `layers/<sha256>.tar.xz` of the published folder. An offer is believed because The Update Framework's metadata,
which name its sha256, are signed; and the layers because the offer names theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from ..core.errors import BuildError, UpdateError
from .layer import SHORT, is_inside
from .release import Release, read_lines, write_lines

# The first file of a delta's archive: the listing of the new layer, which its id is the sha256 of.
LISTING = ".hipflask-delta"
# Ten layers' worth of lines is 10 kB; who sends more wants to fill a memory.
MOST_BYTES = 64 * 1024
# More than any program has, and few enough digits to be added up without a thought.
_MOST_SIZE = 1 << 40
_ARCHIVE = re.compile(r"([0-9a-f]{64}) ([1-9][0-9]{0,12}) (0|[1-9][0-9]{0,12})", re.ASCII)
# "1.4.0", "2.0rc1", "2.0.post1": numbers, a word, its number; what a "+" begins does not count.
_VERSION = re.compile(r"v?([0-9.]{0,99})[-_.]?(?:([a-z]{1,20})[-_.]?([0-9]{1,18})?)?", re.ASCII)
_STAGES = {"dev": 0, "a": 1, "alpha": 1, "b": 2, "beta": 2, "c": 3, "rc": 3, "": 4, "post": 5}
_OLD = re.compile(rf"[0-9a-f]{{{SHORT}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Archive:
    """A .tar.xz to download: what it is, how large, and how large what is in it (for a delta, its listing included)."""

    sha256: str
    size: int
    unpacked: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """What a line of an offer says of it; raises UpdateError if it is not sha256, bytes, bytes."""
        found = _ARCHIVE.fullmatch(text)
        if found is None or max(int(found[2]), int(found[3])) > _MOST_SIZE:
            raise UpdateError(
                f"An offer's archive must be a sha256 and two numbers of bytes, got {text[:120]!r}."
            )
        return cls(found[1], int(found[2]), int(found[3]))

    @property
    def text(self) -> str:
        """As it stands in an offer."""
        return f"{self.sha256} {self.size} {self.unpacked}"

    @property
    def home(self) -> str:
        """Where it is within the published folder."""
        return f"layers/{self.sha256}.tar.xz"


@dataclass(frozen=True, slots=True)
class Offer:
    """A release, the archives of its layers by their names, and deltas by name and first digits of the layer that one has."""

    release: Release
    archives: Mapping[str, Archive]
    deltas: Mapping[tuple[str, str], Archive] = field(default_factory=dict)

    @classmethod
    def parse(cls, content: str | bytes) -> Self:
        """What `content` says; raises UpdateError, and nothing else, if that is no offer that can be followed."""
        text = _text(content)
        try:
            offer = cls(Release.parse(text), *_archives(read_lines(text)))
            offer._check()
        except BuildError as error:
            raise UpdateError(f"This is no offer of a release: {error}") from error
        return offer

    @property
    def text(self) -> str:
        """The lines; the same for equal offers."""
        archives = {f"archive.{layer}": self.archives[layer].text for layer in self.release.layers}
        deltas = {f"delta.{layer}.{old}": self.deltas[layer, old].text for layer, old in sorted(self.deltas)}
        return self.release.text + write_lines(archives | deltas)

    def _check(self) -> None:
        layers = self.release.layers
        if set(self.archives) != set(layers):
            raise UpdateError(
                f"An offer must have an archive for each of {', '.join(layers)}, got {', '.join(self.archives) or 'none'}."
            )
        for layer, old in self.deltas:
            if layer not in layers or layers[layer].startswith(old):
                raise UpdateError(f"An offer has a delta that leads nowhere: from {old} to {layer}.")
        if self.release.library and not is_inside(self.release.library):
            raise UpdateError(f"An offer's library is outside its layer: {self.release.library!r}.")
        # What cannot be written again could not be kept in a bundle either.
        self.text.encode()


def is_newer(version: str, than: str) -> bool:
    """Whether a version comes after another, as people count: "1.10" after "1.9", "2.0" after "2.0rc1", "1.0" not after "1"."""
    return _order(version) > _order(than)


def _order(version: str) -> tuple[tuple[int, ...], int, int]:
    found = _VERSION.match(version.lower())
    assert found is not None  # every part of it may be empty
    numbers = [int(number) for number in found[1].split(".") if number]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), _STAGES.get(found[2] or "", _STAGES["rc"]), int(found[3] or 0)


def _text(content: str | bytes) -> str:
    if len(content) > MOST_BYTES:
        raise UpdateError(f"An offer has at most {MOST_BYTES} bytes, got {len(content)}.")
    try:
        return content.decode() if isinstance(content, bytes) else content.encode().decode()
    except UnicodeError as error:
        raise UpdateError(f"An offer is UTF-8, and this is not: {error}.") from error


def _archives(lines: Mapping[str, str]) -> tuple[dict[str, Archive], dict[tuple[str, str], Archive]]:
    archives: dict[str, Archive] = {}
    deltas: dict[tuple[str, str], Archive] = {}
    for key, value in lines.items():
        kind, _, rest = key.partition(".")
        layer, _, old = rest.partition(".")
        if kind == "archive" and layer and not old:
            archives[layer] = Archive.parse(value)
        elif kind == "delta" and layer and _OLD.fullmatch(old):
            deltas[layer, old] = Archive.parse(value)
        elif kind in ("archive", "delta"):
            raise UpdateError(f"An offer has a line that says of no layer what it is: {key[:60]!r}.")
    return archives, deltas
