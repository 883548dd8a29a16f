"""The notebook: how a person likes things (the columns of a table, say), by name, kept in one small file.

    notebook = Remembered(folder / "notebook.json")
    notebook["table trades"] = {"widths": {"price": 90}}     # in the file a second later, or when the program ends

What is given is copied, and so is what is got: whoever changes a dict that they have put in changes nothing here. The file has
a size that it does not outgrow: what was written down the longest ago goes first.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from threading import RLock
from typing import Any

import msgspec

from ..core.errors import UsageError
from .jotter import Jotter

log = logging.getLogger(__name__)

LARGEST_NOTE = 100_000  # bytes of JSON
LARGEST_BOOK = 2_000_000
LONGEST_NAME = 500


class Remembered(MutableMapping[str, Any]):
    """A notebook in a file; without one it lasts as long as the program runs."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = RLock()
        self._notes = _read(file)
        self._changed: set[str] = set()
        self._jotter = Jotter(file, self._content)

    def __getitem__(self, name: str) -> Any:
        return msgspec.json.decode(self._notes[name])

    def __setitem__(self, name: str, value: Any) -> None:
        note = _encoded(name, value)
        with self._lock:
            if self._notes.get(name) == note:
                return
            self._notes.pop(name, None)  # what is new comes last
            self._notes[name] = note
            self._changed.add(name)
            _keep_small(self._notes)
        self._jotter.soon()

    def __delitem__(self, name: str) -> None:
        with self._lock:
            del self._notes[name]
            self._changed.add(name)
        self._jotter.soon()

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._notes))

    def __len__(self) -> int:
        return len(self._notes)

    def flush(self) -> None:
        """Write at once what has not been written yet."""
        self._jotter.now()

    def _content(self) -> bytes:
        """What the file is to hold: as it is now, another instance of the program may have written too, with our changes."""
        with self._lock:
            notes = {name: note for name, note in _read(self._file).items() if name not in self._changed}
            notes |= {name: self._notes[name] for name in self._notes if name in self._changed}
            self._changed.clear()
        _keep_small(notes)
        raw = {name: msgspec.Raw(note) for name, note in notes.items()}
        return msgspec.json.format(msgspec.json.encode(raw), indent=1)


def _encoded(name: str, value: object) -> bytes:
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise UsageError(
            f"{name!r} is no name for something to remember: give a text of up to {LONGEST_NAME} letters."
        )
    try:
        note = msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{name!r} cannot be remembered, because it is no plain data that JSON can hold: {error}."
        ) from None
    if len(note) > LARGEST_NOTE:
        raise UsageError(
            f"{name!r} cannot be remembered: it has {len(note):,} bytes, and {LARGEST_NOTE:,} are the most. "
            "Data belongs into a store."
        )
    return note


def _keep_small(notes: dict[str, bytes]) -> None:
    """Forget what was written down the longest ago, as far as there is no room for it."""
    size = sum(map(_size, notes.items()))
    while size > LARGEST_BOOK:
        oldest = next(iter(notes.items()))
        size -= _size(oldest)
        del notes[oldest[0]]


def _size(note: tuple[str, bytes]) -> int:
    return len(note[0]) + len(note[1])


def _read(file: Path | None) -> dict[str, bytes]:
    if file is None:
        return {}
    try:
        content = file.read_bytes()
        if len(content) > 3 * LARGEST_BOOK:  # indented by us, and by nobody else
            raise ValueError(f"it has {len(content):,} bytes, more than we would ever write")
        notes = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # things look as they do the first time
        log.warning("%s cannot be read: %s", file, error)
        return {}
    return {name: bytes(note) for name, note in notes.items()}
