"""The Dialogflow CX agent that is made of the functions: read by Google's own messages, and walked through as Dialogflow would."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from click.testing import CliRunner, Result
from google.cloud.dialogflowcx_v3 import types
from google.protobuf.json_format import ParseError
from msgspec import Meta

from hipflask import Hipflask
from hipflask.cli import CommandLine
from hipflask.surfaces.voice.models import dialogflow_agent, dialogflow_cx, dialogflow_rules
from hipflask.surfaces.voice.models.vocabulary import Vocabulary, vocabulary_of
from hipflask.surfaces.voice.talk.doors import door_of

ADDRESS = "https://ball.example/voice/dialogflow"
FLOW = "flows/Default Start Flow/Default Start Flow.json"
Base = Annotated[Literal["first", "second"], Meta(extra_json_schema={"synonyms": {"first": ["1st"]}})]


@pytest.fixture
def park(app: Hipflask) -> Hipflask:
    """An intent that asks, one that needs nothing, and what is said where nothing fits."""

    @app.intent("WhoIsOn", "who is on {base}", "who is on {base} {day}", "who plays")
    def who_is_on(base: Base, day: dt.date | None = None) -> str:
        return f"Who is on {base}."

    @app.intent("Innings / all", "how many innings", "the innings of {teams}")
    def innings(teams: list[str] = []) -> str:  # noqa: B006
        return "Nine."

    @app.launch
    def hello() -> str:
        return "Play ball."

    @app.fallback
    def what() -> str:
        return "Second base."

    return app


def words(app: Hipflask, locale: str = "en") -> Vocabulary:
    return vocabulary_of(app.actions, app.config, locale)


@pytest.fixture
def files(park: Hipflask) -> dict[str, Any]:
    return dialogflow_cx.agent_of(words(park), ADDRESS)


def test_the_files_are_those_of_an_export(files: dict[str, Any]) -> None:
    """Folders by what things are called, with what a path cannot have escaped."""
    assert set(files) == {
        "agent.json", "webhooks/hipflask.json", FLOW, "flows/Default Start Flow/pages/WhoIsOn.json",
        "intents/WhoIsOn/WhoIsOn.json", "intents/WhoIsOn/trainingPhrases/en.json",
        "intents/Innings %2f all/Innings %2f all.json", "intents/Innings %2f all/trainingPhrases/en.json",
        "intents/Default Welcome Intent/Default Welcome Intent.json",
        "intents/Default Welcome Intent/trainingPhrases/en.json",
        "intents/Default Negative Intent/Default Negative Intent.json",
        "entityTypes/Base/Base.json", "entityTypes/Base/entities/en.json",
    }  # fmt: skip


def test_phrases_and_entities_say_what_stands_in_a_slot(files: dict[str, Any]) -> None:
    """A word in the parameter's place, with the parameter's id."""
    phrases = files["intents/WhoIsOn/trainingPhrases/en.json"]["trainingPhrases"]
    assert phrases[1]["parts"] == [
        {"text": "who is on "},
        {"text": "first", "parameterId": "base"},
        {"text": " "},
        {"text": "tomorrow", "parameterId": "day"},
    ]
    assert files["intents/WhoIsOn/WhoIsOn.json"]["parameters"] == [
        {"id": "base", "entityType": "@Base"},
        {"id": "day", "entityType": "@sys.date"},
    ]
    assert files["intents/Innings %2f all/Innings %2f all.json"]["parameters"] == [
        {"id": "teams", "entityType": "@sys.any", "isList": True}
    ]
    assert files["entityTypes/Base/entities/en.json"]["entities"][0] == {
        "value": "first", "synonyms": ["first", "1st"], "languageCode": "en",
    }  # fmt: skip


def as_message(path: str, files: dict[str, Any]) -> Any:
    """One file as Google's own message; raises ParseError for what that does not know."""
    content = json.loads(json.dumps(files[path]))
    content.pop("numTrainingPhrases", None)  # which the export alone has
    kind: Any
    if path.startswith("intents/"):
        kind = types.Intent
        if "trainingPhrases" in content:
            for phrase in content["trainingPhrases"]:
                assert phrase.pop("languageCode")
    elif path.startswith("entityTypes/"):
        kind = types.EntityType
        for entity in content.get("entities", ()):
            assert entity.pop("languageCode")
    elif path.startswith("webhooks/"):
        kind = types.Webhook
        content["timeout"] = f"{content['timeout']['seconds']}s"
    elif "/pages/" in path:
        kind = types.Page
    else:
        kind = types.Flow if path.startswith("flows/") else types.Agent
    return kind.from_json(json.dumps(content), ignore_unknown_fields=False)


def test_google_reads_all_of_it(files: dict[str, Any]) -> None:
    """Each file's fields are those of the message that it stands for."""
    for path in files:
        assert as_message(path, files) is not None
    with pytest.raises(ParseError, match="transitionRouts"):
        as_message(FLOW, {FLOW: {"displayName": "x", "transitionRouts": []}})


def test_whatever_is_named_is_there(files: dict[str, Any]) -> None:
    """Intents, pages, the webhook, entity types, parameters: Dialogflow would refuse a stranger."""
    contents = list(files.values())
    assert _all(contents, "targetPage") == {"WhoIsOn"}
    assert _all(contents, "webhook") == {files["webhooks/hipflask.json"]["displayName"]}
    assert _all(contents, "intent") == {"WhoIsOn", "Innings / all", "Default Welcome Intent"}
    assert _all(contents, "entityType") == {"@Base", "@sys.date", "@sys.any"}
    assert files["webhooks/hipflask.json"]["genericWebService"] == {"uri": ADDRESS}
    names = [each["name"] for each in contents if "name" in each]
    assert len(set(names)) == len(names) - 1, "the flow and the welcome have the same, as in every agent"


def _all(value: Any, key: str) -> set[str]:
    if isinstance(value, list):
        return {found for each in value for found in _all(each, key)}
    if not isinstance(value, dict):
        return set()
    own = {value[key]} if isinstance(value.get(key), str) else set()
    return own | {found for each in value.values() for found in _all(each, key)}


class Walk:
    """Dialogflow at its simplest: does what routes, forms and handlers of the files say, and calls the app's own endpoint."""

    def __init__(self, app: Hipflask, files: dict[str, Any]) -> None:
        self._send = door_of(app, "dialogflow-cx")
        self._flow = files[FLOW]
        self._files = files
        self._session: dict[str, Any] = {}
        self._page: dict[str, Any] | None = None
        self._intent = ""

    def event(self, name: str) -> str:
        return self._fulfil(_found(self._flow["eventHandlers"], "event", name), event=name)

    def say(self, intent: str, **values: str) -> str:
        """Something that this intent is found in."""
        self._session |= values
        self._intent = intent
        route = _found(self._flow["transitionRoutes"], "intent", intent)
        if "targetPage" not in route:
            return self._fulfil(route)
        self._page = self._files[f"flows/Default Start Flow/pages/{route['targetPage']}.json"]
        return self._fill()

    def answer(self, **values: str) -> str:
        """Something that fills the form, or that nothing is found in."""
        self._session |= values
        if values:
            return self._fill()
        (first, *_) = self._missing()
        handlers = first["fillBehavior"]["repromptEventHandlers"]
        return self._fulfil(_found(handlers, "event", "sys.no-match-default"), event="sys.no-match-default")

    def _fill(self) -> str:
        assert self._page is not None
        for field in self._missing():
            return self._fulfil({"triggerFulfillment": field["fillBehavior"]["initialPromptFulfillment"]})
        (done,) = self._page["transitionRoutes"]
        assert done["condition"] == '$page.params.status = "FINAL"'
        return self._fulfil(done)

    def _missing(self) -> list[Any]:
        fields = self._page["form"]["parameters"] if self._page else []
        return [each for each in fields if each["displayName"] not in self._session]

    def _fulfil(self, handler: dict[str, Any], event: str = "") -> str:
        call = handler["triggerFulfillment"]
        assert call["webhook"] == "hipflask"
        form = [
            {
                "displayName": each["displayName"],
                "required": True,
                "state": "FILLED" if each["displayName"] in self._session else "EMPTY",
                "value": self._session.get(each["displayName"]),
            }
            for each in (self._page["form"]["parameters"] if self._page else [])
        ]
        came = self._send(
            {
                "detectIntentResponseId": "1",
                "fulfillmentInfo": {"tag": call["tag"]},
                "intentInfo": {"lastMatchedIntent": "i", "displayName": self._intent, "parameters": {}},
                "pageInfo": {"currentPage": "a/flows/f/pages/p", "formInfo": {"parameterInfo": form}},
                "sessionInfo": {"session": "s/1", "parameters": self._session},
                "languageCode": "en",
                **({"triggerEvent": event} if event else {}),
            }
        )
        for name, value in came["sessionInfo"]["parameters"].items():
            self._session[name] = value
            if value is None:
                del self._session[name]
        return " ".join(each["text"]["text"][0] for each in came["fulfillmentResponse"]["messages"])


def _found(items: list[Any], key: str, value: str) -> Any:
    (found,) = (each for each in items if each.get(key) == value)
    return found


def test_the_agent_leads_to_the_functions(park: Hipflask, files: dict[str, Any]) -> None:
    """What a form lacks is asked for in the function's own words, what it refuses once more, and then the function answers."""
    walk = Walk(park, files)
    assert walk.event("WELCOME") == walk.say("Default Welcome Intent") == "Play ball."
    assert walk.event("sys.no-match-default") == "Second base."
    assert walk.say("WhoIsOn") == "Which base: first or second?"
    assert walk.answer() == "Which base: first or second?"
    assert walk.answer(base="third").endswith("first or second?")
    assert walk.answer(base="first") == "Who is on first."
    assert walk.say("WhoIsOn", base="second") == "Who is on second."
    assert walk.say("Innings / all") == "Nine."


def test_a_function_may_ask_in_its_own_words(park: Hipflask) -> None:
    """They are asked for by the webhook, so they are there in CX too."""

    @park.prompt_for("base", "WhoIsOn")
    def which() -> str:
        return "At which of the bases?"

    assert Walk(park, dialogflow_cx.agent_of(words(park), ADDRESS)).say("WhoIsOn") == "At which of the bases?"


def test_another_language_has_its_own_words(park: Hipflask) -> None:
    """The ids stay."""
    park.config["VOICE_LOCALES"] = {
        "de": {"samples": {"WhoIsOn": ["wer steht auf {base}"]}, "synonyms": {"first": ["der ersten"]}}
    }
    files = dialogflow_cx.agent_of(words(park, "de"), ADDRESS)
    assert files["agent.json"]["defaultLanguageCode"] == "de"
    (entity, _) = files["entityTypes/Base/entities/de.json"]["entities"]
    assert (entity["value"], entity["synonyms"]) == ("first", ["der ersten", "first"])
    greeting = files["intents/Default Welcome Intent/trainingPhrases/de.json"]["trainingPhrases"][0]
    assert greeting["parts"] == [{"text": "hallo"}]


def test_a_greeting_of_ones_own_takes_the_place_of_ours(app: Hipflask) -> None:
    @app.intent("Default Welcome Intent", "ahoy")
    def ahoy() -> str:
        return "Ahoy."

    files = dialogflow_cx.agent_of(words(app), ADDRESS)
    said = files["intents/Default Welcome Intent/trainingPhrases/en.json"]["trainingPhrases"]
    assert [each["parts"] for each in said] == [[{"text": "ahoy"}]]
    assert len(files[FLOW]["transitionRoutes"]) == 1


def test_the_same_functions_make_the_same_bytes(park: Hipflask) -> None:
    """So that an agent can be kept beside the code."""
    first, second = (dialogflow_agent.zipped(dialogflow_cx.agent_of(words(park), ADDRESS)) for _ in range(2))
    assert first == second


def test_names_may_be_shorter_and_are_freer_than_in_es(app: Hipflask) -> None:
    """64 characters, and whatever stands in them."""

    @app.intent("a/b", "one thing")
    def one() -> str:
        return ""

    @app.intent("n" * 65, "another thing")
    def other() -> str:
        return ""

    (found,) = dialogflow_rules.breaches(words(app), dialogflow_rules.CX)
    assert re.search(r"other\(\) answers 'n+'\. Dialogflow takes a name of 1 to 64 characters\.", found)


# ── the command ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLASK_APP", raising=False)
    file = tmp_path / "cx_park.py"
    file.write_text(
        "from hipflask import Hipflask\napp = Hipflask(__name__)\n"
        '@app.intent("Innings", "how many innings")\ndef innings() -> int:\n    return 9\n'
    )
    return file


def run(program: Path, *words: str) -> Result:
    sys.modules.pop(program.stem, None)
    return CliRunner().invoke(
        CommandLine(), ["--app", str(program), "voice", "model", "--dialogflow-cx", *words]
    )


def test_the_command_writes_an_agent(program: Path) -> None:
    """To restore in the console."""
    done = run(program, "--webhook", ADDRESS)
    assert (done.exit_code, done.stdout) == (0, "Written: agent.zip\n")
    with zipfile.ZipFile(program.parent / "agent.zip") as archive:
        assert json.loads(archive.read("agent.json"))["startFlow"] == "Default Start Flow"


@pytest.mark.parametrize("webhook", [[], ["--webhook", "http://ball.example/"]])
def test_an_agent_without_an_address_to_call_is_refused(program: Path, webhook: list[str]) -> None:
    """It would answer nothing."""
    done = run(program, *webhook)
    assert done.exit_code == 1
    assert "Add --webhook https://" in done.stderr
    assert not (program.parent / "agent.zip").exists()
