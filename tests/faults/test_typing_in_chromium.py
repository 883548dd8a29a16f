"""Somebody types into a window that changes around them: no letter is lost, and nothing jumps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from faults.waiting import wait_for
from hipflask import ui

Show = Callable[[Callable[[], None]], Page]
WORDS = "Who is on first, What is on second, I Don't Know is on third"
FOCUSED = "document.activeElement?.label ?? document.activeElement?.localName"
CARET = "document.activeElement.shadowRoot.querySelector('input').selectionStart"


@contextmanager
def ticking(clock: ui.State[int], seconds: float) -> Iterator[None]:
    """Changes a state again and again, meanwhile."""
    is_over = Event()

    def run() -> None:
        while not is_over.wait(seconds):
            clock.update(lambda n: n + 1)

    thread = Thread(target=run, daemon=True)
    thread.start()
    yield
    is_over.set()
    thread.join(10)


def field(page: Page, label: str) -> Any:
    return page.get_by_role("textbox", name=label, exact=True)


@pytest.mark.parametrize("kind", ["bind", "value", "on_change alone"])
def test_no_letter_is_lost_while_slow_drawings_run_all_the_time(show: Show, kind: str) -> None:
    """Each drawing has read the text when it began, and takes longer than the next letter does to come."""
    clock, name = ui.State(0), ui.State("")

    def window() -> None:
        ui.text(f"tick {clock.value}")
        text = name.value
        time.sleep(0.03)
        if kind == "bind":
            ui.input("Name", bind=name)
        elif kind == "value":
            ui.input("Name", value=text, on_change=name.set)
        else:
            ui.input("Name", on_change=name.set)
        ui.text(f"heard {text}")

    page = show(window)
    with ticking(clock, 0.005):
        field(page, "Name").click()
        page.keyboard.type(WORDS, delay=15)
        expect(page.get_by_text(f"heard {WORDS}", exact=True)).to_be_visible()
        assert field(page, "Name").input_value() == WORDS
    assert name.value == WORDS


def test_a_handler_may_make_something_else_of_what_is_typed(show: Show) -> None:
    name = ui.State("")

    def window() -> None:
        ui.input("Name", value=name.value, on_change=lambda text: name.set(text.upper()))

    page = show(window)
    field(page, "Name").click()
    page.keyboard.type("who is on first", delay=10)
    expect(field(page, "Name")).to_have_value("WHO IS ON FIRST")
    page.keyboard.press("Home")
    page.keyboard.type("x", delay=10)
    expect(field(page, "Name")).to_have_value("XWHO IS ON FIRST")
    assert page.evaluate(CARET) == 1


def test_caret_selection_and_focus_stay_while_everything_around_is_drawn_anew(show: Show) -> None:
    clock = ui.State(0)

    def window() -> None:
        name = ui.state("abcdef")
        for number in range(clock.value % 3):
            ui.text(f"above {number}")
        with ui.card(f"Card {clock.value}"):
            ui.input("Name", bind=name)
        ui.text(f"tick {clock.value}")

    page = show(window)
    field(page, "Name").click()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    with ticking(clock, 0.01):
        page.wait_for_timeout(200)
    assert page.evaluate(FOCUSED) == "Name"
    page.keyboard.type("X")
    expect(field(page, "Name")).to_have_value("aXcdef")


def test_focus_stays_with_its_row_when_the_rows_change_places(show: Show) -> None:
    order = ui.State(["a", "b", "c", "d"])

    def window() -> None:
        for name in order.value:
            with ui.row(key=name):
                ui.input(name, value="")

    page = show(window)
    field(page, "c").click()
    page.keyboard.type("12")
    for places in (["c", "a", "b", "d"], ["d", "b", "a", "c"], ["c"], ["a", "c", "b"]):
        order.set(places)
        wait_for(
            page,
            f"[...document.querySelectorAll('wa-input')].map(e => e.label).join() === '{','.join(places)}'",
        )
    assert page.evaluate(FOCUSED) == "c"
    page.keyboard.type("3")
    assert field(page, "c").input_value() == "123"


def test_enter_sends_and_empties_the_field_for_the_next_words(show: Show) -> None:
    said = ui.State[list[str]]([])

    def window() -> None:
        draft = ui.state("")

        def send(text: str) -> None:
            said.update(lambda all: [*all, text])
            draft.set("")

        ui.input("Say", bind=draft, on_enter=send)
        ui.text(" | ".join(said.value))

    page = show(window)
    field(page, "Say").click()
    for words in ("Who?", "What?", "I Don't Know!"):
        page.keyboard.type(words, delay=5)
        page.keyboard.press("Enter")
        expect(field(page, "Say")).to_have_value("")
    expect(page.get_by_text("Who? | What? | I Don't Know!")).to_be_visible()


def test_a_box_that_is_ticked_stays_so_when_something_else_is_drawn(show: Show) -> None:
    clock = ui.State(0)

    def window() -> None:
        ui.text(f"tick {clock.value}")
        ui.checkbox("Ticked", on_change=lambda _: clock.update(lambda n: n + 1))
        ui.slider("Rounds", on_change=lambda _: clock.update(lambda n: n + 1))
        ui.select("Base", ["first", "second"], on_change=lambda _: clock.update(lambda n: n + 1))

    page = show(window)
    page.locator("wa-checkbox").click()
    expect(page.get_by_text("tick 1")).to_be_visible()
    page.get_by_role("slider").press("End")
    expect(page.get_by_text("tick 2")).to_be_visible()
    page.locator("wa-select").click()
    page.get_by_role("option", name="second").click()
    expect(page.get_by_text("tick 3")).to_be_visible()
    clock.set(10)
    expect(page.get_by_text("tick 10")).to_be_visible()
    values = "[document.querySelector('wa-checkbox').checked, document.querySelector('wa-slider').value, document.querySelector('wa-select').value]"
    assert page.evaluate(values) == [True, 100, "1"]


def test_a_value_and_what_it_depends_on_may_change_in_one_frame(show: Show) -> None:
    """A slider's value beyond its old limit, a select's value among new options."""
    most, rounds = ui.State(10), ui.State(5)
    bases, base = ui.State(["first"]), ui.State("first")

    def window() -> None:
        ui.slider("Rounds", max=most.value, bind=rounds)
        ui.select("Base", bases.value, bind=base)
        ui.button("Change", on_click=change)

    def change() -> None:
        most.set(1000)
        rounds.set(900)
        bases.set(["home", "second", "third"])
        base.set("third")

    page = show(window)
    page.get_by_role("button", name="Change").click()
    wait_for(page, "document.querySelector('wa-slider').value === 900")
    expect(page.locator("wa-select")).to_have_js_property("value", "2")
    wait_for(page, "document.querySelector('wa-select').shadowRoot.querySelector('input').value === 'third'")
