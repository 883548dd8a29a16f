"""Every field: its value is shown, what a person does reaches the state, and what does not fit is turned down."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User

BASES = {1: "first", 2: "second", 3: "third"}
DAY = datetime.date(2026, 3, 26)
CENT = Decimal("0.01")

# Each field with its value, what a person does to it, and the value then.
CASES: dict[str, tuple[Callable[..., Any], Any, Callable[[User], None], Any]] = {
    "textarea": (ui.textarea, "a\nb", lambda user: user.type("It", "c\nd"), "c\nd"),
    "password": (ui.password, "who", lambda user: user.type("It", "what"), "what"),
    "number": (ui.number, 9, lambda user: user.type("It", "12"), 12),
    "switch": (ui.switch, False, lambda user: user.click("It"), True),
    "checkbox": (ui.checkbox, False, lambda user: user.click("It"), True),
    "radio": (lambda it, **o: ui.radio(it, BASES, **o), 1, lambda user: user.choose("It", "third"), 3),
    "select": (lambda it, **o: ui.select(it, BASES, **o), 1, lambda user: user.choose("It", "third"), 3),
    "combobox": (lambda it, **o: ui.combobox(it, BASES, **o), 1, lambda user: user.choose("It", "third"), 3),
    "multi_select": (
        lambda it, **o: ui.multi_select(it, BASES, **o),
        [1],
        lambda user: user.choose("It", "third", "first"),
        [3, 1],
    ),
    "rating": (ui.rating, 2, lambda user: user.slide("It", 5), 5),
    "range": (ui.range, (10, 20), lambda user: user.slide("It", (15, 90)), (15, 90)),
    "color": (ui.color, "#aabbcc", lambda user: user.type("It", "#FF0000"), "#ff0000"),
    "date": (ui.date, DAY, lambda user: user.type("It", "2026-04-01"), datetime.date(2026, 4, 1)),
    "time": (ui.time, datetime.time(19, 5), lambda user: user.type("It", "07:30"), datetime.time(7, 30)),
}
fields = pytest.mark.parametrize(("draw", "value", "act", "then"), CASES.values(), ids=CASES)


@fields
def test_a_bound_value_is_shown_and_follows(
    app: Hipflask, user: User, draw: Any, value: Any, act: Any, then: Any
) -> None:
    """Both ways: from the person to the state, and from the state to the screen."""
    state: Any = None

    @app.window("/")
    def window() -> None:
        nonlocal state
        state = ui.state(value)
        draw("It", bind=state)
        ui.button("Back", on_click=state.set, args=(value,))

    shown = user.open("/").find("It").value
    act(user)
    assert state.value == then
    assert type(state.value) is type(then)
    assert user.find("It").value != shown
    user.click("Back")
    assert user.find("It").value == shown
    assert user.errors() == []


@fields
def test_a_handler_hears_of_the_value(
    app: Hipflask, user: User, draw: Any, value: Any, act: Any, then: Any
) -> None:
    """After its own arguments."""
    heard: list[Any] = []

    @app.window("/")
    def window() -> None:
        draw("It", value=value, on_change=lambda *given: heard.append(given), args=("x",))

    act(user.open("/"))
    assert heard[-1] == ("x", then)


@fields
def test_words_below_a_field_travel_as_words(
    app: Hipflask, user: User, draw: Any, value: Any, act: Any, then: Any
) -> None:
    """Hint, error and label are never markup."""
    markup = "<b onclick=alert(1)>"

    @app.window("/")
    def window() -> None:
        draw(markup, value=value, hint=markup, error=markup, disabled=True)

    found = user.open("/").find(markup)
    assert found.is_disabled
    assert (found.shown.props["hint"], found.shown.props["error"]) == (markup, markup)


NOT_OF_A_SCREEN = [
    None,
    True,
    5,
    1e300,
    "x" * 500,
    "-1",
    "9",
    [],
    ["0", "0"],
    ["9"],
    [1, 2, 3],
    [20, 10],
    {"a": 1},
]
FITS = {
    "switch": [True], "checkbox": [True], "textarea": ["x" * 500, "-1", "9"], "password": ["x" * 500, "-1", "9"],
    "number": ["-1", "9"], "rating": [5], "multi_select": [[]], "radio": [None], "select": [None], "combobox": [None],
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_no_such_field_sends_is_turned_away(app: Hipflask, user: User, name: str) -> None:
    """The state stays, and the program hears nothing of it."""
    draw, value, act, then = CASES[name]
    heard: list[Any] = []

    @app.window("/")
    def window() -> None:
        draw("It", value=value, on_change=heard.append)

    shown = user.open("/").find("It").shown
    for wrong in NOT_OF_A_SCREEN:
        if (type(wrong), wrong) not in [(type(fit), fit) for fit in FITS.get(name, [])]:
            for event in shown.props["on"]:
                user.screen.event(shown.id, event, wrong)
    user.screen.session.wait_until_settled(5)
    assert heard == []
    act(user)
    assert heard[-1] == then
    assert user.errors() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "This must be from 1 to 20."),
        ("21", "This must be from 1 to 20."),
        ("2.5", "This must be a whole number."),
        ("nine", "This is not a number."),
        ("1e999", "This number is too large."),
    ],
)
def test_a_number_that_does_not_fit_is_refused_in_words(
    app: Hipflask, user: User, typed: str, sentence: str
) -> None:
    """At the field, where it stays to be mended."""

    @app.window("/")
    def window() -> None:
        innings = ui.state(9)
        ui.number("Innings", min=1, max=20, bind=innings)
        ui.text(f"{innings.value} innings")

    user.open("/").type("Innings", typed)
    assert user.find("Innings").shown.props["refused"] == sentence
    user.see("9 innings")
    user.type("Innings", "10")
    assert "refused" not in user.find("Innings").shown.props
    user.see("10 innings")


@pytest.mark.parametrize(
    ("step", "typed", "value"),
    [
        (1, "7", 7), (1, "7.0", 7), (1, "-3", -3), (1, "12345678901234567890", 12345678901234567890),
        (0.5, "7", 7.0), (0.5, "7.5", 7.5), (1, "", None),
        (CENT, "7", Decimal(7)), (CENT, "1234567890123456.78", Decimal("1234567890123456.78")), (CENT, "", None),
    ],
)  # fmt: skip
def test_a_number_is_of_the_type_of_its_step(
    app: Hipflask, user: User, step: float | Decimal, typed: str, value: Any
) -> None:
    """And None where nothing is typed."""
    heard: list[Any] = []

    @app.window("/")
    def window() -> None:
        ui.number("Number", value=1, step=step, on_change=heard.append)

    user.open("/").type("Number", typed)
    assert heard == [value]
    assert type(heard[0]) is type(value)


def test_a_decimal_number_is_shown_as_it_is_written_by_people(app: Hipflask, user: User) -> None:
    """Never as 1E+3."""

    @app.window("/")
    def window() -> None:
        ui.number("Price", value=Decimal("1E+3"), min=CENT, max=Decimal(5), step=CENT)

    assert user.open("/").find("Price").value == "1000"
    user.type("Price", "5.01")
    assert user.find("Price").shown.props["refused"] == "This must be from 0.01 to 5."


def test_a_day_has_to_lie_between_its_limits(app: Hipflask, user: User) -> None:
    """And may be taken away."""
    heard: list[Any] = []

    @app.window("/")
    def window() -> None:
        ui.date("Day", min=DAY, max=DAY.replace(month=4), on_change=heard.append)

    user.open("/").type("Day", "2026-03-25")
    assert user.find("Day").shown.props["refused"] == "This must be 2026-03-26 or later."
    user.type("Day", "2027-01-01")
    assert user.find("Day").shown.props["refused"] == "This must be 2026-04-26 or earlier."
    user.type("Day", "")
    assert heard == [None]


def test_halves_of_stars_count_only_where_they_may(app: Hipflask, user: User) -> None:
    """A screen cannot give more than there is to give."""
    heard: list[Any] = []

    @app.window("/")
    def window() -> None:
        ui.rating("Whole", on_change=heard.append)
        ui.rating("Halves", halves=True, on_change=heard.append)

    user.open("/")
    for field in ("Whole", "Halves"):
        for stars in (2.5, 0.3, 6):
            user.slide(field, stars)
    assert heard == [2.5]


def test_options_that_do_not_exist_are_named(app: Hipflask, user: User) -> None:
    """With those that do."""
    for draw in (ui.radio, ui.combobox, ui.select):
        with pytest.raises(UsageError, match="'fourth' is none of its options"):
            drawn(draw, "Base", ["first"], value="fourth")
    with pytest.raises(UsageError, match="'fourth' is none of its options"):
        drawn(ui.multi_select, "Base", ["first"], value=["fourth"])
    with pytest.raises(UsageError, match="hashable"):
        drawn(ui.radio, "Base", [["first"]])


@pytest.mark.parametrize(
    ("draw", "arguments"),
    [
        (ui.number, {"min": 2, "max": 1}),
        (ui.number, {"step": 0}),
        (ui.number, {"value": "9"}),
        (ui.range, {"min": 1, "max": 1}),
        (ui.rating, {"max": 0}),
        (ui.color, {"value": "red"}),
        (ui.date, {"value": "2026-03-26"}),
        (ui.date, {"value": datetime.datetime(2026, 3, 26)}),
        (ui.time, {"value": "19:05"}),
    ],
)
def test_a_field_that_cannot_be_is_refused_where_it_is_drawn(draw: Any, arguments: dict[str, Any]) -> None:
    """The message begins with the element and its label."""
    with pytest.raises(UsageError, match=r"^ui\.\w+\('It'\)"):
        drawn(draw, "It", **arguments)


def drawn(draw: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Draw one element in a window of its own, raising what that raises."""
    app = Hipflask("drawn")
    app.testing = True

    @app.window("/")
    def window() -> None:
        draw(*args, **kwargs)

    app.test_client().get("/")
