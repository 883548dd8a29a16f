"""What the words in a slot mean, by the slot's type.

hear(base, split("first base"), now)   →   Meaning("first base", values=(Value("first", …),))
hear(day, split("tomorrow"), now)      →   Meaning("tomorrow", "2015-11-26")
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..models.vocabulary import Place, Value
from .clock import duration, time_of_day
from .days import day
from .numbers import number, ordinal, whole
from .words import Word, joined, keys, split

NOT_UNDERSTOOD = "?"  # Alexa's word for a number that was said and not understood


@dataclass(frozen=True)
class Meaning:
    """What was heard in a slot: the words, what they say as Alexa writes it, and the values of the slot's type that are meant."""

    text: str
    said: str = ""
    values: tuple[Value, ...] = ()
    parts: tuple[Meaning, ...] = ()  # of a slot that takes several values
    is_known: bool = True  # not so where nothing of the slot's type was found in the words


_HEAR: dict[str, Callable[[Sequence[str], dt.datetime], object]] = {
    "whole": lambda words, _: _first_of(whole(words), ordinal(words)),
    "number": lambda words, _: _first_of(number(words), ordinal(words)),
    "date": day,
    "period": day,
    "time": lambda words, _: time_of_day(words),
    "duration": lambda words, _: duration(words),
    "moment": lambda words, now: moment(words, now),
}


def hear(slot: Place, words: Sequence[Word], now: dt.datetime) -> Meaning | None:
    """What the words mean in this slot; None if they mean nothing there."""
    if not words:
        return None
    one = _hear_one(slot, words, now)
    if one is not None or not slot.is_list:
        return one
    parts = [_hear_one(slot, part, now) for part in _listed(words)]
    found = tuple(part for part in parts if part is not None)
    return Meaning(joined(words), parts=found) if len(found) == len(parts) > 1 else None


def _hear_one(slot: Place, words: Sequence[Word], now: dt.datetime) -> Meaning | None:
    text = joined(words)
    if slot.values:
        wanted = _without_article(keys(words))
        meant = tuple(value for value in slot.values if any(_same(word, wanted) for word in value.words))
        return Meaning(text, text.lower(), meant) if meant else None
    if slot.kind == "text" or slot.kind not in _HEAR:
        return Meaning(text, text.lower())
    found = _HEAR[slot.kind](keys(words), now)
    return None if found is None else Meaning(text, str(found))


def unknown(slot: Place, words: Sequence[Word]) -> Meaning:
    """What is handed on of words that mean nothing in this slot: they themselves, or for a number that there was one."""
    text = joined(words)
    return Meaning(text, NOT_UNDERSTOOD if slot.kind in ("whole", "number") else text.lower(), is_known=False)


def moment(words: Sequence[str], now: dt.datetime) -> str | None:
    """A day, a time, or both: "tomorrow at noon"."""
    if (only := day(words, now)) is not None:
        return only
    for cut in range(1, len(words)):
        found_day, found_time = day(words[:cut], now), time_of_day(words[cut:])
        if found_day and found_time and ":" in found_time:
            return f"{found_day}T{found_time}"
    only = time_of_day(words)
    return f"{now.date().isoformat()}T{only}" if only and ":" in only else None


def _first_of(*found: object) -> object:
    return next((each for each in found if each is not None), None)


def _same(word: str, wanted: tuple[str, ...]) -> bool:
    return _without_article(keys(split(word.replace("_", " ")))) == wanted


def _without_article(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words


def _listed(words: Sequence[Word]) -> list[list[Word]]:
    parts: list[list[Word]] = [[]]
    for word in words:
        if word.key in ("and", "or"):
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]
