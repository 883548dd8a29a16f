"""Google's rules for an agent of either edition of Dialogflow: a function of the vocabulary, one sentence for each breach.

How many of each there may be, and how long: https://cloud.google.com/dialogflow/quotas; names of ES in its import's errors; names of CX
in the checks of Google's own Terraform provider. Where CX says nothing, it is held to what ES says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import locales
from .breaches import common_breaches
from .dialogflow_agent import type_of
from .vocabulary import Intent, Place, Vocabulary

MOST_INTENTS, MOST_PARAMETERS, MOST_PHRASES, MOST_VALUES, MOST_SYNONYMS = 2000, 20, 2000, 30_000, 200
PHRASE_LIMIT = 768


@dataclass(frozen=True)
class Edition:
    """What the two editions of Dialogflow take differently."""

    name_limit: int
    entity_limit: int
    not_in_names: str = ""


ES = Edition(100, 30, '/\\:*?"<>|')
CX = Edition(64, 64)  # names in paths are escaped

_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TYPE = re.compile(r"@(?:sys\.)?[A-Za-z][A-Za-z0-9_-]*")


def breaches(vocabulary: Vocabulary, edition: Edition = ES) -> list[str]:
    """What Dialogflow would refuse."""
    return list(dict.fromkeys(_breaches(vocabulary, edition)))


def webhook_breaches(address: str) -> list[str]:
    """What a CX agent would refuse as its app's address."""
    if address.startswith("https://"):
        return []
    return [
        f"A CX agent is nothing without its webhook, and calls https alone; it was given {address!r}. "
        "Add --webhook https://ball.example/voice/dialogflow, with your own host."
    ]


def _breaches(vocabulary: Vocabulary, edition: Edition) -> Iterator[str]:
    known = {locale.lower() for locale in locales.DIALOGFLOW}
    if vocabulary.locale.lower() not in known:
        yield f"Dialogflow does not speak {vocabulary.locale!r}. Take one of {', '.join(locales.DIALOGFLOW)}."
    yield from common_breaches(vocabulary)
    if len(vocabulary.intents) > MOST_INTENTS:
        yield f"The agent has {len(vocabulary.intents)} intents, and Dialogflow takes {MOST_INTENTS}: join some of them."
    for intent in vocabulary.intents:
        yield from _of_name(intent, edition)
        yield from _of_intent(intent)
        for slot in intent.slots:
            yield from _of_slot(slot, edition)


def _of_name(intent: Intent, edition: Edition) -> Iterator[str]:
    name, refused = intent.name, edition.not_in_names
    if len(name) > edition.name_limit or not name.strip() or set(name) & set(refused):
        yield (
            f"{intent.function}() answers {name[:40]!r}. Dialogflow takes a name of 1 to {edition.name_limit} characters"
            f"{' without ' + ' '.join(refused) if refused else ''}."
        )


def _of_intent(intent: Intent) -> Iterator[str]:
    if intent.name.startswith("AMAZON."):
        yield (
            f"{intent.function}() answers {intent.name!r}, which is Alexa's alone. Have it answer an intent of your own too, "
            "with samples: decorators stack."
        )
    if len(intent.slots) > MOST_PARAMETERS:
        yield (
            f"{intent.function}() takes {len(intent.slots)} parameters, and Dialogflow {MOST_PARAMETERS} in an intent: ask "
            "for the rest in a second one."
        )
    if len(intent.samples) > MOST_PHRASES:
        yield f"{intent.function}() has {len(intent.samples)} samples, and Dialogflow takes {MOST_PHRASES}."
    for sample in intent.samples:
        if len(sample) > PHRASE_LIMIT:
            yield f"{intent.function}() has a sample of {len(sample)} characters, and {PHRASE_LIMIT} are taken: {sample[:40]!r}…"
        if _is_all_free(intent, sample):
            yield (
                f"{intent.function}() has the sample {sample!r}, which is nothing but free text: it would take whatever is "
                "said. Add words that carry it."
            )


def _is_all_free(intent: Intent, sample: str) -> bool:
    words = re.fullmatch(r"\s*\{([^{}]*)\}\s*", sample)
    slot = intent.slot(words[1].strip()) if words else None
    return slot is not None and type_of(slot) == "@sys.any"


def _of_slot(slot: Place, edition: Edition) -> Iterator[str]:
    kind = type_of(slot)
    if not _PARAMETER.fullmatch(slot.name):
        yield (
            f"{slot.function}() has the slot {slot.name!r}. Dialogflow takes letters, digits, - and _ in its name, a letter "
            f"first: say mapping={{{slot.parameter!r}: …}}, and write that in the samples."
        )
    if not _TYPE.fullmatch(kind) or (kind != f"@{slot.type}" and not kind.startswith("@sys.")):
        yield (
            f"{slot.function}() wants {kind!r} for {slot.parameter}, and the agent has no such entity. Write one of "
            "Dialogflow's, such as '@sys.given-name', or make it a choice (a Literal or an Enum)."
        )
    if slot.type and len(slot.type) > edition.entity_limit:
        yield (
            f"{slot.function}() needs an entity {slot.type!r} for {slot.parameter}, and its name may have {edition.entity_limit} "
            "characters: call the parameter or the Enum otherwise."
        )
    if len(slot.values) > MOST_VALUES:
        yield f"{slot.function}() has {len(slot.values)} values for {slot.parameter}, and Dialogflow takes {MOST_VALUES}."
    for value in slot.values:
        if len(value.words) > MOST_SYNONYMS:
            yield (
                f"{slot.function}() has {len(value.words)} words for {value.id!r} in {slot.parameter}, and Dialogflow takes "
                f"{MOST_SYNONYMS}."
            )
