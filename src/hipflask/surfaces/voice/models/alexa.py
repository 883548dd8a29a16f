"""A vocabulary as Alexa's interaction model: a function of it, the same for the same."""

from __future__ import annotations

from typing import Any

from .vocabulary import Intent, Place, Vocabulary

Json = dict[str, Any]

SEARCH = "AMAZON.SearchQuery"
# What every skill has to understand, and what is said when nothing else fits.
BUILT_IN = (
    "AMAZON.CancelIntent", "AMAZON.FallbackIntent", "AMAZON.HelpIntent", "AMAZON.NavigateHomeIntent", "AMAZON.StopIntent",
)  # fmt: skip
_TYPES = {
    "whole": "AMAZON.NUMBER",
    "number": "AMAZON.NUMBER",
    "date": "AMAZON.DATE",
    "period": "AMAZON.DATE",
    "moment": "AMAZON.DATE",
    "time": "AMAZON.TIME",
    "duration": "AMAZON.DURATION",
    "text": SEARCH,
}


def type_of(slot: Place) -> str:
    """The type of a slot: Amazon's own, the author's wish, or one of the skill's."""
    return slot.wish("alexa") or slot.type or _TYPES[slot.kind]


def model_of(vocabulary: Vocabulary) -> Json:
    """The interaction model, as the developer console and `ask deploy` take it."""
    model: Json = {
        "languageModel": {
            "invocationName": vocabulary.invocation_name,
            "intents": [*map(_intent, vocabulary.intents), *_built_in(vocabulary)],
            "types": [_type(name, vocabulary) for name in _used(vocabulary)],
        }
    }
    if asking := [intent for intent in vocabulary.intents if intent.has_dialog]:
        # What is missing is asked for by the functions themselves, so each turn comes to them.
        model["dialog"] = {
            "intents": [_dialog(each) for each in asking],
            "delegationStrategy": "SKILL_RESPONSE",
        }
        model["prompts"] = [
            _prompt(intent, slot) for intent in asking for slot in intent.slots if slot.is_required
        ]
    return {"interactionModel": model}


def _built_in(vocabulary: Vocabulary) -> list[Json]:
    return [{"name": name, "samples": []} for name in BUILT_IN if vocabulary.intent(name) is None]


def _intent(intent: Intent) -> Json:
    found: Json = {"name": intent.name}
    if intent.slots:
        found["slots"] = [_slot(slot) for slot in intent.slots]
    return {**found, "samples": list(intent.samples)}


def _slot(slot: Place) -> Json:
    found: Json = {"name": slot.name, "type": type_of(slot)}
    if slot.is_list:
        found["multipleValues"] = {"enabled": True}
    if slot.is_required:
        # The answer to "Which base?" is the base alone.
        found["samples"] = [f"{{{slot.name}}}"]
    return found


def _used(vocabulary: Vocabulary) -> list[str]:
    """The skill's own types that a slot has, by name."""
    return sorted(
        {slot.type for each in vocabulary.intents for slot in each.slots if slot.type == type_of(slot)}
    )


def _type(name: str, vocabulary: Vocabulary) -> Json:
    values = []
    for value in vocabulary.types[name]:
        first, *others = value.words
        values.append({"id": value.id, "name": {"value": first, "synonyms": others}})
    return {"name": name, "values": values}


def _dialog(intent: Intent) -> Json:
    return {
        "name": intent.name,
        "delegationStrategy": "SKILL_RESPONSE",
        "confirmationRequired": False,
        "prompts": {},
        "slots": [
            {
                "name": slot.name,
                "type": type_of(slot),
                "elicitationRequired": slot.is_required,
                "confirmationRequired": False,
                "prompts": {"elicitation": prompt_id(intent, slot)} if slot.is_required else {},
            }
            for slot in intent.slots
        ],
    }


def prompt_id(intent: Intent, slot: Place) -> str:
    """The name of the question for a slot."""
    return f"Elicit.{intent.name}.{slot.name}"


def _prompt(intent: Intent, slot: Place) -> Json:
    return {"id": prompt_id(intent, slot), "variations": [{"type": "PlainText", "value": slot.question}]}
