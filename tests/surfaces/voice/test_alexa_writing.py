"""Answers as Alexa takes them: each in full, within Amazon's limits, and as Amazon's own model reads it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ask_sdk_model import RequestEnvelope, ResponseEnvelope
from hypothesis import given
from hypothesis import strategies as st
from oracle import as_amazon_reads, round_trip
from voices import alexa, hear, intent, said, slot, words, written

from hipflask import Hipflask, Reply, voice
from hipflask.core.errors import UsageError
from hipflask.surfaces.voice.alexa import writing
from hipflask.surfaces.voice.answers import Answer, answer_of
from hipflask.surfaces.voice.streams import Audio, Stream

SONG = "https://sound.example/song.mp3"
IMAGE = "https://pictures.example/one.png"
SSML = '<speak>Who <break time="1s"/> is on <emphasis>first</emphasis> &amp; <amazon:effect name="whispered">second</amazon:effect>.</speak>'

ANSWERS: dict[str, Answer] = {
    "statement": voice.statement("Who is on first."),
    "tell": voice.tell("Who is on first."),
    "ssml": voice.statement(SSML),
    "question": voice.question("Which base?"),
    "ask": voice.ask("Which base?").reprompt("Well?"),
    "reprompt in ssml": voice.question("Which base?").reprompt(SSML),
    "simple card": voice.statement("Out.").simple_card("Line-up", "Who: first"),
    "card without a text": voice.statement("Out.").simple_card("Line-up"),
    "standard card": voice.statement("Out.").standard_card("Line-up", "Who: first", IMAGE, IMAGE),
    "card with one picture": voice.statement("Out.").standard_card("Line-up", "Who", large_image_url=IMAGE),
    "title alone": answer_of(Reply("Out.", card="Line-up")),
    "link account": voice.statement("Please sign in.").link_account_card(),
    "consent": voice.statement("May I?").consent_card("read::alexa:device:all:address"),
    "consents": voice.statement("May I?").consent_card(["alexa::profile:name:read", "alexa::profile:email:read"]),
    "delegate": voice.delegate(),
    "delegate to another": voice.delegate(updated_intent="Other"),
    "elicit": voice.elicit_slot("base", "Which base?"),
    "elicit with an intent": voice.elicit_slot(
        "base", "Which?", {"name": "It", "confirmationStatus": "NONE", "slots": {"base": {"name": "base", "confirmationStatus": "NONE"}}}
    ),
    "confirm slot": voice.confirm_slot("base", "First?"),
    "confirm intent": voice.confirm_intent("Trade him?"),
    "play": voice.audio("Here it is.").play(SONG, offset=10),
    "play next": voice.audio().play_next(SONG, opaque_token="next"),
    "enqueue": Audio(None, Stream("now", 5)).enqueue(SONG),
    "stop": voice.audio().stop(),
    "clear": voice.audio().clear_queue(),
    "clear all": voice.audio().clear_queue(stop=True),
    "resume": Audio(None, Stream(SONG, 4711)).resume(),
    "body template": voice.statement("See.").display_render(
        template="BodyTemplate2", title="Line-up", token="t", backButton="VISIBLE", background_image_url=IMAGE, image=IMAGE,
        text={"primaryText": {"type": "PlainText", "text": "Who"}}, hintText="who is on second",
    ),
    "list template": voice.statement("See.").list_display_render(
        title="Line-up", listItems=[{"token": "1", "textContent": {"primaryText": {"type": "PlainText", "text": "Who"}}}],
    ),
    "buy": voice.buy("amzn1.adg.product.1"),
    "upsell": voice.upsell("amzn1.adg.product.1", "Want to hear more?"),
    "refund": voice.refund("amzn1.adg.product.1"),
    "apl": voice.statement("See.").directive(
        {"type": "Alexa.Presentation.APL.RenderDocument", "token": "t", "document": {"type": "APL", "version": "1.6"}, "datasources": {}}
    ),
    "can fulfill": Answer().with_alexa(canFulfillIntent={"canFulfill": "YES", "slots": {"base": {"canUnderstand": "YES", "canFulfill": "YES"}}}),
    "to an api": voice.statement("Done.").with_alexa(apiResponse={"who": "Lou"}),
    "reply": answer_of(Reply(1, "Which?", "Well?", ("Line-up", "Who"))),
    "reply that ends": answer_of(Reply(1, end=True)),
    "nothing": answer_of(None),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_amazons_own_model_reads_each_answer_and_writes_the_same(name: str) -> None:
    """Nothing is lost on the way, and nothing is of another type."""
    answer = written(
        intent("It", slot("base", "first"), dialog="IN_PROGRESS", attributes={"runs": 1}), ANSWERS[name]
    )
    assert round_trip(answer, ResponseEnvelope) == answer


@pytest.mark.parametrize(
    "response",
    [
        {"shouldEndSession": "yes"},
        {"outputSpeech": {"type": "Plain", "text": "x"}},
        {"outputSpeech": {"type": "PlainText", "txt": "x"}},
        {"card": {"type": "Simple", "content": 1}},
        {"directives": [{"type": "Dialog.Elicit"}]},
        {"directives": [{"type": "AudioPlayer.ClearQueue", "clearBehavior": "ALL"}]},
        {"speech": "x"},
    ],
)
def test_the_oracle_is_not_blind(response: Any) -> None:
    """What Amazon does not know, it refuses."""
    with pytest.raises(ValueError):
        as_amazon_reads({"version": "1.0", "response": response}, ResponseEnvelope)


@pytest.mark.parametrize(
    "raw",
    [alexa(), intent("It", slot("base", "x", ("1", "X")), dialog="STARTED"), alexa("SessionEndedRequest", reason="USER_INITIATED")],
    ids=["launch", "intent", "end"],
)  # fmt: skip
def test_the_requests_of_these_tests_are_amazons(raw: Any) -> None:
    """The oracle reads them, too: what is tested here is what will come."""
    envelope = as_amazon_reads(raw, RequestEnvelope)
    assert envelope.request.object_type == raw["request"]["type"]


def response(answer: Answer, raw: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = written(raw or intent("It", dialog="STARTED"), answer)["response"]
    return found


def test_what_each_answer_is_in_full() -> None:
    """A few to the letter; the others are held against the oracle."""
    assert response(ANSWERS["ssml"]) == {
        "outputSpeech": {"type": "SSML", "ssml": SSML},
        "shouldEndSession": True,
    }
    assert response(ANSWERS["standard card"])["card"] == {
        "type": "Standard",
        "title": "Line-up",
        "text": "Who: first",
        "image": {"smallImageUrl": IMAGE, "largeImageUrl": IMAGE},
    }
    assert response(ANSWERS["link account"])["card"] == {"type": "LinkAccount"}
    assert response(ANSWERS["consent"])["card"] == {
        "type": "AskForPermissionsConsent",
        "permissions": ["read::alexa:device:all:address"],
    }
    assert response(ANSWERS["elicit"]) == {
        "outputSpeech": {"type": "PlainText", "text": "Which base?"},
        "directives": [{"type": "Dialog.ElicitSlot", "slotToElicit": "base"}],
        "shouldEndSession": False,
    }
    assert response(ANSWERS["confirm slot"])["directives"] == [
        {"type": "Dialog.ConfirmSlot", "slotToConfirm": "base"}
    ]
    assert response(ANSWERS["delegate"]) == {
        "directives": [{"type": "Dialog.Delegate"}],
        "shouldEndSession": False,
    }
    assert response(ANSWERS["play"])["directives"] == [
        {
            "type": "AudioPlayer.Play",
            "playBehavior": "REPLACE_ALL",
            "audioItem": {"stream": {"url": SONG, "token": SONG, "offsetInMilliseconds": 10}},
        }
    ]
    assert response(ANSWERS["resume"])["directives"][0]["audioItem"]["stream"]["offsetInMilliseconds"] == 4711
    assert (
        response(ANSWERS["enqueue"])["directives"][0]["audioItem"]["stream"]["expectedPreviousToken"] == "now"
    )
    assert response(ANSWERS["upsell"])["directives"] == [
        {
            "type": "Connections.SendRequest",
            "name": "Upsell",
            "payload": {
                "InSkillProduct": {"productId": "amzn1.adg.product.1"},
                "upsellMessage": "Want to hear more?",
            },
            "token": "upsell",
        }
    ]
    assert response(ANSWERS["nothing"]) == {"shouldEndSession": True}


def test_a_dialog_that_the_model_does_not_have_is_a_plain_question() -> None:
    """Alexa would refuse the directive."""
    answer = response(voice.elicit_slot("base", "Which base?"), intent("It"))
    assert answer == {"outputSpeech": {"type": "PlainText", "text": "Which base?"}, "shouldEndSession": False}


def test_there_is_nothing_to_delegate_when_the_dialog_is_complete() -> None:
    """Alexa would refuse it, and the user would hear of a problem."""
    with pytest.raises(UsageError, match=r"test voice\.request\.dialog first"):
        response(voice.delegate(), intent("It", dialog="COMPLETED"))


def test_a_parameters_name_stands_for_its_slots(app: Hipflask) -> None:
    """The function need not know what the model calls it."""

    @app.intent("It", "on {theBase}")
    def it(the_base: str = "") -> voice.Answer:
        return voice.elicit_slot("the_base", "Which?")

    answer = said(app, intent("It", dialog="STARTED"))
    assert answer["response"]["directives"] == [{"type": "Dialog.ElicitSlot", "slotToElicit": "theBase"}]


@pytest.mark.parametrize(
    "kind",
    [
        "SessionEndedRequest",
        "AudioPlayer.PlaybackStopped",
        "PlaybackController.PlayCommandIssued",
        "AlexaSkillEvent.SkillEnabled",
    ],
)
def test_where_nobody_listens_nothing_is_said(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """Alexa refuses an answer with words there; its player takes orders."""
    assert response(voice.statement("Hello?").simple_card("T"), alexa(kind)) == {}
    assert f"Alexa takes neither speech nor cards in answer to {kind}" in caplog.text
    orders = response(voice.audio().stop(), alexa(kind))
    assert orders == (
        {"directives": [{"type": "AudioPlayer.Stop"}]} if kind.startswith(("Audio", "Playback")) else {}
    )


def test_a_video_does_not_say_whether_the_session_ends() -> None:
    """Alexa refuses an answer that does."""
    launch = {"type": "VideoApp.Launch", "videoItem": {"source": "https://video.example/a.mp4"}}
    assert "shouldEndSession" not in response(voice.statement("Look.").directive(launch))


# ── limits ────────────────────────────────────────────────────────────────────────────────────────


def test_words_that_are_too_long_end_with_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    """And the log says so."""
    answer = response(voice.statement("Who is on first. " * 1000))
    text = answer["outputSpeech"]["text"]
    assert 7900 < len(text) <= 8000
    assert text.endswith("first.")
    assert "A speech of 17000 characters has been cut: 8000 are taken." in caplog.text
    assert response(voice.statement("x" * 9000))["outputSpeech"]["text"] == "x" * 7999 + "…"


def test_a_card_that_is_too_long_is_cut() -> None:
    """All that is on it counts."""
    card = response(voice.statement("Out.").standard_card("T" * 100, "Who. " * 2000, IMAGE))["card"]
    assert 7000 < len(card["title"]) + len(card["text"]) + len(IMAGE) <= 8000


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda: voice.statement(f"<speak>{'x' * 8000}</speak>"), "characters of SSML, and Alexa takes 8000"),
        (lambda: voice.statement("<speak>Tom & Jerry</speak>"), "no well-formed SSML"),
        (lambda: voice.statement("<speak>Tom<break></speak>"), "no well-formed SSML"),
        (lambda: voice.statement("<speak>Tom</speak> and Jerry"), "no well-formed SSML"),
        (lambda: voice.statement("<!DOCTYPE x><speak/>").__class__("<speak><!-- --></speak>"), "takes no <!DOCTYPE>"),
        (lambda: voice.question("Which?").reprompt("<speak>"), "no well-formed SSML"),
        (lambda: voice.statement("Out.").simple_card("T" * 8001), "shorten its title"),
        (lambda: voice.statement("Out.").standard_card("T", "t", "https://x/" + "y" * 2000), "at most 2000 characters"),
        (lambda: voice.statement("Out.").standard_card("T", "t", "http://x/"), "https:// address"),
        (lambda: voice.audio().play("http://x/"), "https:// addresses only"),
        (lambda: voice.audio().play("https://x/" + "y" * 1100), "give an opaque_token"),
        (lambda: voice.audio().play(SONG, opaque_token="t" * 1025), "give an opaque_token"),
        (lambda: voice.audio().resume(), "Nothing is known to resume"),
        (lambda: voice.audio().play("https://x/" + "y" * 8000, opaque_token="t"), "url of a stream may have 8000"),
        (lambda: voice.statement("Out.").directive({"type": "X", "x": "y" * 25000}), "Alexa takes 24576"),
        (lambda: voice.statement("Out.").directive({"no": "type"}), "A directive is a dict with a type"),
        (lambda: answer_of(Reply(card=3)), "A card is a title and a text"),
    ],
)  # fmt: skip
def test_what_alexa_would_refuse_is_an_error_here(answer: Any, why: str) -> None:
    """With what to do instead, in the log of the author and not in the ear of the user."""
    with pytest.raises(UsageError, match=why):
        response(answer())


def test_too_large_a_session_is_an_error_and_an_apology(
    app: Hipflask, caplog: pytest.LogCaptureFixture
) -> None:
    """The apology comes without what was too large."""

    @app.intent("It")
    def it() -> str:
        voice.session.attributes["all"] = "x" * 30_000
        return "Done."

    answer = said(app, intent("It", attributes={"kept": 1}))
    assert words(answer) == "Sorry, something went wrong. Please try again later."
    assert answer["sessionAttributes"] == {"kept": 1}
    assert "Alexa takes 24576, the session's attributes included" in caplog.text


def test_attributes_are_written_as_json() -> None:
    """Whatever has a form there; a date is its text."""
    import datetime as dt

    heard = hear(alexa())
    heard.session.attributes["day"] = dt.date(2026, 11, 23)
    assert json.loads(writing.write(heard, voice.statement("x")))["sessionAttributes"] == {
        "day": "2026-11-23"
    }
    heard.session.attributes["odd"] = object()
    with pytest.raises(UsageError, match="no form outside Python"):
        writing.write(heard, voice.statement("x"))


# ── whatever is said ──────────────────────────────────────────────────────────────────────────────


@given(
    speech=st.none() | st.text(max_size=50),
    again=st.text(max_size=20),
    title=st.text(max_size=20),
    attributes=st.dictionaries(st.text(max_size=8), st.integers(-(2**53), 2**53) | st.text(max_size=8) | st.none(), max_size=3),
    end=st.none() | st.booleans(),
)  # fmt: skip
def test_whatever_is_said_amazons_model_reads_it(
    speech: str | None, again: str, title: str, attributes: dict[str, Any], end: bool | None
) -> None:
    """Or it is refused here."""
    raw = intent("It", attributes=attributes)
    try:
        answer = written(raw, answer_of(Reply(None, speech, again or None, (title, "t"), end)))
    except UsageError:
        assert speech is not None or again
        return
    assert round_trip(answer, ResponseEnvelope) == answer
    assert len(json.dumps(answer)) < 24 * 1024
    if speech and not speech.lstrip().startswith("<speak"):
        assert words(answer) == speech
