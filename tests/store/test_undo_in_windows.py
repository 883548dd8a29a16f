"""Undo and redo as a person at a window meets them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy.orm import Mapped

from hipflask import Hipflask, ui
from hipflask.store.store import Store
from hipflask.testing import User


@pytest.fixture
def db(app: Hipflask, tmp_path: Path) -> Iterator[Store]:
    app.config["STORE"] = str(tmp_path / "app.sqlite")
    db = Store(app)
    yield db
    db.close()


@pytest.fixture
def player(db: Store) -> Any:
    class Player(db.Model):
        name: Mapped[str]
        points: Mapped[int] = 0

    return Player


def show(user: User, *handlers: Callable[..., object], before: Callable[[], None] | None = None) -> None:
    """Open a window with a button for each handler, called as the handler is."""

    @user.app.window("/")  # type: ignore[attr-defined]
    def window() -> None:
        if before is not None:
            before()
        for handler in handlers:
            ui.button(handler.__name__.capitalize(), on_click=handler)

    user.open("/")


def test_buttons_follow_what_can_be_undone(user: User, db: Store, player: Any) -> None:
    """`ui.can_undo` and `ui.can_redo` are read while drawing, and drawn again when they change."""

    def add() -> None:
        player.create(name="Who")

    def draw() -> None:
        ui.text(f"undo {ui.can_undo()}, redo {ui.can_redo()}, {db.count(player)} players")

    show(user, add, ui.undo, ui.redo, before=draw)
    user.see("undo False, redo False, 0 players")
    user.click("Add")
    user.see("undo True, redo False, 1 players")
    user.click("Undo")
    user.see("undo False, redo True, 0 players")
    user.click("Redo")
    user.see("undo True, redo False, 1 players")
    user.press("Ctrl+Z")
    user.see("undo False, redo True, 0 players")
    user.press("Ctrl+Y")
    user.see("1 players")
    assert user.notes() == user.errors() == []


def test_what_is_typed_into_a_row_is_one_step(user: User, db: Store, player: Any) -> None:
    """Each letter is written, and they are undone together."""
    who = player.create(name="Who")

    def draw() -> None:
        ui.input("Name", bind=(who, player.name))

    show(user, before=draw)
    user.type("Name", "Whomever")
    assert db.again(who).name == "Whomever"
    user.press("Ctrl+Z")
    assert db.again(who).name == "Who"
    assert user.find("Name").value == "Who"
    user.press("Ctrl+Shift+Z")
    assert user.find("Name").value == "Whomever"


def test_async_handlers_and_tasks_are_steps_too(user: User, db: Store, player: Any) -> None:
    """All that a handler writes before and after an `await`, and in tasks that it starts, is one step."""

    async def add() -> None:
        player.create(name="one")
        await asyncio.sleep(0)
        player.create(name="two")

    def more() -> None:
        with db.transaction():
            player.create(name="three")
        for name in ("four", "five"):
            ui.task(player.create, name=name).wait()

    show(user, add, more)
    user.click("Add")
    user.click("More")
    assert db.count(player) == 5
    user.press("Ctrl+Z")
    assert db.count(player) == 2
    user.press("Ctrl+Z")
    assert db.count(player) == 0


def test_undo_waits_for_what_was_done_before_it(user: User, db: Store, player: Any) -> None:
    """Ctrl+Z right behind a click takes back the click, although its handler has only just begun."""
    has_begun, may_go_on = Event(), Event()

    def slow() -> None:
        has_begun.set()
        may_go_on.wait(3)
        player.create(name="slow")

    show(user, slow)
    button = user.find("Slow").shown.id
    user.screen.event(button, "click", None)
    assert has_begun.wait(3)
    user.screen.event(0, "undo", None)
    may_go_on.set()
    user.screen.session.wait_until_settled(3)
    assert db.count(player) == 0
    user.press("Ctrl+Y")
    assert db.count(player) == 1


def test_each_window_has_its_own_history(app: Hipflask, db: Store, player: Any) -> None:
    """Ctrl+Z takes back what was done at this window, and says why if somebody else stands on it."""

    @app.window("/")
    def window() -> None:
        ui.button("Add", on_click=player.create, args={"name": "Who"})
        ui.button("Score", on_click=lambda: db.first(player).update(points=player.points + 1))

    with User(app).open("/") as mine, User(app).open("/") as theirs:
        mine.click("Add")
        theirs.press("Ctrl+Z")
        assert db.count(player) == 1
        theirs.click("Score")
        mine.press("Ctrl+Z")
        assert mine.notes() == ["“Add” cannot be undone: points of player “Who” has been changed since."]
        theirs.press("Ctrl+Z")
        assert db.first(player).points == 0


def test_a_window_keeps_its_history_from_place_to_place(app: Hipflask, db: Store, player: Any) -> None:
    """Deleted there, and sent here: the row comes back."""

    @app.window("/")
    def home() -> None:
        ui.text(f"{db.count(player)} players")

    @app.window("/player")
    def detail() -> None:
        def delete() -> None:
            db.first(player).delete()
            ui.navigate(home)

        ui.button("Delete", on_click=delete)

    player.create(name="Who")
    with User(app).open("/player") as user:
        user.click("Delete")
        user.see("0 players")
        user.press("Ctrl+Z")
        user.see("1 players")


def test_an_app_without_a_store_has_nothing_to_undo(user: User) -> None:
    """The keys do nothing, and nothing is said."""

    def draw() -> None:
        ui.text(f"undo {ui.can_undo()}")

    show(user, ui.undo, before=draw)
    user.see("undo False")
    user.press("Ctrl+Z")
    user.click("Undo")
    assert user.notes() == user.errors() == []


def test_keys_that_the_app_has_taken_are_its_own(user: User, db: Store, player: Any) -> None:
    """A shortcut of the same keys is called instead."""
    pressed = ui.State(0)

    def draw() -> None:
        ui.shortcut("Ctrl+Z", lambda: pressed.update(lambda n: n + 1))

    def add() -> None:
        player.create(name="Who")

    show(user, add, before=draw)
    user.click("Add")
    user.press("Ctrl+Z")
    assert (pressed.value, db.count(player)) == (1, 1)
