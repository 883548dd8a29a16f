"""Frames of a session, kept so that one can go back to any of them."""

from __future__ import annotations

import gc
from types import FunctionType, ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask import Hipflask, ui
from hipflask.core import tracing
from hipflask.devtools.inspector import records
from hipflask.devtools.inspector.agent.film import MOST_FRAMES, Film, Shot, developed
from hipflask.devtools.inspector.agent.history import History
from hipflask.surfaces.pages import host_of
from hipflask.testing import User
from hipflask.ui import wire
from hipflask.ui.diff import diff
from hipflask.ui.tree import Node
from ui.trees import field, row, shown, text, trees


def _shot(number: int, message: Any) -> Shot:
    return Shot(number, number, 0, wire.encode(message), None, ())


def _tree(film: Film, number: int) -> Any:
    found = film.up_to(number)
    return None if found is None else msgspec.to_builtins(developed(*found))


def _reset(number: int, root: Node) -> bytes:
    return wire.encode(wire.Reset(number, 0, root.wire()))


@given(st.lists(trees, min_size=2, max_size=8))
def test_any_frame_of_any_history_can_be_seen_again(drawn: list[Node]) -> None:
    """The tree after each frame is what was drawn."""
    film = Film()
    old, index = shown(drawn[0])
    film.add(_shot(1, wire.Reset(1, 0, old.wire())), lambda: None, is_whole=True)
    expected = [msgspec.json.decode(msgspec.json.encode(old.wire()))]
    for number, new in enumerate(drawn[1:], 2):
        patches = diff(old, new, index)
        film.add(_shot(number, wire.Frame(number, 0, patches)), lambda: None)
        old = new
        expected.append(msgspec.json.decode(msgspec.json.encode(old.wire())))
    for number, tree in enumerate(expected, 1):
        assert _without_nothing(_tree(film, number)) == _without_nothing(tree)


def _without_nothing(tree: Any) -> Any:
    """A prop that is None is none at all."""
    id, tag, props, children = tree
    return [
        id,
        tag,
        {name: value for name, value in props.items() if value is not None},
        [_without_nothing(child) for child in children],
    ]


def test_a_film_that_begins_in_the_middle_takes_the_tree_as_it_is() -> None:
    """Frames before one looked are not there; those after are."""
    film = Film()
    old, index = shown(row(text("a")))
    new = row(text("b"))
    patches = diff(old, new, index)
    film.add(_shot(7, wire.Frame(7, 0, patches)), lambda: _reset(7, new))
    newer = row(text("c"))
    film.add(_shot(8, wire.Frame(8, 0, diff(new, newer, index))), lambda: None)
    assert [shot.number for shot in film.shots()] == [7, 8]
    assert _tree(film, 7)[3][0][2] == {"text": "b"}
    assert _tree(film, 8)[3][0][2] == {"text": "c"}
    assert _tree(film, 6) is None


def test_room_is_made_by_whole_reels() -> None:
    """What is left can still be seen, each frame of it."""
    film = Film()
    old, index = shown(row(text("0")))
    film.add(_shot(1, wire.Reset(1, 0, old.wire())), lambda: None, is_whole=True)
    for number in range(2, 3 * MOST_FRAMES):
        new = row(text(str(number)))
        patches = diff(old, new, index)
        film.add(_shot(number, wire.Frame(number, 0, patches)), lambda: _reset(number, new))  # noqa: B023, called at once
        old = new
    full = film.bytes
    assert film.drop_oldest()
    assert 0 < film.bytes < full
    left = [shot.number for shot in film.shots()]
    assert left[0] > MOST_FRAMES
    for number in (left[0], left[0] + 1, left[-1]):
        assert _tree(film, number)[3][0][2] == {"text": str(number)}
    while film.drop_oldest():
        pass
    assert film.bytes == 0
    assert not list(film.shots())


def test_what_was_typed_as_a_password_is_not_shown() -> None:
    """Nor what was typed into a field that is called one."""
    film = Film()
    tree = row(
        field("hunter2", type="password"), field("hunter2", label="API key"), field("Who", label="Name")
    )
    old, _ = shown(tree)
    film.add(_shot(1, wire.Reset(1, 0, old.wire())), lambda: None, is_whole=True)
    film.add(_shot(2, wire.Frame(2, 0, [wire.Edit(old.children[0].id, "hunter3", 1)])), lambda: None)
    for number in (1, 2):
        seen = _tree(film, number)
        assert "hunter" not in repr(seen)
        assert seen[3][0][2]["value"] == records.MASKED
        assert seen[3][2][2]["value"] == "Who"


def test_patches_for_what_is_not_there_do_nothing() -> None:
    """As on the screen."""
    film = Film()
    old, _ = shown(row(text("a")))
    film.add(_shot(1, wire.Reset(1, 0, old.wire())), lambda: None, is_whole=True)
    strange: list[wire.Patch] = [
        wire.Set(99, {"x": 1}),
        wire.Remove(99),
        wire.Move(99, 0),
        wire.Create(99, 0, []),
        wire.Edit(99, 1, 0),
        wire.Call(0, "error", []),
    ]
    film.add(_shot(2, wire.Frame(2, 0, strange)), lambda: None)
    assert _tree(film, 2) == _tree(film, 1)


@pytest.fixture
def history(app: Hipflask) -> Any:
    """One that takes the films of an app."""
    history = History(app, most_bytes=1_000_000)
    tracing.add(history)
    yield history
    tracing.remove(history)


def test_a_session_can_be_seen_as_it_was(app: Hipflask, history: History, user: User) -> None:
    """Its tree and its states, after any frame."""

    @app.window("/")
    def window() -> None:
        clicks = ui.state(0)
        ui.text(f"{clicks.value} clicks")
        ui.button("More", on_click=lambda: clicks.update(lambda number: number + 1))

    user.open("/")
    for _ in range(3):
        user.click("More")
    (name,) = [session.name for session in _sessions(app)]
    frames = history.frames(name)
    for expected, frame in enumerate(frames):
        past = history.past(name, frame.number)
        assert f"'{expected} clicks'" in repr(msgspec.to_builtins(past.tree))
        assert [state.text for state in past.states] == [str(expected)]
    assert len(frames) == 4


def test_who_begins_to_look_late_sees_what_comes(app: Hipflask, user: User) -> None:
    """From the next frame on."""

    @app.window("/")
    def window() -> None:
        words = ui.state("\ud800 one")
        ui.text(words.value)
        ui.button("More", on_click=lambda: words.set(words.value + "+"))

    user.open("/")
    history = History(app)
    tracing.add(history)
    try:
        user.click("More")
        user.click("More")
    finally:
        tracing.remove(history)
    (name,) = [session.name for session in _sessions(app)]
    first, second = history.frames(name)
    assert "one+'" in repr(msgspec.to_builtins(history.past(name, first.number).tree))
    assert "one++'" in repr(msgspec.to_builtins(history.past(name, second.number).tree))


def test_films_are_bounded_and_keep_no_session(app: Hipflask, history: History, user: User) -> None:
    """By bytes; a session is not kept alive, and its film is there when it has ended."""

    @app.window("/")
    def window() -> None:
        words = ui.state("")
        ui.text(words.value)
        ui.button("More", on_click=lambda: words.set(words.value + "x" * 2_000))

    user.open("/")
    (session,) = _sessions(app)
    for _ in range(60):
        user.click("More")
    frames = history.frames(session.name)
    assert frames[-1].number == 61
    assert frames[0].number > 1
    assert sum(frame.bytes for frame in frames) < 1_000_000
    assert history.past(session.name, frames[0].number).states
    name = session.name
    assert not _reaches(list(history._cameras.values()), session)
    host_of(app).forget(session)
    assert history.past(name, frames[-1].number).states
    with pytest.raises(records.Unanswered, match="newer"):
        history.past(name, 1)


def _sessions(app: Hipflask) -> list[Any]:
    return host_of(app).sessions()


def _reaches(start: object, wanted: object) -> bool:
    """Whether an object keeps another one alive."""
    seen, left = set(), [start]
    while left:
        each = left.pop()
        if each is wanted:
            return True
        if id(each) not in seen and not isinstance(each, type | FunctionType | ModuleType):
            seen.add(id(each))
            left += gc.get_referents(each)
    return False
