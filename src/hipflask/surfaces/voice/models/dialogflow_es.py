"""A vocabulary as a Dialogflow ES agent: the files of its export, by their paths, as functions of it, the same for the same."""

from __future__ import annotations

import re

from .dialogflow_agent import Json, id_of, own_types, shown_in, type_of, words_of
from .vocabulary import Intent, Place, Vocabulary


def agent_of(vocabulary: Vocabulary, webhook: str = "") -> dict[str, Json]:
    """The agent's files: path → JSON."""
    language = vocabulary.locale.lower()
    files: dict[str, Json] = {"package.json": {"version": "1.0.0"}, "agent.json": _agent(vocabulary, webhook)}
    for intent in vocabulary.intents:
        files[f"intents/{intent.name}.json"] = _intent(intent, vocabulary.locale)
        files[f"intents/{intent.name}_usersays_{language}.json"] = [
            _phrase(intent, sample) for sample in intent.samples
        ]
    files["intents/Default Welcome Intent.json"] = _special("Default Welcome Intent", "WELCOME")
    files["intents/Default Fallback Intent.json"] = _special("Default Fallback Intent", "")
    for name, values in sorted(own_types(vocabulary).items()):
        files[f"entities/{name}.json"] = _entity(name)
        files[f"entities/{name}_entries_{language}.json"] = [
            {"value": value.id, "synonyms": words_of(value)} for value in values
        ]
    return files


def _agent(vocabulary: Vocabulary, webhook: str) -> Json:
    return {
        "description": "",
        "language": vocabulary.locale.lower(),
        "supportedLanguages": [],
        "activeAssistantAgents": [],
        "disableInteractionLogs": False,
        "disableStackdriverLogs": True,
        "defaultTimezone": "Europe/London",
        "webhook": {
            "url": webhook,
            "username": "",
            "headers": {},
            "available": bool(webhook),
            "useForDomains": False,
            "cloudFunctionsEnabled": False,
            "cloudFunctionsInitialized": False,
        },
        "isPrivate": True,
        "mlMinConfidence": 0.3,
        "onePlatformApiVersion": "v2",
    }


def _intent(intent: Intent, locale: str) -> Json:
    return {
        "id": id_of(intent.name),
        "name": intent.name,
        "auto": True,
        "contexts": list(intent.contexts),
        "responses": [
            {
                "resetContexts": False,
                "action": intent.name,
                "affectedContexts": [],
                "parameters": [_parameter(intent, slot, locale) for slot in intent.slots],
                "messages": [],
                "speech": [],
            }
        ],
        "priority": 500000,
        "webhookUsed": True,
        # What is missing is asked for by the function itself, in its own words.
        "webhookForSlotFilling": intent.has_dialog,
        "fallbackIntent": False,
        "events": [{"name": intent.name}],  # for voice.event(…)
        "conditionalResponses": [],
        "condition": "",
        "conditionalFollowupEvents": [],
    }


def _parameter(intent: Intent, slot: Place, locale: str) -> Json:
    return {
        "id": id_of(intent.name, slot.name),
        "name": slot.name,
        "required": slot.is_required,
        "dataType": type_of(slot),
        "value": f"${slot.name}",
        "defaultValue": "",
        "isList": slot.is_list,
        "prompts": [{"lang": locale.lower(), "value": slot.question}] if slot.is_required else [],
        "promptMessages": [],
        "noMatchPromptMessages": [],
        "noInputPromptMessages": [],
        "outputDialogContexts": [],
    }


def _special(name: str, event: str) -> Json:
    """What Dialogflow has in every new agent: for a greeting, and for what nobody understands."""
    found: Json = _intent(Intent(name, ""), "")
    found["events"] = [{"name": event}] if event else []
    found["fallbackIntent"] = not event
    found["responses"][0]["action"] = "input.welcome" if event else "input.unknown"
    return found


def _phrase(intent: Intent, sample: str) -> Json:
    """A training phrase, with its parameters annotated by a word that may stand there."""
    parts = [part for part in re.split(r"(\{[^{}]*\})", " ".join(sample.split())) if part]
    return {
        "id": id_of(intent.name, "says", sample),
        "data": [_part(intent, part) for part in parts],
        "isTemplate": False,
        "count": 0,
        "updated": 0,
    }


def _part(intent: Intent, part: str) -> Json:
    slot = intent.slot(part[1:-1].strip()) if part.startswith("{") else None
    if slot is None:
        return {"text": part, "userDefined": False}
    return {"text": shown_in(slot), "meta": type_of(slot), "alias": slot.name, "userDefined": True}


def _entity(name: str) -> Json:
    return {
        "id": id_of("entity", name),
        "name": name,
        "isOverridable": True,
        "isEnum": False,
        "isRegexp": False,
        "automatedExpansion": False,
        "allowFuzzyExtraction": False,
    }
