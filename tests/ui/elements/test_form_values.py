"""Whatever a field can hold arrives exactly as it was, or is refused in words at its field: never changed, never lost."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import Meta

from hipflask import Hipflask, ui
from hipflask.testing import User


class Base(enum.Enum):
    FIRST = "first"
    HOME = "home"


INT64 = (-(2**63), 2**63 - 1)
texts = st.text(st.characters(codec=None, exclude_categories=()), max_size=20) | st.sampled_from(
    [
        "",
        " ",
        "\t \n",
        "\0",
        "a\0b",
        "\ud800",
        "\udfff!",
        "a\r\nb",
        "a\rb",
        "a\nb\n",
        "1,2",
        "x" * 100_000,
        "\u202e",
        "None",
    ]
)
zones = st.none() | st.sampled_from(
    [dt.UTC, dt.timezone(dt.timedelta(hours=14)), dt.timezone(-dt.timedelta(hours=9, minutes=30))]
)
days = st.dates() | st.sampled_from([dt.date.min, dt.date.max, dt.date(2000, 2, 29), dt.date(2024, 2, 29)])
moments = st.datetimes(timezones=zones) | st.sampled_from([dt.datetime.min, dt.datetime.max])
whole = st.integers() | st.sampled_from([*INT64, INT64[0] - 1, INT64[1] + 1, 0, -1, 2**64, 10**39])
numbers = st.floats() | st.sampled_from([5e-324, 1.7976931348623157e308, -0.0, 0.1 + 0.2, 1e16, 1e22])
decimals = st.decimals() | st.sampled_from(
    [Decimal(text) for text in ("1E+400", "1E-400", "-0", "0.1000", "NaN", "-Infinity", "sNaN", "9" * 60)]
)

VALUES: dict[Any, st.SearchStrategy[Any]] = {
    int: whole,
    Annotated[int, Meta(ge=1, le=99)]: whole,
    float: numbers,
    Decimal: decimals,
    str: texts,
    Annotated[str, Meta(min_length=1, max_length=5)]: texts,
    Annotated[str, Meta(max_length=1000)]: texts,
    bool: st.booleans(),
    Literal["a", "b"]: st.sampled_from(["a", "b"]),
    Literal[1, 2, 3, 4, 5]: st.integers(1, 5),
    Base: st.sampled_from(Base),
    dt.date: days,
    dt.time: st.times(timezones=zones),
    dt.datetime: moments,
    Annotated[dt.datetime, Meta(tz=True)]: moments,
    dt.timedelta: st.timedeltas(),
    uuid.UUID: st.uuids(),
    bytes: st.binary(max_size=40),
    list[int]: st.lists(whole, max_size=4),
    list[str]: st.lists(texts, max_size=4),
    set[Base]: st.sets(st.sampled_from(Base)),
    list[Literal["a", "b"]]: st.lists(st.sampled_from(["a", "b"])),
    tuple[int, float]: st.tuples(whole, numbers),
    int | str: whole | texts,
}  # fmt: skip
hints = st.sampled_from(list(VALUES))
cases = hints.flatmap(lambda hint: st.tuples(st.just(hint), VALUES[hint]))
maybe = hints.flatmap(lambda hint: st.tuples(st.just(hint | None), st.none() | VALUES[hint]))


one_window_for_all = settings(
    suppress_health_check=[*settings().suppress_health_check, HealthCheck.function_scoped_fixture]
)


class Form:
    """A form of one field, and what came of it."""

    def __init__(self, app: Hipflask, user: User) -> None:
        self.drawn: ui.State[Any] = ui.State(None)
        self.taken: list[Any] = []
        self.user = user

        @app.window("/")
        def window() -> None:
            if self.drawn.value is not None:
                type_, value = self.drawn.value
                ui.form(type_, value=value, on_submit=self.taken.append)

        user.open("/")

    def begin(self, hint: Any, *value: Any) -> None:
        self.taken.clear()
        self.drawn.set(None)
        self.user.see_not("Save")
        type_ = msgspec.defstruct("Anything", [("field", hint)])
        self.drawn.set((type_, type_(*value) if value else None))
        self.user.see("Save")

    def enter(self, text: str) -> None:
        found = self.user.find("Field").shown
        found.props["value"] = text
        self.user.screen.event(found.id, "input", text)

    def save(self) -> tuple[list[Any], str]:
        """What was taken, and what was said at the field."""
        self.user.click("Save")
        props = self.user.find("Field").shown.props
        assert self.user.errors() == []
        return [taken.field for taken in self.taken], props.get("refused") or props.get("error") or ""


@pytest.fixture
def form(app: Hipflask, user: User) -> Form:
    return Form(app, user)


def exactly(value: Any) -> str:
    """-0.0 is not 0.0, Decimal("0.10") not Decimal("0.1") and True not 1; NaN is NaN."""
    if isinstance(value, list | tuple | set):
        return f"{type(value)} {sorted(map(exactly, value)) if isinstance(value, set) else [*map(exactly, value)]}"
    return f"{type(value)} {value!r}"


def arrives_or_is_refused(form: Form, value: Any) -> None:
    taken, said = form.save()
    assert [exactly(one) for one in taken] == ([] if said else [exactly(value)]), said
    assert taken or (said.startswith("expected ") and len(said) > 10)


@one_window_for_all
@given(cases | maybe)
@example((float, float("nan")))
@example((int, 2**63))
@example((list[str], ["", "a, b", "two\nlines"]))
@example((dt.time, dt.time(1, 2, 3, 456789)))
@example((Annotated[str, Meta(min_length=1, max_length=5)], ""))
def test_what_a_form_begins_with_and_nobody_touches(form: Form, case: tuple[Any, Any]) -> None:
    hint, value = case
    form.begin(hint, value)
    arrives_or_is_refused(form, value)


def as_typed(value: Any) -> str:
    """What somebody types, or a browser's picker says, for a value."""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list) and value and isinstance(value[0], str):
        return "\n".join(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(msgspec.to_builtins(value)) if not isinstance(value, int) else str(value)


def typable(value: Any) -> Any:
    """What a text can say of it: not which of two hours it was that night when clocks went back.

    Half a letter, as an input method may leave one for a moment, comes from a screen as a mark (see `wire`).
    """
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value.replace(fold=0) if isinstance(value, dt.time | dt.datetime) else value


TYPED = [hint for hint in VALUES if hint not in (bool, Base, set[Base], int | str, list[str])]
TYPED = [hint for hint in TYPED if "Literal" not in str(hint)]


@one_window_for_all
@given(st.sampled_from(TYPED).flatmap(lambda hint: st.tuples(st.just(hint), VALUES[hint])))
@example((int, 2**63 - 1))
@example((int, -(2**63) - 1))
@example((float, float("-inf")))
@example((Decimal, Decimal("sNaN")))
@example((dt.date, dt.date(1, 1, 1)))
@example((str, "x" * 100_000))
@example((str, "\ud800"))
def test_what_is_typed_instead(form: Form, case: tuple[Any, Any]) -> None:
    hint, value = case
    form.begin(hint)
    form.enter(as_typed(value))
    arrives_or_is_refused(form, typable(value))


# What Python itself makes of a text.
READ: dict[Any, Any] = {
    int: int,
    float: float,
    Decimal: Decimal,
    dt.date: dt.date.fromisoformat,
    dt.time: dt.time.fromisoformat,
    dt.datetime: dt.datetime.fromisoformat,
    uuid.UUID: uuid.UUID,
}
figures = st.from_regex(r"[ +-]{0,2}[0-9_.,:TZe+-]{1,30} ?", fullmatch=True)


@one_window_for_all
@given(st.sampled_from(list(READ)), texts | figures)
@example(int, "٣")
@example(int, "1_000")
@example(int, "0x10")
@example(float, "nan")
@example(float, "1e999")
@example(dt.date, "2023-02-29")
@example(dt.date, "10000-01-01")
@example(dt.date, "0000-01-01")
@example(dt.time, "24:00")
def test_what_makes_no_sense_is_refused_and_stays(form: Form, hint: Any, text: str) -> None:
    """Few of these texts are values of these types; those that are taken mean what Python says that they mean."""
    form.begin(hint)
    form.enter(text)
    taken, said = form.save()
    assert form.user.find("Field").value == text  # nothing typed is ever lost
    if taken:
        assert exactly(taken[0]) == exactly(READ[hint](text.strip()))
    else:
        assert said.startswith("expected ")


@one_window_for_all
@given(st.sampled_from([int, float, Decimal, dt.date, Literal["a", "b", "c", "d"], Base, bool, str]))
def test_what_may_be_missing_is_none_and_what_may_not_is_asked_for(form: Form, hint: Any) -> None:
    form.begin(hint | None)
    assert form.save() == ([None], "")
    form.begin(hint)
    taken, said = form.save()
    assert (taken, said) == ([False], "") if hint is bool else (taken == [] and said.startswith("expected "))
