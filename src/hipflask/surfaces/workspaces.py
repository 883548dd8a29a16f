"""The workspaces that a person has saved, and the windows that they left last, kept in one small file."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

import msgspec

from ..core.errors import UsageError
from ..core.spots import spot
from .jotter import Jotter
from .workspace import TOGETHER_SECONDS, Standing

log = logging.getLogger(__name__)

LAST = ""  # the name of the one that the program keeps by itself
# Longer than windows may take to be closed together: what is left of them in between is not worth a write.
REST_SECONDS = TOGETHER_SECONDS + 0.5
LARGEST = 100_000  # pixels of a window


class Workspaces:
    """Workspaces by name; without a file they are kept for as long as the program runs."""

    def __init__(self, file: Path | None = None) -> None:
        self._lock = Lock()
        self._known = _read(file)
        self._jotter = Jotter(file, self._content, REST_SECONDS)

    def get(self, name: str) -> list[Standing] | None:
        """The windows of a workspace."""
        with self._lock:
            return self._known.get(name)

    def paths(self) -> dict[str, list[str]]:
        """The paths of the windows in each workspace that a person has saved."""
        with self._lock:
            return {
                name: [each.asked.path for each in known]
                for name, known in self._known.items()
                if name != LAST
            }

    def put(self, name: str, standings: Iterable[Standing]) -> None:
        """Remember these windows under a name."""
        with self._lock:
            self._known[name] = list(standings)
        self._jotter.soon()

    def delete(self, name: str) -> None:
        """Forget a workspace; nothing happens if there is none of that name."""
        with self._lock:
            self._known.pop(name, None)
        self._jotter.soon()

    def flush(self) -> None:
        """Write at once what has not been written yet."""
        self._jotter.now()

    def _content(self) -> bytes:
        with self._lock:
            return msgspec.json.format(msgspec.json.encode(self._known), indent=1)


def _read(file: Path | None) -> dict[str, list[Standing]]:
    if file is None:
        return {}
    try:
        found = msgspec.json.decode(file.read_bytes(), type=dict[str, list[msgspec.Raw]])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # the program starts as it does the first time
        log.warning("%s cannot be read: %s", file, error)
        return {}
    return {
        name: [standing for raw in raws if (standing := _standing(file, raw))] for name, raws in found.items()
    }


def _standing(file: Path, raw: msgspec.Raw) -> Standing | None:
    """One window; a damaged one is left out."""
    try:
        standing = msgspec.json.decode(raw, type=Standing)
        path = standing.asked.path
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError(f"{path!r} is no path of this program")
        _check(standing)
        return standing
    except (ValueError, UsageError) as error:
        log.warning("%s: a window cannot be read and is left out: %s", file, error)
        return None


def _check(standing: Standing) -> None:
    placement, wish = standing.placement, standing.asked.spot
    if placement is not None and not (0 < placement.width < LARGEST and 0 < placement.height < LARGEST):
        raise ValueError(f"{placement.width} × {placement.height} is no size of a window")
    if wish is not None:
        spot("its spot", wish.monitor, wish.area)
