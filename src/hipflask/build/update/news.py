"""What an offer means for this installation: pure thinking.

judge(offer, custom, release, current, number)      the sentence why it is not for this one, or None
parts(offer, has)                                   what of it is to be downloaded: layers, or deltas where those are smaller
number_of(id, version)                              whose turn it is in a staged roll-out
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...core.errors import UpdateError
from ..current import Current
from ..layer import SHORT
from ..offer import Archive, Offer, is_newer
from ..release import Release
from .words import amount

ALL = 100  # percent


@dataclass(frozen=True, slots=True)
class Part:
    """One layer that is to be downloaded, and, if there is one worth it, the delta from a layer that is here."""

    name: str
    layer: str  # its id
    archive: Archive
    old: str = ""  # the first digits of the layer that `delta` begins with
    delta: Archive | None = None

    @property
    def size(self) -> int:
        """The bytes that it takes to download."""
        return (self.delta or self.archive).size

    @property
    def room(self) -> int:
        """The bytes that it takes on the disk while it is being put there, if the delta should fail too."""
        return self.archive.size + self.archive.unpacked + (self.delta.size if self.delta else 0)


@dataclass(frozen=True, slots=True)
class News:
    """A newer release that may be installed."""

    offer: Offer
    size: int  # bytes to download

    @property
    def version(self) -> str:
        """Its version."""
        return self.offer.release.version

    def __str__(self) -> str:
        return f"version {self.version} ({amount(self.size)} to download)"


def judge(
    offer: Offer, custom: Mapping[str, Any], release: Release, current: Current, number: int
) -> str | None:
    """Why an offer is not for this installation, which will next start `release`, or None if it is.

    Raises UpdateError for one that can be for nobody here.
    """
    _check(offer.release, release)
    if without_frame(offer.release).key == current.refused:
        return f"Version {offer.release.version} was installed before and did not start, so the next one is waited for."
    if not is_newer(offer.release.version, release.version):
        return f"Version {release.version} is the newest."
    percent = custom.get("percent", ALL)
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        raise UpdateError(f"An offer is for a percentage of all, from 0 to 100, got {percent!r}.")
    if number >= percent:
        return f"Version {offer.release.version} is out for {percent:g} % of all so far, and this is none of them yet."
    return None


def parts(offer: Offer, has: Callable[[str], bool]) -> list[Part]:
    """What is to be downloaded; `has` says whether the layer with these first digits is here."""
    found = []
    for name, layer in offer.release.layers.items():
        if not has(layer[:SHORT]):
            archive = offer.archives[name]
            deltas = [
                (delta.size, old)
                for (of, old), delta in offer.deltas.items()
                if of == name and has(old) and delta.size < archive.size
            ]
            old = min(deltas)[1] if deltas else ""
            found.append(Part(name, layer, archive, old, offer.deltas.get((name, old))))
    return found


def without_frame(release: Release) -> Release:
    """A release as it stands within an app, which does not name what it is surrounded and sealed by."""
    return replace(release, frame="")


def number_of(installation_id: str, version: str) -> int:
    """From 0 to 99, the same for one installation and version: who is below the percentage of a staged roll-out takes part."""
    digest = hashlib.sha256(f"{installation_id} {version}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % ALL


def _check(offered: Release, here: Release) -> None:
    for what, word in (("id", "program"), ("target", "kind of computer")):
        theirs, ours = getattr(offered, what), getattr(here, what)
        if theirs != ours:
            raise UpdateError(
                f"What is offered is for another {word}: {theirs!r}, and this is {ours!r}. It is not installed."
            )
