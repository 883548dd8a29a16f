"""The line-up by all its doors: window, web and shell are the same few functions over the same list."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from hipflask.testing import User


@pytest.fixture
def coach(lineup: ModuleType) -> Iterator[User]:
    with User(lineup.app) as user:
        yield user.open("/")


def names(user: User) -> list[str]:
    """The players' names from top to bottom, as the window shows them."""
    fields = [found for found in user.seen() if found.role == "textbox"]
    return [found.value for found in fields if found.label.startswith("Name of")]


def on(lineup: ModuleType, base: str) -> str:
    """What the shell answers."""
    result = lineup.app.test_cli_runner().invoke(args=["on", base])
    assert result.exit_code == 0, result.output
    return str(result.output).strip()


def test_all_doors_give_the_same_answer(lineup: ModuleType) -> None:
    assert lineup.who_is_on("first") == "Who is on first."
    assert on(lineup, "first") == "Who is on first."
    assert lineup.app.test_client().get("/on/first").get_json() == "Who is on first."


def test_nobody_is_an_answer_too(lineup: ModuleType) -> None:
    assert on(lineup, "short") == "Nobody is on short."


def test_a_base_that_does_not_exist_is_refused_at_every_door(lineup: ModuleType) -> None:
    answer = lineup.app.test_client().get("/on/ninth")
    assert answer.status_code == 422
    assert "'first', 'second', 'third' or 'short'" in answer.get_data(as_text=True)
    assert lineup.app.test_cli_runner().invoke(args=["on", "ninth"]).exit_code == 2


def test_the_window_shows_the_players_in_order(coach: User) -> None:
    assert names(coach) == ["Who", "What", "I Don't Know"]
    assert coach.find("Who up").is_disabled
    assert coach.find("I Don't Know down").is_disabled


def test_a_name_typed_in_the_window_is_known_everywhere(lineup: ModuleType, coach: User) -> None:
    coach.type("Name of number 1", "Abbott")
    coach.find("Abbott down")
    assert on(lineup, "first") == "Abbott is on first."


def test_another_base_is_chosen(lineup: ModuleType, coach: User) -> None:
    first = next(found for found in coach.seen() if found.role == "combobox")
    assert first.value == "first"
    coach.choose("", "third")
    assert on(lineup, "third") == "Who and I Don't Know is on third."


def test_moving_takes_the_row_along_as_it_is(coach: User) -> None:
    row = coach.find("Name of number 1").shown
    coach.click("Who down")
    coach.find("Who down")
    assert names(coach) == ["What", "Who", "I Don't Know"]
    assert coach.find("Name of number 1").shown is row
    assert not coach.find("Who up").is_disabled
    coach.click("I Don't Know up")
    coach.click("I Don't Know up")
    assert names(coach) == ["I Don't Know", "What", "Who"]


def test_out_is_out(lineup: ModuleType, coach: User) -> None:
    for name in ("What", "Who", "I Don't Know"):
        coach.click(f"{name} out")
    coach.see("Nobody plays.")
    assert names(coach) == []
    assert on(lineup, "second") == "Nobody is on second."
    coach.click("The usual three")
    coach.find("Who out")
    assert on(lineup, "second") == "What is on second."


def test_the_players_are_there_again_tomorrow(lineup: ModuleType, coach: User) -> None:
    coach.type("Who else?", "Tomorrow", enter=True)
    coach.find("Tomorrow out")
    lineup.db.close()
    with User(lineup.app) as other:
        assert names(other.open("/"))[-1] == "Tomorrow"


@pytest.mark.parametrize("by_enter", [True, False])
def test_adding_a_player(coach: User, by_enter: bool) -> None:
    coach.type("Who else?", " Today ", enter=by_enter)
    if not by_enter:
        coach.click("Add")
    assert names(coach)[-1] == "Today"
    assert coach.find("Who else?").value == ""


def test_nobody_is_not_added(coach: User) -> None:
    coach.type("Who else?", "  ", enter=True)
    coach.click("Add")
    assert len(names(coach)) == 3


def test_every_window_shows_what_any_of_them_changes(lineup: ModuleType, coach: User) -> None:
    with User(lineup.app) as other:
        other.open("/")
        coach.type("Name of number 2", "Tomorrow")
        coach.click("Tomorrow up")
        other.find("Tomorrow down")
        assert names(other) == ["Tomorrow", "Who", "I Don't Know"]


def test_the_web_adds_a_player_to_open_windows(lineup: ModuleType, coach: User) -> None:
    answer = lineup.app.test_client().post("/players", json={"name": "Because", "base": "short"})
    assert answer.get_json() == {"name": "Because", "base": "short", "number": 4, "place": 4}
    coach.find("Because out")
    assert on(lineup, "short") == "Because is on short."


def test_numbers_are_not_given_twice(lineup: ModuleType, coach: User) -> None:
    coach.click("I Don't Know out")
    coach.type("Who else?", "Naturally", enter=True)
    coach.find("Naturally out")
    numbers = [player.number for player in lineup.db.all(lineup.Player)]
    assert len(set(numbers)) == len(numbers) == 3
    assert coach.errors() == []
