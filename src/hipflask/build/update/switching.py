"""Which release the next start runs: changed all at once, and back again.

On Windows and Linux a bundle is changed where it stands; on macOS, where a signature seals it, it is replaced: see
`sealed.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...core.errors import UpdateError
from ..current import HEALTHY, NEW, Current, release_of, replace
from ..release import Release
from .installation import Installation
from .sealed import Sealed
from .supply import Supply
from .web import Web


@dataclass(frozen=True, slots=True)
class InPlace:
    """A bundle whose layers stand side by side, and whose file `current` says which of them run."""

    installation: Installation

    @property
    def current(self) -> Current:
        """What the next start goes by."""
        return self.installation.current

    @property
    def next(self) -> Release:
        """What the next start runs."""
        return release_of(self.installation.root, self.current.release)

    def supply(self, web: Web, url: str) -> Supply:
        """What brings layers to where this bundle has them."""
        layers = self.installation.root / "layers"
        return Supply(web, url, layers, self.installation.updates / "downloads", (layers,))

    def switch(self, release: Release) -> None:
        """Have the next start run a release whose layers are there."""
        root = self.installation.root
        with self.installation.deciding():
            before = self.current
            if before.release == release.key:
                return
            # First the release, then the one line that names it: between the two, the old one is what runs.
            replace(root / "releases" / release.key, release.text.encode())
            Current(release.key, self._known_to_work(before), NEW, before.refused).write(root)

    def roll_back(self) -> Release:
        """Have the next start run the release before this one."""
        root = self.installation.root
        with self.installation.deciding():
            before = self.current
            if not before.previous:
                raise UpdateError("There is no earlier version here to go back to.")
            release = release_of(root, before.previous)
            for name in release.layers:
                if not release.home(name, root).is_dir():
                    raise UpdateError(
                        f"The version before, {release.version}, is no longer whole: its {name} is missing."
                    )
            Current(before.previous, "", HEALTHY, refused=before.release).write(root)
            return release

    def _known_to_work(self, before: Current) -> str:
        # The one that runs just now does. One that another window has put there meanwhile may not have been started yet.
        return before.release if before.state == HEALTHY else self.installation.key


def place_of(installation: Installation) -> InPlace | Sealed:
    """How the bundle of an installation is changed."""
    return Sealed(installation) if installation.is_sealed else InPlace(installation)


def roll_back(installation: Installation) -> Release:
    """Go back to the release before from the next start on, and never install this one again. Raises UpdateError."""
    if installation.refusal is not None:
        raise UpdateError(installation.refusal)
    return place_of(installation).roll_back()
