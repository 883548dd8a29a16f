"""Texts that several people edit at once (`Merge.text`): documents of pycrdt, as plain functions on bytes. The same at both ends.

    state = initial("one two")                          what everybody has who knows no more than the text
    state, update = edited(state, "one big two")        here; the update is what travels
    merged(None, "one two", update)                 →   (state, "one big two"), there

Nobody has to be told of a document before it is edited: it begins as its text, as if one and the same somebody had written it.
The letters of each edit have a name of their own (a client's, in the words of Yjs), made from what was there and what it became. So no
two edits can take the same name for different letters, whatever becomes of a device's file; and the same edit of the same
text is one edit.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from typing import Any

from ..core.errors import MissingPart

_NAME = "text"
_FIRST = 1  # who wrote what stood there before anybody edited
_MOST_COMPARED = 4_000  # letters on both sides, beyond which an edit in the middle is one replacement: difflib is quadratic

Edit = tuple[int, int, str]  # what stands from here to there becomes this


def initial(text: str) -> bytes:
    """The document of a text that nobody has edited as one yet."""
    document, shown = _document(None, _FIRST)
    shown.insert(0, text)
    return document.get_update()  # type: ignore[no-any-return]


def edited(state: bytes, text: str) -> tuple[bytes, bytes]:
    """A document after somebody has made it read like this: its new state, and the update for those who have the old one."""
    name = hashlib.blake2b(state + b"\0" + text.encode(), digest_size=6).digest()
    document, shown = _document(state, int.from_bytes(name, "big") | 1 << 44)
    before = document.get_state()
    with document.transaction():
        for start, end, put in reversed([*edits(str(shown), text)]):
            start_byte, end_byte = _in_bytes(shown, start), _in_bytes(shown, end)
            if end_byte > start_byte:
                del shown[start_byte:end_byte]
            shown.insert(start_byte, put)
    return document.get_update(), document.get_update(before)


def merged(state: bytes | None, text: str | None, change: bytes | str) -> tuple[bytes, str]:
    """A document (or, without a state, a text) after an update, or after it was made to read like this; raises ValueError for a wrong one."""
    if state is None:
        state = initial(text or "")
    if isinstance(change, str):
        return edited(state, change)[0], change
    document, shown = _document(state)
    _apply(document, change)
    return document.get_update(), str(shown)


def joined(updates: list[bytes]) -> bytes:
    """Several updates as one."""
    merge: Any = _pycrdt().merge_updates
    return updates[0] if len(updates) == 1 else merge(*updates)


def reading(state: bytes) -> str:
    """What a document reads."""
    return str(_document(state)[1])


def edits(old: str, new: str) -> Iterator[Edit]:
    """Where two texts differ, from the beginning: as many places as a person would say, unless they are long."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    old_part, new_part = old[start : len(old) - end], new[start : len(new) - end]
    if not old_part or not new_part or len(old_part) + len(new_part) > _MOST_COMPARED:
        if old_part or new_part:
            yield start, start + len(old_part), new_part
        return
    for kind, low, high, new_low, new_high in difflib.SequenceMatcher(
        None, old_part, new_part, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            yield start + low, start + high, new_part[new_low:new_high]


def _common(one: str, other: str) -> int:
    """How many letters two texts have in common at their beginning."""
    most = min(len(one), len(other))
    if one[:most] == other[:most]:
        return most
    return next(place for place in range(most) if one[place] != other[place])


def _apply(document: Any, update: bytes) -> None:
    try:
        document.apply_update(update)
        wanted, there = _clocks(_pycrdt().get_state(update)), _clocks(document.get_state())
    except ValueError as error:
        raise ValueError(f"This is no edit of a text: {error}.") from None
    # What is built upon letters that are not here would wait for them in vain, and be gone when the document is kept.
    if any(there.get(name, 0) < clock for name, clock in wanted.items()):
        raise ValueError(
            "The text was edited from a state that is not known here, because another program has replaced it meanwhile."
        )


def _clocks(vector: bytes) -> dict[int, int]:
    """A state vector of Yjs: how many letters of each name there are."""
    numbers = _numbers(vector)
    return {next(numbers): next(numbers) for _ in range(next(numbers))}


def _numbers(data: bytes) -> Iterator[int]:
    """Whole numbers in groups of seven bits, the lowest first."""
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0


def _document(state: bytes | None, name: int | None = None) -> tuple[Any, Any]:
    pycrdt = _pycrdt()
    document = pycrdt.Doc(client_id=name)
    if state is not None:
        document.apply_update(state)
    return document, document.get(_NAME, type=pycrdt.Text)


def _in_bytes(shown: Any, letters: int) -> int:
    # pycrdt counts the bytes of UTF-8.
    return len(str(shown)[:letters].encode())


def _pycrdt() -> Any:
    try:
        import pycrdt
    except ImportError:
        raise MissingPart(
            'Columns with Merge.text need pycrdt, which is not installed. Write: pip install "hipflask[text]"'
        ) from None
    return pycrdt
