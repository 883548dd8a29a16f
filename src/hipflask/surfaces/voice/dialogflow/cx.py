"""Dialogflow CX: its webhook requests as `Heard`, and answers as it takes them.

A function is found by the tag of the webhook, by the event that has called it, or by the name of the intent that was matched last.
Its fields and its limit, which is that of ES: https://cloud.google.com/dialogflow/cx/docs/concept/webhook.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from .. import ssml
from ..answers import Answer
from ..cards import Card
from ..heard import (
    FALLBACK,
    LAUNCH,
    Contexts,
    Heard,
    Session,
    Slot,
    Unreadable,
    keep_contexts,
    read_contexts,
)
from .es import encode

KEPT = "hipflask"  # the session parameter that keeps the attributes and the contexts

_NAMES = {"Default Welcome Intent": LAUNCH, "Default Negative Intent": FALLBACK}
_EVENTS = {"WELCOME": LAUNCH, "sys.no-match-default": FALLBACK, "sys.no-input-default": FALLBACK}

Json = dict[str, Any]


class _Struct(msgspec.Struct, rename="camel"):
    pass


class _Fulfillment(_Struct):
    tag: str = ""


class _Found(_Struct):
    original_value: str | None = None
    resolved_value: Any = None


class _Intent(_Struct):
    display_name: str = ""
    parameters: dict[str, _Found] | None = None


class _Parameter(_Struct):
    display_name: str = ""
    state: str = ""
    value: Any = None


class _Form(_Struct):
    parameter_info: list[_Parameter] | None = None


class _Page(_Struct):
    current_page: str = ""
    form_info: _Form | None = None


class _Session(_Struct):
    session: str = ""
    parameters: dict[str, Any] | None = None


class _Request(_Struct):
    fulfillment_info: _Fulfillment | None = None
    intent_info: _Intent | None = None
    page_info: _Page | None = None
    session_info: _Session | None = None
    language_code: str = ""
    text: str = ""
    transcript: str = ""
    trigger_event: str = ""


def read(raw: Mapping[str, Any]) -> Heard:
    """What was heard; raises Unreadable."""
    request = _open(raw)
    session = request.session_info or _Session()
    parameters = copy.deepcopy(session.parameters or {})
    kept = parameters.pop(KEPT, None)
    kept = kept if isinstance(kept, dict) else {}
    attributes = kept.get("attributes")
    return Heard(
        vendor="dialogflow-cx",
        names=_names(request),
        is_intent=True,
        time=datetime.now(UTC),
        slots=_slots(request, parameters),
        session=Session(
            session.session, not kept, attributes=attributes if isinstance(attributes, dict) else {}
        ),
        contexts=Contexts(read_contexts(kept.get("contexts"))),
        locale=request.language_code,
        text=request.text or request.transcript,
        raw=raw,
    )


def _open(raw: Mapping[str, Any]) -> _Request:
    try:
        return msgspec.convert(raw, _Request)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Unreadable(f"This is no request of Dialogflow's: {error}") from None


def _names(request: _Request) -> tuple[str, ...]:
    tag = request.fulfillment_info.tag if request.fulfillment_info else ""
    intent = request.intent_info.display_name if request.intent_info else ""
    event = _EVENTS.get(
        request.trigger_event
    )  # it weighs more than the intent, which was matched at some time before
    named = (tag, _NAMES.get(tag), event, intent, _NAMES.get(intent))
    return tuple(dict.fromkeys(name for name in named if name))


def _slots(request: _Request, session: Mapping[str, Any]) -> dict[str, Slot]:
    """What the session knows, then what the intent has brought, then what the page's form has collected."""
    slots = {name: Slot(name, value) for name, value in session.items()}
    for name, found in ((request.intent_info and request.intent_info.parameters) or {}).items():
        value = found.original_value if found.resolved_value is None else found.resolved_value
        slots[name] = Slot(name, value)
    for parameter in _form(request):
        if parameter.state in ("EMPTY", "INVALID") or parameter.value is not None:
            slots[parameter.display_name] = Slot(parameter.display_name, parameter.value)
    return slots


def _form(request: _Request) -> list[_Parameter]:
    form = request.page_info.form_info if request.page_info else None
    return (form and form.parameter_info) or []


def write(heard: Heard, answer: Answer) -> bytes:
    """The answer as JSON; raises UsageError for what Dialogflow would refuse."""
    slot = answer.dialog.slot if answer.dialog and answer.dialog.kind == "ElicitSlot" else None
    request = _open(heard.raw)
    body: Json = {
        "fulfillmentResponse": {"messages": _messages(answer)},
        "sessionInfo": {"parameters": _parameters(heard, slot)},
        "payload": answer.payload,
    }
    if slot is not None and slot in {each.display_name for each in _form(request)}:
        invalid = {"displayName": slot, "required": True, "state": "INVALID", "value": None}
        body["pageInfo"] = {"formInfo": {"parameterInfo": [invalid]}}
    if answer.end and request.page_info and "/pages/" in request.page_info.current_page:
        body["targetPage"] = request.page_info.current_page.rpartition("/")[0] + "/END_SESSION"
    return encode({name: part for name, part in body.items() if part is not None})


def _parameters(heard: Heard, slot: str | None) -> Json:
    """What the session keeps; a slot that is asked for again is taken out of it."""
    contexts = keep_contexts(heard.contexts)
    kept = {"attributes": heard.session.attributes, **({"contexts": contexts} if contexts else {})}
    return {KEPT: kept, **({slot: None} if slot is not None else {})}


def _messages(answer: Answer) -> list[Json]:
    messages: list[Json] = []
    if answer.speech:
        messages.append({"text": {"text": [ssml.plain(answer.speech)]}})
        if ssml.is_ssml(answer.speech):
            ssml.refuse_malformed(answer.speech)
            messages.append({"outputAudioText": {"ssml": answer.speech.strip()}})
    shown = [*([_card(answer.card)] if answer.card else ()), *_chips(answer.suggestions)]
    if shown:
        messages.append({"payload": {"richContent": [shown]}})
    return messages


def _card(card: Card) -> Json:
    image = card.large_image or card.small_image
    shown = {"type": "info", "title": card.title, "subtitle": card.text}
    picture = {"image": {"rawUrl": image}} if image else {}
    return {name: part for name, part in (shown | picture).items() if part is not None}


def _chips(words: list[str]) -> list[Json]:
    return [{"type": "chips", "options": [{"text": each} for each in words]}] if words else []
