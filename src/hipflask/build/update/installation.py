"""The bundle that this process runs in: what it may do with itself, and that it is well.

    installation = Installation.find()
    if installation is not None:            # None: the program runs from its source
        installation.healthy()              # the window has painted
        installation.refusal                # why it does not update itself; None if it does
        installation.waiting                # the release that the next start runs, if it is another one

All of it reads or writes files and is meant for a thread of its own, after the window has painted.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from ...core.bundled import VARIABLE
from ...core.errors import BuildError, UpdateError
from ..current import HEALTHY, NEW, TRIED, Current, release_of
from ..current import replace as write
from ..locks import Lock
from ..offer import is_newer
from ..release import Release
from . import cleaning
from .words import of_system

log = logging.getLogger("hipflask.update")

UPDATES, MANAGED, ID = "updates", "managed", "id"
RESOURCES = Path("Contents", "Resources")  # of an app of macOS
_SECONDS = 5  # that somebody else may take to change `current`: it is moments


@dataclass(frozen=True, slots=True)
class Installation:
    """A bundle on this computer: the folder with its layers, and the release that this process runs, by its key and read."""

    root: Path
    key: str
    release: Release

    @classmethod
    def find(cls) -> Self | None:
        """The one that this process runs in; None if it runs from its source, or is too damaged to be known."""
        named = Path(os.environ.get(VARIABLE, ""))
        if named.parent.name != "releases":
            return None
        try:
            return cls.at(named.parent.parent, named.name)
        except BuildError as error:
            log.warning("%s names what is no release of a bundle: %s", VARIABLE, error)
            return None

    @classmethod
    def at(cls, root: Path, key: str) -> Self:
        """The bundle in a folder, running this release; raises BuildError if it has none such."""
        return cls(root, key, release_of(root, key))

    @property
    def current(self) -> Current:
        """What the next start goes by; raises BuildError if that is damaged."""
        return Current.read(self.root)

    @property
    def waiting(self) -> Release | None:
        """The release that the next start runs, if it is another than this one; raises BuildError if that is damaged."""
        if self.is_sealed:
            return self._waiting_beside()
        key = self.current.release
        return None if key == self.key else release_of(self.root, key)

    @property
    def is_sealed(self) -> bool:
        """Whether it is one sealed whole, which is replaced and never changed: an app of macOS."""
        return self.release.target.startswith("macos-")

    @property
    def updates(self) -> Path:
        """The folder for what the update client keeps."""
        if self.is_sealed:
            return Path.home() / "Library" / "Application Support" / self.release.id / UPDATES
        return self.root / UPDATES

    @property
    def id(self) -> str:
        """A random number that stays: who is in a staged roll-out is drawn from it. It is sent to nobody."""
        file = self.updates / ID
        with contextlib.suppress(OSError, UnicodeDecodeError):
            known = file.read_text(encoding="ascii").strip()
            if len(known) == 32:
                return known
        drawn = os.urandom(16).hex()
        file.parent.mkdir(parents=True, exist_ok=True)
        write(file, drawn.encode())
        return drawn

    @property
    def refusal(self) -> str | None:
        """Why this installation does not update itself, in a sentence for people; None if it does."""
        with contextlib.suppress(FileNotFoundError):
            by = (self.root / MANAGED).read_text(
                encoding="utf-8", errors="replace"
            ).strip() or "an administrator"
            return (
                f"It was installed by {by}, so new versions come the same way and it does not update itself."
            )
        if "/AppTranslocation/" in self.root.as_posix():
            return (
                "macOS runs it from a place that cannot be changed, because it was not moved since it was downloaded. Move it to "
                "the folder Applications and start it there."
            )
        try:
            for folder in self._changed:
                folder.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryFile(dir=folder):
                    pass
        except OSError as error:
            return f"It cannot change the folder that it is in, {self.root}: {of_system(error)}"
        return None

    def healthy(self) -> None:
        """Say that this release works: its window has painted.

        What nothing needs any longer is removed, in the background. Where that cannot be noted, nothing is raised: the
        window is there, and all that is lost is some trust in it.
        """
        if not self._is_changeable:
            return
        self._note(HEALTHY, (NEW, TRIED))
        threading.Thread(target=self._clean, name="hipflask-cleaning", daemon=True).start()

    def untried(self) -> None:
        """Say that this start was none, as when it told another window what was clicked: the next one will be."""
        if self._is_changeable:
            self._note(NEW, (TRIED,))

    def deciding(self) -> Lock:
        """The lock under which `current` is read and changed."""
        return Lock(
            self.updates / "deciding",
            _SECONDS,
            "Another window of this program is changing which version runs.",
        )

    def updating(self) -> Lock:
        """The lock under which everything else in `updates` and `layers` is changed."""
        return Lock(
            self.updates / "lock",
            _SECONDS,
            "Another window of this program is at an update already. Wait until it has finished, and try again.",
        )

    @property
    def launcher(self) -> Path:
        """What starts this program; raises UpdateError if it is not there."""
        folder = self.root.parent / "MacOS" if self.is_sealed else self.root
        running = Path(sys.executable)
        if running.parent == folder:
            return running
        named = folder / (
            f"{self.release.name}.exe" if self.release.target.startswith("windows-") else self.release.name
        )
        found = named if named.is_file() else next(filter(_is_program, sorted(folder.iterdir())), None)
        if found is None:
            raise UpdateError(f"What starts this program is not in {folder}.")
        return found

    def beside(self, what: str) -> Path:
        """Where another app stands beside this one, of which macOS shows nothing: the "next" one, or the "previous"."""
        app = self.root.parents[1]
        return app.with_name(f".{app.name}-{what}")

    def _waiting_beside(self) -> Release | None:
        root = self.beside("next") / RESOURCES
        with contextlib.suppress(BuildError):
            found = release_of(root, Current.read(root).release)
            # If the power failed just after the two had changed places, what waits is the old one.
            if is_newer(found.version, self.release.version):
                return found
        return None

    @property
    def _is_changeable(self) -> bool:
        return not self.is_sealed and not (self.root / MANAGED).exists()

    @property
    def _changed(self) -> tuple[Path, ...]:
        if self.is_sealed:
            return (self.updates, self.root.parents[2])
        return (self.root, self.updates, self.root / "layers", self.root / "releases")

    def _note(self, state: str, before: tuple[str, ...]) -> None:
        """Turn the state of this release into another one, if it is one of these."""

        def is_due(current: Current) -> bool:
            return current.release == self.key and current.state in before

        try:
            if is_due(self.current):  # at most starts it is not, and where nothing can be written it never is
                with self.deciding():
                    current = self.current
                    if is_due(current):
                        replace(current, state=state).write(self.root)
        except (UpdateError, BuildError, OSError) as error:
            log.warning("It could not be noted that version %s is %s: %s", self.release.version, state, error)

    def _clean(self) -> None:
        try:
            with self.deciding():
                cleaning.mark(self.updates, self.key)
            with self.updating(), self.deciding():
                cleaning.clean(self.root, self.updates, self.key)
        except (UpdateError, BuildError, OSError) as error:
            log.info("What is no longer needed was not removed: %s", error)


def _is_program(file: Path) -> bool:
    # A Python without a shared library is started in the launcher's place, which is then known by its first bytes alone.
    try:
        with file.open("rb") as content:
            return content.read(4) == b"\x7fELF" and os.access(file, os.X_OK)
    except OSError:
        return False
