"""What a field does not take: the reason stands at the field, and goes away with the next value that fits."""

from __future__ import annotations

from typing import Any

from hipflask import Hipflask, ui
from hipflask.testing import User


class Shirt:
    """A number that is taken only if it fits on a shirt; binds as a state does."""

    def __init__(self) -> None:
        self.number = "7"

    def get(self) -> object:
        return self.number

    def set(self, value: Any, /) -> object:
        if len(value) > 2:
            raise ValueError("A shirt has room for two digits.")
        self.number = value
        return value


def test_what_a_binding_refuses_is_said_at_the_field(app: Hipflask, user: User) -> None:
    """And nowhere else: it is no error of the program."""
    shirt = Shirt()

    @app.window("/")
    def window() -> None:
        ui.input("Shirt", bind=shirt)

    user.open("/").type("Shirt", "12")
    user.type("Shirt", "123")
    assert refusal(user, "Shirt") == "A shirt has room for two digits."
    assert shirt.number != "123"
    assert user.errors() == []
    user.type("Shirt", "9")
    assert refusal(user, "Shirt") is None
    assert shirt.number == "9"


def test_what_a_handler_refuses_is_said_at_the_field(app: Hipflask, user: User) -> None:
    """Async or not; other errors are the program's, as ever."""

    def check(base: str) -> None:
        if base == "third":
            raise ValueError("I Don't Know is there.")
        if base == "second":
            raise RuntimeError("broken")

    async def check_later(base: str) -> None:
        check(base)

    @app.window("/")
    def window() -> None:
        ui.select("Now", ["first", "second", "third"], on_change=check)
        ui.select("Later", ["first", "second", "third"], on_change=check_later)

    user.open("/")
    for field in ("Now", "Later"):
        user.choose(field, "third")
        assert refusal(user, field) == "I Don't Know is there."
        user.choose(field, "first")
        assert refusal(user, field) is None
    assert user.errors() == []
    user.choose("Now", "second")
    assert refusal(user, "Now") is None
    assert len(user.errors()) == 1


def test_a_refused_value_that_is_replaced_by_the_program_is_forgotten(app: Hipflask, user: User) -> None:
    """A button that clears a form clears what is wrong with it."""

    @app.window("/")
    def window() -> None:
        name = ui.state("Who")
        ui.input("Name", bind=name, on_change=no_digits)
        ui.button("Clear", on_click=name.set, args=("",))

    user.open("/").type("Name", "2")
    assert refusal(user, "Name") == "Letters only."
    user.click("Clear")
    assert refusal(user, "Name") is None
    assert user.find("Name").value == ""


def no_digits(name: str) -> None:
    if name.isdigit():
        raise ValueError("Letters only.")


def refusal(user: User, label: str) -> str | None:
    """What stands at the field of this name."""
    sentence: str | None = user.find(label).shown.props.get("refused")
    return sentence
