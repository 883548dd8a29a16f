"""Publishing: what has been built becomes a folder of plain files that any web server can serve.

    publisher = Publisher(project, Path("public"), Keys.read(Path("keys")), ask, now=datetime.now(UTC))
    publisher.publish(bundles, installers, percent=10)      layers, deltas, offers, installers, page; then the metadata
    publisher.publish(bundles, installers)                  the same for everybody: only the metadata are written
    publisher.withdraw("stable")                            the former release is offered again
    publisher.refresh()                                     nothing new, and said so

    public/index.html  install.sh  install.ps1              for people: how the program is had
    public/installers/stable/1.4.0/linux-x86_64/…
    public/metadata/timestamp.json                          for installed programs: begins every look for an update
    public/metadata/9.root.json  9.snapshot.json  9.targets.json
    public/targets/stable/<sha256>.linux-x86_64             an offer
    public/layers/<sha256>.tar.xz                           layers and deltas; the frames of signed apps of macOS

Everything is written before what refers to it, and each file all at once; `timestamp.json` comes last. So an installed
program that looks at any moment finds what was there before or what is there now, and a publisher that was killed begins
again where it stopped.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ...core.errors import BuildError
from ..bundle import Bundle
from ..locks import Lock
from ..offer import is_newer
from ..project import Project
from . import archives, checks, frames, installers, offers, page, prune, signing, state
from .keyfiles import Ask
from .keys import Keys
from .parts import TargetFile
from .state import State, percent_of, version_of

# Against how many former releases deltas are made: who was away for longer downloads whole layers.
BASES = 3
# Locked while somebody publishes there. It stays, empty: whoever removes a lock may remove the next one's.
_AT_WORK = ".publishing"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Somebody who publishes a project's releases in a folder, with its keys."""

    project: Project
    folder: Path
    keys: Keys
    ask: Ask
    now: datetime
    days: int = signing.TIMESTAMP_DAYS

    def publish(
        self,
        bundles: Sequence[Bundle],
        files: Mapping[str, Sequence[Path]],
        *,
        percent: int = 100,
        bases: int = BASES,
        is_meant: bool = False,
        afresh: bool = False,
    ) -> list[str]:
        """Offer what was built to `percent` of a hundred installed programs; returns what was done, in sentences.

        `files` are the installers, by the name of the target. Deltas are made against the layers of the last `bases`
        releases. `is_meant` allows a version that is not newer than the one that is there; with `afresh` nothing that is
        there is built upon, which is what one does after the online key has leaked.
        """
        checks.before(self.project, self.folder, self.keys, bundles, percent)
        with self._alone(), tempfile.TemporaryDirectory(prefix="hipflask-publish-") as scratch:
            archives.sweep(self.folder)
            there = (state.read_versions if afresh else state.read)(self.folder, self.keys)
            bundles = [frames.framed(bundle, Path(scratch, bundle.target.name)) for bundle in bundles]
            checks.versions(there, bundles, is_meant)
            known = offers.known(there, bundles)
            targets = dict(there.offered)
            for bundle in bundles:
                info = offers.make(bundle, there, known, bases=bases, percent=percent)
                targets[info.path] = info
                installers.copy(bundle, files.get(bundle.target.name, ()), self.folder)
            return self._offer(there, targets)

    def withdraw(self, channel: str) -> list[str]:
        """Offer the former release again, to those who have not got the newest one yet; returns what was done, in sentences.

        Installed programs never go back to an older version by themselves: it might not understand what the newer one has
        written. Whoever has the withdrawn release keeps it until a newer one is published.
        """
        with self._alone():
            there = state.read(self.folder, self.keys)
            mine = [info for path, info in there.offered.items() if path.startswith(f"{channel}/")]
            if not mine:
                raise BuildError(
                    f"Nothing is published on the channel {channel!r}, so there is nothing to withdraw."
                )
            newest = _newest(map(version_of, mine))
            targets = dict(there.offered)
            for info in mine:
                if version_of(info) == newest:
                    del targets[info.path]
                    targets |= offers.before(info, there)
            done = self._offer(there, targets)
            return [f"{newest} is withdrawn; who has it keeps it until a newer version is published.", *done]

    def refresh(self) -> list[str]:
        """Sign anew that what is offered is the newest, so that it does not expire; returns what was done, in sentences."""
        with self._alone():
            archives.sweep(self.folder)
            there = state.read(self.folder, self.keys)
            signing.refresh(there, self.keys, self.ask, now=self.now, days=self.days)
        return [f"What is published is good for another {self.days} days.", *self.keys.warnings(self.now)]

    def prune(self, keep: int) -> list[str]:
        """Remove what only publications before the last `keep` refer to; returns what was done, in sentences."""
        with self._alone():
            return prune.prune(state.read(self.folder, self.keys), keep)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else publishes there meanwhile: each would offer what it has found, and what the other has not yet written."""
        lock = Lock(self.folder / _AT_WORK, 0, "")
        if not lock.take():
            raise BuildError(
                f"Another `hipflask publish` is at work in {self.folder}. Wait until it has ended, and say this again."
            )
        try:
            yield
        finally:
            lock.release()

    def _offer(self, there: State, targets: Mapping[str, TargetFile]) -> list[str]:
        """Have installed programs find these offers from now on, and people the installers that belong to them."""
        self._write_pages(there, targets)
        changed = [info for path, info in targets.items() if there.offered.get(path) != info]
        gone = [info for path, info in there.offered.items() if path not in targets]
        if not (changed or gone or there.lags_behind(self.keys)):
            return ["All of this is published already; nothing has changed.", *self.keys.warnings(self.now)]
        signing.sign(there, targets, self.keys, self.ask, now=self.now, days=self.days)
        return [
            *(_sentence(there, info) for info in changed),
            *(f"{info.path} is not offered any more." for info in gone),
            *self.keys.warnings(self.now),
        ]

    def _write_pages(self, there: State, targets: Mapping[str, TargetFile]) -> None:
        channels: dict[str, list[installers.Download]] = {
            path.partition("/")[0]: [] for path in (*there.offered, *targets)
        }
        for path, info in sorted(targets.items()):
            channel, _, target = path.partition("/")
            channels[channel] += installers.there(self.folder, channel, version_of(info), target)
        for channel, downloads in sorted(channels.items()):
            page.write(self.project, channel, downloads, self.folder)


def _newest(versions: Iterable[str]) -> str:
    return functools.reduce(lambda best, version: version if is_newer(version, best) else best, versions)


def _sentence(there: State, info: TargetFile) -> str:
    """What became of one offer: who gets it, and what it costs those who have the one before."""
    told = f"{info.path}: {version_of(info)}, offered to {_audience(percent_of(info))}."
    former = there.offered.get(info.path)
    if former is None or state.sha256_of(former) == state.sha256_of(info):
        return told
    size = offers.update_size(there.folder, there.offer(former).release, info)
    return f"{told} An update from {version_of(former)} downloads {size:,} bytes."


def _audience(percent: int) -> str:
    return {0: "nobody for now", 100: "everybody"}.get(percent, f"{percent} of 100")
