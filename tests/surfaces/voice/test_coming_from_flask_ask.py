"""What users of Flask-Ask and Flask-Assistant are told in the documentation: each row of its two tables, tried."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from voices import SKILL, alexa, es_request, intent, said, slot, words

from hipflask import Blueprint, Hipflask, voice
from hipflask.cli import CommandLine
from hipflask.surfaces.aws import handler
from hipflask.surfaces.voice.models import dialogflow_es
from hipflask.surfaces.voice.models.vocabulary import vocabulary_of

PAGE = Path(__file__).parents[3] / "docs/topics/voice.md"
Json = dict[str, Any]
Example = Callable[..., None]
EXAMPLES: dict[tuple[str, str], Example] = {}


def rows() -> list[tuple[str, str]]:
    """The table and the left side of each row."""
    section = (
        PAGE.read_text().partition("## Coming from Flask-Ask or Flask-Assistant")[2].partition("\n## ")[0]
    )
    found = []
    for table in section.split("| here |")[1:]:
        name = section[: section.index(table)].rstrip().removesuffix("| here |").rpartition("| ")[2].strip()
        body = table.partition("\n\n")[0].splitlines()[2:]
        found += [(name, line.split(" | ")[0].removeprefix("| ")) for line in body]
    return found


def row(table: str, left: str) -> Callable[[Example], Example]:
    """The example of one row."""

    def keep(example: Example) -> Example:
        EXAMPLES[table, left] = example
        return example

    return keep


ask = lambda left: row("Flask-Ask", left)  # noqa: E731
assist = lambda left: row("Flask-Assistant", left)  # noqa: E731


def test_each_row_has_its_example() -> None:
    assert len(rows()) > 30
    assert set(rows()) == set(EXAMPLES)


@pytest.mark.parametrize("key", rows(), ids=" ".join)
def test_a_row_is_true(
    key: tuple[str, str], app: Hipflask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands on its right side does what the left side did."""
    example = EXAMPLES[key]
    has = {"app": app, "tmp_path": tmp_path, "monkeypatch": monkeypatch}
    names = example.__code__.co_varnames[: example.__code__.co_argcount]
    example(**{name: has[name] for name in names})


def does(make: Callable[[], Any]) -> Callable[[], Any]:
    """A function of its own that does it, as decorators want one."""

    def it() -> Any:
        return make()

    return it


def answer(make: Callable[[], Any], raw: Json | None = None, app: Hipflask | None = None) -> Json:
    """What Alexa gets where a function returns this."""
    app = app or Hipflask("ported")

    @app.intent("It")
    def it(base: str = "") -> Any:
        return make()

    found: Json = said(app, raw or intent("It"))["response"]
    return found


def seen(app: Hipflask, look: Callable[[], Any], raw: Json) -> Any:
    """What a function sees while it is spoken to."""
    found: list[Any] = []

    @app.intent("It")
    def it() -> str:
        found.append(look())
        return "Yes."

    said(app, raw)
    return found[0]


# ── Flask-Ask ─────────────────────────────────────────────────────────────────────────────────────


@ask('`Ask(app, "/")`, `Ask(blueprint=bp)`')
def _ask(app: Hipflask) -> None:
    app.config["ALEXA_PATH"] = "/"
    bp = Blueprint("bp", __name__)
    bp.intent("It")(does(lambda: "Yes."))
    app.register_blueprint(bp)
    assert [str(rule) for rule in app.url_map.iter_rules() if rule.endpoint == "voice_alexa"] == ["/"]


@ask("`@ask.launch`, `@ask.session_ended`, `@ask.on_session_started`")
def _launch(app: Hipflask) -> None:
    told: list[str] = []
    app.launch(does(lambda: "Hello."))
    app.on_session_started(does(lambda: told.append("started")))
    app.session_ended(does(lambda: told.append("ended")))
    assert words(said(app, alexa(is_new=True))) == "Hello."
    said(app, alexa("SessionEndedRequest", reason="USER_INITIATED"))
    assert told == ["started", "ended"]


@ask('`@ask.intent("X", mapping=, convert=, default=)`')
@assist('`@assist.action("X", mapping=, convert=, default=)`')
def _intent(app: Hipflask) -> None:
    @app.intent("X", "go {Whom} {day}", mapping={"who": "Whom"}, convert={"day": "date"}, default={"much": 3})
    def x(who, day, much):  # type: ignore[no-untyped-def]
        return f"{who} {day} {much}"

    assert words(said(app, intent("X", slot("Whom", "lou"), slot("day", "2026-11-23")))) == "lou 2026-11-23 3"


@ask("`@ask.default_intent`")
@assist("`@assist.fallback`")
def _fallback(app: Hipflask) -> None:
    app.fallback(does(lambda: "What?"))
    assert words(said(app, intent("Unknown"))) == words(said(app, es_request("Unknown"))) == "What?"


@ask("`@ask.on_playback_started()`, `_finished`, `_stopped`, `_nearly_finished`, `_failed`")
def _playback(app: Hipflask) -> None:
    told: list[Any] = []
    for name in ("started", "finished", "stopped", "nearly_finished"):
        decorate = getattr(app, f"on_playback_{name}")()

        @decorate
        def played(token: str, offset: int, name: str = name) -> None:
            told.append((token, offset))

    @app.on_playback_failed
    def failed(error: dict[str, str]) -> None:
        told.append(error["type"])

    for kind in ("Started", "Finished", "Stopped", "NearlyFinished"):
        said(app, alexa(f"AudioPlayer.Playback{kind}", token="t", offsetInMilliseconds=5))
    said(app, alexa("AudioPlayer.PlaybackFailed", token="t", error={"type": "E", "message": "m"}))
    assert told == [("t", 5)] * 4 + ["E"]


@ask("`@ask.display_element_selected`, `@ask.on_purchase_completed()`")
def _selected(app: Hipflask) -> None:
    @app.display_element_selected
    def touched(token: str) -> str:
        return f"You touched {token}."

    @app.on_purchase_completed()
    def bought(payload: dict[str, Any], name: str, status: dict[str, str], token: str) -> str:
        return f"{name} {status['code']} {payload} {token}"

    assert words(said(app, alexa("Display.ElementSelected", token="the ball"))) == "You touched the ball."
    answered = said(
        app, alexa("Connections.Response", name="Buy", status={"code": "200"}, payload={}, token="t")
    )
    assert words(answered) == "Buy 200 {} t"


@ask("`session.attributes`, `session.new`, `session.sessionId`")
def _session(app: Hipflask) -> None:
    def look() -> Any:
        session = voice.session
        return session.attributes["a"], session.is_new, session.id

    raw = intent("It", is_new=True, attributes={"a": 1})
    assert seen(app, look, raw) == (1, True, "amzn1.echo-api.session.one")


@ask("`session.user.accessToken`, `session.user.userId`")
def _user(app: Hipflask) -> None:
    raw = intent("It")
    raw["context"]["System"]["user"] = {"userId": "lou", "accessToken": "secret"}
    assert seen(app, lambda: (voice.user.access_token, voice.user.id), raw) == ("secret", "lou")


@ask("`request.type`, `request.locale`, `request.intent.name`")
def _request(app: Hipflask) -> None:
    def look() -> Any:
        heard = voice.request
        return heard.raw["request"]["type"], heard.locale, heard.intent

    assert seen(app, look, intent("It")) == ("IntentRequest", "en-US", "It")


@ask("`context.System.device`")
def _context(app: Hipflask) -> None:
    assert seen(app, lambda: voice.context["System"]["device"], intent("It")) == {"deviceId": "d"}


@ask("`version`")
def _version(app: Hipflask) -> None:
    assert seen(app, lambda: voice.request.raw["version"], intent("It")) == "1.0"


@ask("`convert_errors`, `current_stream`")
@assist("`convert_errors`")
def _convert_errors(app: Hipflask) -> None:
    @app.intent("X", convert={"day": "date"})
    def x(day):  # type: ignore[no-untyped-def]
        return f"{type(voice.convert_errors['day']).__name__} {voice.current_stream.token}"

    raw = intent("X", slot("day", "never"))
    raw["context"]["AudioPlayer"] = {"token": "song", "offsetInMilliseconds": 0, "playerActivity": "STOPPED"}
    assert words(said(app, raw)) == "ValueError song"


@ask('`statement("…")`, `question("…").reprompt("…")`')
def _statement() -> None:
    assert answer(lambda: voice.statement("Bye.")) == {
        "outputSpeech": {"type": "PlainText", "text": "Bye."}, "shouldEndSession": True,
    }  # fmt: skip
    asked = answer(lambda: voice.question("Who?").reprompt("Well?"))
    assert asked["reprompt"]["outputSpeech"]["text"] == "Well?"
    assert asked["shouldEndSession"] is False


@ask("`.simple_card()`, `.standard_card()`, `.link_account_card()`, `.consent_card()`")
def _cards() -> None:
    made: dict[str, Callable[[], Any]] = {
        "Simple": lambda: voice.statement("a").simple_card(title="t", content="c"),
        "Standard": lambda: voice.statement("a").standard_card("t", "x", "https://a.example/s.png", None),
        "LinkAccount": lambda: voice.statement("a").link_account_card(),
        "AskForPermissionsConsent": lambda: voice.statement("a").consent_card(
            "read::alexa:device:all:address"
        ),
    }
    assert [answer(make)["card"]["type"] for make in made.values()] == list(made)


@ask("`.display_render()`, `.list_display_render()`")
def _displays() -> None:
    body = answer(
        lambda: voice.statement("a").display_render(
            template="BodyTemplate1", title="t", backButton="HIDDEN", token="k", background_image_url="https://a.example/b.png",
            image=None, text={"primaryText": {"type": "PlainText", "text": "p"}}, hintText="h",
        )
    )  # fmt: skip
    assert [each["type"] for each in body["directives"]] == ["Display.RenderTemplate", "Hint"]
    items = [{"token": "1"}]
    listed = answer(
        lambda: voice.statement("a").list_display_render(template="ListTemplate1", title="t", listItems=items)
    )
    assert listed["directives"][0]["template"]["listItems"] == items


@ask('`audio("…").play()`, `.enqueue()`, `.play_next()`, `.resume()`, `.stop()`, `.clear_queue()`')
def _audio() -> None:
    url = "https://sound.example/1.mp3"
    made: list[tuple[Callable[[], Any], str]] = [
        (lambda: voice.audio("Here.").play(url, offset=93000, opaque_token="t"), "Play"),
        (lambda: voice.audio().enqueue(url), "Play"),
        (lambda: voice.audio().play_next(url), "Play"),
        (lambda: voice.audio("On.").resume(), "Play"),
        (lambda: voice.audio().stop(), "Stop"),
        (lambda: voice.audio().clear_queue(stop=True), "ClearQueue"),
    ]
    raw = intent("It")
    raw["context"]["AudioPlayer"] = {"token": url, "offsetInMilliseconds": 7, "playerActivity": "STOPPED"}
    for make, kind in made:
        (directive,) = answer(make, raw)["directives"]
        assert directive["type"] == f"AudioPlayer.{kind}"


@ask("`delegate()`, `elicit_slot()`, `confirm_slot()`, `confirm_intent()`")
def _dialog() -> None:
    updated = {"name": "It", "confirmationStatus": "NONE", "slots": {}}
    made: dict[str, Callable[[], Any]] = {
        "Delegate": lambda: voice.delegate(updated),
        "ElicitSlot": lambda: voice.elicit_slot("base", "Which?"),
        "ConfirmSlot": lambda: voice.confirm_slot("base", "First?"),
        "ConfirmIntent": lambda: voice.confirm_intent("Sure?", updated),
    }
    for kind, make in made.items():
        (directive,) = answer(make, intent("It", slot("base", "first"), dialog="STARTED"))["directives"]
        assert directive["type"] == f"Dialog.{kind}"


@ask("`buy()`, `refund()`, `upsell()`")
def _sells() -> None:
    made: dict[str, Callable[[], Any]] = {
        "Buy": lambda: voice.buy(productId="p"),
        "Cancel": lambda: voice.refund(productId="p"),
        "Upsell": lambda: voice.upsell(productId="p", msg="Want it?"),
    }
    for name, make in made.items():
        (directive,) = answer(make)["directives"]
        assert (directive["type"], directive["name"]) == ("Connections.SendRequest", name)


@ask('`render_template("name")` with `templates.yaml`')
def _templates(tmp_path: Path) -> None:
    from flask import render_template

    (tmp_path / "templates.yaml").write_text("welcome: Who is on {{ base }}?\n")
    app = Hipflask("ported", root_path=str(tmp_path))
    assert (
        answer(lambda: render_template("welcome", base="first"), app=app)["outputSpeech"]["text"]
        == "Who is on first?"
    )


@ask("`ask.run_aws_lambda(event)`")
def _lambda(app: Hipflask) -> None:
    app.config["ALEXA_SKILL_ID"] = SKILL
    app.intent("It")(does(lambda: "Yes."))
    assert words(handler(app)(intent("It"), None)) == "Yes."


@ask("`ASK_APPLICATION_ID`")
def _application_id(app: Hipflask) -> None:
    app.intent("It")(does(lambda: "Yes."))
    app.config["ALEXA_SKILL_ID"] = "amzn1.ask.skill.another"
    from hipflask.surfaces.voice.endpoints import TRUSTED

    answered = app.test_client().post("/voice/alexa", json=intent("It"), environ_overrides={TRUSTED: True})
    assert answered.status_code == 400 or answered.status_code == 403


@ask("`ASK_VERIFY_REQUESTS = False`, `ASK_VERIFY_TIMESTAMP_DEBUG`")
def _verify(app: Hipflask) -> None:
    app.config |= {"ASK_VERIFY_REQUESTS": False, "ALEXA_SKILL_ID": SKILL}
    app.intent("It")(does(lambda: "Yes."))
    assert app.test_client().post("/voice/alexa", json=intent("It")).status_code >= 400


# ── Flask-Assistant ───────────────────────────────────────────────────────────────────────────────


@assist('`Assistant(app, "/")`, `Assistant(blueprint=bp)`')
def _assistant(app: Hipflask) -> None:
    app.config["DIALOGFLOW_PATH"] = "/"
    bp = Blueprint("bp", __name__)
    bp.intent("It")(does(lambda: "Yes."))
    app.register_blueprint(bp)
    assert [str(rule) for rule in app.url_map.iter_rules() if rule.endpoint == "voice_dialogflow"] == ["/"]


def with_context(name: str, **parameters: Any) -> Json:
    return {
        "name": f"projects/lineup/agent/sessions/one/contexts/{name}",
        "lifespanCount": 2,
        "parameters": parameters,
    }


@assist('`@assist.action("X", with_context=["c"])`, `@assist.context("c")`')
def _with_context(app: Hipflask) -> None:
    app.intent("X", contexts=["c"])(does(lambda: "In it."))
    app.intent("X")(does(lambda: "Outside."))
    assert words(said(app, es_request("X"))) == "Outside."
    assert words(said(app, es_request("X", contexts=[with_context("c")]))) == "In it."


@assist('`@assist.action("X", events=["E"])`')
def _events(app: Hipflask) -> None:
    @app.intent("E", "an event")
    @app.intent("X", "a sample")
    def x() -> str:
        return "Yes."

    assert words(said(app, es_request("E"))) == "Yes."
    files = dialogflow_es.agent_of(vocabulary_of(app.actions, app.config, "en"))
    assert files["intents/E.json"]["events"] == [{"name": "E"}]


@assist('`@assist.prompt_for("p", "X")`')
def _prompt_for(app: Hipflask) -> None:
    app.intent("X")(_wants)
    app.prompt_for("p", "X")(does(lambda: "Which one?"))
    assert words(said(app, es_request("X"))) == "Which one?"


def _wants(p: str) -> str:
    return p


@assist('`tell("…")`, `ask("…").reprompt("…")`')
def _tell(app: Hipflask) -> None:
    app.intent("Tell")(does(lambda: voice.tell("Bye.")))
    app.intent("Ask")(does(lambda: voice.ask("Who?").reprompt("Well?")))
    assert words(said(app, es_request("Tell"))) == "Bye."
    assert words(said(app, es_request("Ask"))) == "Who?"


@assist('`event("E", **parameters)`')
def _event(app: Hipflask) -> None:
    app.intent("X")(does(lambda: voice.event("E", who="Lou")))
    followed = said(app, es_request("X"))["followupEventInput"]
    assert (followed["name"], followed["parameters"]) == ("E", {"who": "Lou"})


@assist('`.suggest("yes", "no")`')
def _suggest(app: Hipflask) -> None:
    app.intent("X")(does(lambda: voice.ask("Well?").suggest("yes", "no")))
    assert "yes" in str(said(app, es_request("X"))["fulfillmentMessages"])


@assist("`.card(text, title=, img_url=)`")
def _card(app: Hipflask) -> None:
    app.intent("X")(
        does(lambda: voice.tell("Look.").standard_card("Title", "Text", "https://a.example/p.png"))
    )
    (shown,) = (each["card"] for each in said(app, es_request("X"))["fulfillmentMessages"] if "card" in each)
    assert (shown["title"], shown["subtitle"], shown["imageUri"]) == (
        "Title",
        "Text",
        "https://a.example/p.png",
    )


@assist('`context_manager.add("c", lifespan=2)`, `.set()`, `.get()`, `.get_param()`, `.clear_all()`')
def _contexts(app: Hipflask) -> None:
    def look() -> Any:
        contexts = voice.contexts
        contexts.add("c", lifespan=2)
        contexts.set("c", "who", "Lou")
        found = (contexts["c"].lifespan, contexts.get_param("c", "who"))
        contexts.remove("c")
        contexts.clear_all()
        return *found, contexts.get("c")

    assert seen(app, look, es_request("It")) == (2, "Lou", None)


@assist("`context_in`")
def _context_in(app: Hipflask) -> None:
    raw = es_request("It", contexts=[with_context("c", who="Lou")])
    assert seen(app, lambda: dict(voice.contexts)["c"].parameters["who"], raw) == "Lou"


@assist("`request`, `intent`")
def _raw(app: Hipflask) -> None:
    raw = es_request("It")
    assert seen(app, lambda: (dict(voice.request.raw), voice.request.intent), raw) == (raw, "It")


@assist("`session_id`, `user`, `access_token`")
def _who(app: Hipflask) -> None:
    def look() -> Any:
        return voice.session.id, voice.user.id, voice.user.access_token

    assert seen(app, look, es_request("It")) == ("projects/lineup/agent/sessions/one", "", None)


@assist("`schema`, `query` in the shell")
def _schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLASK_APP", raising=False)
    (tmp_path / "ported.py").write_text(
        "from hipflask import Hipflask\napp = Hipflask(__name__)\n"
        '@app.intent("It", "is it so")\ndef it() -> str:\n    return "Yes."\n'
    )
    sys.modules.pop("ported", None)
    done = CliRunner().invoke(CommandLine(), ["--app", "ported.py", "voice", "model", "--dialogflow"])
    assert done.stdout == "Written: agent.zip\n"
    talked = CliRunner().invoke(
        CommandLine(), ["--app", "ported.py", "talk", "--as", "dialogflow-es"], input="is it so\n"
    )
    assert re.search(r"Dialogflow: Yes\.", talked.stdout)
