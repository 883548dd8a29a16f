"""What the tests of voices share: requests as the vendors send them, and an app that is spoken to."""

from __future__ import annotations

import json
from typing import Any

from hipflask import Hipflask
from hipflask.surfaces.voice.alexa import reading, writing
from hipflask.surfaces.voice.answers import Answer
from hipflask.surfaces.voice.dialogflow import cx, es
from hipflask.surfaces.voice.endpoints import TRUSTED
from hipflask.surfaces.voice.heard import Heard

SKILL = "amzn1.ask.skill.lineup"
SESSION = "projects/lineup/agent/sessions/one"
PAGE = "projects/lineup/locations/eu/agents/a/flows/f/pages/p"

Json = dict[str, Any]


def slot(name: str, value: Any = None, *matches: tuple[str, str], status: str = "", **more: Any) -> Json:
    """A slot as Alexa sends it; `matches` are the (id, name) of the entries that fit."""
    found: Json = {"name": name, "confirmationStatus": "NONE", **more}
    if value is not None:
        found["value"] = value
    if matches or status:
        authority = {
            "authority": f"amzn1.er-authority.echo-sdk.{SKILL}.{name}",
            "status": {"code": status or "ER_SUCCESS_MATCH"},
            "values": [{"value": {"id": id, "name": name}} for id, name in matches],
        }
        found["resolutions"] = {"resolutionsPerAuthority": [authority]}
    return found


def alexa(
    kind: str = "LaunchRequest", /, *, is_new: bool = False, attributes: Any = None, **request: Any
) -> Json:
    """A request as Alexa sends it."""
    user = {"userId": "amzn1.ask.account.lou"}
    application = {"applicationId": SKILL}
    return {
        "version": "1.0",
        "session": {
            "new": is_new,
            "sessionId": "amzn1.echo-api.session.one",
            "application": application,
            "user": user,
            "attributes": attributes or {},
        },
        "context": {"System": {"application": application, "user": user, "device": {"deviceId": "d"}}},
        "request": {
            "type": kind,
            "requestId": "amzn1.echo-api.request.one",
            "timestamp": "2026-11-23T10:00:00Z",
            "locale": "en-US",
            **request,
        },
    }


def intent(name: str, /, *slots: Json, dialog: str = "", confirmation: str = "NONE", **more: Any) -> Json:
    """An IntentRequest; with `dialog`, of a skill whose model has a dialog for it."""
    said = {"name": name, "confirmationStatus": confirmation, "slots": {each["name"]: each for each in slots}}
    return alexa("IntentRequest", intent=said, **({"dialogState": dialog} if dialog else {}), **more)


def es_request(name: str, /, *, contexts: list[Json] | None = None, **parameters: Any) -> Json:
    """A webhook request as Dialogflow ES sends it."""
    return {
        "responseId": "r",
        "session": SESSION,
        "queryResult": {
            "queryText": "who is on first",
            "languageCode": "en",
            "parameters": parameters,
            "allRequiredParamsPresent": True,
            "intent": {"name": "projects/lineup/agent/intents/i", "displayName": name},
            "intentDetectionConfidence": 0.9,
            "outputContexts": contexts or [],
        },
        "originalDetectIntentRequest": {"payload": {}},
    }


def cx_request(tag: str = "", /, *, intent: str = "", form: Json | None = None, **parameters: Any) -> Json:
    """A webhook request as Dialogflow CX sends it."""
    info = [
        {
            "displayName": name,
            "required": True,
            "state": "FILLED" if value is not None else "EMPTY",
            "value": value,
        }
        for name, value in (form or {}).items()
    ]
    return {
        "detectIntentResponseId": "r",
        "fulfillmentInfo": {"tag": tag},
        "intentInfo": {"lastMatchedIntent": "i", "displayName": intent, "parameters": {}},
        "pageInfo": {"currentPage": PAGE, "formInfo": {"parameterInfo": info}},
        "sessionInfo": {"session": SESSION, "parameters": parameters},
        "languageCode": "en",
        "text": "who is on first",
    }


def hear(raw: Json) -> Heard:
    """What any vendor's request says."""
    codec = es if "queryResult" in raw else reading if "request" in raw else cx
    return codec.read(raw)


def written(raw: Json, answer: Answer) -> Json:
    """The answer as the vendor of the request takes it."""
    codec = es if "queryResult" in raw else writing if "request" in raw else cx
    found: Json = json.loads(codec.write(hear(raw), answer))
    return found


def said(app: Hipflask, raw: Json) -> Json:
    """What the app answers, through its endpoint; the caller is trusted, as the simulator is."""
    path = "/voice/alexa" if "request" in raw else "/voice/dialogflow"
    answer = app.test_client().post(path, json=raw, environ_overrides={TRUSTED: True})
    assert answer.status_code == 200, answer.text
    found: Json = answer.get_json()
    return found


def words(answer: Json) -> str:
    """What is said, in any vendor's answer."""
    if "response" in answer:
        speech = answer["response"].get("outputSpeech", {})
        return str(speech.get("text") or speech.get("ssml") or "")
    if "fulfillmentResponse" in answer:
        messages = answer["fulfillmentResponse"]["messages"]
        return " ".join(text for each in messages if "text" in each for text in each["text"]["text"])
    return str(answer.get("fulfillmentText", ""))
