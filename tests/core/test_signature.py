"""Plans: what is read from a function when it is decorated, and what is refused there."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal, NewType

import msgspec
import pytest

from hipflask.core.errors import MISSING, BindingError, UnsupportedType, UsageError
from hipflask.core.signature import Parameter, plan

if TYPE_CHECKING:
    from decimal import Decimal as Absent


class Base(Enum):
    FIRST = "first"
    SECOND = "second"


class Umpire:
    pass


@dataclass
class Team:
    name: str
    umpire: Umpire


@dataclass
class Roster:
    captain: Absent


Inning = NewType("Inning", int)


def parameter_of(function: Callable[..., Any]) -> Parameter:
    return plan(function).parameters[0]


def test_a_plan_lists_the_parameters_in_order_with_their_hints_and_defaults() -> None:
    def pitch(player: str, speed: int = 90, *, curve: bool = False) -> str:
        return player

    made = plan(pitch)
    assert [(each.name, each.type, each.default, each.required) for each in made.parameters] == [
        ("player", str, MISSING, True),
        ("speed", int, 90, False),
        ("curve", bool, False, False),
    ]
    assert made.returns is str
    assert made.names == {"player", "speed", "curve"}


def test_what_nothing_was_given_for_is_left_to_the_functions_own_default() -> None:
    def pitch(player: str, speed: int = 90) -> None: ...

    assert plan(pitch).bind({"player": "Abbott"}, text=True) == {"player": "Abbott"}


def test_names_that_the_function_does_not_have_never_reach_it() -> None:
    def pitch(player: str) -> None: ...

    assert plan(pitch).bind({"player": "Abbott", "admin": "1"}, text=True) == {"player": "Abbott"}


def test_a_required_parameter_that_is_missing_is_an_error_that_received_nothing() -> None:
    def pitch(speed: int) -> None: ...

    with pytest.raises(BindingError) as raised:
        plan(pitch).bind({}, text=True)
    assert raised.value.received is MISSING
    assert str(raised.value) == "speed: expected a whole number, got nothing"


def test_texts_and_data_are_bound_together_and_texts_go_first() -> None:
    def pitch(player: str, speed: int, curve: bool = False) -> None: ...

    bound = plan(pitch).bind_both({"player": "Abbott", "curve": "yes"}, {"speed": 90, "curve": False})
    assert bound == {"player": "Abbott", "speed": 90, "curve": True}


def test_faults_names_every_parameter_that_does_not_fit() -> None:
    def pitch(player: str, speed: int, curve: bool = False) -> None: ...

    found = plan(pitch).faults({"curve": "perhaps"}, {"speed": "fast"})
    assert [error.parameter for error in found] == ["player", "speed", "curve"]


@pytest.mark.parametrize(
    ("hint", "is_list", "is_bool", "is_optional", "choices"),
    [
        (int, False, False, False, None),
        (bool, False, True, False, None),
        (bool | None, False, True, True, None),
        (list[int], True, False, False, None),
        (list[int] | None, True, False, True, None),
        (tuple[int, str], True, False, False, None),
        (set[Base], True, False, False, ("first", "second")),
        (Base, False, False, False, ("first", "second")),
        (Literal["b", "a", 1], False, False, False, ("b", "a", 1)),
        (Literal["b", "a"] | None, False, False, True, ("b", "a")),
        (Literal["b", None], False, False, True, ("b",)),
        (Literal["auto"] | int, False, False, False, None),
        (Annotated[Base, "where"], False, False, False, ("first", "second")),
        (dict[str, int], False, False, False, None),
    ],
)
def test_a_parameter_knows_what_a_surface_asks(
    hint: Any, is_list: bool, is_bool: bool, is_optional: bool, choices: Any
) -> None:
    parameter = Parameter("x", hint)
    assert (parameter.is_list, parameter.is_bool, parameter.is_optional) == (is_list, is_bool, is_optional)
    assert parameter.choices == choices


def test_a_description_comes_from_meta_or_from_a_plain_string() -> None:
    assert Parameter("x", Annotated[int, msgspec.Meta(description="How fast")]).description == "How fast"
    assert Parameter("x", Annotated[str, "Who throws"]).description == "Who throws"
    assert Parameter("x", int).description == ""


def test_a_parameter_without_a_hint_takes_text_as_it_is_and_any_json() -> None:
    def pitch(player) -> None:  # type: ignore[no-untyped-def]
        ...

    assert plan(pitch).bind({"player": "7"}, text=True) == {"player": "7"}
    assert plan(pitch).bind({"player": [7]}, text=False) == {"player": [7]}


def test_a_new_type_is_what_it_stands_for() -> None:
    def hold(inning: Inning) -> None: ...

    assert plan(hold).bind({"inning": "9"}, text=True) == {"inning": 9}


def test_a_class_of_the_function_around_is_found() -> None:
    @dataclass
    class Glove:
        size: int

    def wear(glove: Glove) -> None: ...

    assert plan(wear).bind({"glove": {"size": 3}}, text=False) == {"glove": Glove(3)}


def test_a_class_of_a_function_around_that_has_returned_is_found_if_the_function_holds_it() -> None:
    def field() -> Callable[..., Any]:
        @dataclass
        class Glove:
            size: int

        def wear(glove: Glove) -> Glove:
            return Glove(glove.size)

        return wear

    assert plan(field()).names == {"glove"}


def test_a_recursive_function_inside_another_has_a_plan() -> None:
    def countdown(number: int) -> int:
        return countdown(number - 1) if number else 0

    def decorated_before_it_is_named() -> set[str]:
        names: list[frozenset[str]] = []

        def note(function: Callable[..., Any]) -> Callable[..., Any]:
            names.append(plan(function).names)
            return function

        @note
        def again(number: int) -> int:
            return again(number - 1)  # type: ignore[no-any-return]

        return set(names[0])

    assert plan(countdown).names == {"number"} == decorated_before_it_is_named()


def test_methods_and_wrapped_functions_have_plans_too() -> None:
    class Field:
        def pitch(self, speed: int) -> int:
            return speed

    @functools.cache
    def catch(speed: int) -> int:
        return speed

    assert plan(Field().pitch).names == {"speed"}
    assert plan(catch).bind({"speed": "3"}, text=True) == {"speed": 3}


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────


def takes_class(umpire: Umpire) -> None: ...
def takes_object(umpire: object) -> None: ...
def takes_callable(then: Callable[[int], int]) -> None: ...
def takes_nested(team: Team) -> None: ...
def takes_list(teams: list[Umpire]) -> None: ...
def takes_iterable(teams: Iterable[int]) -> None: ...
def takes_bool_literal(really: Literal[True]) -> None: ...


@pytest.mark.parametrize(
    ("function", "parameter", "strange"),
    [
        (takes_class, "umpire: test_signature.Umpire", "Umpire"),
        (takes_object, "umpire: object", "object"),
        (takes_callable, "then: collections.abc.Callable[[int], int]", "Callable"),
        (takes_nested, "team: test_signature.Team", "Umpire"),
        (takes_list, "teams: list[test_signature.Umpire]", "Umpire"),
        (takes_iterable, "teams: collections.abc.Iterable[int]", "Iterable"),
        (takes_bool_literal, "really: Literal[True]", "Literal of True"),
    ],
)
def test_a_hint_that_nothing_from_outside_could_fill_is_refused(
    function: Callable[..., Any], parameter: str, strange: str
) -> None:
    with pytest.raises(UnsupportedType) as raised:
        plan(function)
    assert str(raised.value).replace("tests.core.", "") == (
        f"{function.__name__}() takes {parameter}, and {strange} is nothing that could arrive as text or JSON. Use a "
        "plain type (str, int, float, bool, Decimal, date, UUID, Enum, Literal, …), a list or dict of them, a "
        "dataclass or a msgspec.Struct."
    )


def test_kinds_that_arrive_alike_are_refused_together() -> None:
    def hold(inning: Base | str) -> None: ...

    with pytest.raises(
        UnsupportedType, match="whose kinds cannot be told apart when they arrive: at most one may be"
    ):
        plan(hold)


def test_stars_and_positions_are_refused_with_what_to_do() -> None:
    def stars(*names: str) -> None: ...
    def twice(**names: str) -> None: ...
    def slash(name: str, /) -> None: ...

    advice = (
        "values from outside come by name: give each one a parameter of its own, or take one list or dict."
    )
    for function, written in ((stars, "`*names"), (twice, "`**names"), (slash, "`name` by position only")):
        with pytest.raises(UnsupportedType) as raised:
            plan(function)
        assert f"{function.__name__}() takes {written}" in str(raised.value)
        assert str(raised.value).endswith(advice)


@pytest.mark.parametrize("nameless", [lambda speed: speed, functools.partial(takes_class), Umpire, 7])
def test_what_has_no_name_of_its_own_is_refused(nameless: Any) -> None:
    with pytest.raises(UsageError, match="Decorate a function that is written with `def`"):
        plan(nameless)


def test_a_hint_that_names_nothing_is_refused_by_its_name() -> None:
    def hold(ball: Absent) -> None: ...

    with pytest.raises(UsageError) as raised:
        plan(hold)
    assert "name 'Absent', which does not exist where the function is decorated" in str(raised.value)
    assert "not under `if TYPE_CHECKING:` only" in str(raised.value)


def test_a_record_whose_hints_name_nothing_is_refused_too() -> None:
    def hold(roster: Roster) -> None: ...

    with pytest.raises(UsageError, match="a record whose hints name 'Absent', which does not exist there"):
        plan(hold)
