"""Amazon's rules for an interaction model: a function of the vocabulary, one sentence for each breach.

The rules are those of
https://developer.amazon.com/en-US/docs/alexa/custom-skills/create-intents-utterances-and-slots.html,
https://developer.amazon.com/en-US/docs/alexa/custom-skills/choose-the-invocation-name-for-a-custom-skill.html and
https://developer.amazon.com/en-US/docs/alexa/custom-skills/slot-type-reference.html, and the errors of the model's build.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ..slots import variables
from . import locales
from .alexa import SEARCH, model_of, type_of
from .breaches import common_breaches
from .vocabulary import Intent, Place, Vocabulary, camel

MOST_INTENTS, SAMPLE_LIMIT, VALUE_LIMIT = 250, 200, 140
SIZE_LIMIT = 1_500_000  # bytes of the whole model
NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z])*")  # letters and single underscores, a letter at each end
_BUILT_IN = re.compile(r"AMAZON\.[A-Za-z_]+(?:<[^<>]+>)?")

_LAUNCH_WORDS = {
    "launch", "ask", "tell", "load", "begin", "enable", "open", "start", "use", "run", "play", "resume", "talk", "using",
}  # fmt: skip
_WAKE_WORDS = {"alexa", "amazon", "echo", "ziggy", "computer", "skill", "app"}
_SMALL_WORDS = {
    "a", "an", "the", "for", "to", "of", "about", "up", "by", "at", "off", "with", "in", "on", "and", "from", "into", "your",
}  # fmt: skip


def breaches(vocabulary: Vocabulary, *, is_own_brand: bool = False) -> list[str]:
    """What Amazon would refuse; `is_own_brand` allows an invocation name of one word."""
    found = list(_breaches(vocabulary, is_own_brand))
    return list(dict.fromkeys(found))


def _breaches(vocabulary: Vocabulary, is_own_brand: bool) -> Iterator[str]:
    if vocabulary.locale not in locales.ALEXA:
        yield f"Alexa does not speak {vocabulary.locale!r}. Take one of {', '.join(locales.ALEXA)}."
    yield from common_breaches(vocabulary)
    yield from _of_invocation(vocabulary, is_own_brand)
    for intent in vocabulary.intents:
        yield from _of_intent(intent)
        for slot in intent.slots:
            yield from _of_slot(intent, slot, vocabulary)
        for sample in intent.samples:
            yield from _of_sample(intent, sample)
    yield from _of_names(vocabulary)
    yield from _of_size(vocabulary)


# ── the invocation name ───────────────────────────────────────────────────────────────────────────


def _of_invocation(vocabulary: Vocabulary, is_own_brand: bool) -> Iterator[str]:
    name = vocabulary.invocation_name
    where = "app.config['ALEXA_INVOCATION_NAME']"
    if not name:
        yield f"The skill has no name to be called by. Write {where} = 'ball park', two words or more."
        return
    words = name.split()
    if not 2 <= len(name) <= 50:
        yield f"{where} is {name!r}, of {len(name)} characters. It may have from 2 to 50."
    if name != name.lower():
        yield f"{where} is {name!r}. Write it in small letters: {name.lower()!r}."
    strange = sorted(
        {letter for letter in name if not (letter.isalpha() or letter in " '." or _is_mark(letter))}
    )
    if strange:
        yield (
            f"{where} is {name!r}, with {' '.join(strange)!r}. It takes letters, spaces, an apostrophe for a possessive and "
            "the periods of an abbreviation; write numbers as words."
        )
    if re.search(r"\w\w\.", name):
        yield f"{where} is {name!r}. A period stands after the single letters of an abbreviation only, as in 'a. b. c.'."
    lower = {word.lower().strip(".") for word in words}
    for word in sorted(lower & _LAUNCH_WORDS):
        yield f"{where} is {name!r}, and {word!r} is what people say before it. Take another word."
    for word in sorted(lower & _WAKE_WORDS):
        yield f"{where} is {name!r}, and {word!r} is Amazon's own word. Take another one."
    if len(words) == 1 and not is_own_brand and not vocabulary.locale.startswith(("de", "ja")):
        yield (
            f"{where} is {name!r}, one word. Take two or more; if it is your own brand, say "
            "app.config['ALEXA_OWN_BRAND'] = True."
        )
    if len(words) == 2 and vocabulary.locale.startswith("en") and (small := sorted(lower & _SMALL_WORDS)):
        yield f"{where} is {name!r}, and of two words none may be {small[0]!r}. Take another word, or a third."


def _is_mark(letter: str) -> bool:
    """Whether it is part of a letter, as the vowel signs of Hindi and Arabic are."""
    import unicodedata

    return unicodedata.category(letter).startswith("M")


# ── intents and slots ─────────────────────────────────────────────────────────────────────────────


def _of_intent(intent: Intent) -> Iterator[str]:
    if intent.name.startswith("AMAZON."):
        if not _BUILT_IN.fullmatch(intent.name):
            yield f"{intent.function}() answers {intent.name!r}, which is no intent of Amazon's."
    elif not NAME.fullmatch(intent.name):
        yield (
            f"{intent.function}() answers {intent.name!r}. Alexa takes letters and single underscores in the name of an "
            f"intent, with a letter at each end, and no numbers: {_letters(intent.name)!r}, perhaps."
        )
    searching = [slot for slot in intent.slots if type_of(slot) == SEARCH]
    if len(searching) > 1:
        names = " and ".join(slot.parameter for slot in searching)
        yield (
            f"{intent.function}() takes free text in {names}, and Alexa hears one such slot in an intent. Make the others "
            "choices (a Literal or an Enum), or name one of Amazon's types: Annotated[str, "
            "Meta(extra_json_schema={'alexa': 'AMAZON.FirstName'})]."
        )


def _letters(name: str) -> str:
    words = {"0": "Zero", "1": "One", "2": "Two", "3": "Three", "4": "Four", "5": "Five", "6": "Six", "7": "Seven", "8": "Eight", "9": "Nine"}  # fmt: skip
    spelled = re.sub("[0-9]", lambda found: words[found[0]], name)
    return re.sub("[^A-Za-z]+", "_", spelled).strip("_") or "Something"


def _of_slot(intent: Intent, slot: Place, vocabulary: Vocabulary) -> Iterator[str]:
    kind = type_of(slot)
    if not NAME.fullmatch(slot.name):
        yield (
            f"{slot.function}() has the slot {slot.name!r}. Alexa takes letters and single underscores in its name: say "
            f"mapping={{{slot.parameter!r}: {_letters(slot.name)!r}}}, and write that in the samples."
        )
    if kind.startswith("AMAZON."):
        where, instead = locales.LOCAL_TYPES.get(kind, ((), ""))
        if where and vocabulary.locale not in where:
            yield (
                f"{slot.function}() wants {kind} for {slot.parameter}, which Alexa knows in {', '.join(where)} and not in "
                f"{vocabulary.locale}. Take {instead}."
            )
        if not _BUILT_IN.fullmatch(kind):
            yield f"{slot.function}() wants {kind} for {slot.parameter}, which is no type of Amazon's."
    elif kind != slot.type:
        yield (
            f"{slot.function}() wants the type {kind!r} for {slot.parameter}, and the skill has none of that name. Write one "
            "of Amazon's (AMAZON.FirstName), or make it a choice (a Literal or an Enum)."
        )
    if slot.is_list and kind == SEARCH:
        yield (
            f"{slot.function}() takes a list of free texts in {slot.parameter}, which Alexa cannot tell apart. Take one "
            "text, or a list of choices."
        )
    for word in (word for value in slot.values for word in value.words):
        if len(word) > VALUE_LIMIT:
            yield f"{slot.function}() has {word[:30]!r}… for {slot.parameter}, longer than {VALUE_LIMIT} characters: shorten it."


def _of_names(vocabulary: Vocabulary) -> Iterator[str]:
    """Intents and types may not share a name, whatever its capitals."""
    names = {intent.name.lower(): intent for intent in vocabulary.intents}
    for intent in vocabulary.intents:
        if names[intent.name.lower()] is not intent:
            yield f"{intent.function}() answers {intent.name!r}, which differs from another intent in its capitals only."
        for slot in intent.slots:
            if slot.type and slot.type.lower() in names:
                yield (
                    f"{slot.function}() needs a type {slot.type!r} for {slot.parameter}, and an intent has that name. "
                    f"Call the parameter or the Enum otherwise, such as {camel(slot.parameter)}Choice."
                )
            if slot.type and not NAME.fullmatch(slot.type):
                yield (
                    f"{slot.function}() needs a type {slot.type!r} for {slot.parameter}. Alexa takes letters and single "
                    "underscores in its name: call the parameter or the Enum otherwise."
                )


# ── samples ───────────────────────────────────────────────────────────────────────────────────────


def _of_sample(intent: Intent, sample: str) -> Iterator[str]:
    text = re.sub(r"\{[^{}]*\}", " ", sample)
    strange = sorted(
        {letter for letter in text if not (letter.isalnum() or letter in " _-'’." or _is_mark(letter))}
        - {"{", "}"}
    )
    if strange:
        yield (
            f"{intent.function}() has the sample {sample!r}, with {' '.join(strange)!r}. Alexa takes letters, spaces, hyphens, "
            f"an apostrophe for a possessive and the periods of abbreviations: {_clean(sample)!r}."
        )
    elif re.search(r"\w\w\.", text):
        yield (
            f"{intent.function}() has the sample {sample!r}. A period stands after the single letters of an abbreviation "
            f"only, as in 'n. b. a.': {_clean(sample)!r}."
        )
    if len(sample) > SAMPLE_LIMIT:
        yield f"{intent.function}() has a sample of {len(sample)} characters, and {SAMPLE_LIMIT} are taken: {sample[:40]!r}…"
    searching = [
        slot for slot in intent.slots if slot.name in variables([sample]) and type_of(slot) == SEARCH
    ]
    for slot in searching[:1]:
        if not text.strip():
            yield (
                f"{intent.function}() has the sample {sample!r}, which is nothing but free text: it would take whatever is "
                f"said. Add words that carry it: 'search for {{{slot.name}}}'."
            )
        elif len(variables([sample])) > 1:
            yield (
                f"{intent.function}() has the sample {sample!r}, where {{{slot.name}}} is free text, which stands alone among "
                "the slots of a sample. Make it a choice (a Literal or an Enum), name one of Amazon's types, or ask for the "
                "others afterwards."
            )


def _clean(sample: str) -> str:
    kept = "".join(letter for letter in sample if letter.isalnum() or letter in " _-'’{}")
    return " ".join(kept.split())


def _of_size(vocabulary: Vocabulary) -> Iterator[str]:
    if len(vocabulary.intents) > MOST_INTENTS:
        yield f"The skill has {len(vocabulary.intents)} intents, and Alexa takes {MOST_INTENTS}: join some of them."
    size = len(json.dumps(model_of(vocabulary)).encode())
    if size > SIZE_LIMIT:
        yield f"The model has {size} bytes, and Alexa takes {SIZE_LIMIT}: leave samples or values away."
