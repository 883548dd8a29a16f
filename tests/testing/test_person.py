"""One and the same test for somebody without a browser and for somebody in Chromium: every verb, and every way to fail."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import EntryError, UsageError
from hipflask.surfaces.pages import host_of
from hipflask.testing import NotSeen, Person, Screen, User
from lacking import needs_browser

Anybody = Person[Any]
Open = Callable[[Callable[[], None]], Anybody]


@pytest.fixture(params=[User, Screen], ids=["user", "screen"])
def person(request: pytest.FixtureRequest, app: Hipflask) -> Iterator[Anybody]:
    """Somebody at a window of `app`, one way and the other."""
    if request.param is Screen:
        needs_browser()
    with request.param(app) as person:
        yield person


@pytest.fixture
def opened(app: Hipflask, person: Anybody) -> Open:
    """Opens a window that a function draws."""

    def open_window(function: Callable[[], None]) -> Anybody:
        app.add_url_rule("/plain", view_func=lambda: "just words", endpoint="plain")

        @app.window("/")
        def window() -> None:
            function()

        return person.open("/")

    return open_window


def test_what_is_drawn_can_be_seen_and_what_is_not_cannot(opened: Open) -> None:
    def window() -> None:
        ui.heading("Line-up")
        ui.text("Who is on first")

    person = opened(window)
    person.patience = 0.3
    assert person.see("on first").role == "text"
    assert person.find("Line-up").role == "heading"
    person.see_not("on second")
    with pytest.raises(NotSeen) as missing:
        person.see("on second")
    assert "heading 'Line-up'" in str(missing.value)
    with pytest.raises(AssertionError, match="'on first' is still there"):
        person.see_not("on first")


def test_pieces_of_a_sentence_are_read_in_one_go(opened: Open) -> None:
    person = opened(lambda: ui.html("<p>Who is <b>on first</b>, <a href='/'>What</a> is not.</p>"))
    assert person.see("on first, What is").role == "text"
    assert person.find("What", "link").label == "What"


def test_a_button_is_pressed_and_what_comes_of_it_is_waited_for(opened: Open) -> None:
    done = ui.State("")

    def window() -> None:
        clicks = ui.state(0)
        ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))
        ui.button("Work", on_click=lambda: threading.Timer(0.1, done.set, ("done",)).start())
        ui.button("Gear", icon="settings", icon_only=True, on_click=done.set, args=("turned",))
        ui.text(done.value)

    person = opened(window)
    person.click("0 clicks")
    person.click("1 clicks")
    person.see("2 clicks")
    person.click("Work")
    person.see("done")
    person.click("Gear")
    person.see("turned")


def test_what_a_person_could_not_press_fails(opened: Open) -> None:
    may_end = threading.Event()

    def window() -> None:
        ui.button("Off", on_click=print, disabled=True)
        ui.button("Slow", on_click=lambda: may_end.wait(20))

    person = opened(window)
    person.patience = 1
    with pytest.raises(AssertionError, match=r"cannot press button 'Off' \(disabled\)"):
        person.click("Off")
    with pytest.raises(NotSeen, match="no anything called 'Nowhere'"):
        person.click("Nowhere")
    person.click("Slow")
    time.sleep(0.4)  # so long a handler may run before its button says that it is busy
    with pytest.raises(AssertionError, match=r"cannot press button 'Slow.*\(busy\)"):
        person.click("Slow")
    may_end.set()


def test_typing_goes_letter_by_letter_and_enter_comes_last(opened: Open) -> None:
    log: list[str] = []
    seen: list[str] = []

    def window() -> None:
        name = ui.state("old")
        ui.input("Name", bind=name, on_enter=log.append, on_change=seen.append)
        ui.textarea("Notes")
        ui.password("Secret")
        ui.text(f"Hello {name.value}")

    person = opened(window)
    assert person.find("Name", "textbox").value == "old"
    person.type("Name", "Who", enter=True)
    person.see("Hello Who")
    assert log == ["Who"]
    assert set(seen) <= {"W", "Wh", "Who"}  # of several that wait for their handler, only the latest counts
    assert seen[-1] == "Who"
    person.type("Name", "")
    assert person.find("Name", "textbox").value == ""
    person.type("Notes", "Bring the bat")
    assert person.find("Notes").value == "Bring the bat"
    person.type("Secret", "abc")
    assert person.find("Secret").value == "abc"


def test_numbers_days_times_and_colours_are_typed(opened: Open) -> None:
    told: list[object] = []

    def window() -> None:
        ui.number("Innings", value=9, min=1, max=20, on_change=told.append)
        ui.date("Opening day", on_change=told.append)
        ui.time("First pitch", on_change=told.append)
        ui.color("Shirt", value="#000000", on_change=told.append)

    person = opened(window)
    assert person.find("Innings", "textbox").value == "9"
    person.type("Innings", "7")
    person.type("Opening day", "2026-03-26")
    person.type("First pitch", "19:05")
    person.type("Shirt", "#3559dc")
    assert told == [7, datetime.date(2026, 3, 26), datetime.time(19, 5), "#3559dc"]
    assert person.find("Shirt", "textbox").value == "#3559dc"
    assert person.find("Opening day", "textbox").value == "2026-03-26"


def test_what_is_said_below_a_field_is_seen(opened: Open) -> None:
    def window() -> None:
        ui.number("Innings", min=1, max=20, hint="How long it takes")
        ui.input("Name", error="Not like that.")
        ui.radio("Hand", ["left", "right"], disabled=True, hint="As one bats")

    person = opened(window)
    person.see("How long it takes")
    person.see("Not like that.")
    person.see("As one bats")
    assert person.find("Hand").is_disabled
    person.type("Innings", "99")
    person.see("This must be from 1 to 20.")
    person.see_not("How long it takes")


def test_a_window_that_cannot_be_drawn_raises_what_it_raised(app: Hipflask, person: Anybody) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        ui.heading("Line-up", level=9)  # type: ignore[arg-type]

    with pytest.raises(UsageError, match="level takes 1, 2, 3 or 4, got 9"):
        person.open("/")


def test_boxes_are_ticked_and_switches_turned(opened: Open) -> None:
    def window() -> None:
        ticked, lights = ui.state(False), ui.state(True)
        ui.checkbox("Ticked", bind=ticked)
        ui.switch("Floodlights", bind=lights)
        ui.text(f"now {ticked.value} {lights.value}")

    person = opened(window)
    person.click("Ticked")
    person.click("Floodlights")
    person.see("now True False")
    assert (person.find("Ticked", "checkbox").value, person.find("Floodlights", "switch").value) == (
        True,
        False,
    )


def test_options_are_chosen_by_their_texts(opened: Open) -> None:
    def window() -> None:
        base, player, hand, bases = ui.state(1), ui.state("Who"), ui.state("left"), ui.state(["first"])
        ui.select("Base", {1: "first", 2: "second"}, bind=base)
        ui.combobox("Player", ["Who", "What", "Why"], bind=player)
        ui.radio("Hand", ["left", "right"], bind=hand)
        ui.multi_select("Bases", ["first", "second", "third"], bind=bases)
        ui.text(f"now {base.value} {player.value} {hand.value} {bases.value}")

    person = opened(window)
    person.choose("Base", "second")
    person.choose("Player", "Why")
    person.choose("Hand", "right")
    person.choose("Bases", "second", "third")
    person.see("now 2 Why right ['second', 'third']")
    assert person.find("Base", "combobox").value == "second"
    assert person.find("Player", "combobox").value == "Why"
    assert person.find("Hand", "radiogroup").value == "right"
    assert person.find("Bases", "listbox").value == ["second", "third"]
    for label in ("Base", "Hand", "Player"):
        with pytest.raises(NotSeen, match="has no option 'tenth'"):
            person.choose(label, "tenth")
    person.choose("Bases")
    person.see("right []")


def test_sliders_ranges_and_stars_are_moved(opened: Open) -> None:
    def window() -> None:
        rounds, price, joke = ui.state(1), ui.state((20, 80)), ui.state(0)
        ui.slider("Rounds", min=1, max=50, bind=rounds)
        ui.range("Price", bind=price, step=5)
        ui.rating("Joke", bind=joke)
        ui.text(f"now {rounds.value} {price.value} {joke.value}")

    person = opened(window)
    person.slide("Rounds", 30)
    person.slide("Price", (85, 95))
    person.slide("Joke", 4)
    person.see("now 30 (85, 95) 4")
    assert person.find("Rounds", "slider").value == 30
    assert person.find("Price", "slider").value == [85, 95]


def test_a_dialog_is_opened_and_dismissed(opened: Open) -> None:
    def window() -> None:
        asking, settings = ui.state(False), ui.state(False)
        ui.button("Delete…", on_click=asking.set, args=(True,))
        ui.button("Settings…", on_click=settings.set, args=(True,))
        with ui.dialog("Sure?", open=asking):
            ui.text("It cannot be brought back.")
        with ui.drawer("Settings", open=settings):
            ui.checkbox("Keep score")

    person = opened(window)
    person.see_not("brought back")
    person.click("Delete…")
    assert person.find("Sure?", "dialog").value is True
    person.see("brought back")
    person.dismiss("Sure?")
    person.see_not("brought back")
    person.click("Settings…")
    person.click("Keep score")
    person.dismiss("Settings")
    person.see_not("Keep score")


def test_menus_tabs_details_and_branches_are_found_and_opened(opened: Open) -> None:
    log: list[str] = []

    def window() -> None:
        page, chosen = ui.state("Line-up"), ui.state("")
        with ui.menu("Game"):
            ui.menu_item("New", on_click=log.append, args=("new",))
            with ui.menu_item("Sort by"):
                ui.menu_item("Age", on_click=log.append, args=("age",))
        with ui.card("Who"):
            ui.text("First base")
            with ui.context_menu():
                ui.menu_item("Send home", on_click=log.append, args=("home",))
        with ui.tabs(bind=page):
            with ui.tab("Line-up"):
                ui.text("Who is on first.")
            with ui.tab("Score"):
                ui.text("Nobody has run.")
        with ui.details("Why?"):
            ui.text("By custom.")
        with ui.tree_view(bind=chosen), ui.branch("Infield"):
            ui.branch("Shortstop")
        ui.text(f"chosen {chosen.value}, at {page.value}")

    person = opened(window)
    person.click("Game")
    person.click("New")
    person.click("Age")
    person.click("Send home")
    assert log == ["new", "age", "home"]
    person.see("Who is on first.")
    person.click("Score")
    person.see("Nobody has run.")
    person.see_not("Who is on first.")
    person.see_not("By custom.")
    person.click("Why?")
    person.see("By custom.")
    person.click("Infield")
    person.click("Shortstop")
    person.see("chosen Shortstop, at Score")


def test_files_are_uploaded_or_turned_down(opened: Open) -> None:
    got: list[tuple[str, str]] = []

    def window() -> None:
        ui.upload(
            "Line-up",
            on_upload=lambda file: got.append((file.name, file.read_text())),
            accept=[".csv"],
            hint="A .csv",
        )

    person = opened(window)
    person.upload("Line-up", "who.csv", "Who,first")
    person.upload("Line-up", "what.csv", b"What")
    assert got == [("who.csv", "Who,first"), ("what.csv", "What")]
    with pytest.raises(EntryError, match=r"\.csv"):
        person.upload("Line-up", "who.exe", "MZ")


def test_notes_and_errors_are_kept(opened: Open, app: Hipflask) -> None:
    app.debug = True

    def fail() -> None:
        raise ValueError("no")

    def window() -> None:
        ui.button("Note", on_click=ui.notify, args=("Saved.",))
        ui.button("Fail", on_click=fail)

    person = opened(window)
    person.click("Note")
    person.click("Fail")
    assert person.notes() == ["Saved."]
    assert person.errors() == ["ValueError: no"]


def test_links_lead_to_other_windows(app: Hipflask, opened: Open) -> None:
    @app.window("/player/<name>")
    def player(name: str) -> None:
        ui.text(f"This is {name}")

    person = opened(lambda: ui.link("Who", "/player/who"))
    person.click("Who")
    person.see("This is who")
    person.open("/player/what?x=1")
    person.see("This is what")


def test_a_path_that_is_no_window_says_what_came_instead(opened: Open) -> None:
    person = opened(lambda: ui.text("x"))
    for path, answer in (("/plain", "200 OK, just words"), ("/nowhere", "404 NOT FOUND")):
        with pytest.raises(AssertionError, match=answer):
            person.open(path)
    person.close()
    with pytest.raises(AssertionError, match="No window is open"):
        person.see("x")


def test_closing_a_window_ends_its_session(opened: Open, app: Hipflask) -> None:
    person = opened(lambda: ui.text("x"))
    assert len(host_of(app).sessions()) == 1
    person.open()
    assert len(host_of(app).sessions()) == 1
    person.close()
    assert host_of(app).sessions() == []
    assert person.open().see("x").label == "x"


def test_two_have_windows_of_their_own(app: Hipflask, person: Anybody) -> None:
    shared = ui.State("nothing")

    @app.window("/")
    def window() -> None:
        count = ui.state(0)
        ui.button(f"{count.value} clicks", on_click=lambda: count.update(lambda n: n + 1))
        ui.input("Note", bind=shared)

    with type(person)(app) as other:
        person.open()
        other.open()
        person.click("0 clicks")
        person.see("1 clicks")
        other.see("0 clicks")
        person.type("Note", "Hello")
        other.see("Hello")


# ── what takes a real browser ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def screen(app: Hipflask) -> Iterator[Screen]:
    """Somebody in Chromium, at a window that is there already."""
    needs_browser()

    @app.window("/")
    def window() -> None:
        count = ui.state(0)
        ui.button(
            f"{count.value} clicks",
            on_click=lambda: count.update(lambda n: n + 1),
            attrs={"aria-keyshortcuts": "F2"},
        )
        ui.button("Covered")
        ui.text("Who", style={"position": "absolute", "inset": "0", "z-index": "9", "display": "none"})
        ui.link("Second", "/second")

    @app.window("/second")
    def second() -> None:
        ui.text("What is on second.")

    with Screen(app).open("/") as screen:
        yield screen


def test_keys_are_pressed_where_the_focus_is(screen: Screen) -> None:
    screen.press("F2")
    screen.see("1 clicks")
    screen.press("Tab")
    screen.press("Enter")
    screen.see("2 clicks")


def test_pages_are_reloaded_and_left_and_found_again(screen: Screen) -> None:
    screen.press("F2")
    screen.see("1 clicks")
    screen.reload()
    screen.see("0 clicks")
    screen.click("Second")
    screen.see("What is on second.")
    screen.back()
    screen.see("0 clicks")
    screen.forward()
    screen.see("What is on second.")


def test_a_picture_is_taken(screen: Screen, tmp_path: Path) -> None:
    screen.screenshot(tmp_path / "window.png")
    assert (tmp_path / "window.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_hidden_is_not_seen_and_what_is_covered_cannot_be_pressed(screen: Screen) -> None:
    from playwright.sync_api import Error

    screen.see_not("Who")
    screen.on_page(lambda page: page.evaluate("document.querySelector('p').style.display = 'block'"))
    screen.see("Who")
    screen.patience = 0.5
    with pytest.raises(Error, match="intercepts pointer events"):
        screen.click("Covered")


def test_a_script_that_fails_fails_the_test(screen: Screen) -> None:
    screen.on_page(lambda page: page.evaluate("setTimeout(() => { throw new Error('broken') })"))
    with pytest.raises(AssertionError, match="The page has failed: broken"):
        screen.see("0 clicks")


def test_the_event_loop_of_the_test_is_its_own(screen: Screen) -> None:
    """Playwright's runs in another thread, so async code can be tested beside it."""
    import asyncio

    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
    screen.see("0 clicks")


def test_without_playwright_it_is_said_what_to_install(
    app: Hipflask, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from hipflask.core.errors import MissingPart
    from hipflask.testing import chromium

    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(MissingPart, match=r'pip install "hipflask\[screen\]"'):
        chromium._start_playwright()
