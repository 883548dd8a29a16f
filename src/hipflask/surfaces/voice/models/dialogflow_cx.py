"""A vocabulary as a Dialogflow CX agent: the files of its export (the "JSON package"), by their paths, as functions of it.

    flows/Default Start Flow/Default Start Flow.json      "who is on {base}" → the page WhoIsOn; nothing fits → the webhook
    flows/Default Start Flow/pages/WhoIsOn.json           a form with `base`; once it is filled → the webhook, with the tag WhoIsOn
    intents/WhoIsOn/WhoIsOn.json, …/trainingPhrases/en.json
    entityTypes/Base/Base.json, …/entities/en.json
    webhooks/hipflask.json                                the app's own address

An intent that needs nothing has no page: its route calls the webhook at once. What a form lacks is asked for by the function, in its
own words: the prompts of the form are calls of the webhook too.

Folders and files are as in https://cloud.google.com/dialogflow/cx/docs/reference/json-export, fields as in the v3 API's messages, with
what agents that were exported do otherwise: things are named by what they are called, times are numbers of seconds.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from .dialogflow_agent import Json, id_of, own_types, shown_in, type_of, words_of
from .vocabulary import Intent, Place, Vocabulary

WEBHOOK, FLOW = "hipflask", "Default Start Flow"
WELCOME, NEGATIVE = "Default Welcome Intent", "Default Negative Intent"
_FIRST_ID = "00000000-0000-0000-0000-00000000000{}"  # those of what every agent has
_GREETINGS = {
    "de": ("hallo", "guten Tag"),
    "en": ("hello", "hi"),
    "es": ("hola", "buenos días"),
    "fr": ("bonjour", "salut"),
    "it": ("ciao", "buongiorno"),
    "nl": ("hallo", "goedendag"),
    "pt": ("olá", "bom dia"),
}
_SECONDS = 10  # that Dialogflow waits for the app, of at most 30


def agent_of(vocabulary: Vocabulary, webhook: str) -> dict[str, Json]:
    """The agent's files: path → JSON."""
    language = vocabulary.locale.lower()
    files: dict[str, Json] = {
        "agent.json": _agent(language),
        f"webhooks/{WEBHOOK}.json": _webhook(webhook),
        f"flows/{FLOW}/{FLOW}.json": _flow(vocabulary),
    }
    for intent in _own(vocabulary):
        if intent.has_dialog:
            files[f"flows/{FLOW}/pages/{_file(intent.name)}.json"] = _page(intent)
        files |= _intent(
            intent.name, _parameters(intent), [_phrase(intent, each) for each in intent.samples], language
        )
    for number, name in enumerate((WELCOME, NEGATIVE)):
        files |= _intent(name, [], _phrases_of(vocabulary, name), language, _FIRST_ID.format(number))
    for name, values in sorted(own_types(vocabulary).items()):
        folder = f"entityTypes/{_file(name)}"
        entries = [
            {"value": value.id, "synonyms": words_of(value), "languageCode": language} for value in values
        ]
        files[f"{folder}/{_file(name)}.json"] = {
            "name": id_of("cx entity", name),
            "displayName": name,
            "kind": "KIND_MAP",
        }
        files[f"{folder}/entities/{language}.json"] = {"entities": entries}
    return files


def _own(vocabulary: Vocabulary) -> list[Intent]:
    return [each for each in vocabulary.intents if each.name not in (WELCOME, NEGATIVE)]


def _phrases_of(vocabulary: Vocabulary, name: str) -> list[list[Json]]:
    """What is said for an intent that every agent has: the app's samples, or a greeting."""
    intent = vocabulary.intent(name)
    language = vocabulary.locale.lower().partition("-")[0]
    greetings = _GREETINGS.get(language, ()) if name == WELCOME else ()
    return [[{"text": each}] for each in (intent.samples if intent else greetings)]


def _agent(language: str) -> Json:
    return {"defaultLanguageCode": language, "timeZone": "Europe/London", "startFlow": FLOW}


def _webhook(address: str) -> Json:
    return {
        "name": id_of("cx webhook"),
        "displayName": WEBHOOK,
        "genericWebService": {"uri": address},
        "timeout": {"seconds": _SECONDS},
    }


# ── what is said ──────────────────────────────────────────────────────────────────────────────────


def _intent(
    name: str, parameters: list[Json], phrases: list[list[Json]], language: str, id: str = ""
) -> dict[str, Json]:
    about = {
        "name": id or id_of("cx intent", name),
        "displayName": name,
        "parameters": parameters,
        "priority": 500000,
        "isFallback": name == NEGATIVE,
        "numTrainingPhrases": len(phrases),
    }
    folder = f"intents/{_file(name)}"
    files: dict[str, Json] = {
        f"{folder}/{_file(name)}.json": {key: value for key, value in about.items() if value}
    }
    if phrases:
        said = [{"parts": parts, "repeatCount": 1, "languageCode": language} for parts in phrases]
        files[f"{folder}/trainingPhrases/{language}.json"] = {"trainingPhrases": said}
    return files


def _parameters(intent: Intent) -> list[Json]:
    """What the phrases bring; a parameter that stands in none of them is the form's alone."""
    said = " ".join(intent.samples)
    return [
        {"id": slot.name, "entityType": type_of(slot), **({"isList": True} if slot.is_list else {})}
        for slot in intent.slots
        if f"{{{slot.name}}}" in said
    ]


def _phrase(intent: Intent, sample: str) -> list[Json]:
    """A training phrase, with its parameters annotated by a word that may stand there."""
    parts = [part for part in re.split(r"(\{[^{}]*\})", " ".join(sample.split())) if part]
    return [_part(intent, part) for part in parts]


def _part(intent: Intent, part: str) -> Json:
    slot = intent.slot(part[1:-1].strip()) if part.startswith("{") else None
    return {"text": part} if slot is None else {"text": shown_in(slot), "parameterId": slot.name}


# ── what then happens ─────────────────────────────────────────────────────────────────────────────


def _flow(vocabulary: Vocabulary) -> Json:
    routes = [_route(WELCOME, {"intent": WELCOME, "triggerFulfillment": _call(WELCOME)})]
    for intent in _own(vocabulary):
        then = (
            {"triggerFulfillment": {}, "targetPage": intent.name}
            if intent.has_dialog
            else {"triggerFulfillment": _call(intent.name)}
        )
        routes.append(_route(intent.name, {"intent": intent.name, **then}))
    handlers = {"WELCOME": WELCOME, "sys.no-match-default": NEGATIVE, "sys.no-input-default": NEGATIVE}
    return {
        "name": _FIRST_ID.format(0),
        "displayName": FLOW,
        "description": "Every intent goes to the app, by way of a page where something has to be asked for.",
        "transitionRoutes": routes,
        "eventHandlers": [_handler("flow", event, _call(tag)) for event, tag in handlers.items()],
        "nluSettings": {"modelType": "MODEL_TYPE_STANDARD", "classificationThreshold": 0.3},
    }


def _page(intent: Intent) -> Json:
    done = {"condition": '$page.params.status = "FINAL"', "triggerFulfillment": _call(intent.name)}
    return {
        "name": id_of("cx page", intent.name),
        "displayName": intent.name,
        "form": {"parameters": [_field(intent, slot) for slot in intent.slots if slot.is_required]},
        "transitionRoutes": [_route(f"{intent.name} is filled", done)],
    }


def _field(intent: Intent, slot: Place) -> Json:
    place = f"{intent.name}/{slot.name}"
    return {
        "displayName": slot.name,
        "required": True,
        "entityType": type_of(slot),
        **({"isList": True} if slot.is_list else {}),
        "fillBehavior": {
            "initialPromptFulfillment": _call(intent.name),
            "repromptEventHandlers": [
                _handler(place, "sys.no-match-default", _call(intent.name)),
                # The function has refused a value, and has said so: nobody else asks for it once more.
                _handler(place, "sys.invalid-parameter", {}),
            ],
        },
    }


def _call(tag: str) -> Json:
    return {"webhook": WEBHOOK, "tag": tag}


def _route(place: str, content: Json) -> Json:
    return {"name": id_of("cx route", place), **content}


def _handler(place: str, event: str, fulfillment: Json) -> Json:
    return {"name": id_of("cx handler", place, event), "event": event, "triggerFulfillment": fulfillment}


def _file(name: str) -> str:
    """A name as the export writes it in a path: `a/b` is `a%2fb`."""
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), quote(name, safe=" "))
