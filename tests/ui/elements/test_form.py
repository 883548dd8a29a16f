"""A form has a field for each of its type's, says at each what does not fit, and gives a whole value."""

from __future__ import annotations

import asyncio
import datetime
import enum
import linecache
import pickle
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Event
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User


class Side(enum.Enum):
    LEFT = "left"
    RIGHT = "right"


class Player(msgspec.Struct):
    name: str
    number: Annotated[int, Meta(ge=1, le=99, description="On the back.")]
    bats: Side = Side.RIGHT
    plays: bool = True
    nickname: str | None = None
    born: datetime.date | None = None
    bases: list[int] = []


@dataclass
class Score:
    runs: int = 0
    words: str = "none"
    bases: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.runs > 50:
            raise ValueError("Nobody runs that often.")


@pytest.fixture
def taken(app: Hipflask, user: User) -> list[Any]:
    """What the form has given, of a window that is open."""
    taken: list[Any] = []

    @app.window("/")
    def window() -> None:
        ui.form(Player, on_submit=taken.append, submit="Add")

    user.open("/")
    return taken


def wrong(user: User, label: str) -> str | None:
    """What is said to be wrong at a field."""
    props = user.find(label).shown.props
    return props.get("refused") or props.get("error")


def test_what_is_entered_becomes_a_value_of_the_type(user: User, taken: list[Any]) -> None:
    user.type("Name", "Who")
    user.type("Number", "7")
    user.choose("Bats", "left")
    user.click("Plays")
    user.type("Born", "1926-11-22")
    user.type("Bases", "1, 3")
    user.click("Add")
    assert taken == [
        Player("Who", 7, Side.LEFT, False, None, datetime.date(1926, 11, 22), [1, 3]),
    ]


def test_each_type_has_its_own_kind_of_field(user: User, taken: list[Any]) -> None:
    assert [found.role for found in user.seen()] == [
        "form", "textbox", "textbox", "radiogroup", "switch", "textbox", "textbox", "textbox", "button",
    ]  # fmt: skip
    assert user.find("Born").shown.props["type"] == "date"
    assert user.find("Number").shown.props["hint"] == "On the back. From 1 to 99."
    assert user.find("Bats").value == "right"


def test_what_does_not_fit_is_said_while_typing(user: User, taken: list[Any]) -> None:
    user.type("Number", "none")
    assert wrong(user, "Number") == "expected a whole number from 1 to 99, got 'none'"
    user.type("Number", "9")
    assert wrong(user, "Number") is None


def test_what_is_missing_is_said_when_it_is_sent(user: User, taken: list[Any]) -> None:
    """Nothing is given then; Enter sends, too."""
    user.type("Name", "Who", enter=True)
    assert taken == []
    assert wrong(user, "Number") == "expected a whole number from 1 to 99"
    assert wrong(user, "Name") is None
    user.type("Number", "1", enter=True)
    assert [player.number for player in taken] == [1]


def test_a_value_is_edited_and_the_type_has_the_last_word(app: Hipflask, user: User) -> None:
    taken: list[Score] = []

    @app.window("/")
    def window() -> None:
        ui.form(Score, value=Score(3, "three", ["a", "b"]), on_submit=taken.append, clears=True)

    user.open("/")
    assert user.find("Bases").value == "a\nb"
    user.type("Runs", "99")
    user.click("Save")
    user.see("Nobody runs that often.")
    user.type("Runs", "")
    user.type("Words", "")
    user.click("Save")
    user.see_not("Nobody runs that often.")
    assert taken == [Score(0, "", ["a", "b"])]
    assert user.find("Runs").value == "3"


@dataclass
class Many:
    scores: list[Score]


@dataclass
class Perhaps:
    score: Score | None = None


@pytest.mark.parametrize("type_", [Many, Perhaps, Player("Who", 1), dict])
def test_what_has_no_fields_for_it_is_refused(app: Hipflask, user: User, type_: Any) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.form(type_, on_submit=print)

    with pytest.raises(UsageError, match=r"a form of its own|a dataclass or a msgspec\.Struct"):
        user.open("/")


def test_texts_of_a_list_stand_on_lines_of_their_own(app: Hipflask, user: User) -> None:
    taken: list[Score] = []

    @app.window("/")
    def window() -> None:
        ui.form(Score, on_submit=taken.append)

    user.open("/")
    user.type("Bases", "first, second\n\nthird")
    user.click("Save")
    user.click("Save")
    assert [score.bases for score in taken] == [["first, second", "third"]] * 2
    assert taken[0].bases is not taken[1].bases


def test_a_type_that_could_not_arrive_is_named(app: Hipflask, user: User) -> None:
    app.testing = True
    mixed = msgspec.defstruct("Mixed", [("what", enum.Enum("Odd", {"A": 1, "B": "b"}))])

    @app.window("/")
    def window() -> None:
        ui.form(mixed, on_submit=print)

    with pytest.raises(UsageError, match=r"ui\.form\(Mixed\): nobody could enter one of these: "):
        user.open("/")


# ── every type has the field that suits it ────────────────────────────────────────────────────────


class Base(enum.IntEnum):
    FIRST = 1
    SECOND_BASE = 2


class Everything(msgspec.Struct):
    few: Literal["a", "b", "c"]
    many: Literal["a", "b", "c", "d"]
    perhaps: Literal["a", "b"] | None
    known: bool | None
    several: set[Base]
    words: list[str]
    days: list[datetime.date]
    price: Decimal
    share: float
    at: datetime.time
    moment: datetime.datetime
    zoned: Annotated[datetime.datetime, Meta(tz=True)]
    short: Annotated[str, Meta(max_length=40)]
    long: Annotated[str, Meta(max_length=2000)]
    count: Annotated[int, Meta(gt=0)] = 1


ELEMENTS = {
    "Few": ("radiogroup", None),
    "Many": ("combobox", None),
    "Perhaps": ("radiogroup", None),
    "Known": ("radiogroup", None),
    "Several": ("listbox", None),
    "Words": ("wa-textarea", "One on each line."),
    "Days": ("wa-input", "Separate several by commas."),
    "Price": ("number", None),
    "Share": ("number", None),
    "At": ("time", None),
    "Moment": ("datetime-local", None),
    "Zoned": ("wa-input", "With a time zone."),
    "Short": ("wa-input", "At most 40 characters."),
    "Long": ("wa-textarea", "At most 2000 characters."),
    "Count": ("number", "Above 0."),
}


@pytest.fixture
def everything(app: Hipflask, user: User) -> User:
    @app.window("/")
    def window() -> None:
        ui.form(Everything, on_submit=print)

    return user.open("/")


@pytest.mark.parametrize("label", ELEMENTS)
def test_the_element_and_the_words_below_it_follow_from_the_type(everything: User, label: str) -> None:
    element, hint = ELEMENTS[label]
    found = everything.find(label)
    props = found.shown.props
    what = "number" if "inputmode" in props else props.get("type", found.shown.tag)
    assert element in (what, found.role)
    assert props.get("hint") == hint


def test_options_are_named_as_people_say_them(everything: User) -> None:
    everything.choose("Perhaps", "None")
    everything.choose("Known", "Yes")
    everything.choose("Several", "First", "Second base")
    assert everything.find("Several").value == ["First", "Second base"]
    assert everything.find("Count").shown.props["placeholder"] == "1"


@dataclass
class Address:
    town: str = "Cooperstown"
    number: Annotated[int, Meta(ge=1)] = 25


@dataclass
class Visitor:
    name: str
    address: Address = field(default_factory=Address)
    id: int = field(default=7, init=False)


def test_a_type_inside_the_type_is_a_group_of_fields(app: Hipflask, user: User) -> None:
    taken: list[Visitor] = []

    @app.window("/")
    def window() -> None:
        ui.form(Visitor, on_submit=taken.append)

    user.open("/")
    user.type("Name", "Who")
    user.type("Number", "0")
    user.click("Save")
    assert taken == []
    assert wrong(user, "Number") == "expected a whole number of at least 1, got '0'"
    user.type("Number", "3")
    user.click("Save")
    assert taken == [Visitor("Who", Address("Cooperstown", 3))]


# ── sending ───────────────────────────────────────────────────────────────────────────────────────


class Entered(msgspec.Struct):
    name: str = ""


@pytest.mark.parametrize("is_async", [True, False])
def test_what_the_program_will_not_take_is_said_at_the_form(
    app: Hipflask, user: User, is_async: bool
) -> None:
    """Not in the bar for errors, and what was typed stays."""
    taken: list[str] = []

    def take(given: Entered) -> None:
        if given.name == "Nobody":
            raise ValueError("Nobody plays here already.")
        taken.append(given.name)

    async def take_later(given: Entered) -> None:
        await asyncio.sleep(0)
        take(given)

    @app.window("/")
    def window() -> None:
        ui.form(Entered, on_submit=take_later if is_async else take, clears=True)

    user.open("/")
    user.type("Name", "Nobody")
    user.click("Save")
    user.see("Nobody plays here already.")
    assert user.find("Name").value == "Nobody"
    user.type("Name", "Who", enter=True)
    user.see_not("Nobody plays here already.")
    assert (taken, user.find("Name").value, user.errors()) == (["Who"], "", [])


def test_a_fault_of_the_program_is_none_of_the_persons(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        ui.form(Entered, on_submit=lambda given: given.nonsense, clears=True)

    user.open("/")
    user.type("Name", "Who")
    user.click("Save")
    assert len(user.errors()) == 1
    assert user.find("Name").value == "Who"
    user.click("Save")


@pytest.mark.parametrize("is_async", [True, False])
def test_it_is_sent_once_while_it_is_under_way_and_keeps_what_is_typed_meanwhile(
    app: Hipflask, user: User, is_async: bool
) -> None:
    begun, may_end, taken = Event(), Event(), []

    def take(given: Entered) -> None:
        taken.append(given.name)
        begun.set()
        assert may_end.wait(10)

    async def take_later(given: Entered) -> None:
        await asyncio.to_thread(take, given)

    @app.window("/")
    def window() -> None:
        ui.form(Entered, on_submit=take_later if is_async else take, clears=True)

    user.open("/")
    user.type("Name", "Who")
    screen, button, name = user.screen, user.find("Save").shown.id, user.find("Name").shown.id
    screen.event(button, "click", None)
    assert begun.wait(10)
    screen.event(name, "keydown:Enter", "Who")
    user.find("Name").shown.props["value"] = "What"
    screen.event(name, "input", "What")
    may_end.set()
    user.see("Save")
    assert user.find("Name").value == "What"
    assert taken == ["Who"]


def test_half_a_day_is_neither_none_nor_taken(app: Hipflask, user: User) -> None:
    """The browser says that the field is empty as long as a part of the day is missing."""
    taken: list[Player] = []

    @app.window("/")
    def window() -> None:
        ui.form(Player, value=Player("Who", 1), on_submit=taken.append)

    user.open("/")
    born = user.find("Born").shown.id
    user.screen.event(born, "focusout", "Please enter a valid value.")
    user.click("Save")
    assert wrong(user, "Born") == "This is not complete yet."
    assert taken == []
    user.screen.event(born, "focusout", "")
    user.click("Save")
    assert [player.born for player in taken] == [None]


def test_all_that_a_form_knows_can_be_handed_over_when_the_program_is_loaded_anew(
    app: Hipflask, user: User, taken: list[Any]
) -> None:
    cells = user.screen.session.part.cells
    assert any(cell.value == "right" for cell in cells.values())
    for (_, file, function, line, *_), cell in cells.items():
        assert (file, function) == (__file__, "taken.<locals>.window")
        assert "ui.form(Player" in linecache.getline(__file__, int(str(line)))
        pickle.loads(pickle.dumps(cell.value))
