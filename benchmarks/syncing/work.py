"""Items and offline edits, the same for all: rows by number, and who changes which."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

COLUMNS = ("id", "name", "note", "price", "stock", "supplier", "active", "unit", "changed_at")
Row = tuple[str | int, ...]
Edit = tuple[str, str | int, str]  # the column, its new value, the key


def items(count: int) -> Iterator[Row]:
    """So many items, sorted by their keys, which begin with the time as ours do."""
    chance = random.Random(7)
    for number in range(count):
        yield (
            _key(1_790_000_000_000 + number // 3, number % 3, chance),
            f"Item number {number}",
            "A sentence or two about it, as people write them.",
            number * 7 % 10_000,
            number % 500,
            f"S-{number % 100}",
            number % 2,
            "pcs",
            f"2026-11-{number % 28 + 1:02}T12:00:00.{number % 1_000_000:06}Z",
        )


@dataclass(frozen=True)
class Edits:
    """What two devices write offline: `both` are rows that both of them change, in different columns."""

    ann: list[Edit]
    bob: list[Edit]
    both: list[str]


def edits(keys: list[str], count: int = 1000) -> Edits:
    """A thousand edits each, half of them of the same rows."""
    chosen = random.Random(8).sample(keys, count * 3 // 2)
    both, anns, bobs = chosen[: count // 2], chosen[count // 2 : count], chosen[count:]
    return Edits(
        [("name", f"ann {place}", key) for place, key in enumerate(both + anns)],
        [("price", 100_000 + place, key) for place, key in enumerate(both + bobs)],
        both,
    )


def _key(milliseconds: int, counter: int, chance: random.Random) -> str:
    version, variant = 7 << 76, 2 << 62
    tail = counter << 72 | chance.getrandbits(8) << 64 | chance.getrandbits(62)
    return str(uuid.UUID(int=milliseconds << 80 | version | variant | tail))
