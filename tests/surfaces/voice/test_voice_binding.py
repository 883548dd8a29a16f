"""From slots to parameters: what is converted, what is understood, and what is asked for again."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junk import JUNK
from msgspec import Meta
from voices import alexa, cx_request, es_request, hear, intent, slot

from hipflask import Hipflask
from hipflask.surfaces.voice.binding import Misfit, bind
from hipflask.surfaces.voice.heard import Heard, Match, Slot
from hipflask.surfaces.voice.sentences import question_for
from hipflask.surfaces.voice.slots import slots_of


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


def bound(
    function: Callable[..., Any], *said: Any, raw: Any = None, errors: Any = None, **options: Any
) -> dict[str, Any]:
    """What a function is called with, when these slots were heard."""
    app = Hipflask("bound")
    app.intent("It", **options)(function)
    [(action, door)] = app.actions.doors("intent")
    return bind(slots_of(action, door), action, door, hear(raw or intent("It", *said)), errors)


def misfit(function: Callable[..., Any], *said: Any, raw: Any = None, **options: Any) -> Misfit:
    with pytest.raises(Misfit) as caught:
        bound(function, *said, raw=raw, **options)
    return caught.value


def on(base: Literal["first", "left_field"]) -> str: ...
def sized(size: Size) -> str: ...
def at(number: int) -> str: ...
def positive(number: Annotated[int, Meta(ge=1)]) -> str: ...
def call(name: str) -> str: ...
def day(date: dt.date) -> str: ...
def several(bases: list[Literal["first", "second"]]) -> str: ...


# ── choices ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        slot("base", "left_field"),
        slot("base", "Left Field"),
        slot("base", "LEFT-field"),
        slot("base", "way out there", ("left_field", "the left field")),
        slot("base", "way out there", ("LEFT_FIELD", "out there")),
        slot("base", "way out there", ("17", "left field")),
        slot("base", "way out there", ("", "left field")),
        slot("base", "first", ("left_field", "left field")),
        slot("base", "lf", ("left_field", "left field"), ("left_field", "left")),
    ],
)
def test_a_choice_is_the_entry_that_was_found_or_what_was_said(said: Any) -> None:
    """The entry's id first, then its name, then the words."""
    assert bound(on, said) == {"base": "left_field"}


def test_an_enum_is_one_of_its_members_by_value_or_by_name() -> None:
    """People say small, and the program has s."""
    assert bound(sized, slot("size", "small")) == {"size": Size.SMALL}
    assert bound(sized, slot("size", "big", ("l", "large"))) == {"size": Size.LARGE}


def test_a_choice_that_nothing_fits_is_asked_for_again() -> None:
    """With what there is to choose from."""
    error = misfit(on, slot("base", "tenth", status="ER_SUCCESS_NO_MATCH"))
    assert (error.why, error.heard, error.options) == ("unfit", "tenth", ("first", "left field"))


def test_a_choice_that_several_entries_fit_is_asked_for_again() -> None:
    """With those that are meant."""
    error = misfit(on, slot("base", "field", ("first", "first field"), ("left_field", "left field")))
    assert (error.why, error.options) == ("ambiguous", ("first", "left field"))


def test_a_text_that_several_entries_fit_is_asked_for_again() -> None:
    """Unless one of them was said to the letter."""
    error = misfit(call, slot("name", "Lou", ("1", "Lou Abbott"), ("2", "Lou Costello")))
    assert (error.why, error.options) == ("ambiguous", ("Lou Abbott", "Lou Costello"))
    assert bound(call, slot("name", "lou", ("1", "Lou"), ("2", "Lou Costello"))) == {"name": "Lou"}


def test_a_text_is_the_name_of_its_entry_or_the_words() -> None:
    """A type of one's own may have no entry for what was said."""
    assert bound(call, slot("name", "louie", ("1", "Lou"))) == {"name": "Lou"}
    assert bound(call, slot("name", "Bud", status="ER_SUCCESS_NO_MATCH")) == {"name": "Bud"}


# ── numbers, times, text ──────────────────────────────────────────────────────────────────────────


def test_values_are_converted_by_the_hints() -> None:
    """Everything arrives as text from Alexa."""

    def all(
        number: int,
        price: Decimal,
        code: str,
        week: tuple[dt.date, dt.date],
        at: dt.time,
        length: dt.timedelta,
        sure: bool,
    ) -> str: ...

    assert bound(
        all,
        slot("number", "6045"),
        slot("price", "12.50"),
        slot("code", "0042"),
        slot("week", "2015-W48"),
        slot("at", "EV"),
        slot("length", "P1Y2M3D"),
        slot("sure", "yes"),
    ) == {
        "number": 6045,
        "price": Decimal("12.50"),
        "code": "0042",
        "week": (dt.date(2015, 11, 23), dt.date(2015, 11, 29)),
        "at": dt.time(17),
        "length": dt.timedelta(days=428),
        "sure": True,
    }


@pytest.mark.parametrize(
    ("said", "expected"),
    [("2015-W48", "2015-11-23"), ("2015-WI", "2015-12-01"), ("PRESENT_REF", "2026-11-23")],
)
def test_a_date_is_the_first_day_of_what_was_said(said: str, expected: str) -> None:
    """Now is when it was asked."""
    assert bound(day, slot("date", said)) == {"date": dt.date.fromisoformat(expected)}


def test_a_number_that_was_not_understood_is_asked_for_again() -> None:
    """Alexa writes a question mark."""
    assert misfit(at, slot("number", "?")).why == "unfit"
    assert misfit(at, slot("number", "many")).heard == "many"


def test_limits_of_the_hint_hold() -> None:
    """And are told in words."""
    error = misfit(positive, slot("number", "0"))
    assert error.expected == "a whole number of at least 1"


def test_several_values_become_a_list() -> None:
    """Alexa's slots of several values, Dialogflow's lists, and one alone."""
    values = [{"type": "Simple", "value": "first"}, {"type": "Simple", "value": "second"}]
    said = slot("bases", "first and second", slotValue={"type": "List", "values": values})
    assert bound(several, said) == {"bases": ["first", "second"]}
    assert bound(several, slot("bases", "second")) == {"bases": ["second"]}
    assert bound(several, raw=es_request("It", bases=["first"])) == {"bases": ["first"]}
    assert misfit(several, raw=es_request("It", bases=["first", "tenth"])).heard == "tenth"


@pytest.mark.parametrize("name", ["firstName", "FirstName", "first-name", "first_name"])
def test_a_slot_is_found_in_whatever_way_it_is_written(name: str) -> None:
    """A model that somebody has written already need not be changed."""

    def greet(first_name: str) -> str: ...

    assert bound(greet, slot(name, "Lou")) == {"first_name": "Lou"}


def test_mapping_names_the_slot() -> None:
    """As in Flask-Ask."""
    assert bound(call, slot("Whom", "Lou"), slot("name", "Bud"), mapping={"name": "Whom"}) == {"name": "Lou"}


# ── what was not said ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said", [[], [slot("base")], [slot("base", "")], [slot("base", "first", confirmationStatus="DENIED")]]
)
def test_what_is_missing_is_asked_for(said: list[Any]) -> None:
    """Also if the user has said that it was not that."""
    assert misfit(on, *said).why == "missing"


def test_what_may_be_missing_is_left_to_the_function() -> None:
    """Its own default applies."""

    def maybe(base: Literal["first"] | None = None, number: int = 3) -> str: ...

    assert bound(maybe) == {}


def test_default_has_a_value_or_a_function_that_gives_one() -> None:
    """As in Flask-Ask."""
    assert bound(at, default={"number": 7}) == {"number": 7}
    assert bound(at, default={"number": lambda: 8}) == {"number": 8}
    assert bound(at, slot("number", "9"), default={"number": 7}) == {"number": 9}


# ── convert= ──────────────────────────────────────────────────────────────────────────────────────


def test_convert_takes_the_place_of_the_hint() -> None:
    """The names of Flask-Ask, or any function."""

    def when(day, at, length, number): ...  # type: ignore[no-untyped-def]

    found = bound(
        when,
        slot("day", "2015-W48"),
        slot("at", "NI"),
        slot("length", "PT5M"),
        slot("number", "12"),
        convert={"day": "date", "at": "time", "length": "timedelta", "number": int},
    )
    assert found == {
        "day": dt.date(2015, 11, 23),
        "at": dt.time(21),
        "length": dt.timedelta(minutes=5),
        "number": 12,
    }


def test_a_function_without_a_hint_sees_what_could_not_be_converted() -> None:
    """It is called with the words, and finds the error, as in Flask-Ask."""

    def when(day): ...  # type: ignore[no-untyped-def]

    errors: dict[str, Exception] = {}
    assert bound(when, slot("day", "soon"), convert={"day": "date"}, errors=errors) == {"day": "soon"}
    assert str(errors["day"]) == "'soon' is not a date"


def test_with_a_hint_it_is_asked_for_again() -> None:
    """The function could not take the words."""
    assert misfit(at, slot("number", "soon"), convert={"number": int}).why == "unfit"


# ── Dialogflow ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("request_of", [es_request, cx_request], ids=["ES", "CX"])
def test_what_dialogflow_has_made_of_it_is_taken(request_of: Callable[..., Any]) -> None:
    """Numbers with a point, moments for days, amounts with units, people with names."""

    def all(
        number: int,
        price: float,
        date: dt.date,
        at: dt.time,
        length: dt.timedelta,
        name: str,
        age: int,
        rest: str = "-",
    ) -> str: ...

    raw = request_of(
        "It",
        number=5.0,
        price=2.5,
        date="2015-11-25T12:00:00+01:00",
        at="2015-11-25T17:30:00+01:00",
        length={"amount": 5, "unit": "min"},
        name={"name": "Lou"},
        age={"amount": 30.0, "unit": "year"},
        rest="",
    )
    assert bound(all, raw=raw) == {
        "number": 5,
        "price": 2.5,
        "date": dt.date(2015, 11, 25),
        "at": dt.time(17, 30),
        "length": dt.timedelta(minutes=5),
        "name": "Lou",
        "age": 30,
    }


def test_a_moment_is_a_day_with_a_time() -> None:
    """Dialogflow knows moments; Alexa days alone."""

    def moment(at: dt.datetime) -> str: ...

    expected = dt.datetime(2015, 11, 25, 17, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert bound(moment, raw=es_request("It", at="2015-11-25T17:30:00+01:00")) == {"at": expected}
    assert bound(moment, raw=es_request("It", at={"date_time": "2015-11-25T17:30:00+01:00"})) == {
        "at": expected
    }
    assert bound(moment, slot("at", "2015-11-25")) == {"at": dt.datetime(2015, 11, 25)}


def test_half_a_number_is_no_whole_one() -> None:
    """It is asked for again, and not rounded."""
    assert misfit(at, raw=es_request("It", number=2.5)).why == "unfit"


def test_what_is_in_a_form_of_cx_goes_first() -> None:
    """It is what the page has just collected; what the form lacks is missing, whatever the session knows."""
    assert bound(on, raw=cx_request("It", form={"base": "left field"}, base="first")) == {
        "base": "left_field"
    }
    assert misfit(on, raw=cx_request("It", form={"base": None}, base="first")).why == "missing"


def test_a_launch_has_no_slots() -> None:
    """Nothing is found where nothing can be."""
    assert misfit(on, raw=alexa()).why == "missing"


# ── whatever was said ─────────────────────────────────────────────────────────────────────────────

HINTS: list[Any] = [
    int, float, Decimal, bool, str, dt.date, tuple[dt.date, dt.date], dt.time, dt.datetime, dt.timedelta, Literal["first", 2], Size,
    list[int], list[Literal["a"]], list[dt.date], int | None, Annotated[int, Meta(ge=1)], dict[str, int], Any,
]  # fmt: skip
SAID = (
    st.sampled_from(
        ["?", "7", "2015-W48", "PT5M", "EV", "first", "s", "yes", {"amount": 1, "unit": "h"}, {"name": "x"}]
    )
    | JUNK
)


@given(st.sampled_from(HINTS), SAID, st.lists(st.text(max_size=4), max_size=2))
def test_whatever_was_said_it_fits_or_is_asked_for_again(hint: Any, said: Any, entries: list[str]) -> None:
    """By any hint, from any vendor."""

    def it(value: Any) -> str: ...

    it.__annotations__ = {"value": hint, "return": str}
    app = Hipflask("anything")
    app.intent("It")(it)
    [(action, door)] = app.actions.doors("intent")
    matches = tuple(Match(name, name) for name in entries)
    heard = Heard(
        "dialogflow", ("It",), True, dt.datetime.now(dt.UTC), {"value": Slot("value", said, matches)}
    )
    try:
        values = bind(slots_of(action, door), action, door, heard)
    except Misfit as misfit:
        assert question_for(misfit, "en-US").endswith(("?", "."))
        return
    assert set(values) == {"value"}
