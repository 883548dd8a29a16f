"""Updating an app of macOS, which a signature seals as a whole: it is built anew beside, and the two folders change places.

    /Applications/Stock.app                 what runs: never changed
    /Applications/.Stock.app-next           the new one, complete; hidden, and of no name that macOS takes for a program
    /Applications/.Stock.app-previous       the one before, to go back to

What surrounds the layers, and seals all, is a layer of the release that is published, the frame; the release within the
app does not name it, since it is among what is sealed. Where nothing is sealed there is no frame, and that of the old
app is kept.

They are exchanged when the program ends: a program reads from its folder as it goes, and would not find itself in the
new one. Both are beside the app because only within one volume do two folders change places in one step.

This has been run on Linux with ordinary folders, and never on macOS.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import errno
import logging
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.errors import BuildError, UpdateError
from ..current import FILE, Current, release_of, sync_folder
from ..current import replace as write
from ..layer import SHORT, home_of
from ..release import Release
from .installation import RESOURCES, Installation
from .news import without_frame
from .supply import Supply, sync_all
from .web import Web

log = logging.getLogger("hipflask.update")

_REFUSED = "refused"
_SWAP = 2  # RENAME_SWAP of macOS, and RENAME_EXCHANGE of Linux


@dataclass(frozen=True, slots=True)
class Sealed:
    """An app that is replaced and never changed."""

    installation: Installation

    @property
    def app(self) -> Path:
        """The folder that people take for the program."""
        return self.installation.root.parents[1]

    @property
    def current(self) -> Current:
        """What the next start goes by; what is not to be installed again is kept outside of the seal."""
        refused = ""
        with contextlib.suppress(OSError):
            refused = (self.installation.updates / _REFUSED).read_text(encoding="ascii")
        return replace(self.installation.current, refused=refused)

    @property
    def next(self) -> Release:
        """What the next start runs."""
        return self.installation.waiting or self.installation.release

    def supply(self, web: Web, url: str) -> Supply:
        """What brings layers to a folder of the user's, until they are built into an app."""
        updates = self.installation.updates
        layers = updates / "layers"
        return Supply(web, url, layers, updates / "downloads", (layers, self.installation.root / "layers"))

    def switch(self, release: Release) -> None:
        """Build the app anew beside, and have the two change places when this program ends."""
        with self.installation.deciding():
            for left_over in self.app.parent.glob(f".{self.app.name}-new-*"):
                shutil.rmtree(left_over, ignore_errors=True)
            shutil.rmtree(self.installation.beside("next"), ignore_errors=True)
            made = Path(tempfile.mkdtemp(prefix=f".{self.app.name}-new-", dir=self.app.parent))
            try:
                self._build(made, release)
                sync_all(made)
                made.rename(self.installation.beside("next"))
                sync_folder(self.app.parent)
            finally:
                shutil.rmtree(made, ignore_errors=True)
        self.finish_at_exit()

    def roll_back(self) -> Release:
        """Have the app before this one be the next: at once, so end the program now."""
        with self.installation.deciding():
            try:
                before = _release_in(self.installation.beside("previous"))
            except BuildError as error:
                raise UpdateError(f"There is no earlier version here to go back to ({error}).") from error
            write(self.installation.updates / _REFUSED, self.installation.current.release.encode())
            self.installation.beside("previous").rename(self.installation.beside("next"))
        self.finish_at_exit()
        return before

    def finish_at_exit(self) -> None:
        """Have a new app that waits take its place when this program ends."""
        atexit.unregister(_finish)
        atexit.register(_finish, self)

    def finish(self) -> None:
        """Put the app that waits in the place of the one that is there."""
        with self.installation.deciding():
            new, old = self.installation.beside("next"), self.installation.beside("previous")
            if not new.is_dir():
                return
            exchange(new, self.app)
            shutil.rmtree(old, ignore_errors=True)
            new.rename(old)
            shutil.rmtree(self.installation.updates / "layers", ignore_errors=True)

    def _build(self, folder: Path, release: Release) -> None:
        sources = (self.installation.updates / "layers", self.installation.root / "layers")
        places = {name: _found(layer, sources) for name, layer in release.layers.items()}
        self._surround(folder, places.pop("frame", None))
        root = folder / RESOURCES
        for name, place in places.items():
            shutil.copytree(place, root / home_of(release.layers[name]))
        (root / "releases").mkdir()
        inside = without_frame(release)
        write(root / "releases" / inside.key, inside.text.encode())
        Current(inside.key).write(root)

    def _surround(self, folder: Path, frame: Path | None) -> None:
        """Put there what is around the layers: the release's own frame, or, where nothing is sealed, that of this app."""
        if frame is not None:
            shutil.copytree(frame, folder, dirs_exist_ok=True)
        elif (self.app / "Contents" / "_CodeSignature").exists():
            raise UpdateError(
                "The app is signed, and the update has come without what is to be around it: it is not installed."
            )
        else:
            ours = shutil.ignore_patterns("layers", "releases", FILE)
            shutil.copytree(self.app, folder, dirs_exist_ok=True, ignore=ours)


def exchange(one: Path, other: Path) -> None:
    """Have two folders of one volume change places, in one step where the system has one."""
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = library.renamex_np(*names, _SWAP)
    elif hasattr(library, "renameat2"):
        here = -100  # AT_FDCWD
        failed = library.renameat2(here, names[0], here, names[1], _SWAP)
    else:
        failed, _ = -1, ctypes.set_errno(errno.ENOTSUP)
    if not failed:
        return
    code = ctypes.get_errno()
    if code not in (errno.ENOTSUP, errno.EINVAL, errno.ENOSYS):
        raise OSError(code, os.strerror(code), str(one))
    # File systems without that step: for a moment there is no app, and after a power failure just then it has the third name.
    away = other.with_name(f".{other.name}-away")
    other.rename(away)
    one.rename(other)
    away.rename(one)


def _finish(sealed: Sealed) -> None:
    try:
        sealed.finish()
    except Exception as error:  # the program is ending: the next one tries again
        log.warning("The update could not take its place: %s", error)


def _found(layer: str, sources: tuple[Path, ...]) -> Path:
    for folder in sources:
        if (folder / layer[:SHORT]).is_dir():
            return folder / layer[:SHORT]
    raise UpdateError(f"The layer {layer[:SHORT]} is not here any longer.")


def _release_in(app: Path) -> Release:
    root = app / RESOURCES
    return release_of(root, Current.read(root).release)
