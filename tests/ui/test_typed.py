"""What a person types is never overwritten by a drawing that did not know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, local

import pytest

from hipflask import ui
from hipflask.ui.live import LiveSession
from ui.sessions import SlowScreen

Watch = Callable[..., SlowScreen]
FIELD = "wa-input"


def test_what_is_typed_into_a_bound_field_is_not_sent_back(watch: Watch) -> None:
    name = ui.State("")

    def window() -> None:
        ui.input("Name", bind=name)
        ui.text(name.value)

    screen = watch(window)
    screen.event(screen.find(FIELD).id, "input", "W")
    assert screen.paint() == [["set", screen.find("p").id, {"text": "W"}]]


def test_a_value_that_a_handler_makes_of_what_is_typed_is_an_edit_that_names_the_input(watch: Watch) -> None:
    name = ui.State("")

    def window() -> None:
        ui.input("Name", value=name.value, on_change=lambda text: name.set(text.upper()))

    screen = watch(window)
    field = screen.find(FIELD).id
    screen.event(field, "input", "w")
    assert screen.paint() == [["edit", field, "W", 1]]


def test_a_field_with_a_handler_alone_keeps_what_is_typed_whatever_else_is_drawn(watch: Watch) -> None:
    heard = ui.State("")

    def window() -> None:
        ui.input("Search", on_change=heard.set)
        ui.checkbox("Ticked", on_change=lambda _: None)
        ui.text(heard.value)

    screen = watch(window)
    screen.event(screen.find("wa-checkbox").id, "change", True)
    screen.event(screen.find(FIELD).id, "input", "Who")
    assert screen.paint() == [["set", screen.find("p").id, {"text": "Who"}]]


def test_a_field_given_another_value_than_at_the_last_drawing_shows_that(watch: Watch) -> None:
    draft = ui.State("draft")
    sent = ui.State(0)

    def window() -> None:
        ui.input("Say", value=draft.value, on_change=draft.set)
        ui.button("Send", on_click=lambda: draft.set(""))
        ui.text(sent.value)

    screen = watch(window)
    field = screen.find(FIELD).id
    screen.event(field, "input", "Hello")
    assert screen.session.wait_until_settled(20)
    screen.event(screen.find("wa-button").id, "click")
    assert screen.paint() == [["edit", field, "", 1]]


@pytest.mark.parametrize("binds", [True, False], ids=["bind", "on_change"])
def test_a_letter_typed_while_a_drawing_is_under_way_is_not_taken_back(watch: Watch, binds: bool) -> None:
    """The drawing has read the state before the letter came, and ends after that."""
    name, clock = ui.State("ab"), ui.State(0)
    has_read, may_end = Event(), Event()

    def window() -> None:
        clock.value  # noqa: B018
        if binds:
            ui.input("Name", bind=name)
        else:
            ui.input("Name", value=name.value, on_change=name.set)
        if clock.value == 1:
            has_read.set()
            assert may_end.wait(20)

    screen = watch(window)
    field = screen.find(FIELD).id
    name.set("AB")  # the drawing has something to say, and it is out of date when it says it
    assert screen.paint() == [["edit", field, "AB", 0]]

    def change() -> None:
        name.set("said by the app")
        clock.set(1)

    change()
    assert has_read.wait(20)
    screen.event(field, "input", "ABC")
    may_end.set()
    screen.session.wait_until_settled(1)
    assert name.value == "ABC"
    clock.set(2)
    while not screen.received.empty():
        assert ["edit", field, "said by the app", 0] not in screen.paint()
    assert screen.session.node(field).props["value"] == "ABC"


def test_a_field_is_drawn_again_once_what_was_typed_has_been_handled(watch: Watch) -> None:
    """The handler makes something else of it than what was typed, while a drawing is under way."""
    name, clock = ui.State(""), ui.State(0)
    has_read, may_end = Event(), Event()

    def window() -> None:
        ui.input("Name", value=name.value, on_change=lambda text: name.set(text.upper()))
        if clock.value == 1:
            has_read.set()
            assert may_end.wait(20)

    screen = watch(window)
    field = screen.find(FIELD).id
    clock.set(1)
    assert has_read.wait(20)
    screen.event(field, "input", "who")
    while not name.value:
        screen.session.wait_until_settled(0.01)
    may_end.set()
    assert screen.paint() == [["edit", field, "WHO", 1]]


def test_a_field_set_by_its_own_slow_handler_shows_it_when_that_has_ended(watch: Watch) -> None:
    name = ui.State("")
    is_set, may_end = Event(), Event()

    def clear(text: str) -> None:
        name.set(text + "!")
        is_set.set()
        assert may_end.wait(20)

    def window() -> None:
        ui.input("Name", value=name.value, on_change=clear)

    screen = watch(window)
    field = screen.find(FIELD).id
    screen.event(field, "input", "Who")
    assert is_set.wait(20)
    assert screen.receive() == ["welcome", 0]
    assert screen.receives_nothing()
    may_end.set()
    assert screen.paint() == [["edit", field, "Who!", 1]]


def test_a_bound_field_set_by_its_slow_handler_shows_it_at_once(watch: Watch) -> None:
    """What was typed is in the state before the handler begins, so the field may follow the state from then on."""
    name = ui.State("")
    may_end = Event()

    def clear(_: str) -> None:
        name.set("")
        assert may_end.wait(20)

    def window() -> None:
        ui.input("Say", bind=name, on_change=clear)

    screen = watch(window)
    field = screen.find(FIELD).id
    screen.event(field, "input", "Hello")
    assert screen.paint() == [["edit", field, "", 1]]
    may_end.set()


@pytest.mark.parametrize("binds", [True, False], ids=["bind", "on_change"])
def test_what_is_kept_when_the_work_ends_is_not_taken_back_before(watch: Watch, binds: bool) -> None:
    """As a row of a store is: until its transaction is committed, a drawing reads what was there before."""
    kept, clock = ui.State("Who"), ui.State(0)
    here = local()
    is_ending, may_end = Event(), Event()

    class Row:
        def get(self) -> str:
            return kept.value

        def set(self, value: str) -> None:
            here.written = value

    @contextmanager
    def work() -> Iterator[None]:
        here.written = None
        yield
        if here.written is not None:
            is_ending.set()
            assert may_end.wait(20)
            kept.set(here.written)

    row = Row()

    def window() -> None:
        if binds:
            ui.input("Name", bind=row)
        else:
            ui.input("Name", value=row.get(), on_change=row.set)
        ui.text(f"{clock.value}")

    screen = watch(window, enter=work)
    field = screen.find(FIELD).id
    screen.event(field, "input", "Whom")
    assert is_ending.wait(20)
    kept.set("Somebody else's")
    clock.set(1)
    while screen.texts() != ["1"]:
        assert "edit" not in [patch[0] for patch in screen.paint()]
    may_end.set()
    assert screen.session.wait_for(lambda: kept.value == "Whom" and not screen.session.is_handling, 20)
    assert screen.session.node(field).props["value"] == "Whom"
    assert screen.receives_nothing()


def test_a_bound_value_that_changes_alone_draws_nothing_again(watch: Watch) -> None:
    name, drawings = ui.State("Who"), []

    def window() -> None:
        drawings.append(1)
        ui.input("Name", bind=name)

    screen = watch(window)
    name.set("What")
    assert screen.paint() == [["edit", screen.find(FIELD).id, "What", 0]]
    assert drawings == [1]


def test_a_bound_field_that_leaves_together_with_a_change_of_its_value_is_not_edited(watch: Watch) -> None:
    name, is_shown = ui.State("Who"), ui.State(True)

    def window() -> None:
        if is_shown.value:
            ui.input("Name", bind=name)

    def both() -> None:
        name.set("What")
        is_shown.set(False)

    def opener() -> None:
        window()
        ui.button("Both", on_click=both)

    screen = watch(opener)
    field = screen.find(FIELD).id
    screen.session.disconnect(screen.send)  # so that both come in one frame
    both()
    screen.connect()
    assert screen.paint() == [["remove", field]]


def test_a_bound_value_that_cannot_be_shown_leaves_the_other_fields_alone(
    sessions: Callable[..., LiveSession],
) -> None:
    base, name = ui.State("first"), ui.State("Who")

    def window() -> None:
        ui.select("Base", ["first", "second"], bind=base)
        ui.input("Name", bind=name)

    screen = SlowScreen(sessions(window, debug=True))
    screen.session.disconnect(screen.send)
    base.set("nowhere")
    name.set("What")
    screen.connect()
    frame = screen.paint()
    assert ["edit", screen.find(FIELD).id, "What", 0] in frame
    assert "'nowhere' is none of its options ['first', 'second']" in str(frame)
    screen.session.wait_until_settled(1)
    name.set("I Don't Know")
    base.set("second")
    edits = [*screen.paint(), *([] if screen.received.empty() else screen.paint())]
    screen.session.wait_until_settled(1)
    assert ["edit", screen.find(FIELD).id, "I Don't Know", 0] in edits
