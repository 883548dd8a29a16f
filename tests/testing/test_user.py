"""`User`: finds, sees and does what a person could, and fails where a person would be stuck."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from hipflask import Hipflask, ui
from hipflask.testing import User
from hipflask.testing.person import NotSeen

Open = Callable[[Callable[[], None]], User]


@pytest.fixture
def opened(app: Hipflask, user: User) -> Open:
    """Opens a window that a function draws."""

    def open_window(function: Callable[[], None]) -> User:
        @app.window("/")
        def window() -> None:
            function()

        return user.open("/")

    return open_window


def test_what_is_drawn_can_be_seen_and_what_is_not_cannot(opened: Open) -> None:
    def window() -> None:
        ui.heading("Line-up")
        ui.text("Who is on first")

    user = opened(window)
    user.patience = 0.05
    assert user.see("on first").role == "text"
    user.see_not("on second")
    with pytest.raises(NotSeen) as missing:
        user.see("on second")
    assert "heading 'Line-up'" in str(missing.value)
    with pytest.raises(AssertionError, match="'on first' is still there"):
        user.see_not("on first")


@pytest.mark.parametrize("words", ["None", "one", "True", "False", "e"])
def test_nothing_is_seen_where_there_are_no_words(opened: Open, words: str) -> None:
    """A button has no value: nobody reads "None" there."""

    def window() -> None:
        ui.text("")
        ui.checkbox("", value=True)
        ui.checkbox("", value=False)
        ui.button("", attrs={"aria-label": "X"})

    user = opened(window)
    user.patience = 0.02
    user.see_not(words)
    with pytest.raises(NotSeen):
        user.see(words)


@pytest.mark.parametrize(
    "words", ["&lt;b&gt;", '&quot; &amp; "', "</script><b>", "\\u003c", "line\nbreak", "é ☃ \ud83d"]
)
def test_words_are_seen_as_they_are_written(opened: Open, words: str) -> None:
    assert opened(lambda: ui.text(words)).see(words).label == words


def test_values_of_fields_are_seen(opened: Open) -> None:
    def window() -> None:
        ui.input("Name", value="Who")
        ui.slider("Rounds", value=42)
        ui.select("Base", {1: "first", 2: "second"}, value=2)

    user = opened(window)
    assert user.see("Who").label == "Name"
    assert user.see("42").label == "Rounds"
    assert user.see("second").label == "Base"
    user.see_not("first")  # an option that is not chosen is not in sight


def test_an_element_is_found_by_its_exact_name_or_as_the_only_one_with_that_in_it(opened: Open) -> None:
    def window() -> None:
        ui.button("Save")
        ui.button("Save as…")
        ui.text("Save what?")
        ui.button("Delete player", attrs={"role": "menuitem"})

    user = opened(window)
    user.patience = 0.02
    assert user.find("Save").role == "button"
    assert user.find("as…").label == "Save as…"
    assert user.find("Delete").role == "menuitem"
    with pytest.raises(NotSeen, match="no button called 'ave'"):
        user.find("ave", "button")


def test_a_click_that_takes_effect_later_is_waited_for(opened: Open) -> None:
    done = ui.State("")

    def work() -> None:
        threading.Timer(0.1, done.set, ("done",)).start()

    def window() -> None:
        ui.button("Work", on_click=work)
        ui.text(done.value)

    user = opened(window)
    user.click("Work")
    user.see("done")


def test_typing_goes_letter_by_letter_and_enter_comes_last(opened: Open) -> None:
    log: list[str] = []

    def window() -> None:
        name = ui.state("old")
        ui.input("Name", bind=name, on_enter=lambda text: log.append(text))
        ui.text(f"Hello {name.value}")

    user = opened(window)
    user.type("Name", "Who", enter=True)
    user.see("Hello Who")
    assert log == ["Who"]
    user.type("Name", "")
    assert user.find("Name").value == ""


def test_ticking_choosing_and_sliding(opened: Open) -> None:
    def window() -> None:
        ticked, base, rounds = ui.state(False), ui.state("first"), ui.state(1)
        ui.checkbox("Ticked", bind=ticked)
        ui.select("Base", ["first", "second"], bind=base)
        ui.slider("Rounds", bind=rounds)
        ui.text(f"{ticked.value} {base.value} {rounds.value}")

    user = opened(window)
    user.click("Ticked")
    user.choose("Base", "second")
    user.slide("Rounds", 30)
    user.see("True second 30")
    with pytest.raises(NotSeen, match="has no option 'third'"):
        user.choose("Base", "third")


def test_what_a_person_could_not_do_fails(opened: Open) -> None:
    may_end = threading.Event()

    def window() -> None:
        ui.button("Off", on_click=print, disabled=True)
        ui.button("Idle")
        ui.text("Words")
        ui.button("Slow", on_click=lambda: may_end.wait(20))

    user = opened(window)
    user.patience = 0.05
    with pytest.raises(AssertionError, match=r"cannot press button 'Off' \(disabled\)"):
        user.click("Off")
    with pytest.raises(AssertionError, match="does not listen to click"):
        user.click("Idle")
    with pytest.raises(AssertionError, match="does not listen to click"):
        user.click("Words")
    user.click("Slow")
    time.sleep(0.4)
    with pytest.raises(AssertionError, match=r"cannot press button 'Slow' \(busy\)"):
        user.click("Slow")
    may_end.set()


def test_notes_and_errors_are_kept(opened: Open, app: Hipflask) -> None:
    app.debug = True

    def fail() -> None:
        raise ValueError("no")

    def window() -> None:
        ui.button("Note", on_click=ui.notify, args=("Saved.",))
        ui.button("Fail", on_click=fail)

    user = opened(window)
    user.click("Note")
    user.click("Fail")
    assert user.notes() == ["Saved."]
    assert user.errors() == ["ValueError: no"]


def test_a_path_that_is_no_window_says_what_came_instead(app: Hipflask, user: User) -> None:
    app.get("/plain")(lambda: "just words")
    for path, answer in (("/plain", "200 OK, just words"), ("/nowhere", "404 NOT FOUND")):
        with pytest.raises(AssertionError, match=answer):
            user.open(path)
    with pytest.raises(AssertionError, match="No window is open"):
        user.see("x")


def test_a_patch_that_no_browser_could_apply_fails_the_test(opened: Open) -> None:
    user = opened(lambda: ui.text("x"))
    user.screen.session.call("x")
    user.screen._receive(b'["frame", 99, 0, [["remove", 12345]]]')
    with pytest.raises(AssertionError, match="A browser could not have shown this"):
        user.see("x")


def test_two_users_have_windows_of_their_own(app: Hipflask, user: User) -> None:
    @app.window("/")
    def window() -> None:
        count = ui.state(0)
        ui.button(f"{count.value} clicks", on_click=lambda: count.update(lambda n: n + 1))

    with User(app) as other:
        user.open()
        other.open()
        user.click("0 clicks")
        user.see("1 clicks")
        other.see("0 clicks")


def test_closing_a_window_ends_its_session(app: Hipflask, user: User) -> None:
    from hipflask.surfaces.pages import host_of

    @app.window("/")
    def window() -> None:
        ui.text("x")

    user.open()
    assert len(host_of(app).sessions()) == 1
    user.open()
    assert len(host_of(app).sessions()) == 1
    user.close()
    assert host_of(app).sessions() == []
