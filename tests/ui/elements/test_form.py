"""A form has a field for each of its type's, says at each what does not fit, and gives a whole value."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, field
from typing import Annotated, Any

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
        "form", "textbox", "textbox", "combobox", "checkbox", "textbox", "textbox", "textbox", "button",
    ]  # fmt: skip
    assert user.find("Born").shown.props["type"] == "date"
    assert user.find("Number").shown.props["hint"] == "On the back."
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
    assert user.find("Bases").value == "a, b"
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
class Nested:
    score: Score


@pytest.mark.parametrize("type_", [Nested, Player("Who", 1), dict])
def test_what_has_no_fields_for_it_is_refused(app: Hipflask, user: User, type_: Any) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.form(type_, on_submit=print)

    with pytest.raises(UsageError, match=r"a form of its own|a dataclass or a msgspec\.Struct"):
        user.open("/")
