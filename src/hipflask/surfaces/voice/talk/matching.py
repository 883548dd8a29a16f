"""Which intent is meant, and what stands in its slots: what was said is laid over each sample.

"who's on {base} {day}"   over   "who's on first tomorrow"   →   base: first, day: tomorrow

Real vendors learn from samples and also understand what is worded a little otherwise; nobody outside knows how. Here a sample is taken
at its word, with two liberties: what is polite at either end ("please") does not count, and where no sample fits, a choice or a
number may be anything, as it may with Alexa. Among those that fit, the sample with most words of its own wins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..models.vocabulary import Intent, Place
from ..slots import variables
from .hearing import Meaning, hear, unknown
from .phrases import without_manners
from .words import Word, keys, split

_LONGEST_UNKNOWN = 4  # words that a choice nobody knows may have

Hear = Callable[[Place, Sequence[Word]], Meaning | None]
Part = str | Place


@dataclass(frozen=True)
class Found:
    """One intent that may be meant."""

    intent: Intent
    slots: dict[str, Meaning]
    own_words: int
    free_words: int


def find(
    intents: Sequence[Intent], words: Sequence[Word], now: dt.datetime, locale: str = "en"
) -> Found | None:
    """The intent that is meant; None if no sample fits."""
    for said in _with_and_without_manners(words, locale):
        for listen in (_strictly(now), _loosely(now)):
            found = [match for intent in intents for match in _matches(intent, said, listen)]
            if found:
                return max(found, key=lambda each: (each.own_words, -each.free_words))
    return None


def _with_and_without_manners(words: Sequence[Word], locale: str) -> Iterator[Sequence[Word]]:
    yield words
    said = without_manners(words, locale)
    if said and len(said) < len(words):
        yield said


def _strictly(now: dt.datetime) -> Hear:
    return lambda slot, words: hear(slot, words, now)


def _loosely(now: dt.datetime) -> Hear:
    def listen(slot: Place, words: Sequence[Word]) -> Meaning | None:
        known = hear(slot, words, now)
        may_be_anything = bool(slot.values) or slot.kind in ("whole", "number")
        if known is None and may_be_anything and len(words) <= _LONGEST_UNKNOWN:
            return unknown(slot, words)
        return known

    return listen


def _matches(intent: Intent, words: Sequence[Word], listen: Hear) -> Iterator[Found]:
    for sample in intent.samples:
        parts = parts_of(intent, sample)
        slots = _lay_over(parts, words, listen)
        if slots is None:
            continue
        own = sum(isinstance(part, str) for part in parts)
        if own or all(meaning.is_known for meaning in slots.values()):
            free = sum(
                len(split(slots[part.name].text))
                for part in parts
                if isinstance(part, Place) and not part.values
            )
            yield Found(intent, slots, own, free)


def parts_of(intent: Intent, sample: str) -> list[Part]:
    """A sample as words and slots."""
    parts: list[Part] = []
    rest = sample
    for name in variables([sample]):
        before, _, rest = rest.partition("{")
        _, _, rest = rest.partition("}")
        slot = intent.slot(name)
        parts += [*keys(split(before)), *([slot] if slot else [])]
    return [*parts, *keys(split(rest))]


def _lay_over(parts: Sequence[Part], words: Sequence[Word], listen: Hear) -> dict[str, Meaning] | None:
    """What stands in the slots if the words are those of the sample; a slot takes as few words as will do."""
    if not parts:
        return None if words else {}
    first, *rest = parts
    if isinstance(first, str):
        return _lay_over(rest, words[1:], listen) if words and words[0].key == first else None
    for count in range(1, len(words) - len(rest) + 1):
        meaning = listen(first, words[:count])
        if meaning is not None and (found := _lay_over(rest, words[count:], listen)) is not None:
            return {first.name: meaning, **found}
    return None
