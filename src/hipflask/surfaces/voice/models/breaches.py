"""What both vendors refuse in a vocabulary, each as a sentence that says which function is meant and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

from ..slots import variables
from .vocabulary import Intent, Vocabulary


def common_breaches(vocabulary: Vocabulary) -> Iterator[str]:
    """What no vendor takes."""
    if not vocabulary.intents:
        yield (
            "There is no intent yet. Write @app.intent('WhoIsOn', 'who is on {base}') above a function, and its samples "
            "are what people say."
        )
    if vocabulary.is_untold:
        language = vocabulary.locale.partition("-")[0]
        yield (
            f"The samples are in another language than {vocabulary.locale}. Write app.config['VOICE_LOCALES'] = "
            f"{{'{language}': {{'samples': {{'{_first_name(vocabulary)}': [...]}}}}}}, or say "
            f"app.config['VOICE_LANGUAGE'] = '{language}' if they are in that one."
        )
    for intent in () if vocabulary.is_untold else vocabulary.intents:
        yield from _of_samples(intent)
    yield from _strangers(vocabulary)
    yield from _twice(vocabulary)
    yield from _same_words(vocabulary)


def _strangers(vocabulary: Vocabulary) -> Iterator[str]:
    """What is told of something that is not there, and so would be told to nobody."""
    for stranger in vocabulary.strangers:
        yield (
            f"app.config['VOICE_LOCALES'] speaks of {stranger} for {vocabulary.locale}, and no function has it. Write it as "
            "the function does, or leave it away."
        )
    for intent in vocabulary.intents:
        for slot in intent.slots:
            for stranger in slot.strangers:
                known = ", ".join(value.id for value in slot.values) or "none"
                yield (
                    f"{slot.function}() has synonyms for {stranger!r} in {slot.parameter}, which is no value of it. Its values "
                    f"are: {known}."
                )


def _first_name(vocabulary: Vocabulary) -> str:
    return vocabulary.intents[0].name if vocabulary.intents else "WhoIsOn"


def _of_samples(intent: Intent) -> Iterator[str]:
    known = ", ".join(slot.name for slot in intent.slots) or "none"
    if not intent.samples and not intent.name.startswith("AMAZON."):
        yield (
            f"{intent.function}() has no samples: nobody could say {intent.name!r}. Write some after its name, "
            f"@app.intent({intent.name!r}, 'what somebody might say')."
        )
    for sample in intent.samples:
        if not sample.strip():
            yield f"{intent.function}() has an empty sample. Leave it away."
        if _is_torn(sample):
            yield (
                f"{intent.function}() has the sample {sample!r}, whose braces do not match. Write each slot as {{name}}."
            )
            continue
        named = variables([sample])
        for name in named:
            if intent.slot(name) is None:
                yield (
                    f"{intent.function}() has the sample {sample!r}, and no slot {{{name}}}: it has {known}. Write one "
                    "of those, or give the function a parameter of that name."
                )
        for name in named:
            if sample.count(f"{{{name}}}") > 1:
                yield (
                    f"{intent.function}() has {{{name}}} twice in the sample {sample!r}. Name each slot once in a sample."
                )


def _is_torn(sample: str) -> bool:
    depth = 0
    for letter in sample:
        depth += (letter == "{") - (letter == "}")
        if depth not in (0, 1):
            return True
    return depth != 0


def _twice(vocabulary: Vocabulary) -> Iterator[str]:
    """Samples that two intents share: nobody could say which one is meant."""
    first: dict[str, Intent] = {}
    for intent in vocabulary.intents:
        for sample in intent.samples:
            words = " ".join(sample.lower().split())
            other = first.setdefault(words, intent)
            if other is not intent:
                yield (
                    f"{other.function}() and {intent.function}() both have the sample {sample!r}: nobody could tell which "
                    "one is meant. Leave it away in one of them, or word it otherwise."
                )


def _same_words(vocabulary: Vocabulary) -> Iterator[str]:
    """Words that stand for two values of one type."""
    told = set()
    for intent in vocabulary.intents:
        for slot in intent.slots:
            owners: dict[str, str] = {}
            for value in slot.values:
                for word in value.words:
                    owner = owners.setdefault(word.lower(), value.id)
                    if owner != value.id and (slot.type, word) not in told:
                        told.add((slot.type, word))
                        yield (
                            f"{slot.function}() has {word!r} for both {owner!r} and {value.id!r} in {slot.parameter}: take "
                            "it away from one of them, or the user is asked each time."
                        )
