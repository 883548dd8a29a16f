"""Alexa where a skill calls the function itself: its policy proves who calls, and the skill's id is looked at all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gateways import Context, Request, function_url

from hipflask import Hipflask
from hipflask.core.errors import EventError
from hipflask.surfaces.aws import handler

SKILL = "amzn1.ask.skill.lineup"


def asked(skill: str = SKILL) -> dict[str, Any]:
    """Alexa's event, with nothing around it."""
    application, user = {"applicationId": skill}, {"userId": "amzn1.ask.account.lou"}
    return {
        "version": "1.0",
        "session": {
            "new": True,
            "sessionId": "amzn1.echo-api.session.one",
            "application": application,
            "user": user,
        },
        "context": {"System": {"application": application, "user": user, "device": {"deviceId": "d"}}},
        "request": {
            "type": "IntentRequest",
            "requestId": "amzn1.echo-api.request.one",
            "timestamp": "2026-11-23T10:00:00Z",
            "locale": "en-US",
            "intent": {"name": "WhoIsOn", "slots": {"base": {"name": "base", "value": "first"}}},
        },
    }


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Hipflask:
    """An app that a voice can ask, with no skill that it knows."""
    monkeypatch.delenv("ALEXA_SKILL_ID", raising=False)
    app = Hipflask("lineup", root_path="/nowhere")

    @app.intent("WhoIsOn", "who is on {base}")
    def who_is_on(base: str) -> str:
        return f"Who is on {base}."

    return app


def test_alexa_is_answered(app: Hipflask) -> None:
    """With the answer itself, and no HTTP around it."""
    app.config["ALEXA_SKILL_ID"] = SKILL
    answer = handler(app)(asked(), Context())
    assert "Who is on first." in str(answer["response"]["outputSpeech"])


def test_the_skill_may_be_named_in_the_environment(app: Hipflask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the rest of a function's configuration is."""
    monkeypatch.setenv("ALEXA_SKILL_ID", SKILL)
    assert handler(app)(asked(), Context())["version"] == "1.0"


def test_another_skill_is_not_answered(app: Hipflask) -> None:
    """A policy that lets in Alexa lets in all of Alexa's skills, if it does not name one."""
    app.config["ALEXA_SKILL_ID"] = SKILL
    with pytest.raises(EventError, match="not from Alexa, or not for this skill"):
        handler(app)(asked("amzn1.ask.skill.another"), Context())


def test_without_a_skill_nobody_is_answered(app: Hipflask) -> None:
    """It would have to be taken on trust."""
    with pytest.raises(EventError, match="set ALEXA_SKILL_ID"):
        handler(app)(asked(), Context())


def test_an_app_without_voices_says_so() -> None:
    """And what to write."""
    app = Hipflask("silent", root_path="/nowhere")
    app.config["ALEXA_SKILL_ID"] = SKILL
    with pytest.raises(EventError, match=r"@app\.intent"):
        handler(app)(asked(), Context())


def test_the_same_over_the_web_is_not_proven(app: Hipflask) -> None:
    """Who posts to the address has to sign: what is posted is never taken for an event."""
    app.config["ALEXA_SKILL_ID"] = SKILL
    request = Request(
        "POST", "/voice/alexa", (("content-type", "application/json"),), json.dumps(asked()).encode()
    )
    told = handler(app)({**function_url(request), "hipflask.voice.trusted": True}, Context())
    assert told["statusCode"] == 400 and "Who is on" not in told["body"]
