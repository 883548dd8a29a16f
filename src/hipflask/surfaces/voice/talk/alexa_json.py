"""Alexa's JSON, as the simulator needs it: slots as they are sent, and what is said and shown of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..models.vocabulary import Place
from .exchange import Exchange, Json
from .hearing import Meaning


def slot_json(slot: Place, meaning: Meaning | None, skill_id: str) -> Json:
    """A slot as Alexa sends it; without a value where nothing was said."""
    found: Json = {"name": slot.name, "confirmationStatus": "NONE"}
    if meaning is None:
        return found
    if meaning.parts:
        parts = [{"type": "Simple", **_value(slot, part, skill_id)} for part in meaning.parts]
        return {**found, "slotValue": {"type": "List", "values": parts}}
    value = _value(slot, meaning, skill_id)
    return {**found, **value, "slotValue": {"type": "Simple", **value}}


def _value(slot: Place, meaning: Meaning, skill_id: str) -> Json:
    found: Json = {"value": meaning.said}
    if slot.values:
        authority: Json = {
            "authority": f"amzn1.er-authority.echo-sdk.{skill_id}.{slot.type}",
            "status": {"code": "ER_SUCCESS_MATCH" if meaning.values else "ER_SUCCESS_NO_MATCH"},
        }
        if meaning.values:
            authority["values"] = [
                {"value": {"name": each.words[0], "id": each.id}} for each in meaning.values
            ]
        found["resolutions"] = {"resolutionsPerAuthority": [authority]}
    return found


def exchange_of(came: Json) -> Exchange:
    """What a person hears and sees of an answer."""
    response = came.get("response") or {}
    return Exchange(
        _speech(response.get("outputSpeech")),
        _speech((response.get("reprompt") or {}).get("outputSpeech")),
        _card(response.get("card")),
        is_over=response.get("shouldEndSession") is not False,
    )


def is_empty(slot: Json | None) -> bool:
    return not slot or ("value" not in slot and "slotValue" not in slot)


def _speech(speech: Mapping[str, Any] | None) -> str:
    return str((speech or {}).get("text") or (speech or {}).get("ssml") or "")


def _card(card: Mapping[str, Any] | None) -> tuple[str, ...]:
    if not card:
        return ()
    told = (card.get("title"), card.get("content") or card.get("text"), *(card.get("image") or {}).values())
    lines = tuple(str(each) for each in told if each)
    return lines or (str(card.get("type", "")),)
