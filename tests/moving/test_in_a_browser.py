"""What the desktop functions do on a page in somebody's browser, where there is no window of the program's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from faults.waiting import wait_until
from hipflask import Hipflask, ui
from served import Served

Show = Callable[[Callable[[], None]], Page]


@pytest.fixture
def show(app: Hipflask, serve: Callable[..., Served], page: Page) -> Show:
    @app.window("/other/<name>", title="Other")
    def other(name: str) -> None:
        ui.heading(name)
        ui.button("Close", on_click=ui.close_window)

    def open_window(function: Callable[[], None]) -> Page:
        app.window("/")(function)
        page.goto(serve().address)
        page.wait_for_selector("hf-root hf-part", state="attached")
        return page

    return open_window


def test_another_window_is_another_tab_and_closes(show: Show) -> None:
    def window() -> None:
        ui.button("Open", on_click=ui.open_window, args=("/other/Ada",))

    page = show(window)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open").click()
    other = opened.value
    expect(other.get_by_role("heading", name="Ada")).to_be_visible()
    with other.expect_event("close"):
        other.get_by_role("button", name="Close").click()


def test_what_a_browser_keeps_to_itself_is_said_in_a_sentence(show: Show) -> None:
    def window() -> None:
        ui.button("Choose", on_click=ui.open_file)
        ui.drop_area("Drop here", on_drop=print)

    page = show(window)
    page.get_by_role("button", name="Choose").click()
    expect(page.get_by_text("Take files with ui.upload")).to_be_visible()
    drop(page, "who.csv")
    expect(page.get_by_text("does not say where a file comes from")).to_be_visible()


def test_copy_and_paste(show: Show) -> None:
    pasted: list[str] = []

    def window() -> None:
        ui.button("Copy", on_click=ui.copy, args=("Who’s on first",))
        ui.button("Paste", on_click=lambda: pasted.append(ui.paste()))

    page = show(window)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    wait_until(lambda: page.evaluate("navigator.clipboard.readText()") == "Who’s on first", "the copy")
    page.get_by_role("button", name="Paste").click()
    wait_until(lambda: pasted == ["Who’s on first"], "the paste")


def test_a_clipboard_that_is_not_allowed_is_said_so(show: Show) -> None:
    def window() -> None:
        ui.button("Paste", on_click=ui.paste)

    page = show(window)
    page.context.clear_permissions()
    page.evaluate("() => { navigator.clipboard.readText = () => Promise.reject(new Error('denied')) }")
    page.get_by_role("button", name="Paste").click()
    expect(page.get_by_text("did not allow this page to use the clipboard")).to_be_visible()


def test_a_note_of_the_systems(show: Show) -> None:
    def window() -> None:
        ui.button("Tell", on_click=lambda: ui.notify("Done.", system=True))

    page = show(window)
    page.context.grant_permissions(["notifications"])
    page.evaluate(
        """() => {
            window.notes = [];
            const Real = Notification;
            window.Notification = class extends Real {
                constructor(title, options) { super(title, options); window.notes.push(options.body); }
            };
        }"""
    )
    page.get_by_role("button", name="Tell").click()
    wait_until(lambda: page.evaluate("window.notes") == ["Done."], "the note")


def test_keys_press_what_they_belong_to_wherever_the_focus_is(show: Show) -> None:
    pressed = ui.State[list[str]]([])

    def window() -> None:
        ui.shortcut("Ctrl+K", lambda: pressed.update(lambda all: [*all, "k"]))
        ui.shortcut("Alt+Shift+Down", lambda: pressed.update(lambda all: [*all, "down"]))
        ui.input("Name")
        ui.text(" ".join(pressed.value) or "nothing")

    page = show(window)
    page.get_by_label("Name").focus()
    page.keyboard.press("Control+k")
    expect(page.get_by_text("k", exact=True)).to_be_visible()
    page.keyboard.press("Alt+Shift+ArrowDown")
    expect(page.get_by_text("k down")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_label("Name")).to_have_value("k")
    expect(page.get_by_text("k down")).to_be_visible()


def test_the_menu_bar_by_keyboard(show: Show) -> None:
    chosen = ui.State("nothing")

    def window() -> None:
        with ui.menu_bar():
            with ui.menu("File"):
                ui.menu_item("Open", on_click=chosen.set, args=("open",), shortcut="Ctrl+O")
            with ui.menu("Edit"):
                ui.menu_item("Copy", on_click=chosen.set, args=("copy",))
                with ui.menu_item("Sort"):
                    ui.menu_item("By name", on_click=chosen.set, args=("name",))
        ui.button("After")
        ui.text(chosen.value)

    page = show(window)
    page.wait_for_selector("hf-menu-bar:defined")
    wait_until(lambda: page.get_by_role("menubar").get_by_role("menuitem").count() >= 2, "the menus")
    page.keyboard.press("F10")
    expect(page.get_by_role("menuitem", name="File")).to_be_focused()
    page.keyboard.press("Tab")  # the bar is one stop
    expect(page.get_by_role("button", name="After")).to_be_focused()
    page.keyboard.press("F10")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("menuitem", name="Edit")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Copy")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("menuitem", name="Open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("open", exact=True)).to_be_visible()


def drop(page: Page, name: str) -> None:
    """Drop a file, as far as a page can tell."""
    page.wait_for_selector("hf-drop:defined")
    page.evaluate(
        """name => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["Who"], name));
            const area = document.querySelector("hf-drop");
            for (const type of ["dragover", "drop"]) {
                area.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
            }
        }""",
        name,
    )
