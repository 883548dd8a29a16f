"""What an action has made of each row, in a form that can be turned round. Pure.

    first  = {("note", "0199…"): Delta({"title": "Te"}, {"title": "Tea"})}           an update: the columns that changed
    second = {("note", "0199…"): Delta({"title": "Tea", "done": 0}, None)}           a deletion: all columns
    joined(first, second)   → {("note", "0199…"): Delta({"title": "Te", "done": 0}, None)}
    inverse(first)          → {("note", "0199…"): Delta({"title": "Tea"}, {"title": "Te"})}

Undoing an action is doing the inverse of it, provided that the rows still are as it left them.
"""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..changes.names import Key

Image = dict[str, Any]  # some columns of a row, each with its value as SQLite keeps it
Place = tuple[str, Key]  # the table, and the row's key

_PACKED_FROM = 4_000  # bytes; compressing fewer saves nothing


class Delta(NamedTuple):
    """A row before and after: None where it was not there, all columns where it came or went, else those that changed."""

    before: Image | None
    after: Image | None


Deltas = dict[Place, Delta]


def delta(before: Image | None, after: Image | None) -> Delta | None:
    """What has become of a row whose columns are known before and after; None if nothing has."""
    if before is None or after is None:
        return None if before is after else Delta(before, after)
    changed = [name for name, value in after.items() if not is_same(before[name], value)]
    if not changed:
        return None
    return Delta({name: before[name] for name in changed}, {name: after[name] for name in changed})


def is_same(one: Any, other: Any) -> bool:
    """Whether SQLite keeps the same: 1 and 1.0 are two values in a column that takes any."""
    return type(one) is type(other) and bool(one == other)


def inverse(deltas: Deltas) -> Deltas:
    """What brings the rows back, the last one first: a unique value, say, is free again before its first owner takes it."""
    return {place: Delta(each.after, each.before) for place, each in reversed(deltas.items())}


def joined(first: Deltas, second: Deltas) -> Deltas | None:
    """Both as one; None if somebody else has written to one of the rows in between, so that they do not meet."""
    both = dict(first)
    for place, after in second.items():
        before = both.pop(place, None)
        if before is not None and not _meet(before.after, after.before):
            return None
        one = after if before is None else delta(_earlier(before, after), _later(before, after))
        if one is not None:
            both[place] = one
    return both


def _meet(left: Image | None, found: Image | None) -> bool:
    if left is None or found is None:
        return left is found
    return all(is_same(left[name], found[name]) for name in left.keys() & found.keys())


def _earlier(first: Delta, second: Delta) -> Image | None:
    return None if first.before is None else {**(second.before or {}), **first.before}


def _later(first: Delta, second: Delta) -> Image | None:
    return None if second.after is None else {**(first.after or {}), **second.after}


def altered(expected: Image | None, now: Image | None) -> list[str] | None:
    """The columns in which a row is not as it was left; none if it came or went instead. None: it is as it was left."""
    if expected is None or now is None:
        return None if expected is now else []
    others = [name for name, value in expected.items() if name in now and not is_same(now[name], value)]
    return others or None


def target(wanted: Image | None, now: Image | None) -> Image | None:
    """What a row is to be: the columns wanted, and all else as it is now."""
    return None if wanted is None else {**(now or {}), **wanted}


def by_table(places: Iterable[Place]) -> dict[str, list[Key]]:
    """The keys, table by table."""
    found: dict[str, list[Key]] = {}
    for table, key in places:
        found.setdefault(table, []).append(key)
    return found


# ── kept in memory ────────────────────────────────────────────────────────────────────────────────


def pack(deltas: Deltas) -> bytes:
    """Deltas in as few bytes as can be had quickly. Each table's columns are named once."""
    columns: dict[tuple[str, ...], int] = {}

    def packed(image: Image | None) -> tuple[Any, ...] | None:
        return None if image is None else (columns.setdefault(tuple(image), len(columns)), *image.values())

    rows = [(*place, packed(each.before), packed(each.after)) for place, each in deltas.items()]
    data = marshal.dumps((list(columns), rows))
    return b"z" + zlib.compress(data, 1) if len(data) > _PACKED_FROM else b"m" + data


def unpack(data: bytes) -> Deltas:
    """The deltas of `pack`."""
    columns, rows = marshal.loads(zlib.decompress(data[1:]) if data[:1] == b"z" else data[1:])

    def image(packed: tuple[Any, ...] | None) -> Image | None:
        return None if packed is None else dict(zip(columns[packed[0]], packed[1:], strict=True))

    return {(table, key): Delta(image(before), image(after)) for table, key, before, after in rows}


def of_images(before: Mapping[Place, Image], after: Mapping[Place, Image], places: Iterable[Place]) -> Deltas:
    """The deltas between two states of the same rows."""
    found = ((place, delta(before.get(place), after.get(place))) for place in places)
    return {place: each for place, each in found if each is not None}
