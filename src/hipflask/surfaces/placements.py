"""Where a program's windows stood the last time, kept in one small file."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from threading import Lock

import msgspec

from .jotter import write_whole
from .window.shell import Placement

log = logging.getLogger(__name__)


class Placements:
    """Placements by name, written whenever one changes; without a file they are kept for as long as the program runs."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = Lock()
        self._known = _read(file) if file is not None else {}

    def get(self, name: str) -> Placement | None:
        """Where the window of that name stood."""
        return self._known.get(name)

    def put(self, name: str, placement: Placement) -> None:
        """Remember where it stands now."""
        with self._lock:
            if self._known.get(name) == placement:
                return
            self._known[name] = placement
            if self._file is not None:
                write_whole(self._file, json.dumps(msgspec.to_builtins(self._known), indent=1).encode())


def _read(file: Path) -> dict[str, Placement]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Placement])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # the windows stand where they would the first time
        log.warning("%s cannot be read: %s", file, error)
        return {}
