"""What Alexa sends, as one neutral form: in full, in part, and broken in every way."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junk import JUNK, changed, places
from voices import SKILL, alexa, hear, intent, slot

from hipflask.surfaces.voice.alexa.reading import open_envelope, read
from hipflask.surfaces.voice.heard import Match, Unreadable

PLAYING = {
    "version": "1.0",
    "session": {
        "new": False,
        "sessionId": "amzn1.echo-api.session.two",
        "application": {"applicationId": SKILL},
        "attributes": {"lineup": {"first": "Who"}, "hipflask.contexts": {"trade": {"lifespan": 2, "parameters": {"a": 1}}}},
        "user": {"userId": "amzn1.ask.account.bud"},
    },
    "context": {
        "AudioPlayer": {"token": "https://sound.example/1.mp3", "offsetInMilliseconds": 1234, "playerActivity": "PLAYING"},
        "Display": {"token": ""},
        "System": {
            "application": {"applicationId": SKILL},
            "user": {
                "userId": "amzn1.ask.account.lou",
                "accessToken": "linked",
                "permissions": {"consentToken": "allowed"},
            },
            "device": {"deviceId": "amzn1.ask.device.one", "supportedInterfaces": {"AudioPlayer": {}}},
            "apiEndpoint": "https://api.amazonalexa.com",
            "apiAccessToken": "api",
        },
    },
    "request": {
        "type": "IntentRequest",
        "requestId": "amzn1.echo-api.request.two",
        "timestamp": "2018-04-04T06:28:23Z",
        "locale": "en-US",
        "dialogState": "IN_PROGRESS",
        "intent": {
            "name": "WhoIsOn",
            "confirmationStatus": "NONE",
            "slots": {
                "base": {
                    "name": "base",
                    "value": "the first one",
                    "confirmationStatus": "CONFIRMED",
                    "source": "USER",
                    "resolutions": {
                        "resolutionsPerAuthority": [
                            {
                                "authority": f"amzn1.er-authority.echo-sdk.{SKILL}.Base",
                                "status": {"code": "ER_SUCCESS_MATCH"},
                                "values": [{"value": {"name": "first", "id": "FIRST"}}],
                            },
                            {
                                "authority": f"amzn1.er-authority.echo-sdk.dynamic.{SKILL}.Base",
                                "status": {"code": "ER_SUCCESS_NO_MATCH"},
                            },
                        ]
                    },
                },
                "when": {"name": "when"},
            },
        },
    },
}  # fmt: skip


def test_a_request_in_full() -> None:
    """Everything that a function may ask for."""
    heard = read(PLAYING)
    assert (heard.vendor, heard.intent, heard.locale, heard.dialog) == (
        "alexa",
        "WhoIsOn",
        "en-US",
        "IN_PROGRESS",
    )
    assert heard.time == dt.datetime(2018, 4, 4, 6, 28, 23, tzinfo=dt.UTC)
    assert heard.slots["base"].value == "the first one"
    assert heard.slots["base"].matches == (Match("FIRST", "first"),)
    assert heard.slots["base"].confirmation == "CONFIRMED"
    assert not heard.slots["base"].is_unknown
    assert heard.slots["when"].value is None
    assert heard.session.attributes == {"lineup": {"first": "Who"}}
    assert heard.contexts["trade"].parameters == {"a": 1}
    user = heard.session.user
    assert (user.id, user.access_token, user.consent_token) == ("amzn1.ask.account.lou", "linked", "allowed")
    assert heard.raw["context"]["AudioPlayer"]["playerActivity"] == "PLAYING"


def test_what_a_function_changes_does_not_change_the_request() -> None:
    """An apology begins with what came."""
    before = copy.deepcopy(PLAYING)
    heard = read(PLAYING)
    heard.session.attributes["lineup"]["first"] = "What"
    heard.contexts["trade"].parameters["a"] = 2
    assert before == PLAYING


def test_a_type_of_ones_own_that_knows_nothing_of_it() -> None:
    """No match at all, in any of the authorities."""
    heard = hear(intent("It", slot("base", "tenth", status="ER_SUCCESS_NO_MATCH")))
    assert heard.slots["base"].is_unknown
    assert heard.slots["base"].matches == ()


def test_the_same_entry_of_two_authorities_is_one() -> None:
    """A dynamic entity repeats a static one."""
    said = slot("base", "first", ("FIRST", "first"))
    said["resolutions"]["resolutionsPerAuthority"] *= 2
    assert hear(intent("It", said)).slots["base"].matches == (Match("FIRST", "first"),)


@pytest.mark.parametrize(
    ("raw", "names", "is_intent"),
    [
        (alexa(), ("launch", "LaunchRequest"), False),
        (alexa("SessionEndedRequest", reason="ERROR"), ("session_ended", "SessionEndedRequest"), False),
        (alexa("AudioPlayer.PlaybackStarted"), ("AudioPlayer.PlaybackStarted",), False),
        (intent("It"), ("It",), True),
        (intent("AMAZON.FallbackIntent"), ("AMAZON.FallbackIntent", "fallback"), True),
        (alexa("LaunchRequest", intent={"name": "It"}), ("launch", "LaunchRequest"), False),
        (alexa("CanFulfillIntentRequest", intent={"name": "It"}), ("CanFulfillIntentRequest",), False),
    ],
)
def test_what_it_goes_by(raw: Any, names: tuple[str, ...], is_intent: bool) -> None:
    """An intent by its name, all else by what it is."""
    heard = hear(raw)
    assert (heard.names, heard.is_intent) == (names, is_intent)


def test_without_a_session_or_a_context_there_is_still_a_request() -> None:
    """As the player's are."""
    raw = alexa("AudioPlayer.PlaybackStarted", token="t", offsetInMilliseconds=3)
    del raw["session"]
    heard = hear(raw)
    assert heard.session.id == ""
    assert heard.session.user.id == "amzn1.ask.account.lou"
    assert heard.fields["offsetInMilliseconds"] == 3


def test_null_is_nothing() -> None:
    """Amazon writes it now and then."""
    raw = alexa(is_new=True)
    raw["session"]["attributes"] = None
    raw["context"]["System"]["person"] = None
    assert hear(raw).session.attributes == {}


@pytest.mark.parametrize(
    "raw",
    [
        {}, {"request": None}, {"request": {}}, {"request": {"type": 1}}, {"request": {"type": "IntentRequest"}},
        {"request": {"type": "IntentRequest", "intent": None}}, {"request": {"type": "IntentRequest", "intent": {}}},
        {"request": {"type": "IntentRequest", "intent": {"name": "It", "slots": []}}},
        {"request": {"type": "IntentRequest", "intent": {"name": "It", "slots": {"a": {"value": 1}}}}},
        {"request": {"type": "LaunchRequest", "timestamp": {}}}, {"request": {"type": "LaunchRequest"}, "session": 1},
        {"request": {"type": "LaunchRequest"}, "context": {"System": []}},
    ],
)  # fmt: skip
def test_what_is_not_alexas_is_unreadable(raw: Any) -> None:
    """With one kind of error."""
    with pytest.raises(Unreadable, match=r"This is no request of Alexa's"):
        read(raw)


def test_the_skill_is_named_in_two_places() -> None:
    """Both count."""
    raw = alexa()
    raw["session"]["application"] = {"applicationId": "amzn1.ask.skill.other"}
    assert open_envelope(raw).skill_ids == {SKILL, "amzn1.ask.skill.other"}


# ── broken in every way ───────────────────────────────────────────────────────────────────────────


@given(st.sampled_from(places(PLAYING)), JUNK)
def test_any_part_may_be_anything(place: tuple[Any, ...], value: Any) -> None:
    """It is read, or it is unreadable."""
    raw = changed(PLAYING, place, value)
    try:
        heard = read(raw)
    except Unreadable:
        return
    json.dumps(heard.session.attributes)
    assert heard.names
