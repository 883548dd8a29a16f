"""Small numbers for the keys of rows and groups, so that keys of any type travel as numbers."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from ...core.errors import EntryError
from ...core.rows import Key, Line

# Somebody who scrolls through ten million rows comes past ten million keys.
MOST = 50_000


class Ids:
    """The numbers of one table; the same key keeps its number for as long as anybody can mean it, and none is given twice."""

    def __init__(self) -> None:
        self._next = count(1)
        self._ids: dict[tuple[bool, Key], int] = {}
        self._keys: dict[int, tuple[bool, Key]] = {}

    def of(self, lines: Collection[Line]) -> list[int]:
        """The numbers of some lines."""
        ids = self._ids
        return [
            ids.get((line.size is not None, line.key)) or self._add(line.size is not None, line.key)
            for line in lines
        ]

    def of_rows(self, keys: Collection[Key]) -> list[int]:
        """The numbers of some rows."""
        return [self._ids.get((False, key)) or self._add(False, key) for key in keys]

    def row(self, number: object) -> Key:
        """The key of the row of that number; raises EntryError if it is not known any more."""
        return self._key(number, is_group=False)

    def group(self, number: object) -> Key:
        """The key of the group of that number; raises EntryError if it is none."""
        return self._key(number, is_group=True)

    @property
    def is_full(self) -> bool:
        """Whether there are so many that some should be forgotten."""
        return len(self._ids) > MOST

    def keep_only(self, keys: Collection[Key], numbers: Collection[int]) -> None:
        """Forget all but those of these rows, and these numbers."""
        kept = {
            name: id for name, id in self._ids.items() if id in numbers or (not name[0] and name[1] in keys)
        }
        self._ids = kept
        self._keys = {id: name for name, id in kept.items()}

    def _key(self, number: object, *, is_group: bool) -> Key:
        found = self._keys.get(number) if isinstance(number, int) else None
        if found is None or found[0] is not is_group:
            raise EntryError("This row is not there any more.")
        return found[1]

    def _add(self, is_group: bool, key: Key) -> int:
        number = next(self._next)
        self._ids[is_group, key] = number
        self._keys[number] = (is_group, key)
        return number


class Numbered:
    """The numbers of what may be very many keys, looked up again only when the keys are others."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._keys: list[Key] = []
        self._numbers: list[int] = []

    def of(self, keys: list[Key]) -> list[int]:
        """Their numbers; the same list as the last time, if they are the same keys."""
        if keys != self._keys:
            self._keys, self._numbers = keys, self._ids.of_rows(keys)
        return self._numbers
