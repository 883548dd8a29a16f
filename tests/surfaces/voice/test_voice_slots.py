"""What a decorator records, the slots that follow from a function's hints, and what is refused there and then."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta
from voices import intent, said, slot, words

from hipflask import Blueprint, Hipflask, Reply
from hipflask.core.errors import LateRegistration, UsageError
from hipflask.surfaces.voice.slots import Choice, SlotPlan, slots_of, snake


class Size(enum.Enum):
    SMALL = "s"
    EXTRA_LARGE = "xl"


@dataclass
class Player:
    name: str


def slots(app: Hipflask) -> tuple[SlotPlan, ...]:
    [(action, door)] = app.actions.doors("intent")
    return slots_of(action, door)


# ── what is recorded ──────────────────────────────────────────────────────────────────────────────


def test_the_function_is_left_as_it_was(app: Hipflask) -> None:
    """So decorators stack, and the function is called and tested as any other."""

    def who(base: str) -> str:
        return f"Who is on {base}."

    assert app.intent("WhoIsOn", "who is on {base}")(who) is who
    assert app.fallback(who) is who
    assert app.launch()(who) is who
    assert app.command()(who) is who
    assert who("first") == "Who is on first."
    [(action, door)] = app.actions.doors("intent")
    assert door.name == "WhoIsOn"
    assert door.options["samples"] == ("who is on {base}",)
    assert [each.surface for each in action.doors] == ["intent", "voice", "voice", "command"]


@pytest.mark.parametrize(
    ("decorate", "name"),
    [
        (lambda app: app.launch, "launch"),
        (lambda app: app.fallback, "fallback"),
        (lambda app: app.session_ended, "session_ended"),
        (lambda app: app.on_session_started, "session_started"),
        (lambda app: app.on_playback_started, "AudioPlayer.PlaybackStarted"),
        (lambda app: app.on_playback_finished, "AudioPlayer.PlaybackFinished"),
        (lambda app: app.on_playback_stopped, "AudioPlayer.PlaybackStopped"),
        (lambda app: app.on_playback_nearly_finished, "AudioPlayer.PlaybackNearlyFinished"),
        (lambda app: app.on_playback_failed, "AudioPlayer.PlaybackFailed"),
        (lambda app: app.display_element_selected, "Display.ElementSelected"),
        (lambda app: app.on_purchase_completed, "Connections.Response"),
    ],
)
@pytest.mark.parametrize("is_bare", [True, False], ids=["bare", "with parentheses"])
def test_each_occasion_has_a_decorator(
    app: Hipflask, decorate: Callable[[Hipflask], Any], name: str, is_bare: bool
) -> None:
    """With parentheses or without."""

    def told() -> None: ...

    decorator = decorate(app)
    assert (decorator if is_bare else decorator())(told) is told
    assert [door.name for _, door in app.actions.doors("voice")] == [name]


def test_it_is_refused_once_the_app_answers(app: Hipflask) -> None:
    """Some callers would find it and others not."""
    app.test_client().get("/")
    with pytest.raises(LateRegistration, match=r"@app\.intent\('Late'\) on .*late came too late"):

        @app.intent("Late")
        def late() -> str: ...

    with pytest.raises(LateRegistration, match=r"@app\.launch on .*later came too late"):

        @app.launch
        def later() -> str: ...


def test_a_blueprint_brings_its_intents_and_the_rules(app: Hipflask) -> None:
    """They take effect when it is registered, whatever its prefix."""
    games = Blueprint("games", __name__, url_prefix="/games")

    @games.intent("WhoIsOn", "who is on {base}")
    def who(base: str) -> str:
        return f"Who is on {base}."

    assert not list(app.actions.doors("intent"))
    app.register_blueprint(games)
    assert [door.name for _, door in app.actions.doors("intent")] == ["WhoIsOn"]
    assert {"/voice/alexa", "/voice/dialogflow"} <= {rule.rule for rule in app.url_map.iter_rules()}
    assert words(said(app, intent("WhoIsOn", slot("base", "first")))) == "Who is on first."


def test_a_blueprint_within_another_does_too(app: Hipflask) -> None:
    """However deep it lies, and if the app has intents of its own."""
    league, games = Blueprint("league", __name__, url_prefix="/league"), Blueprint("games", __name__)

    @games.intent("Score")
    def score() -> str:
        return "Nil."

    @app.intent("Hello")
    def hello() -> str:
        return "Hello."

    league.register_blueprint(games)
    app.register_blueprint(league)
    assert words(said(app, intent("Score"))) == "Nil."
    assert words(said(app, intent("Hello"))) == "Hello."


def test_an_app_that_is_not_spoken_to_has_no_such_rules(app: Hipflask) -> None:
    """Nobody can knock where nobody answers."""
    assert not [rule for rule in app.url_map.iter_rules() if "voice" in rule.rule]


def test_the_paths_are_the_apps_choice(app: Hipflask) -> None:
    """Or none."""
    app.config.update(ALEXA_PATH="/alexa", DIALOGFLOW_PATH=None)

    @app.launch
    def hello() -> str: ...

    rules = [rule.rule for rule in app.url_map.iter_rules()]
    assert "/alexa" in rules
    assert not [rule for rule in rules if rule.startswith("/voice")]


# ── slots ─────────────────────────────────────────────────────────────────────────────────────────


def test_slots_follow_from_hints(app: Hipflask) -> None:
    """One for each parameter, of the type that the hint asks for."""

    @app.intent("Everything")
    def everything(
        base: Literal["first", "left_field"],
        size: Size,
        innings: int,
        price: Decimal,
        speed: float,
        day: dt.date,
        week: tuple[dt.date, dt.date],
        at: dt.time,
        moment: dt.datetime,
        length: dt.timedelta,
        sure: bool,
        who: str,
        anything,  # type: ignore[no-untyped-def]
        team: Annotated[list[Literal["a", "b"]], Meta(description="who plays")] = [],  # noqa: B006
        runs: int | None = None,
    ) -> str: ...

    found = {slot.parameter: slot for slot in slots(app)}
    assert [slot.kind for slot in found.values()] == [
        "choice", "choice", "whole", "number", "number", "date", "period", "time", "moment", "duration", "yes_no", "text",
        "text", "choice", "whole",
    ]  # fmt: skip
    assert found["base"].choices == (Choice("first", ("first",)), Choice("left_field", ("left field",)))
    assert found["size"].choices == (Choice("s", ("s", "small")), Choice("xl", ("xl", "extra large")))
    assert found["team"].is_list
    assert found["team"].description == "who plays"
    assert not found["week"].is_list
    assert [name for name, slot in found.items() if not slot.is_required] == ["team", "runs"]


def test_a_slot_is_called_as_the_samples_write_it(app: Hipflask) -> None:
    """Or as `mapping` says, or as the parameter."""

    @app.intent(
        "Trade", "trade {firstName} for {Other}", "{firstName}", mapping={"other": "Other", "third_one": "C"}
    )
    def trade(first_name: str, other: str, third_one: str = "", fourth_one: str = "") -> str: ...

    assert [slot.name for slot in slots(app)] == ["firstName", "Other", "C", "fourth_one"]


@pytest.mark.parametrize(
    ("name", "parameter"),
    [("firstName", "first_name"), ("FirstName", "first_name"), ("first-name", "first_name"), ("first_name", "first_name"),
     ("HTTPServer", "http_server"), ("base", "base"), ("baseOne1", "base_one1")],
)  # fmt: skip
def test_a_slots_name_as_a_parameters(name: str, parameter: str) -> None:
    """Whatever way of writing the model has."""
    assert snake(name) == parameter


# ── what is refused ───────────────────────────────────────────────────────────────────────────────


def test_a_sample_with_a_slot_for_nobody_is_refused(app: Hipflask) -> None:
    """It could never be said to any effect."""
    with pytest.raises(
        UsageError, match=r"has \{place\}, and .*who\(\) has no parameter for it: it has base\. Write `def"
    ):

        @app.intent("WhoIsOn", "who is on {place}")
        def who(base: str) -> str: ...


@pytest.mark.parametrize("option", ["mapping", "convert", "default"])
def test_an_option_for_no_parameter_is_refused(app: Hipflask, option: str) -> None:
    """A typing mistake would otherwise do nothing, silently."""
    with pytest.raises(
        UsageError, match=option + r"=\{'bse': …\} is for a parameter, and .*who\(\) has none of that name"
    ):

        @app.intent("WhoIsOn", **{option: {"bse": "date"}})
        def who(base: str) -> str: ...


def test_an_unknown_converter_is_refused(app: Hipflask) -> None:
    """The three names are those of Flask-Ask."""
    with pytest.raises(
        UsageError, match=r"convert= takes a function, or one of date, time, timedelta, not 'datum'"
    ):

        @app.intent("When", convert={"day": "datum"})
        def when(day): ...  # type: ignore[no-untyped-def]


@pytest.mark.parametrize("hint", [dict, dict[str, int], Player, list[Player], list[dict[str, Any]]])
def test_a_function_that_returns_what_cannot_be_said_is_refused(app: Hipflask, hint: Any) -> None:
    """There the traceback shows the line that is wrong."""

    def find() -> Any: ...

    find.__annotations__["return"] = hint
    with pytest.raises(
        UsageError, match=r"which a voice cannot say\. Return text, or `Reply\(data, speech='…'\)`"
    ):
        app.intent("Find")(find)


@pytest.mark.parametrize("hint", [str, int, list[str], None, Any, Reply, dt.date, str | None])
def test_a_function_that_returns_what_can_be_said_is_welcome(app: Hipflask, hint: Any) -> None:
    """And one that says nothing of it."""

    def find() -> Any: ...

    find.__annotations__["return"] = hint
    assert app.intent("Find")(find) is find
