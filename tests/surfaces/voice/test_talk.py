"""`hipflask talk`: whole conversations, through the app's own endpoint, as each vendor would have them."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from ask_sdk_model import RequestEnvelope
from click import ClickException
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Meta
from oracle import as_amazon_reads

from hipflask import Hipflask, Mapped, Store, voice
from hipflask.cli import CommandLine
from hipflask.surfaces.voice.endpoints import TRUSTED
from hipflask.surfaces.voice.talk import doors, script, showing, speaking
from hipflask.surfaces.voice.talk.exchange import Exchange, Vendor
from hipflask.surfaces.voice.talk.running import Options, add_window, vendors
from hipflask.testing import User

Base = Annotated[Literal["first", "second"], Meta(extra_json_schema={"synonyms": {"first": ["first base"]}})]
Talk = Callable[[Hipflask], Vendor]


@pytest.fixture
def park(app: Hipflask) -> Hipflask:
    """An app that asks for what is missing, keeps count, and shows cards."""
    app.config["ALEXA_INVOCATION_NAME"] = "ball park"

    @app.launch
    def hello() -> voice.Question:
        return voice.question("Which base?").reprompt("First, perhaps?")

    @app.intent("WhoIsOn", "who is on {base}", "who's on {base} {day}", "who plays")
    def who_is_on(base: Base, day: dt.date | None = None) -> str:
        return f"Who is on {base}{f' on {day}' if day else ''}."

    @app.intent("Trade", "trade {player} for {price} dollars", "trade somebody")
    def trade(player: str, price: int) -> str:
        return f"{player} for {price}."

    @app.intent("Wait", "wait {length}")
    def wait(length: dt.timedelta) -> str:
        return f"{length.total_seconds():.0f} seconds."

    @app.intent("Meet", "meet at {when}", "meet {day}")
    def meet(when: dt.time | None = None, day: tuple[dt.date, dt.date] | None = None) -> str:
        return f"{when} {day and day[0]} {day and day[1]}"

    @app.intent("Count", "count")
    def count() -> voice.Question:
        voice.session.attributes["n"] = voice.session.attributes.get("n", 0) + 1
        return voice.question(f"That is {voice.session.attributes['n']}.")

    @app.intent("Show", "show")
    def show() -> voice.Answer:
        return voice.statement("Here.").standard_card("Line-up", "Who\nWhat").suggest("count", "stop")

    @app.fallback
    def what() -> voice.Question:
        return voice.question("Sorry?")

    return app


@pytest.fixture(params=["alexa", "dialogflow-es", "dialogflow-cx"])
def talk(request: pytest.FixtureRequest) -> Talk:
    """One vendor after the other."""
    return lambda app: vendors(app, Options(vendor=request.param))()


def alexa(app: Hipflask) -> Vendor:
    return vendors(app, Options())()


def es(app: Hipflask) -> Vendor:
    return vendors(app, Options(vendor="dialogflow-es"))()


def said(vendor: Vendor, *texts: str) -> list[str]:
    return [vendor.hear(text).speech for text in texts]


def sent(exchange: Exchange) -> dict[str, Any]:
    return exchange.wire[-1][0]


# ── with every vendor ─────────────────────────────────────────────────────────────────────────────


def test_what_is_said_is_answered(park: Hipflask, talk: Talk) -> None:
    """Numbers, days, times and synonyms in words."""
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    assert said(talk(park), "open ball park", "who is on first base", "who's on second tomorrow") == [
        "Which base?", "Who is on first.", f"Who is on second on {tomorrow}.",
    ]  # fmt: skip
    assert said(talk(park), "wait an hour and a half", "wait two weeks", "meet at half past three") == [
        "5400 seconds.", "1209600 seconds.", "03:30:00 None None",
    ]  # fmt: skip
    assert said(talk(park), "trade Abbott for twenty five dollars")[0].lower() == "abbott for 25."
    assert said(talk(park), "meet 2015-w48") == ["None 2015-11-23 2015-11-29"]


def test_what_is_missing_is_asked_for(park: Hipflask, talk: Talk) -> None:
    """Over several turns, until all of it is there."""
    listener = talk(park)
    assert said(listener, "trade somebody", "bud", "one hundred") == [
        "What is the player?",
        "What is the price?",
        "bud for 100.",
    ]
    assert said(listener, "who plays", "second") == ["Which base: first or second?", "Who is on second."]


def test_something_else_may_be_said_instead_of_an_answer(park: Hipflask, talk: Talk) -> None:
    """The vendors go there, too."""
    assert said(talk(park), "trade somebody", "who is on first") == [
        "What is the player?",
        "Who is on first.",
    ]


def test_the_session_is_kept_between_turns(park: Hipflask, talk: Talk) -> None:
    """And is another one's for another listener."""
    listener, other = talk(park), talk(park)
    assert said(listener, "count", "count", "count") == ["That is 1.", "That is 2.", "That is 3."]
    assert said(other, "count") == ["That is 1."]


def test_what_nobody_understands_is_the_fallbacks(park: Hipflask, talk: Talk) -> None:
    """With a note that no sample fits."""
    exchange = talk(park).hear("how is the weather")
    assert exchange.speech == "Sorry?"
    assert "fits" in exchange.notes[0]


def test_cards_and_suggestions_are_shown(park: Hipflask, talk: Talk) -> None:
    """Alexa has no suggestions."""
    listener = talk(park)
    lines = list(showing.lines(listener.name, listener.hear("show")))
    assert lines[:4] == [f"{listener.name}: Here.", "  ┌ Line-up", "  │ Who", "  │ What"]
    assert ("  [count] [stop]" in lines) == listener.name.startswith("Dialogflow")


def test_a_function_that_fails_apologises_and_takes_back(
    app: Hipflask, talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the true endpoint, with its unit of work."""
    monkeypatch.setenv("HIPFLASK_STORE", str(tmp_path / "talk.sqlite"))
    db = Store(app)

    class Out(db.Model):  # type: ignore[name-defined, misc]
        name: Mapped[str]

    @app.intent("Fail", "fail")
    def fail() -> str:
        Out.create(name="Lou")
        raise ValueError

    @app.intent("Keep", "keep")
    def keep() -> int:
        Out.create(name="Lou")
        return len(db.all(db.select(Out)))

    try:
        assert said(talk(app), "fail", "keep") == [
            "Sorry, something went wrong. Please try again later.",
            "1",
        ]
    finally:
        db.close()


ANYTHING = st.lists(
    st.sampled_from(
        ["", "open", "who", "plays", "is", "on", "first", "base", "second", "trade", "somebody", "for", "five", "dollars", "wait",
         "minutes", "meet", "at", "noon", "tomorrow", "count", "show", "yes", "no", "stop", "help", "ask ball park to", "?", "-"]
    ) | st.text(max_size=8),
    max_size=5,
).map(" ".join)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(ANYTHING, max_size=6))
def test_whatever_is_said_is_answered_somehow(park: Hipflask, talk: Talk, texts: list[str]) -> None:
    """No words break the conversation, and none make a function fail."""
    listener = talk(park)
    for text in texts:
        exchange = listener.hear(text)
        assert "something went wrong" not in exchange.speech
        list(showing.lines(listener.name, exchange))
    listener.close()


# ── Alexa ─────────────────────────────────────────────────────────────────────────────────────────


def test_alexas_requests_are_those_of_her_own_model(park: Hipflask) -> None:
    """Every one, as `ask-sdk-model` reads it."""
    listener = alexa(park)
    requests = [
        sent(listener.hear(text))
        for text in ("open", "who plays", "fourth", "first", "count", "stop", "what", "")
    ]
    kinds = [as_amazon_reads(each, RequestEnvelope).request.object_type for each in requests]
    assert kinds == ["LaunchRequest", *["IntentRequest"] * 6, "SessionEndedRequest"]
    states = [each["request"].get("dialogState") for each in requests[1:5]]
    assert states == ["STARTED", "IN_PROGRESS", "IN_PROGRESS", None]
    wrong, right = (each["request"]["intent"]["slots"]["base"] for each in requests[2:4])
    assert wrong["resolutions"]["resolutionsPerAuthority"][0]["status"]["code"] == "ER_SUCCESS_NO_MATCH"
    assert right["resolutions"]["resolutionsPerAuthority"][0]["values"] == [
        {"value": {"name": "first", "id": "first"}}
    ]


def test_silence_is_asked_again_and_then_ends(park: Hipflask) -> None:
    """The reprompt once, then the session's end."""
    told: list[str] = []

    @park.session_ended
    def ended(reason: str) -> None:
        told.append(reason)

    listener = alexa(park)
    listener.hear("open")
    assert listener.hear("").speech == "First, perhaps?"
    over = listener.hear("")
    assert over.is_over
    assert told == ["EXCEEDED_MAX_REPROMPTS"]
    assert listener.hear("").notes == ["nobody has opened the skill"]
    listener.hear("open")
    listener.close()
    assert told[1:] == ["USER_INITIATED"]
    assert listener.close() is None


def test_a_session_begins_anew_when_it_has_ended(park: Hipflask) -> None:
    """And when the skill is called by its name."""
    listener = alexa(park)
    first, second = sent(listener.hear("who is on first")), sent(listener.hear("who is on first"))
    assert first["session"]["sessionId"] != second["session"]["sessionId"]
    assert first["session"]["new"] is second["session"]["new"] is True
    listener.hear("count")
    assert sent(listener.hear("count"))["session"]["new"] is False
    assert listener.hear("ask ball park to count").speech == "That is 1."


def test_every_skill_can_be_stopped(park: Hipflask) -> None:
    """Whatever was asked."""
    listener = alexa(park)
    listener.hear("who plays")
    over = listener.hear("Stop!")
    assert sent(over)["request"]["intent"]["name"] == "AMAZON.StopIntent"
    assert over.is_over


def test_a_dialog_may_be_left_to_alexa(app: Hipflask) -> None:
    """She asks in the model's words, and comes back when it is complete."""

    @app.intent("Out", "out", "{name} is out")
    def out(name: str, base: Literal["first", "second"]) -> str:
        return f"{name}, {base}."

    @app.intent("Play", "play", "play {where}")
    def play(where: str = "") -> voice.Answer:
        return voice.delegate() if voice.request.dialog != "COMPLETED" else voice.statement("Played.")

    @app.intent("Order", "order", "order {what}")
    def order(what: Literal["ball", "bat"] | None) -> voice.Answer:
        if voice.request.dialog == "COMPLETED":
            return voice.statement(f"A {what}.")
        return voice.delegate()

    listener = alexa(app)
    assert listener.hear("order bat").speech == "A bat."
    assert [each["request"]["dialogState"] for each, _ in listener.hear("order ball").wire] == [
        "STARTED",
        "COMPLETED",
    ]


def test_what_was_heard_may_be_confirmed(app: Hipflask) -> None:
    """A slot, and the whole."""

    @app.intent("Sell", "sell {player}")
    def sell(player: Literal["bud", "lou"]) -> voice.Answer:
        if voice.request.slots["player"].confirmation == "NONE":
            return voice.confirm_slot("player", f"Really {player}?")
        if voice.request.confirmation == "NONE":
            return voice.confirm_intent("Shall I?")
        return voice.statement(f"{player} is sold.")

    assert said(alexa(app), "sell bud", "yes", "yes") == ["Really bud?", "Shall I?", "bud is sold."]
    assert said(alexa(app), "sell bud", "yes", "no") == ["Really bud?", "Shall I?", "All right, I will not."]
    assert said(alexa(app), "sell bud", "no") == ["Really bud?", "Which player: bud or lou?"]


def test_several_values_are_heard_at_once(app: Hipflask, talk: Talk) -> None:
    """Where the function takes a list."""

    @app.intent("Steal", "steal {bases}")
    def steal(bases: list[Literal["first", "second", "third"]]) -> str:
        return " then ".join(bases)

    assert said(talk(app), "steal first and third") == ["first then third"]
    assert said(talk(app), "steal second") == ["second"]


def test_amazons_own_intents_are_heard_where_there_is_a_function(app: Hipflask) -> None:
    """Yes is yes only to who asks for it."""

    @app.intent("AMAZON.YesIntent")
    def yes() -> str:
        return "Good."

    @app.fallback
    def what() -> str:
        return "Sorry?"

    assert said(alexa(app), "yes", "no", "amazon.yesintent") == ["Good.", "Sorry?", "Good."]


def test_a_skills_id_is_sent_and_checked(park: Hipflask) -> None:
    """The app's own; another one is refused, and told."""
    park.config["ALEXA_SKILL_ID"] = "amzn1.ask.skill.park"
    assert sent(alexa(park).hear("open"))["session"]["application"]["applicationId"] == "amzn1.ask.skill.park"
    send = doors.door_of(park, "alexa")
    request = sent(alexa(park).hear("open"))
    request["context"]["System"]["application"]["applicationId"] = "amzn1.ask.skill.other"
    with pytest.raises(ClickException, match="/voice/alexa answered with 400"):
        send(request)


def test_nobody_else_comes_through_the_simulators_door(park: Hipflask) -> None:
    """The same request without the mark in the environment is a stranger's."""
    request = sent(alexa(park).hear("open"))
    assert park.test_client().post("/voice/alexa", json=request).status_code == 400
    assert park.test_client().post("/voice/alexa", json=request, headers={TRUSTED: "True"}).status_code == 400


def test_another_language_is_spoken(park: Hipflask) -> None:
    """With the samples that are configured for it."""
    park.config["VOICE_LOCALES"] = {
        "de": {
            "invocation_name": "wer steht wo",
            "samples": {"WhoIsOn": ["wer steht auf {base}"]},
            "synonyms": {"first": ["der ersten"]},
        }
    }
    listener = vendors(park, Options(locale="de-DE"))()
    exchange = listener.hear("frage, wer steht auf der Ersten?".removeprefix("frage, "))
    assert exchange.speech == "Who is on first."
    assert sent(exchange)["request"]["locale"] == "de-DE"
    assert listener.hear("wer steht wo").speech == "Which base?"


# ── Dialogflow ────────────────────────────────────────────────────────────────────────────────────


def test_contexts_live_as_long_as_they_should(app: Hipflask) -> None:
    """And decide which function is meant."""

    @app.intent("Ask", "ask")
    def ask() -> str:
        voice.contexts.add("asked", lifespan=1, base="first")
        return "Well?"

    @app.intent("Answer", "answer", contexts=["asked"])
    def answer() -> str:
        return str(voice.contexts.get_param("asked", "base"))

    @app.fallback
    def what() -> str:
        return "Sorry?"

    assert said(es(app), "answer", "ask", "answer", "answer") == ["Sorry?", "Well?", "first", "Sorry?"]


def test_an_event_leads_to_another_intent(app: Hipflask) -> None:
    """As ES does, with its parameters; one that nobody has leads nowhere."""

    @app.intent("Go", "go {where}")
    def go(where: str) -> voice.Answer:
        return voice.event("Arrive" if where == "home" else "Nowhere", base=where)

    @app.intent("Arrive", "arrive at {base}")
    def arrive(base: str) -> str:
        return f"At {base}."

    listener = es(app)
    exchange = listener.hear("go home")
    assert (exchange.speech, len(exchange.wire)) == ("At home.", 2)
    assert "no intent has the event 'Nowhere'" in listener.hear("go away").notes[0]


def test_slot_filling_can_be_called_off(park: Hipflask) -> None:
    """As in ES."""
    listener = es(park)
    listener.hear("who plays")
    assert listener.hear("never mind").notes == ["slot filling has been called off"]
    assert listener.hear("count").speech == "That is 1."
    assert listener.hear("").notes == ["Dialogflow waits"]


def test_a_cx_session_remembers_what_was_said(app: Hipflask) -> None:
    """Its forms are filled from the session; ES and Alexa ask."""

    @app.intent("WhoIsOn", "who is on {base}", "who plays")
    def who_is_on(base: Literal["first", "second"]) -> str:
        return f"Who is on {base}."

    heard = {}
    for vendor in ("dialogflow-cx", "dialogflow-es", "alexa"):
        listener = vendors(app, Options(vendor=vendor))()
        listener.hear("who is on first")
        heard[vendor] = listener.hear("who plays").speech
    assert heard == {
        "dialogflow-cx": "Who is on first.",
        "dialogflow-es": "Which base: first or second?",
        "alexa": "Which base: first or second?",
    }


def test_a_cx_conversation_can_end(app: Hipflask) -> None:
    """Where the function says so."""

    @app.intent("Bye", "bye {name}")
    def bye(name: str) -> voice.Answer:
        return voice.statement(f"Bye, {name}.")

    assert vendors(app, Options(vendor="dialogflow-cx"))().hear("bye Lou").is_over


# ── what is shown, and said aloud ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("speech", "expected"),
    [
        ("Who is on first.", "Who is on first."),
        ("<speak>Who <emphasis>is</emphasis> on<break time='1s'/>first?</speak>", "Who *is* on … first?"),
        (
            "<speak><audio src='https://x.example/a.mp3'/> &amp; <amazon:effect name='whispered'>hush</amazon:effect></speak>",
            "♪ & ~hush~",
        ),
        ("<speak><p>One.</p><p>Two.</p></speak>", "One. Two."),
        ("<speak>Broken <b></speak>", "Broken"),
    ],
)
def test_ssml_can_be_read(speech: str, expected: str) -> None:
    """Pauses are dots, sounds a note, emphasis stands between asterisks."""
    assert showing.readable(speech) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the voice")
def test_a_voice_gets_the_words_and_no_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They go by standard input, so that nothing that an app says becomes a word of a command line."""
    heard = tmp_path / "heard"
    program = tmp_path / "espeak-ng"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {heard}\n/bin/cat >> {heard}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    speak = speaking.voice("en-US")
    assert speak is not None
    speak("<speak>--version; <break/>rm &amp; go</speak>")
    assert heard.read_text() == "-v|en-us|--stdin|--version; rm & go"
    program.unlink()
    speak("Nobody hears this.")
    assert sys.platform == "darwin" or speaking.voice("en-US") is None


# ── scripts ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("expected", "answered", "does"),
    [
        ("Who is on first.", "Who is on first.", True),
        ("Who*", "Who is on first.", True),
        ("*first*", "Who is on first.", True),
        ("*", "", True),
        ("", "", True),
        ("Who is on first", "Who is on first.", False),
        ("*second*", "Who is on first.", False),
        ("That is *1*.", "That is *1*.", True),
        ("a.c", "abc", False),
        ("", "Who", False),
    ],
)
def test_an_asterisk_is_anything(expected: str, answered: str, does: bool) -> None:
    """And nothing else is."""
    assert script.fits(expected, answered) is does


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing is said"),
        ("# only\n---\n", "nothing is said"),
        ("< Who", "line 1"),
        ("> a\nb", "line 2: 'b'"),
        ("> a\n---\n< b", "line 3"),
    ],
)
def test_a_bad_script_is_told(text: str, message: str) -> None:
    """With the line, and what to write."""
    with pytest.raises(script.BadScript, match=message):
        script.read(text)


PROGRAM = """
from hipflask import Hipflask, voice
app = Hipflask(__name__)

@app.intent("WhoIsOn", "who is on {base}")
def who_is_on(base: int) -> voice.Answer:
    return voice.question(f"<speak>Who is on <emphasis>{base}</emphasis>.</speak>").reprompt("Well?").simple_card("Line-up", "Who")
"""

GOOD = """# All is well.
> who is on first
< Who is on *1*.
> who is on 2
<   Who
< *2*.
>
< Well?
---
> nonsense
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLASK_APP", raising=False)
    file = tmp_path / "talked.py"
    file.write_text(PROGRAM)
    (tmp_path / "good.talk").write_text(GOOD)
    return file


def run(program: Path, *words: str, input: str | None = None, env: dict[str, str] | None = None) -> Result:
    sys.modules.pop(program.stem, None)  # another test's
    return CliRunner().invoke(CommandLine(), ["--app", str(program), "talk", *words], input=input, env=env)


def test_a_script_that_fits_ends_with_0(program: Path) -> None:
    """And prints nothing but a count."""
    done = run(program, "--script", "good.talk")
    assert (done.exit_code, done.stdout, done.stderr.splitlines()[-1]) == (
        0,
        "",
        "4 said, all answered as expected.",
    )


def test_a_script_that_does_not_ends_with_1_and_a_diff(program: Path) -> None:
    """With the line of the file, as an editor takes it."""
    (program.parent / "bad.talk").write_text("> who is on first\n< Who is on second.\n> who is on 2\n< *2*\n")
    done = run(program, "--script", "good.talk", "--script", "bad.talk")
    assert done.exit_code == 1
    assert done.stdout == "bad.talk:1: > who is on first\n- Who is on second.\n+ Who is on *1*.\n"
    assert done.stderr.splitlines()[-1] == "6 said, 1 not answered as expected."


def test_a_script_that_cannot_be_read_ends_with_2(program: Path) -> None:
    """Whatever is wrong with it."""
    (program.parent / "odd.talk").write_text("hello")
    (program.parent / "latin.talk").write_bytes(b"> \xe9")
    for name, why in (
        ("none.talk", "cannot be read"),
        ("odd.talk", "line 1: 'hello'. Write"),
        ("latin.talk", "is not UTF-8"),
    ):
        done = run(program, "--script", name)
        assert (done.exit_code, why in done.stderr) == (2, True), done.stderr


def test_lines_may_come_by_the_pipe(program: Path) -> None:
    """They are shown, and so are the answers; the rest is on standard error."""
    done = run(program, "--no-voice", input="who is on first\n\n")
    assert done.stdout.splitlines() == [
        "> who is on first",
        "Alexa: Who is on *1*.",
        "  ┌ Line-up",
        "  │ Who",
        "  (if nobody answers: Well?)",
        "> ",
        "  (nobody answered: the reprompt)",
        "Alexa: Well?",
    ]
    assert "that it is really Alexa who asks is taken for granted here" in done.stderr


def test_json_is_shown_if_asked_for(program: Path) -> None:
    """Both ways."""
    shown = run(program, "--json", "--as", "dialogflow-es", input="who is on 3\n").stdout
    out, back = shown.partition("→ ")[2].split("\n← ")
    assert json.loads(out)["queryResult"]["parameters"] == {"base": 3.0}
    assert json.JSONDecoder().raw_decode(back)[0]["fulfillmentText"] == "Who is on 3."


def test_bad_words_are_told(program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Exit code 2 for words that do not fit, 1 for an app that nobody can speak to, or a voice that is not there."""
    assert run(program, "--as", "siri").exit_code == 2
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    done = run(program, "--voice", input="")
    assert (done.exit_code, "This computer has no voice" in done.stderr) == (1, True)
    program.write_text("from hipflask import Hipflask\napp = Hipflask(__name__)\n")
    done = run(program)
    assert (done.exit_code, "is not spoken to yet. Write @app.launch" in done.stderr) == (1, True)
    assert "Error: " in done.stderr and "{{" not in done.stderr
    program.write_text("from flask import Flask\napp = Flask(__name__)\n")
    assert "only Hipflask's have @app.intent" in run(program).stderr


@pytest.mark.alone
def test_a_script_begins_at_once(program: Path) -> None:
    """In a process of its own, with nothing loaded that it does not need."""
    code = (
        f"import sys; sys.argv = ['hipflask', '--app', {str(program)!r}, 'talk', '--script', 'good.talk']\n"
        "import atexit; atexit.register(lambda: print(*sys.modules))\nfrom hipflask.cli import main; main()"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert time.perf_counter() - began < 5
    loaded = set(done.stdout.split())
    assert not {
        each for each in loaded if each.startswith(("uvicorn", "sqlalchemy", "yaml", "hipflask.ui.elements"))
    }


# ── the window ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("vendor", ["alexa", "dialogflow-es"])
def test_there_is_a_window_to_talk_in(park: Hipflask, vendor: str) -> None:
    """Each that is opened is another listener's."""
    path = add_window(park, Options(vendor=vendor, voice=False))
    name = {"alexa": "Alexa", "dialogflow-es": "Dialogflow"}[vendor]
    for _ in range(2):
        with User(park).open(path) as user:
            user.type("Say", "count", enter=True)
            user.type("Say", "count", enter=True)
            shown = "\n".join(str(each) for each in user.seen())
            assert f"{name}: That is 1." in shown
            assert f"{name}: That is 2." in shown


def test_the_window_asks_as_a_stranger_would(park: Hipflask) -> None:
    """Not from within its own event loop, where an async function could not be run."""

    @park.intent("Later", "later")
    async def later() -> str:
        return "Now."

    with User(park).open(add_window(park, Options(voice=False))) as user:
        user.type("Say", "later", enter=True)
        assert "Alexa: Now." in "\n".join(str(each) for each in user.seen())


def test_who_talks_in_another_language_is_told_about_numbers(program: Path) -> None:
    """They are English here, and nobody should wonder."""
    assert "in English words" in run(program, "--locale", "de-DE", input="").stderr
    assert "in English words" not in run(program, "--locale", "en-GB", input="").stderr


def test_a_talk_window_needs_a_program_that_stays(program: Path) -> None:
    """Neither a script nor a program that is loaded anew; both are told."""
    done = run(program, "--window", "--script", "good.talk")
    assert (done.exit_code, "leave --window away" in done.stderr) == (2, True)
    done = run(program, "--window", env={"FLASK_DEBUG": "1"})
    assert (done.exit_code, "leave --debug away" in done.stderr) == (2, True)
