"""Where a program's windows stood the last time, kept in one small file."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from threading import Lock

import msgspec

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
                _write(self._file, self._known)


def _read(file: Path) -> dict[str, Placement]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Placement])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # the windows stand where they would the first time
        log.warning("%s cannot be read: %s", file, error)
        return {}


def _write(file: Path, placements: dict[str, Placement]) -> None:
    """Write it whole or not at all."""
    new = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(msgspec.to_builtins(placements), indent=1))
        new.replace(file)
    except OSError as error:
        log.warning("%s cannot be written: %s", file, error)
