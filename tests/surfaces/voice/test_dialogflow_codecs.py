"""What Dialogflow ES and CX send and take: in full, within Google's limits, and broken in every way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junk import JUNK, changed, places
from voices import PAGE, SESSION, cx_request, es_request, hear, written

from hipflask import voice
from hipflask.core.errors import UsageError
from hipflask.surfaces.voice.answers import Answer
from hipflask.surfaces.voice.dialogflow import cx, es
from hipflask.surfaces.voice.heard import Unreadable

SSML = "<speak>Who <break/> is on first.</speak>"
ES = es_request(
    "WhoIsOn",
    contexts=[
        {
            "name": f"{SESSION}/contexts/trade",
            "lifespanCount": 3,
            "parameters": {"who": "Lou", "who.original": "lou"},
        },
        {
            "name": f"{SESSION}/contexts/hipflask",
            "lifespanCount": 49,
            "parameters": {"attributes": {"runs": 1.0}},
        },
        {"name": f"{SESSION}/contexts/__system_counters__", "parameters": {"no-input": 0.0}},
    ],
    base="first",
    since={"startDate": "2026-11-23T12:00:00Z", "endDate": "2026-11-29T12:00:00Z"},
)
CX = cx_request(
    "WhoIsOn",
    intent="who.is.on",
    form={"base": "first", "since": None},
    hipflask={"attributes": {"runs": 1.0}, "contexts": {"trade": {"lifespan": 3, "parameters": {}}}},
    inning=9.0,
)


def test_an_es_request_in_full() -> None:
    """Its own context keeps the attributes, and is not shown."""
    heard = hear(ES)
    assert (heard.vendor, heard.intent, heard.locale, heard.text) == (
        "dialogflow",
        "WhoIsOn",
        "en",
        "who is on first",
    )
    assert heard.slots["base"].value == "first"
    assert heard.contexts["trade"].parameters["who"] == "Lou"
    assert "hipflask" not in heard.contexts
    assert heard.session.attributes == {"runs": 1.0}
    assert heard.session.id == SESSION
    assert not heard.session.is_new
    assert hear(es_request("It")).session.is_new


def test_a_linked_account_is_handed_on() -> None:
    """By whatever stands before Dialogflow."""
    raw = es_request("It")
    raw["originalDetectIntentRequest"]["payload"] = {"user": {"accessToken": "linked"}}
    assert hear(raw).session.user.access_token == "linked"


def test_a_cx_request_in_full() -> None:
    """The tag first, then the intent; what the form has collected before what the session knows."""
    heard = hear(CX)
    assert (heard.vendor, heard.names) == ("dialogflow-cx", ("WhoIsOn", "who.is.on"))
    assert heard.slots["base"].value == "first"
    assert heard.slots["since"].value is None
    assert heard.slots["inning"].value == 9.0
    assert "hipflask" not in heard.slots
    assert heard.session.attributes == {"runs": 1.0}
    assert list(heard.contexts) == ["trade"]
    matched = cx_request(intent="who.is.on")
    matched["intentInfo"]["parameters"] = {
        "base": {"originalValue": "1st", "resolvedValue": "first"},
        "by": {"originalValue": "me"},
    }
    assert hear(matched).slots["base"].value == "first"
    assert hear(matched).slots["by"].value == "me"
    assert hear({"triggerEvent": "sys.no-match-default", "text": "x"} | cx_request()).names == ("fallback",)


def test_es_answers_in_full() -> None:
    """Words, marked words, cards, suggestions, events, payloads."""
    assert written(ES, voice.statement("Who.")) == {
        "fulfillmentText": "Who.",
        "outputContexts": [
            {
                "name": f"{SESSION}/contexts/hipflask",
                "lifespanCount": 50,
                "parameters": {"attributes": {"runs": 1.0}},
            }
        ],
    }
    shown = voice.question(SSML).standard_card("Line-up", "Who", "https://x/s.png").suggest("first", "second")
    answer = written(ES, shown.with_payload({"own": 1}))
    assert answer["fulfillmentText"] == "Who is on first."
    assert answer["fulfillmentMessages"] == [
        {"text": {"text": ["Who is on first."]}},
        {"platform": "TELEPHONY", "telephonySynthesizeSpeech": {"ssml": SSML}},
        {"card": {"title": "Line-up", "subtitle": "Who", "imageUri": "https://x/s.png"}},
        {"quickReplies": {"quickReplies": ["first", "second"]}},
    ]
    assert answer["payload"] == {"own": 1}
    assert written(ES, voice.event("TRADE", who="Lou"))["followupEventInput"] == {
        "name": "TRADE",
        "parameters": {"who": "Lou"},
        "languageCode": "en",
    }


def test_cx_answers_in_full() -> None:
    """A statement ends the session, a question does not, and plain text leaves it to the flow."""
    kept = {
        "hipflask": {"attributes": {"runs": 1.0}, "contexts": {"trade": {"lifespan": 2, "parameters": {}}}}
    }
    answer = written(CX, voice.statement("Who."))
    assert answer == {
        "fulfillmentResponse": {"messages": [{"text": {"text": ["Who."]}}]},
        "sessionInfo": {"parameters": kept},
        "targetPage": PAGE.rpartition("/")[0] + "/END_SESSION",
    }
    assert "targetPage" not in written(CX, voice.question("Who?"))
    assert "targetPage" not in written(CX, Answer("Who."))
    shown = voice.question(SSML).simple_card("Line-up", "Who").suggest("first")
    assert written(CX, shown)["fulfillmentResponse"]["messages"] == [
        {"text": {"text": ["Who is on first."]}},
        {"outputAudioText": {"ssml": SSML}},
        {
            "payload": {
                "richContent": [
                    [
                        {"type": "info", "title": "Line-up", "subtitle": "Who"},
                        {"type": "chips", "options": [{"text": "first"}]},
                    ]
                ]
            }
        },
    ]


def test_a_parameter_that_no_form_asks_for_is_only_taken_out() -> None:
    """CX knows no such parameter of the page."""
    answer = written(CX, voice.elicit_slot("inning", "Which inning?"))
    assert "pageInfo" not in answer
    assert answer["sessionInfo"]["parameters"]["inning"] is None


@pytest.mark.parametrize("raw", [ES, CX], ids=["ES", "CX"])
def test_what_dialogflow_would_refuse_is_an_error_here(raw: Any) -> None:
    """Sixty-four kilobytes, and well-formed marks."""
    with pytest.raises(UsageError, match="Dialogflow takes 65536"):
        written(raw, voice.statement("x" * 70_000))
    with pytest.raises(UsageError, match="no well-formed SSML"):
        written(raw, voice.statement("<speak>&</speak>"))


@pytest.mark.parametrize(
    "raw",
    [{"queryResult": None}, {"queryResult": {"parameters": []}}, {"queryResult": {"outputContexts": [{}]}}],
)
def test_what_is_not_dialogflows_is_unreadable(raw: Any) -> None:
    """With one kind of error."""
    with pytest.raises(Unreadable, match=r"This is no request of Dialogflow's"):
        es.read(raw)
    with pytest.raises(Unreadable, match=r"This is no request of Dialogflow's"):
        cx.read({"sessionInfo": [], **raw})


@given(st.data())
def test_any_part_may_be_anything(data: st.DataObject) -> None:
    """It is read and answered, or it is unreadable."""
    raw = data.draw(st.sampled_from([ES, CX]))
    broken = changed(raw, data.draw(st.sampled_from(places(raw)[1:])), data.draw(JUNK))
    try:
        heard = (es if raw is ES else cx).read(broken)
    except Unreadable:
        return
    written_json = (es if raw is ES else cx).write(heard, voice.question("Who?").suggest("first"))
    assert isinstance(json.loads(written_json), dict)
