"""Everything that can be used can be used without a mouse, as the ARIA authoring practices have it, and one sees where one is."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator

import pytest

from accessibility.everything import Kept
from hipflask import Hipflask, ui
from hipflask.testing import Screen

Draw = Callable[[Kept], object]


class Keys:
    """Somebody with a keyboard alone, at a window with one thing between two buttons."""

    def __init__(self, screen: Screen, kept: Kept) -> None:
        self.screen = screen
        self.kept = kept

    @property
    def told(self) -> list[object]:
        """What the window has been told."""
        return self.kept.told

    @property
    def last(self) -> object:
        """What it has been told last."""
        return self.kept.told[-1] if self.kept.told else None

    @property
    def at(self) -> str:
        """What has the focus, as "role name"."""
        found = self.screen.focused()
        return f"{found.role} {found.label}".strip() if found else ""

    def is_at(self, expected: str) -> Keys:
        """Wait until this has the focus: what opens takes it a few frames later."""
        end = time.monotonic() + 5
        while not self.at.endswith(expected):
            assert time.monotonic() < end, f"the focus is at {self.at!r}, not at {expected!r}"
            self.screen._pause()
        return self

    def press(self, *keys: str) -> Keys:
        """Press keys, one after the other."""
        for key in keys:
            self.screen.press(key)
        return self

    def enter(self, expected: str) -> Keys:
        """Come to the thing with Tab, and see that one is there."""
        self.press("Tab", "Tab")
        self.is_at(expected)
        assert self.screen.on_page(focus_is_visible)
        return self

    def leave(self) -> None:
        """Go on with Tab, to the button behind it."""
        self.press("Tab")
        self.is_at("button After")


_ACTIVE = """(() => { let el = document.activeElement; while (el?.shadowRoot?.activeElement) el = el.shadowRoot.activeElement; return el; })()"""


def focus_is_visible(page: object) -> bool:
    """Whether the page looks otherwise when what has focus loses it; the caret is not in the picture."""
    with_focus = page.screenshot()  # type: ignore[attr-defined]
    page.evaluate(f"window.before = {_ACTIVE}; window.before.blur()")  # type: ignore[attr-defined]
    without = page.screenshot()  # type: ignore[attr-defined]
    page.evaluate("window.before.focus()")  # type: ignore[attr-defined]
    return bool(with_focus != without)


@pytest.fixture
def keys(app: Hipflask) -> Iterator[Callable[[Draw], Keys]]:
    """Puts one thing into a window and somebody with a keyboard before it."""
    screens: list[Screen] = []

    def opened(draw: Draw, *, forced_colors: str = "none") -> Keys:
        kept = Kept()

        @app.window("/")
        def window() -> None:
            ui.button("Before")
            draw(kept)
            ui.button("After")

        screen = Screen(app, width=700, height=600)
        screen._look["forced_colors"] = forced_colors
        screens.append(screen.open("/"))
        return Keys(screens[-1], kept)

    yield opened
    for screen in screens:
        screen.close()


Start = Callable[[Draw], Keys]


def test_button(keys: Start) -> None:
    at = keys(lambda kept: ui.button("Save", on_click=kept.tell, args=("save",))).enter("button Save")
    at.press("Enter", "Space")
    assert at.told == ["save", "save"]
    at.leave()


def test_link(keys: Start, app: Hipflask) -> None:
    @app.window("/rules")
    def rules() -> None:
        ui.text("Three strikes.")

    at = keys(lambda kept: ui.link("The rules", "/rules")).enter("link The rules")
    at.press("Enter")
    at.screen.see("Three strikes.")


@pytest.mark.parametrize("draw", [ui.input, ui.textarea, ui.password], ids=lambda draw: draw.__name__)
def test_text_fields(keys: Start, draw: Callable[..., object]) -> None:
    at = keys(lambda kept: draw("Name", on_change=kept.tell)).enter("textbox Name")
    at.press("W", "h", "o")
    assert at.last == "Who"


def test_password_is_shown_by_its_eye(keys: Start) -> None:
    at = keys(lambda kept: ui.password("Secret", value="abc")).enter("textbox Secret")
    at.press("Tab")
    at.is_at("button Show password")
    at.press("Enter")
    at.is_at("button Hide password")
    at.leave()


def test_number(keys: Start) -> None:
    at = keys(lambda kept: ui.number("Innings", value=9, on_change=kept.tell)).enter("textbox Innings")
    at.press("ArrowUp", "ArrowUp", "Tab")
    assert at.last == 11


def test_date_and_time(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        ui.date("Day", on_change=kept.tell)
        ui.time("Hour", on_change=kept.tell)

    at = keys(draw)
    at.press("Tab", "Tab", *"03262026")
    at.press("Tab", "Tab", *"0705P")
    assert at.told[-1] == datetime.time(19, 5)
    assert datetime.date(2026, 3, 26) in at.told


def test_color(keys: Start) -> None:
    at = keys(lambda kept: ui.color("Shirt", value="#ff0000", on_change=kept.tell)).enter("textbox Shirt")
    at.press("Enter")
    at.press("Tab", "ArrowLeft")
    assert at.last not in (None, "#ff0000")
    at.press("Escape")
    at.is_at("textbox Shirt")
    at.leave()


def test_checkbox_and_switch(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        ui.checkbox("Captain", on_change=kept.tell, args=("captain",))
        ui.switch("Lights", on_change=kept.tell, args=("lights",))

    at = keys(draw).enter("checkbox Captain")
    at.press("Space")
    assert at.last == ("captain", True)
    at.press("Tab")
    at.is_at("switch Lights")
    assert at.screen.on_page(focus_is_visible)
    at.press("Space")
    assert at.last == ("lights", True)
    at.leave()


def test_radio(keys: Start) -> None:
    """One stop for Tab; the arrows choose."""
    at = keys(lambda kept: ui.radio("Hand", ["left", "right"], value="left", on_change=kept.tell)).enter(
        "radio left"
    )
    at.press("ArrowDown")
    at.is_at("radio right")
    assert at.last == "right"
    at.press("ArrowDown")
    assert at.last == "left"
    at.leave()


def test_select(keys: Start) -> None:
    options = ["first", "second", "third"]
    at = keys(lambda kept: ui.select("Base", options, value="first", on_change=kept.tell)).enter(
        "combobox Base"
    )
    at.press("ArrowDown", "ArrowDown", "Enter")
    assert at.last == "second"
    at.press("Enter", "End", "Escape")
    assert at.told == ["second"]
    at.press("Space", "t", "Enter")
    assert at.last == "third"
    at.is_at("combobox Base")
    at.leave()


def test_multi_select(keys: Start) -> None:
    options = ["first", "second", "third"]
    at = keys(lambda kept: ui.multi_select("Bases", options, on_change=kept.tell)).enter("listbox Bases")
    at.press("ArrowDown", "Enter", "ArrowDown", "Enter")
    assert at.last == ["first", "second"]
    at.press("Escape")
    at.is_at("listbox Bases")


def test_combobox(keys: Start) -> None:
    players = ["Who", "What", "Why", "Because"]
    at = keys(lambda kept: ui.combobox("Player", players, value="Who", on_change=kept.tell)).enter(
        "combobox Player"
    )
    at.press("ArrowDown", "ArrowDown", "Enter")
    assert at.last == "What"
    at.press("b", "e", "Escape")
    assert at.screen.find("Player").value == "What"
    at.press("b", "e", "Enter")
    assert at.last == "Because"
    at.leave()


def test_slider(keys: Start) -> None:
    at = keys(lambda kept: ui.slider("Volume", value=40, on_change=kept.tell)).enter("slider Volume")
    for key, value in (("ArrowRight", 41), ("ArrowDown", 40), ("PageUp", 50), ("Home", 0), ("End", 100)):
        at.press(key)
        assert at.last == value
    at.leave()


def test_range(keys: Start) -> None:
    at = keys(lambda kept: ui.range("Price", value=(20, 80), on_change=kept.tell)).enter(
        "slider Price (minimum value)"
    )
    at.press("ArrowRight")
    assert at.last == (21, 80)
    at.press("Tab")
    at.is_at("slider Price (maximum value)")
    assert at.screen.on_page(focus_is_visible)
    at.press("ArrowLeft")
    assert at.last == (21, 79)
    at.leave()


def test_rating(keys: Start) -> None:
    at = keys(lambda kept: ui.rating("Joke", value=2, on_change=kept.tell)).enter("slider Joke")
    at.press("ArrowRight")
    assert at.last == 3
    at.press("End")
    assert at.last == 5
    at.leave()


def test_tabs(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        with ui.tabs(on_change=kept.tell):
            for name in ("Line-up", "Score", "Rules"):
                with ui.tab(name):
                    ui.button(f"On {name}")

    at = keys(draw).enter("tab Line-up")
    at.press("ArrowRight")
    at.is_at("tab Score")
    assert at.last == "Score"
    at.press("Tab")
    at.is_at("button On Score")
    at.press("Shift+Tab", "End")
    assert at.last == "Rules"
    at.press("Home")
    assert at.last == "Line-up"


def test_details(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        with ui.details("Why?", on_toggle=kept.tell):
            ui.button("Inside")

    at = keys(draw).enter("button Why?")
    at.press("Enter")
    assert at.last is True
    at.press("Tab")
    at.is_at("button Inside")
    at.press("Shift+Tab", "Space")
    assert at.last is False
    at.leave()


@pytest.mark.parametrize("draw", [ui.dialog, ui.drawer], ids=lambda draw: draw.__name__)
def test_dialog_and_drawer(keys: Start, draw: Callable[..., ui.State]) -> None:
    """The focus goes in, stays inside, and comes back."""

    def window(kept: Kept) -> None:
        is_open = ui.state(False)
        ui.button("Open", on_click=is_open.set, args=(True,))
        with draw("Sure?", open=is_open):
            ui.input("Name")
            ui.button("Yes")

    at = keys(window).enter("button Open")
    at.press("Enter")
    places = set()
    for _ in range(8):
        places.add(at.at)
        at.press("Tab")
    assert {"textbox Name", "button Yes", "button Close"} <= places
    assert not places & {"button Before", "button After", "button Open"}
    at.press("Escape")
    at.screen.see_not("Yes")
    at.is_at("button Open")


def menu(kept: Kept) -> None:
    with ui.menu("Game"):
        ui.menu_item("New", on_click=kept.tell, args=("new",))
        with ui.menu_item("Sort by"):
            ui.menu_item("Age", on_click=kept.tell, args=("age",))
        ui.menu_item("Quit", on_click=kept.tell, args=("quit",))


def test_menu(keys: Start) -> None:
    at = keys(menu).enter("button Game")
    at.press("Enter")
    at.is_at("menuitem New")
    at.press("ArrowDown", "ArrowRight")
    at.is_at("menuitem Age")
    at.press("ArrowLeft")
    at.is_at("menuitem Sort by")
    at.press("ArrowDown")
    at.is_at("menuitem Quit")
    at.press("Enter")
    assert at.last == "quit"
    at.is_at("button Game")
    at.press("ArrowDown", "Escape")
    at.is_at("button Game")
    at.leave()


def test_menu_bar(keys: Start) -> None:
    """One stop for Tab, the arrows go from menu to menu, and F10 leads there from anywhere."""

    def draw(kept: Kept) -> None:
        with ui.menu_bar():
            for name in ("File", "View", "Help"):
                with ui.menu(name):
                    ui.menu_item(f"In {name}", on_click=kept.tell, args=(name,))

    at = keys(draw).press("F10")
    assert at.at in ("button File", "menuitem File")
    assert at.screen.on_page(focus_is_visible)
    at.press("ArrowRight")
    at.is_at("View")
    at.press("Enter")
    at.is_at("menuitem In View")
    at.press("Enter")
    assert at.last == "View"
    at.press("F10", "ArrowLeft")
    at.is_at("Help")
    at.leave()


def test_context_menu(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        with ui.column():
            ui.button("Who")
            with ui.context_menu():
                ui.menu_item("Send home", on_click=kept.tell, args=("home",))

    at = keys(draw).enter("button Who")
    at.press("Shift+F10")
    at.is_at("menuitem Send home")
    at.press("Escape")
    at.is_at("button Who")
    at.press("Shift+F10").is_at("menuitem Send home").press("Enter")
    assert at.last == "home"
    at.is_at("button Who")


def test_tree_view(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        ui.tree_view({"Infield": ["Who", "What"], "Outfield": ["Why"]}, label="Team", on_change=kept.tell)

    at = keys(draw).enter("treeitem Infield")
    at.press("ArrowRight", "ArrowDown")
    at.is_at("treeitem Who")
    at.press("Enter")
    assert at.last == "Who"
    at.press("ArrowLeft", "ArrowLeft", "End")
    at.is_at("treeitem Outfield")
    at.leave()


def test_pagination(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        ui.pagination(9, bind=ui.state(2), on_change=kept.tell)

    at = keys(draw).enter("button Previous page")
    at.press("Tab", "Tab", "Tab")
    at.is_at("button Page 3")
    at.press("Enter")
    assert at.last == 3
    at.is_at("button Page 3")


def test_split_panel(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        with ui.split_panel(value=40, on_change=kept.tell):
            for text in ("Left", "Right"):
                with ui.pane():
                    ui.text(text)

    at = keys(draw).enter("separator Resize")
    at.press("ArrowRight")
    assert at.last == 41
    at.press("ArrowLeft", "ArrowLeft")
    assert at.last == 39
    at.leave()


def test_upload(keys: Start) -> None:
    file = {"name": "a.txt", "mimeType": "", "buffer": b"x"}
    at = keys(lambda kept: ui.upload("Line-up", on_upload=lambda file: kept.tell(file.name)))
    at.screen.on_page(lambda page: page.on("filechooser", lambda chooser: chooser.set_files(file)))
    at.enter("button Line-up").press("Enter")
    end = time.monotonic() + 5
    while not at.told and time.monotonic() < end:
        at.screen._pause()
    assert at.last == "a.txt"
    at.leave()


def test_stepper_and_breadcrumb(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        step = ui.state(1)
        ui.stepper(["Pick", "Play"], at=step)
        ui.breadcrumb({"Teams": "/", "Wolves": lambda: kept.tell("wolves"), "Who": None})
        ui.text(f"at {step.value}")

    at = keys(draw).enter("button Pick")
    at.press("Tab")
    at.is_at("link Teams")
    assert at.screen.on_page(focus_is_visible)
    at.press("Tab")
    at.is_at("button Wolves")
    assert at.screen.on_page(focus_is_visible)
    at.press("Enter")
    assert at.last == "wolves"
    at.leave()
    at.press("Shift+Tab", "Shift+Tab", "Shift+Tab", "Enter")
    at.screen.see("at 0")


def test_what_scrolls_can_be_scrolled(keys: Start) -> None:
    def draw(kept: Kept) -> None:
        with ui.scroll_area("Lines", height="4rem"):
            for number in range(9):
                ui.text(f"Line {number}")
        ui.log([f"line {number}" for number in range(40)], label="Log", height="6rem")
        ui.code("\n".join(map(str, range(9))), copy=False)

    at = keys(draw).enter("region Lines")
    at.press("Tab")
    at.is_at("log Log")
    assert at.screen.on_page(focus_is_visible)
    at.press("Tab")
    assert at.screen.on_page(focus_is_visible)
    at.leave()


def test_code_is_copied(keys: Start) -> None:
    at = keys(lambda kept: ui.code("x = 1")).press("Tab", "Tab", "Tab")
    at.is_at("button Copy")
    assert at.screen.on_page(focus_is_visible)
    at.leave()


def test_tooltips_come_with_the_focus_and_go_with_escape(keys: Start) -> None:
    at = keys(lambda kept: ui.button("Deal", tooltip="Five cards")).enter("button Deal")
    is_open = "document.querySelector('wa-tooltip')?.open === true"
    at.press("Shift+Tab", "Tab")
    assert at.screen.on_page(lambda page: page.evaluate(is_open))
    at.press("Escape")
    assert not at.screen.on_page(lambda page: page.evaluate(is_open))
