"""States that one table shows without being drawn again: which rows are selected, whose details are open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ...core import context
from ...core.ports import Field, Source
from ...core.rows import Key


class Followed:
    """What a table has read of them; `changed` is called when one changes."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.changed = changed
        self._sources: set[Source] = set()
        self._found: set[Source] = set()

    def record(self, source: Source) -> None:
        """Note that it was read, and follow it."""
        self._found.add(source)
        source.watch(self)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Follow what is read in here, and nothing that was read before and is not any more."""
        self._found = set()
        token = context.recorder.set(self)
        try:
            yield
        finally:
            context.recorder.reset(token)
            self._keep(self._found)

    def end(self) -> None:
        """Follow nothing any more."""
        self._keep(set())

    def _keep(self, sources: set[Source]) -> None:
        for source in self._sources - sources:
            source.unwatch(self)
        self._sources = sources


def keys_in(selection: Field) -> list[Key]:
    """The keys that a state of what is selected holds: several, or one, or none."""
    value: Any = selection.get()
    if isinstance(value, list | set | frozenset):
        return list(value)
    return [] if value is None else [value]
