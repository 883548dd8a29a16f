"""Talking to an app through its endpoints, in the JSON of three vendors."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import flask
import pytest
from msgspec import Meta
from voices import SESSION, alexa, cx_request, es_request, intent, said, slot, words

from hipflask import Hipflask, Reply, voice
from hipflask.surfaces.voice.models.vocabulary import vocabulary_of

Asking = Callable[..., dict[str, Any]]


@pytest.fixture(params=["alexa", "es", "cx"])
def ask(request: pytest.FixtureRequest) -> Asking:
    """An intent with text slots, in the words of one vendor after the other."""

    def by_alexa(name: str, **slots: str) -> dict[str, Any]:
        return intent(name, *(slot(each, value) for each, value in slots.items()))

    return {"alexa": by_alexa, "es": es_request, "cx": cx_request}[request.param]


@dataclass
class Player:
    name: str


# ── who answers ───────────────────────────────────────────────────────────────────────────────────


def test_a_plain_function_answers_every_vendor(app: Hipflask, ask: Asking) -> None:
    """What it returns is said."""

    @app.intent("WhoIsOn", "who is on {base}")
    def who(base: Literal["first", "second"], since: dt.date | None = None) -> str:
        return f"Who is on {base} since {since}."

    assert (
        words(said(app, ask("WhoIsOn", base="First", since="2015-11-25")))
        == "Who is on first since 2015-11-25."
    )


def test_launch_session_and_fallback(app: Hipflask) -> None:
    """The occasions, in the order in which they come."""
    told: list[object] = []

    @app.on_session_started
    def started() -> None:
        told.append(("started", voice.session.is_new))

    @app.launch
    def hello() -> voice.Question:
        return voice.question("Which base?").reprompt("First, perhaps?")

    @app.fallback
    def what() -> str:
        return f"What is {voice.request.intent}?"

    @app.session_ended
    def ended(reason: str, error: dict[str, str] | None = None) -> None:
        told.append((reason, error))

    launched = said(app, alexa(is_new=True))["response"]
    assert launched == {
        "outputSpeech": {"type": "PlainText", "text": "Which base?"},
        "reprompt": {"outputSpeech": {"type": "PlainText", "text": "First, perhaps?"}},
        "shouldEndSession": False,
    }
    assert words(said(app, intent("Unknown"))) == "What is Unknown?"
    assert words(said(app, intent("AMAZON.FallbackIntent"))) == "What is AMAZON.FallbackIntent?"
    assert words(said(app, es_request("Default Fallback Intent"))) == "What is Default Fallback Intent?"
    assert words(said(app, es_request("Default Welcome Intent"))) == "Which base?"
    assert words(said(app, cx_request(intent="Default Welcome Intent"))) == "Which base?"
    assert (
        said(app, alexa("SessionEndedRequest", reason="ERROR", error={"type": "T", "message": "M"}))[
            "response"
        ]
        == {}
    )
    assert told[0] == ("started", True)
    assert told[-1] == ("ERROR", {"type": "T", "message": "M"})


def test_stop_and_help_are_understood_without_a_function(app: Hipflask) -> None:
    """Every skill must; a function of one's own goes first."""

    @app.intent("Lineup", "who plays", "who plays {when}", "{base}", "who is on {base}")
    def lineup(when: str = "", base: Literal["first", "second"] = "first") -> str: ...

    for name in ("AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.NavigateHomeIntent"):
        assert said(app, intent(name))["response"] == {"shouldEndSession": True}
    helped = said(app, intent("AMAZON.HelpIntent"))
    assert words(helped) == "You can say: who plays, who is on first."
    assert not helped["response"]["shouldEndSession"]


def test_without_a_launch_there_is_a_welcome(app: Hipflask) -> None:
    """A skill that only answers questions is opened all the same."""

    @app.intent("It")
    def it() -> str: ...

    answer = said(app, alexa())
    assert words(answer) == "Hello. What would you like?"
    assert not answer["response"]["shouldEndSession"]


def test_any_other_request_of_alexas_has_a_function(app: Hipflask) -> None:
    """By its type."""

    @app.on_alexa("Alexa.Presentation.APL.UserEvent")
    def touched(arguments: list[str], token: str = "") -> str:
        return f"{arguments} {token}"

    assert (
        words(said(app, alexa("Alexa.Presentation.APL.UserEvent", arguments=["a"], token="t"))) == "['a'] t"
    )


def test_an_own_stop_goes_first(app: Hipflask) -> None:
    """Nothing is taken from the author."""

    @app.intent("AMAZON.StopIntent")
    def stop() -> str:
        return "Out."

    assert words(said(app, intent("AMAZON.StopIntent"))) == "Out."


def test_an_unknown_intent_is_told_to_the_author(
    app: Hipflask, ask: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    """The listener hears one sentence, and may go on."""

    @app.launch
    def hello() -> str: ...

    answer = said(app, ask("NoSuchIntent"))
    assert words(answer) == "Sorry, I do not know how to help with that."
    assert "Write @app.intent('NoSuchIntent') above a function, or @app.fallback" in caplog.text


def test_an_occasion_that_nobody_asked_for_is_answered_with_nothing(app: Hipflask) -> None:
    """Alexa tells of much."""

    @app.launch
    def hello() -> str: ...

    assert said(app, alexa("AudioPlayer.PlaybackStarted", token="t"))["response"] == {}
    assert said(app, alexa("AlexaSkillEvent.SkillEnabled"))["response"] == {}


def test_two_functions_for_one_intent_are_told_apart_by_contexts(app: Hipflask) -> None:
    """Dialogflow ES has contexts; for the others they travel in the session."""

    @app.intent("Yes")
    def yes() -> str:
        return "Yes what?"

    @app.intent("Yes", contexts=["trade"])
    def trade() -> str:
        voice.contexts.remove("trade")
        return f"{voice.contexts.get_param('lineup', 'name', 'Nobody')} is traded."

    @app.intent("Trade")
    def ask() -> voice.Question:
        voice.contexts.add("trade", lifespan=2)
        voice.contexts.add("lineup", name="Who")
        return voice.question("Trade him?")

    first = said(app, intent("Trade"))
    second = intent("Yes", attributes=first["sessionAttributes"])
    assert words(said(app, intent("Yes"))) == "Yes what?"
    answer = said(app, second)
    assert words(answer) == "Who is traded."
    assert words(said(app, intent("Yes", attributes=answer["sessionAttributes"]))) == "Yes what?"

    first = said(app, es_request("Trade"))
    named = {each["name"].rpartition("/")[2]: each for each in first["outputContexts"]}
    assert named["trade"] == {"name": f"{SESSION}/contexts/trade", "lifespanCount": 2, "parameters": {}}
    answer = said(app, es_request("Yes", contexts=first["outputContexts"]))
    assert words(answer) == "Who is traded."
    assert {"name": f"{SESSION}/contexts/trade", "lifespanCount": 0, "parameters": {}} in answer[
        "outputContexts"
    ]

    first = said(app, cx_request("Trade"))
    assert words(said(app, cx_request("Yes", **first["sessionInfo"]["parameters"]))) == "Who is traded."


def test_contexts_are_set_in_part_and_ended_together(app: Hipflask) -> None:
    """As with Flask-Assistant's context manager."""

    @app.intent("Set")
    def change() -> str:
        voice.contexts.set("trade", "who", "Lou")
        voice.contexts.set("trade", "whom", "Bud")
        return (
            f"{voice.contexts['trade'].parameters} {voice.contexts['trade'].lifespan} {len(voice.contexts)}"
        )

    @app.intent("Clear")
    def clear() -> str:
        voice.contexts.clear_all()
        return f"{len(voice.contexts)}"

    answer = said(app, intent("Set"))
    assert words(answer) == "{'who': 'Lou', 'whom': 'Bud'} 5 1"
    cleared = said(app, intent("Clear", attributes=answer["sessionAttributes"]))
    assert words(cleared) == "0"
    assert "sessionAttributes" not in cleared


def test_a_context_lives_for_so_many_turns(app: Hipflask) -> None:
    """Then it is as if it had not been."""

    @app.intent("Begin")
    def begin() -> str:
        voice.contexts.add("trade", lifespan=2)
        return "."

    @app.intent("Next")
    def follow() -> str:
        return ",".join(voice.contexts) or "none"

    attributes = said(app, intent("Begin"))["sessionAttributes"]
    heard = []
    for _ in range(3):
        answer = said(app, intent("Next", attributes=attributes))
        attributes = answer.get("sessionAttributes", {})
        heard.append(words(answer))
    assert heard == ["trade", "trade", "none"]


def test_two_functions_that_cannot_be_told_apart_are_an_error(
    app: Hipflask, caplog: pytest.LogCaptureFixture
) -> None:
    """Rather than one of them by chance."""

    @app.intent("Yes")
    def one() -> str: ...

    @app.intent("Yes")
    def two() -> str: ...

    assert (
        app.test_client()
        .post("/voice/alexa", json=intent("Yes"), environ_overrides={"hipflask.voice.trusted": True})
        .status_code
        == 500
    )
    assert "'Yes' means one() and two() at once" in caplog.text


# ── what does not fit ─────────────────────────────────────────────────────────────────────────────


def test_what_is_missing_is_elicited_where_there_is_a_dialog(app: Hipflask) -> None:
    """And asked plainly where the model has none."""

    @app.intent("WhoIsOn", "who is on {Base}")
    def who(base: Literal["first", "second"]) -> str: ...

    answer = said(app, intent("WhoIsOn", slot("Base"), dialog="STARTED"))["response"]
    assert answer["outputSpeech"]["text"] == "Which base: first or second?"
    assert answer["directives"] == [{"type": "Dialog.ElicitSlot", "slotToElicit": "Base"}]
    assert not answer["shouldEndSession"]
    plain = said(app, intent("WhoIsOn", slot("Base")))["response"]
    assert "directives" not in plain
    assert plain["reprompt"]["outputSpeech"]["text"] == "Which base: first or second?"
    assert not plain["shouldEndSession"]


def test_dialogflow_is_asked_to_collect_it_again(app: Hipflask) -> None:
    """ES says the question; in CX the parameter is invalid, and leaves the session."""

    @app.intent("WhoIsOn", "who is on {base}")
    def who(base: Literal["first", "second"]) -> str: ...

    question = "I heard tenth. Which base do you mean: first or second?"
    assert said(app, es_request("WhoIsOn", base="tenth"))["fulfillmentText"] == question
    answer = said(app, cx_request("WhoIsOn", form={"base": "tenth"}, base="tenth"))
    assert words(answer) == question
    assert answer["pageInfo"]["formInfo"]["parameterInfo"] == [
        {"displayName": "base", "required": True, "state": "INVALID", "value": None}
    ]
    assert answer["sessionInfo"]["parameters"]["base"] is None


def _carried(answer: dict[str, Any], raw: dict[str, Any], text: str) -> dict[str, Any]:
    """The next request of the same conversation, in which these words were heard."""
    if "queryResult" in raw:
        raw["queryResult"] |= {"outputContexts": answer["outputContexts"], "queryText": text}
    else:
        raw["sessionInfo"]["parameters"] = answer["sessionInfo"]["parameters"]
        raw["text"] = text
    return raw


@pytest.mark.parametrize("vendor", ["es", "cx"])
def test_words_without_an_intent_answer_the_question_before_them(app: Hipflask, vendor: str) -> None:
    """Dialogflow hands them on as its fallback; what was said before still holds."""

    @app.intent("WhoIsOn", "who is on {base} in the {inning}")
    def who(base: Literal["first", "second"], inning: int) -> str:
        return f"Who is on {base} in the {inning}."

    @app.intent("Score")
    def score() -> str:
        return "Nil."

    @app.fallback
    def what() -> str:
        return "What?"

    request_of = {"es": es_request, "cx": cx_request}[vendor]
    lost = {"es": es_request("Default Fallback Intent"), "cx": cx_request(intent="Default Negative Intent")}[
        vendor
    ]
    asked = said(app, request_of("WhoIsOn", base="tenth", inning=9.0))
    assert words(asked).startswith("I heard tenth.")
    again = said(app, _carried(asked, lost, "the tenth"))
    assert words(again).startswith("I heard the tenth.")
    answered = said(app, _carried(again, lost, "Second"))
    assert words(answered) == "Who is on second in the 9."
    assert words(said(app, _carried(answered, lost, "Second"))) == "What?"
    assert words(said(app, _carried(asked, request_of("Score"), "score"))) == "Nil."
    unasked = said(app, _carried(asked, request_of("Score"), "score"))
    assert words(said(app, _carried(unasked, lost, "Second"))) == "What?"


def test_who_is_not_understood_over_and_over_is_let_go(app: Hipflask) -> None:
    """They want something else."""

    @app.intent("WhoIsOn")
    def who(base: Literal["first", "second"]) -> str: ...

    @app.fallback
    def what() -> str:
        return "What?"

    answer = said(app, es_request("WhoIsOn", base="tenth"))
    heard = []
    for _ in range(4):
        answer = said(app, _carried(answer, es_request("Default Fallback Intent"), "stop"))
        heard.append(words(answer)[:6])
    assert heard == ["I hear", "I hear", "I hear", "What?"]


@pytest.mark.parametrize(
    "kept", [1, {}, {"intent": 1}, {"intent": "WhoIsOn", "slot": "base", "values": [], "tries": 0}]
)
def test_a_question_that_somebody_has_tampered_with_is_none(app: Hipflask, kept: Any) -> None:
    """Sessions travel by way of others."""

    @app.fallback
    def what() -> str:
        return "What?"

    asked = {
        "name": f"{SESSION}/contexts/hipflask",
        "lifespanCount": 9,
        "parameters": {"attributes": {"hipflask.pending": kept}},
    }
    assert words(said(app, es_request("Default Fallback Intent", contexts=[asked]))) == "What?"


@pytest.mark.parametrize(
    ("slots", "sentence"),
    [
        ([], "What is the number?"),
        ([slot("number", "?")], "I did not get the number: I need a whole number. Please say it again."),
        ([slot("number", "many")], "I heard many, but I need a whole number. What is the number?"),
        (
            [slot("number", "1"), slot("the_day", "soon")],
            "I heard soon, but I need a date, such as tomorrow. What is the the day?",
        ),
        (
            [slot("number", "1"), slot("name", "Lou", ("1", "Lou Abbott"), ("2", "Lou Costello"))],
            "Which name do you mean: Lou Abbott or Lou Costello?",
        ),
    ],
)
def test_each_misfit_has_its_sentence(app: Hipflask, slots: list[Any], sentence: str) -> None:
    """What was heard, what is needed."""

    @app.intent("It")
    def it(number: int, name: str = "", the_day: dt.date | None = None) -> str: ...

    assert words(said(app, intent("It", *slots))) == sentence


def test_limits_are_told_whoever_has_made_a_number_of_it(app: Hipflask) -> None:
    """Dialogflow sends numbers, with a point."""

    @app.intent("It")
    def it(inning: Annotated[int, Meta(ge=1, le=9)]) -> str: ...

    sentence = "I heard 10, but I need a whole number from 1 to 9. What is the inning?"
    for raw in (
        intent("It", slot("inning", "10")),
        es_request("It", inning=10.0),
        cx_request("It", inning=10),
    ):
        assert words(said(app, raw)) == sentence
    lost = "I did not get the inning: I need a whole number from 1 to 9. Please say it again."
    assert words(said(app, es_request("It", inning={"x": 1}))) == lost


def test_more_choices_than_anybody_remembers_are_not_read_out(app: Hipflask) -> None:
    """A name is asked for instead."""

    @app.intent("It")
    def it(team: Literal["a", "b", "c", "d", "e", "f", "g"]) -> str: ...

    assert words(said(app, intent("It"))) == "What is the team?"
    assert words(said(app, intent("It", slot("team", "x")))) == "I did not get the team. Please say it again."


def test_prompt_for_has_the_word_where_something_is_missing(app: Hipflask) -> None:
    """As in Flask-Assistant; what does not fit is told by us."""

    @app.intent("WhoIsOn", "who is on {base}")
    def who(base: Literal["first", "second"]) -> str: ...

    @app.prompt_for("base", "WhoIsOn")
    def which() -> str:
        return "Well, which?"

    answer = said(app, intent("WhoIsOn", dialog="STARTED"))["response"]
    assert answer["outputSpeech"]["text"] == "Well, which?"
    assert answer["directives"] == [{"type": "Dialog.ElicitSlot", "slotToElicit": "base"}]
    assert words(said(app, intent("WhoIsOn", slot("base", "x")))).startswith("I heard x.")


def test_what_the_user_has_not_confirmed_is_not_done(app: Hipflask) -> None:
    """The function is not called at all."""
    done = []

    @app.intent("Trade")
    def trade() -> str:
        done.append(1)
        return "Traded."

    assert words(said(app, intent("Trade", confirmation="DENIED"))) == "All right, I will not."
    assert not done
    assert words(said(app, intent("Trade", confirmation="CONFIRMED"))) == "Traded."


def test_sentences_speak_the_listeners_language(app: Hipflask) -> None:
    """Those that the app has, by locale, by language, or else in English."""
    app.config["VOICE_SENTENCES"] = {
        "de": {"missing": "Und {slot}?", "unknown": "Wie bitte?"},
        "de-CH": {"unknown": "Bitte?"},
        "en": {"unknown": "Pardon?"},
    }

    @app.intent("It")
    def it(wann: str) -> str: ...

    assert words(said(app, intent("It", locale="de-DE"))) == "Und wann?"
    assert words(said(app, intent("No", locale="de-DE"))) == "Wie bitte?"
    assert words(said(app, intent("No", locale="de-CH"))) == "Bitte?"
    assert words(said(app, intent("No", locale="fr-FR"))) == "Pardon?"
    assert words(said(app, intent("It", locale="fr-FR"))) == "What is the wann?"


def test_what_stands_in_a_sentence_is_of_that_language_too(app: Hipflask) -> None:
    """A slot's name, what its values are called, and the samples that help names."""
    app.config["VOICE_SENTENCES"] = {
        "de": {
            "missing_choice": "{slot}: {options}?",
            "unfit_choice": "Nicht {heard}: {options}?",
            "or": "oder",
            "help": "Sag: {samples}.",
        }
    }
    app.config["VOICE_LOCALES"] = {
        "de": {
            "samples": {"It": ["wer steht auf {base}", "wer spielt"], "More": "mehr"},
            "synonyms": {"first": ["der ersten", "eins"], "second": "der zweiten"},
            "slots": {"base": "Auf welcher Base"},
        }
    }

    @app.intent("It", "who is on {base}")
    def it(base: Literal["first", "second", "third"]) -> str:
        return base

    @app.intent("More", "more")
    def more() -> str: ...

    asked = words(said(app, intent("It", locale="de-DE")))
    assert asked == "Auf welcher Base: der ersten, der zweiten oder third?"
    refused = words(said(app, intent("It", slot("base", "vier"), locale="de-DE")))
    assert refused == "Nicht vier: der ersten, der zweiten oder third?"
    helped = words(said(app, intent("AMAZON.HelpIntent", locale="de-AT")))
    assert helped == "Sag: wer steht auf der ersten, wer spielt, mehr."
    assert words(said(app, intent("It"))) == "Which base: first, second or third?"
    model = vocabulary_of(app.actions, app.config, "de-DE")
    assert model.intents[0].slots[0].question == asked, "the model's prompt is the same"


# ── what a function returns and sees ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("result", "spoken"),
    [
        ("Who.", "Who."),
        (3, "3"),
        (2.5, "2.5"),
        (True, "yes"),
        (["Who", "What", "I Don't Know"], "Who, What and I Don't Know"),
        ([], ""),
        (None, ""),
        (dt.date(2026, 11, 23), "2026-11-23"),
        (Reply({"who": "Lou"}, speech="It is Lou."), "It is Lou."),
        (Reply(7), "7"),
    ],
)
def test_what_is_returned_is_said(app: Hipflask, ask: Asking, result: Any, spoken: str) -> None:
    """Text, and what has plain words."""

    @app.intent("It")
    def it() -> Any:
        return result

    assert words(said(app, ask("It"))) == spoken


def test_a_reply_asks_and_shows(app: Hipflask) -> None:
    """Everything that it can hold, for Alexa."""

    @app.intent("It")
    def it() -> Reply:
        return Reply(1, speech="Which?", reprompt="Well?", card=("Line-up", "Who: first"))

    assert said(app, intent("It"))["response"] == {
        "outputSpeech": {"type": "PlainText", "text": "Which?"},
        "reprompt": {"outputSpeech": {"type": "PlainText", "text": "Well?"}},
        "card": {"type": "Simple", "title": "Line-up", "content": "Who: first"},
        "shouldEndSession": False,
    }


def test_one_function_has_other_doors_too(app: Hipflask) -> None:
    """Data for the web, the words for who listens; an answer for a voice is its words elsewhere."""

    @app.api("/who")
    @app.intent("Who")
    def who() -> Reply:
        return Reply([Player("Lou")], speech="It is Lou.")

    @app.api("/what")
    @app.intent("What")
    def what() -> voice.Answer:
        return voice.statement("<speak>Tom &amp; <break/>Jerry.</speak>").simple_card("T", "C")

    @app.api("/whom")
    @app.intent("Whom")
    def whom() -> voice.Answer:
        return voice.statement("It is Lou.").with_data(Player("Lou"))

    assert not voice.is_speaking()
    assert words(said(app, intent("Who"))) == "It is Lou."
    client = app.test_client()
    assert client.get("/who").get_json() == [{"name": "Lou"}]
    assert client.get("/what").get_json() == "Tom & Jerry."
    assert client.get("/whom").get_json() == {"name": "Lou"}


def test_session_attributes_are_there_again(app: Hipflask, ask: Asking) -> None:
    """With every vendor."""

    @app.intent("Count")
    def count() -> str:
        runs = voice.session.attributes.get("runs", 0) + 1
        voice.session.attributes["runs"] = runs
        return f"{runs}"

    answer = said(app, ask("Count"))
    assert words(answer) == "1"
    again = ask("Count")
    if "sessionAttributes" in answer:
        again["session"]["attributes"] = answer["sessionAttributes"]
    elif "outputContexts" in answer:
        again["queryResult"]["outputContexts"] = answer["outputContexts"]
    else:
        again["sessionInfo"]["parameters"] = answer["sessionInfo"]["parameters"]
    assert words(said(app, again)) == "2"


def test_a_function_sees_who_speaks_and_where(app: Hipflask) -> None:
    """The linked account, the locale, the device."""

    @app.intent("It")
    def it() -> str:
        seen = (
            voice.user.id, voice.user.access_token, voice.user.person, voice.request.locale, voice.session.id,
            voice.context["System"]["device"]["deviceId"], voice.request.vendor, flask.request.path,
        )  # fmt: skip
        return "|".join(map(str, seen))

    raw = intent("It", locale="en-GB")
    raw["context"]["System"]["user"]["accessToken"] = "secret"
    raw["context"]["System"]["person"] = {"personId": "amzn1.ask.person.lou"}
    assert words(said(app, raw)).split("|") == [
        "amzn1.ask.account.lou", "secret", "amzn1.ask.person.lou", "en-GB", "amzn1.echo-api.session.one", "d", "alexa",
        "/voice/alexa",
    ]  # fmt: skip


def test_outside_of_a_turn_there_is_nobody(app: Hipflask) -> None:
    """The error says what to do in a function with several doors."""
    with pytest.raises(RuntimeError, match=r"Nobody is speaking just now.*if voice\.is_speaking\(\)"):
        _ = voice.session.attributes


def test_an_async_function_answers(app: Hipflask, ask: Asking) -> None:
    """As on every surface."""

    @app.intent("It")
    async def it() -> str:
        return "Done."

    assert words(said(app, ask("It"))) == "Done."


def test_what_alexa_sells_and_plays_comes_back(app: Hipflask) -> None:
    """The request's own fields, in snake_case, as far as the function takes them."""
    told: list[Any] = []

    @app.on_purchase_completed
    def bought(name: str, status: dict[str, str], payload: dict[str, Any], token: str) -> str:
        told.append((name, status["code"], payload["purchaseResult"], token))
        return "Thanks."

    @app.on_playback_failed
    def failed(error: dict[str, str], token: str = "") -> None:
        told.append((error["type"], token))

    @app.on_playback_nearly_finished
    def nearly(offset_in_milliseconds: int) -> voice.Audio:
        return voice.audio().enqueue("https://sound.example/2.mp3")

    bought_json = {
        "name": "Buy",
        "status": {"code": "200", "message": "OK"},
        "payload": {"purchaseResult": "ACCEPTED"},
        "token": "t",
    }
    assert words(said(app, alexa("Connections.Response", **bought_json))) == "Thanks."
    said(
        app,
        alexa(
            "AudioPlayer.PlaybackFailed", error={"type": "MEDIA_ERROR_UNKNOWN", "message": "m"}, token="t1"
        ),
    )
    queued = said(
        app,
        alexa(
            "AudioPlayer.PlaybackNearlyFinished", token="https://sound.example/1.mp3", offsetInMilliseconds=5
        ),
    )
    assert (
        queued["response"]["directives"][0]["audioItem"]["stream"]["expectedPreviousToken"]
        == "https://sound.example/1.mp3"
    )
    assert told == [("Buy", "200", "ACCEPTED", "t"), ("MEDIA_ERROR_UNKNOWN", "t1")]


def test_an_occasions_function_that_wants_too_much_is_told(
    app: Hipflask, caplog: pytest.LogCaptureFixture
) -> None:
    """With what there is."""

    @app.display_element_selected
    def touched(place: str) -> str: ...

    answer = said(app, alexa("Display.ElementSelected", token="t"))
    assert words(answer) == "Sorry, something went wrong. Please try again later."
    assert (
        "touched() is called for 'Display.ElementSelected', and place: expected text, got nothing"
        in caplog.text
    )
    assert "token" in caplog.text


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error", [ValueError("the secret is 1234"), KeyError("x"), RecursionError(), flask.abort]
)
def test_the_unexpected_is_logged_and_an_apology_is_said(
    app: Hipflask, ask: Asking, caplog: pytest.LogCaptureFixture, error: Any
) -> None:
    """Nobody wants to hear a traceback; also in debug mode, and when tests would like to see the error."""
    app.debug = app.testing = True

    @app.intent("It")
    def it() -> str:
        voice.session.attributes["half"] = "done"
        if error is flask.abort:
            flask.abort(404)
        raise error

    answer = said(app, ask("It"))
    assert words(answer) == "Sorry, something went wrong. Please try again later."
    assert "1234" not in str(answer)
    assert "Traceback" not in str(answer)
    assert "half" not in str(answer)
    record = next(
        each for each in caplog.records if each.name == "hipflask.voice" and each.levelno == logging.ERROR
    )
    assert record.exc_info is not None
    assert "'It' was not answered" in record.message


@pytest.mark.parametrize("result", [Player("Lou"), {"a": 1}, [["a"]], object(), b"bytes".__iter__()])
def test_what_cannot_be_said_is_an_error_of_the_author(
    app: Hipflask, ask: Asking, caplog: pytest.LogCaptureFixture, result: Any
) -> None:
    """The log says what to return instead."""

    @app.intent("It")
    def it() -> Any:
        return result

    assert words(said(app, ask("It"))) == "Sorry, something went wrong. Please try again later."
    assert "UsageError" in caplog.text
