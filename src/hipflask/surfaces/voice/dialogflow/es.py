"""Dialogflow ES: its webhook requests as `Heard`, and answers as it takes them.

Its fields and the limit of 64 KiB: https://cloud.google.com/dialogflow/es/docs/fulfillment-webhook.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from ....core.errors import UsageError
from ....core.results import encode_result
from .. import ssml
from ..answers import Answer
from ..cards import Card
from ..heard import FALLBACK, LAUNCH, Context, Contexts, Heard, Session, Slot, Unreadable, User

TOTAL_LIMIT = 64 * 1024  # bytes
KEPT = "hipflask"  # the context that keeps the session's attributes; Dialogflow has no other place
_KEPT_FOR = 50  # turns: the longest that a context lives

# What Dialogflow calls them in every new agent.
_NAMES = {"Default Welcome Intent": LAUNCH, "Default Fallback Intent": FALLBACK}

Json = dict[str, Any]


class _Struct(msgspec.Struct, rename="camel"):
    pass


class _Intent(_Struct):
    display_name: str = ""
    is_fallback: bool = False


class _Context(_Struct):
    name: str
    lifespan_count: int = 0
    parameters: dict[str, Any] | None = None


class _Result(_Struct):
    query_text: str = ""
    language_code: str = ""
    parameters: dict[str, Any] | None = None
    output_contexts: list[_Context] | None = None
    intent: _Intent | None = None


class _Origin(_Struct):
    payload: dict[str, Any] | None = None


class _Request(_Struct):
    query_result: _Result
    session: str = ""
    original_detect_intent_request: _Origin | None = None


def read(raw: Mapping[str, Any]) -> Heard:
    """What was heard; raises Unreadable."""
    try:
        request = msgspec.convert(raw, _Request)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Unreadable(f"This is no request of Dialogflow's: {error}") from None
    result = request.query_result
    contexts = {
        each.name.rpartition("/")[2]: Context(each.lifespan_count, copy.deepcopy(each.parameters or {}))
        for each in result.output_contexts or ()
    }
    kept = contexts.pop(KEPT, None)
    attributes = kept.parameters.get("attributes") if kept else None
    return Heard(
        vendor="dialogflow",
        names=_names(result.intent or _Intent()),
        is_intent=True,
        time=datetime.now(UTC),
        slots={name: Slot(name, value) for name, value in (result.parameters or {}).items()},
        session=Session(
            request.session,
            kept is None,
            User(access_token=_access_token(request.original_detect_intent_request)),
            attributes if isinstance(attributes, dict) else {},
        ),
        contexts=Contexts(contexts),
        locale=result.language_code,
        text=result.query_text,
        raw=raw,
    )


def _names(intent: _Intent) -> tuple[str, ...]:
    named = (intent.display_name, _NAMES.get(intent.display_name), FALLBACK if intent.is_fallback else None)
    return tuple(dict.fromkeys(name for name in named if name))


def _access_token(origin: _Origin | None) -> str | None:
    """The account that the user has linked, where whatever stands before Dialogflow hands it on."""
    payload = (origin and origin.payload) or {}
    user = payload.get("user")
    token = user.get("accessToken") if isinstance(user, Mapping) else None
    return token if isinstance(token, str) else None


def write(heard: Heard, answer: Answer) -> bytes:
    """The answer as JSON; raises UsageError for what Dialogflow would refuse."""
    body: Json = {
        "fulfillmentText": ssml.plain(answer.speech) if answer.speech else None,
        "fulfillmentMessages": _messages(answer) or None,
        "outputContexts": _contexts(heard) or None,
        "payload": answer.payload,
    }
    if answer.next_event is not None:
        name, parameters = answer.next_event
        body["followupEventInput"] = {"name": name, "parameters": parameters, "languageCode": heard.locale}
    return encode({name: part for name, part in body.items() if part is not None})


def encode(body: Json) -> bytes:
    """The body as JSON, if it is not too large."""
    encoded = encode_result(body)
    if len(encoded) > TOTAL_LIMIT:
        raise UsageError(
            f"This answer has {len(encoded)} bytes, and Dialogflow takes {TOTAL_LIMIT}, the session's attributes "
            "included. Say less, or keep what is large in the store."
        )
    return encoded


def _messages(answer: Answer) -> list[Json]:
    """What a screen shows; the words alone need none of this."""
    if not (answer.card or answer.suggestions or (answer.speech and ssml.is_ssml(answer.speech))):
        return []
    messages: list[Json] = []
    if answer.speech:
        messages.append({"text": {"text": [ssml.plain(answer.speech)]}})
        if ssml.is_ssml(answer.speech):
            ssml.refuse_malformed(answer.speech)
            spoken = {"ssml": answer.speech.strip()}
            messages.append({"platform": "TELEPHONY", "telephonySynthesizeSpeech": spoken})
    if answer.card:
        messages.append({"card": _card(answer.card)})
    if answer.suggestions:
        messages.append({"quickReplies": {"quickReplies": list(answer.suggestions)}})
    return messages


def _card(card: Card) -> Json:
    shown = {"title": card.title, "subtitle": card.text, "imageUri": card.large_image or card.small_image}
    return {name: part for name, part in shown.items() if part is not None}


def _contexts(heard: Heard) -> list[Json]:
    """The contexts that a function has changed, and the one that keeps the session's attributes."""
    changed = [
        _context(heard, name, each.lifespan, each.parameters) for name, each in heard.contexts.changed.items()
    ]
    return [*changed, _context(heard, KEPT, _KEPT_FOR, {"attributes": heard.session.attributes})]


def _context(heard: Heard, name: str, lifespan: int, parameters: Json) -> Json:
    full = f"{heard.session.id}/contexts/{name}"
    return {"name": full, "lifespanCount": lifespan, "parameters": parameters}
