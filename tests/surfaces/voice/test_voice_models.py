"""Interaction models: made from functions, as Amazon's own model reads them and as Dialogflow's console imports them."""

from __future__ import annotations

import datetime as dt
import enum
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from ask_smapi_model.v1.skill.interaction_model.interaction_model_data import InteractionModelData
from click.testing import CliRunner, Result
from msgspec import Meta
from oracle import round_trip

from hipflask import Hipflask
from hipflask.cli import CommandLine
from hipflask.surfaces.voice.models import (
    alexa,
    alexa_rules,
    dialogflow_agent,
    dialogflow_es,
    dialogflow_rules,
)
from hipflask.surfaces.voice.models.vocabulary import Vocabulary, vocabulary_of


class Trade(enum.Enum):
    """Two ways to let a player go."""

    FOR_MONEY = "money"
    FOR_NOTHING = "nothing"


Base = Annotated[
    Literal["first", "second"], Meta(extra_json_schema={"synonyms": {"first": ["first base", "1st"]}})
]


@pytest.fixture
def park(app: Hipflask) -> Hipflask:
    """An app with slots of every kind."""
    app.config["ALEXA_INVOCATION_NAME"] = "ball park"

    @app.intent("WhoIsOn", "who is on {base}", "who was on {base} {day}")
    def who_is_on(base: Base, day: dt.date | None = None) -> str:
        return f"{base} {day}"

    @app.intent(
        "Let",
        "let {player} go for {how}",
        "wait {pause}",
        "at {when} pitch {speed}",
        "is it {sure}",
        "in {span}",
    )
    def let(
        player: Annotated[
            str, Meta(extra_json_schema={"alexa": "AMAZON.FirstName", "dialogflow": "@sys.given-name"})
        ],
        how: Trade = Trade.FOR_MONEY,
        pause: dt.timedelta = dt.timedelta(),
        when: dt.time = dt.time(),
        speed: int = 0,
        sure: bool = False,
        span: tuple[dt.date, dt.date] | None = None,
    ) -> str:
        return player

    return app


def words(app: Hipflask, locale: str = "en-US") -> Vocabulary:
    return vocabulary_of(app.actions, app.config, locale)


def model(app: Hipflask, locale: str = "en-US") -> dict[str, Any]:
    found: dict[str, Any] = alexa.model_of(words(app, locale))["interactionModel"]
    return found


# ── Alexa ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_intent_has_its_slots_and_samples(park: Hipflask) -> None:
    """Hints become types; what is required can be answered alone."""
    assert model(park)["languageModel"]["intents"][0] == {
        "name": "WhoIsOn",
        "slots": [
            {"name": "base", "type": "Base", "samples": ["{base}"]},
            {"name": "day", "type": "AMAZON.DATE"},
        ],
        "samples": ["who is on {base}", "who was on {base} {day}"],
    }
    types = {slot["name"]: slot["type"] for slot in model(park)["languageModel"]["intents"][1]["slots"]}
    assert types == {
        "player": "AMAZON.FirstName",
        "how": "Trade",
        "pause": "AMAZON.DURATION",
        "when": "AMAZON.TIME",
        "speed": "AMAZON.NUMBER",
        "sure": "YesOrNo",
        "span": "AMAZON.DATE",
    }


def test_choices_become_a_type_with_ids_and_synonyms(park: Hipflask) -> None:
    """The id is what the function gets; words are said."""
    types = {each["name"]: each["values"] for each in model(park)["languageModel"]["types"]}
    assert types["Base"][0] == {"id": "first", "name": {"value": "first", "synonyms": ["first base", "1st"]}}
    assert types["Trade"][0] == {"id": "money", "name": {"value": "money", "synonyms": ["for money"]}}


def test_what_is_required_has_a_dialog_and_a_question(park: Hipflask) -> None:
    """Without it Alexa would refuse our Dialog.ElicitSlot; each turn comes to the functions."""
    found = model(park)
    dialog = found["dialog"]["intents"][0]
    assert dialog["delegationStrategy"] == "SKILL_RESPONSE"
    asked = [slot for slot in dialog["slots"] if slot["elicitationRequired"]]
    assert [(slot["name"], slot["prompts"]) for slot in asked] == [
        ("base", {"elicitation": "Elicit.WhoIsOn.base"})
    ]
    prompts = {each["id"]: each["variations"][0]["value"] for each in found["prompts"]}
    assert prompts["Elicit.WhoIsOn.base"] == "Which base: first or second?"
    assert {
        slot["prompts"]["elicitation"]
        for each in found["dialog"]["intents"]
        for slot in each["slots"]
        if slot["prompts"]
    } == set(prompts)


def test_every_skill_understands_stop_and_help(park: Hipflask) -> None:
    """Each once, also where a function answers it."""

    @park.intent("AMAZON.HelpIntent")
    def help() -> str:
        return "Ask."

    names = [intent["name"] for intent in model(park)["languageModel"]["intents"]]
    assert names.count("AMAZON.HelpIntent") == 1
    assert {
        "AMAZON.StopIntent",
        "AMAZON.CancelIntent",
        "AMAZON.FallbackIntent",
        "AMAZON.NavigateHomeIntent",
    } < set(names)
    assert alexa_rules.breaches(words(park)) == []


def test_amazons_own_model_reads_all_of_it(park: Hipflask) -> None:
    """Nothing is there that its classes do not know, and nothing is of another type."""
    whole = alexa.model_of(words(park))
    assert round_trip(whole, InteractionModelData) == whole


def test_two_types_of_one_name_are_kept_apart(park: Hipflask) -> None:
    """Another `base` with other choices is another type."""

    @park.intent("Steal", "steal {base}")
    def steal(base: Literal["home", "third"]) -> str:
        return base

    slots = {each["name"]: each.get("slots") for each in model(park)["languageModel"]["intents"]}
    assert slots["Steal"][0]["type"] == "StealBase"
    assert slots["WhoIsOn"][0]["type"] == "Base"


def test_another_language_has_its_own_words(park: Hipflask) -> None:
    """Samples, synonyms and the invocation name; ids stay, so that functions need not know."""
    park.config["VOICE_LOCALES"] = {
        "de": {
            "invocation_name": "wer steht wo",
            "samples": {"WhoIsOn": ["wer steht auf {base}"], "Let": ["lass {player} gehen"]},
            "synonyms": {"first": ["erste", "auf der ersten"]},
        }
    }
    found = model(park, "de-DE")["languageModel"]
    assert found["invocationName"] == "wer steht wo"
    assert found["intents"][0]["samples"] == ["wer steht auf {base}"]
    assert found["types"][0]["values"][0] == {
        "id": "first",
        "name": {"value": "erste", "synonyms": ["auf der ersten"]},
    }
    assert alexa_rules.breaches(words(park, "de-DE")) == []


def test_two_functions_may_share_an_intent(park: Hipflask) -> None:
    """They are told apart by contexts; the model has it once."""

    @park.intent("WhoIsOn", "and on {base}", contexts=["asking"])
    def and_on(base: Base) -> str:
        return base

    found = [each for each in model(park)["languageModel"]["intents"] if each["name"] == "WhoIsOn"]
    assert [each["samples"] for each in found] == [
        ["who is on {base}", "who was on {base} {day}", "and on {base}"]
    ]


# ── Amazon's rules ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        ([], "one() has no samples: nobody could say 'One'"),
        (["say {what"], "whose braces do not match"),
        (["{say {what}}"], "whose braces do not match"),
        ([" "], "one() has an empty sample"),
        (["{what}"], "nothing but free text"),
        (["say {what} {what}"], "twice"),
        (["say {what} {when}"], "{what} is free text, which stands alone"),
        (["what is 1+1, then {what}?"], "with '+ , ?'. Alexa takes letters, spaces, hyphens"),
        (["no. say {what}"], "A period stands after the single letters"),
        (["say " + "so " * 80 + "{what}"], "200 are taken"),
    ],
)
def test_a_bad_sample_is_told(app: Hipflask, samples: list[str], sentence: str) -> None:
    """By the name of its function, and with what to write instead."""
    app.config["ALEXA_INVOCATION_NAME"] = "ball park"

    @app.intent("One", *samples)
    def one(what: str, when: dt.date | None = None) -> str:
        return what

    found = alexa_rules.breaches(words(app))
    assert len(found) == 1
    assert sentence in found[0]
    assert "one()" in found[0]


@pytest.mark.parametrize(
    "sample",
    [
        "who's on {base}",
        "the n. b. a. on {base}",
        "well-known {base}",
        "wer steht auf der größten {base}",
        "{base}'s player",
        "{base}",
    ],
)
def test_a_good_sample_is_not(app: Hipflask, sample: str) -> None:
    """Possessives, abbreviations, hyphens, letters of any language; a choice may stand alone."""
    app.config["ALEXA_INVOCATION_NAME"] = "ball park"

    @app.intent("One", sample)
    def one(base: Literal["first"]) -> str:
        return base

    assert alexa_rules.breaches(words(app)) == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "no name to be called by"),
        ("park", "one word"),
        ("Ball Park", "small letters: 'ball park'"),
        ("ball park 2", "write numbers as words"),
        ("ball & park", "with '&'"),
        ("open ball park", "'open' is what people say before it"),
        ("echo ball park", "'echo' is Amazon's own word"),
        ("the park", "of two words none may be 'the'"),
        ("ball etc. park", "A period stands after the single letters"),
        ("b" * 30 + " " + "p" * 30, "from 2 to 50"),
    ],
)
def test_a_bad_invocation_name_is_told(park: Hipflask, name: str, sentence: str) -> None:
    """With the reason."""
    park.config["ALEXA_INVOCATION_NAME"] = name
    found = alexa_rules.breaches(words(park))
    assert len(found) == 1
    assert sentence in found[0]


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("sam's ball park", "en-US"),
        ("b. b. c. radio", "en-GB"),
        ("दैनिक राशिफल", "hi-IN"),
        ("kaffeeroboter", "de-DE"),
    ],
)
def test_a_good_invocation_name_is_not(park: Hipflask, name: str, locale: str) -> None:
    """As Amazon's own examples have it."""
    park.config.update(ALEXA_INVOCATION_NAME=name, VOICE_LANGUAGE=locale[:2])
    assert alexa_rules.breaches(words(park, locale)) == []


def test_a_brand_may_be_one_word(park: Hipflask) -> None:
    """If somebody says that it is one."""
    park.config["ALEXA_INVOCATION_NAME"] = "hipflask"
    assert alexa_rules.breaches(words(park), is_own_brand=True) == []


def test_two_intents_may_not_have_the_same_sample(park: Hipflask) -> None:
    """Whatever its capitals and spaces."""

    @park.intent("Other", "Who is  on {base}")
    def other(base: Base) -> str:
        return base

    (found,) = alexa_rules.breaches(words(park))
    assert found.startswith("who_is_on() and other() both have the sample")


@pytest.mark.parametrize("name", ["WhoIsOn1", "Who-Is-On", "Who Is On", "_Who", "Who__Is", "Wér"])
def test_an_intents_name_has_letters_alone(park: Hipflask, name: str) -> None:
    """And single underscores."""

    @park.intent(name, "a b c")
    def abc() -> str:
        return ""

    (found,) = alexa_rules.breaches(words(park))
    assert found.startswith(f"abc() answers {name!r}. Alexa takes letters")


def test_slots_have_rules_of_their_own(app: Hipflask) -> None:
    """Their names, Amazon's types by locale, types that are none."""
    app.config["ALEXA_INVOCATION_NAME"] = "ball park"
    schema = {"alexa": "AMAZON.US_CITY"}

    @app.intent("Go", "go to {city2}", "go {more}", "go {most}", "go {home}")
    def go(
        city2: Annotated[str, Meta(extra_json_schema=schema)],
        more: Annotated[str, Meta(extra_json_schema={"alexa": "City"})],
        home: Literal["here", "there"],
        most: list[str],
    ) -> str:
        return city2

    @app.intent("Home", "home")
    def home() -> str:
        return ""

    assert {breach.partition(".")[0] for breach in alexa_rules.breaches(words(app, "en-GB"))} == {
        "go() has the slot 'city2'",
        "go() wants AMAZON",
        "go() wants the type 'City' for more, and the skill has none of that name",
        "go() needs a type 'Home' for home, and an intent has that name",
        "go() takes a list of free texts in most, which Alexa cannot tell apart",
    }


def test_free_text_is_heard_once_in_an_intent(app: Hipflask) -> None:
    """And the sentence says what else there is."""
    app.config["ALEXA_INVOCATION_NAME"] = "ball park"

    @app.intent("Tell", "tell {whom}", "say {what}")
    def tell(whom: str, what: str) -> str:
        return what

    (found,) = alexa_rules.breaches(words(app))
    assert "free text in whom and what" in found
    assert "AMAZON.FirstName" in found


def test_one_word_stands_for_one_value(app: Hipflask) -> None:
    """Otherwise Alexa would find two, and the user be asked each time."""
    app.config["ALEXA_INVOCATION_NAME"] = "ball park"
    both = Meta(extra_json_schema={"synonyms": {"left": ["side"], "right": ["side"]}})

    @app.intent("Go", "go {way}")
    def go(way: Annotated[Literal["left", "right"], both]) -> str:
        return way

    (found,) = alexa_rules.breaches(words(app))
    assert found.startswith("go() has 'side' for both 'left' and 'right' in way")


def test_words_for_what_is_not_there_are_told(app: Hipflask) -> None:
    """A value that was misspelt, an intent that was renamed: their words would go nowhere."""
    app.config.update(
        ALEXA_INVOCATION_NAME="ball park",
        VOICE_LOCALES={
            "en": {
                "samples": {"One": "one {base}", "Two": ["two"]},
                "synonyms": {"thrid": ["3rd"]},
                "slots": {"bse": "base"},
            }
        },
    )
    misspelt = Meta(extra_json_schema={"synonyms": {"frist": ["1st"]}})

    @app.intent("One")
    def one(base: Annotated[Literal["first"], misspelt]) -> str:
        return base

    assert words(app).intents[0].samples == ("one {base}",)
    assert [
        each.partition(".")[0] if "one()" in each else each for each in alexa_rules.breaches(words(app))
    ] == [
        "app.config['VOICE_LOCALES'] speaks of the intent 'Two' for en-US, and no function has it. Write it as the function "
        "does, or leave it away.",
        "app.config['VOICE_LOCALES'] speaks of the slot 'bse' for en-US, and no function has it. Write it as the function "
        "does, or leave it away.",
        "app.config['VOICE_LOCALES'] speaks of the value 'thrid' for en-US, and no function has it. Write it as the function "
        "does, or leave it away.",
        "one() has synonyms for 'frist' in base, which is no value of it",
    ]


def test_a_language_nobody_speaks_is_told(park: Hipflask) -> None:
    """And one for which there are no samples."""
    assert any(
        each.startswith("Alexa does not speak 'tlh'") for each in alexa_rules.breaches(words(park, "tlh"))
    )
    assert any(
        "are in another language than fr-FR" in each for each in alexa_rules.breaches(words(park, "fr-FR"))
    )
    assert any(
        each.startswith("Dialogflow does not speak 'tlh'")
        for each in dialogflow_rules.breaches(words(park, "tlh"))
    )


def test_an_app_without_intents_is_told_what_to_write(app: Hipflask) -> None:
    """For either vendor."""
    assert "There is no intent yet" in dialogflow_rules.breaches(words(app))[0]


# ── Dialogflow ES ─────────────────────────────────────────────────────────────────────────────────


def test_an_agent_has_the_files_of_an_export(park: Hipflask) -> None:
    """Intents with their phrases, entities with their entries, the two that every agent has."""
    assert set(dialogflow_es.agent_of(words(park, "en"))) == {
        "package.json", "agent.json",
        "intents/WhoIsOn.json", "intents/WhoIsOn_usersays_en.json", "intents/Let.json", "intents/Let_usersays_en.json",
        "intents/Default Welcome Intent.json", "intents/Default Fallback Intent.json",
        "entities/Base.json", "entities/Base_entries_en.json", "entities/Trade.json", "entities/Trade_entries_en.json",
        "entities/YesOrNo.json", "entities/YesOrNo_entries_en.json",
    }  # fmt: skip


def test_phrases_are_annotated(park: Hipflask) -> None:
    """Text and parameters in turn, a word in the parameter's place."""
    files = dialogflow_es.agent_of(words(park, "en"))
    assert files["intents/WhoIsOn_usersays_en.json"][1]["data"] == [
        {"text": "who was on ", "userDefined": False},
        {"text": "first", "meta": "@Base", "alias": "base", "userDefined": True},
        {"text": " ", "userDefined": False},
        {"text": "tomorrow", "meta": "@sys.date", "alias": "day", "userDefined": True},
    ]
    assert files["entities/Base_entries_en.json"][0] == {
        "value": "first",
        "synonyms": ["first", "first base", "1st"],
    }


def test_parameters_are_asked_for_by_the_function(park: Hipflask) -> None:
    """The webhook fills slots; the prompt is there for when it cannot be reached."""
    files = dialogflow_es.agent_of(words(park, "en"), "https://ball.example/voice/dialogflow")
    intent = files["intents/WhoIsOn.json"]
    assert intent["webhookUsed"] is intent["webhookForSlotFilling"] is True
    base, day = intent["responses"][0]["parameters"]
    assert (base["required"], base["dataType"], base["value"], base["prompts"][0]["value"]) == (
        True, "@Base", "$base", "Which base: first or second?",
    )  # fmt: skip
    assert (day["required"], day["dataType"], day["prompts"]) == (False, "@sys.date", [])
    assert files["agent.json"]["webhook"]["url"] == "https://ball.example/voice/dialogflow"
    kinds = [each["dataType"] for each in files["intents/Let.json"]["responses"][0]["parameters"]]
    assert kinds == [
        "@sys.given-name",
        "@Trade",
        "@sys.duration",
        "@sys.time",
        "@sys.number-integer",
        "@YesOrNo",
        "@sys.date-period",
    ]
    assert files["intents/Default Fallback Intent.json"]["fallbackIntent"] is True
    assert files["intents/Default Welcome Intent.json"]["events"] == [{"name": "WELCOME"}]


def test_the_zip_is_the_same_for_the_same_functions(park: Hipflask) -> None:
    """Also later: no time and no random number is in it."""
    first, second = (dialogflow_agent.zipped(dialogflow_es.agent_of(words(park, "en"))) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert json.loads(archive.read("package.json")) == {"version": "1.0.0"}


@pytest.mark.parametrize(
    ("name", "samples", "sentence"),
    [
        ("a/b", ["one {what}"], "without / "),
        ("n" * 101, ["one {what}"], "1 to 100 characters"),
        ("AMAZON.HelpIntent", ["one {what}"], "which is Alexa's alone"),
        ("One", ["one " * 200 + "{what}"], "768 are taken"),
        ("One", ["{what}"], "nothing but free text"),
    ],
)
def test_googles_rules(app: Hipflask, name: str, samples: list[str], sentence: str) -> None:
    """One sentence for each breach."""

    @app.intent(name, *samples)
    def one(what: str) -> str:
        return what

    (found,) = dialogflow_rules.breaches(words(app, "en"))
    assert sentence in found


def test_googles_parameters_have_rules_too(app: Hipflask) -> None:
    """How many there may be, their names, and entities that are none."""
    names = [f"p{number}" for number in range(21)]
    scope: dict[str, Any] = {}
    exec(f"def many({', '.join(f'{name}: int = 0' for name in names)}): ...", scope)
    app.intent("Many", "many")(scope["many"])

    @app.intent("Go", "go {first}")
    def go(first: Annotated[str, Meta(extra_json_schema={"dialogflow": "given-name"})]) -> str:
        return first

    found = "\n".join(dialogflow_rules.breaches(words(app, "en")))
    assert "many() takes 21 parameters, and Dialogflow 20" in found
    assert "go() wants 'given-name' for first, and the agent has no such entity" in found


# ── the command ───────────────────────────────────────────────────────────────────────────────────

PROGRAM = """
from hipflask import Hipflask
app = Hipflask(__name__)
app.config["ALEXA_INVOCATION_NAME"] = {name!r}

@app.intent("WhoIsOn", "who is on {{base}}")
def who_is_on(base: int) -> str: ...
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLASK_APP", raising=False)
    file = tmp_path / "park.py"
    file.write_text(PROGRAM.format(name="ball park"))
    return file


def run(program: Path, *words: str) -> Result:
    sys.modules.pop(program.stem, None)  # another test's
    return CliRunner().invoke(CommandLine(), ["--app", str(program), "voice", "model", *words])


def test_the_command_prints_a_model(program: Path) -> None:
    """As JSON, and nothing else."""
    done = run(program, "--alexa")
    assert json.loads(done.stdout)["interactionModel"]["languageModel"]["invocationName"] == "ball park"
    assert run(program, "--alexa", "-o", "models/en-US.json").stdout == "Written: models/en-US.json\n"
    assert json.loads((program.parent / "models/en-US.json").read_text()) == json.loads(done.stdout)


def test_the_command_writes_an_agent(program: Path) -> None:
    """As a zip, or as a folder."""
    assert run(program, "--dialogflow").stdout == "Written: agent.zip\n"
    run(program, "--dialogflow", "-o", "agent")
    with zipfile.ZipFile(program.parent / "agent.zip") as archive:
        for name in archive.namelist():
            assert (program.parent / "agent" / name).read_bytes() == archive.read(name)


def test_the_command_tells_what_would_be_refused(program: Path) -> None:
    """And writes nothing."""
    program.write_text(PROGRAM.format(name="Park"))
    done = run(program, "--alexa", "-o", "model.json")
    assert done.exit_code == 1
    assert (
        "It would be refused:\n  • app.config['ALEXA_INVOCATION_NAME'] is 'Park'. Write it in small letters"
        in done.stderr
    )
    assert not (program.parent / "model.json").exists()


def test_the_command_is_told_for_whom(program: Path) -> None:
    """Bad words end with exit code 2, a plain Flask app and a place that cannot be written with 1."""
    assert (
        "Say for whom: --alexa, --dialogflow or --dialogflow-cx." in (done := run(program)).stderr
        and done.exit_code == 2
    )
    done = run(program, "--alexa", "-o", "park.py/model.json")
    assert (done.exit_code, "cannot be written" in done.stderr) == (1, True)
    program.write_text("import flask\napp = flask.Flask(__name__)\n")
    done = run(program, "--alexa")
    assert (done.exit_code, "only Hipflask's have @app.intent" in done.stderr) == (1, True)
