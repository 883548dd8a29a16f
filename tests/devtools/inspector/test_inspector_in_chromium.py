"""The inspector's windows in a real browser: what only a screen can tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from accessibility.conftest import AXE, darken, too_pale
from devtools.inspector.conftest import Inspect
from devtools.inspector.told import MARKUP, Told, story
from hipflask.testing import Screen
from lacking import lacking, needs_browser

VIEWS = (
    "/",
    "/activity",
    "/queries",
    "/network",
    "/store",
    "/changes",
    "/sync",
    "/logs",
    "/profile",
    "/past",
)
MANY = 100_000
_AXE = """async () => (await axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]}}))
    .violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 160)).join(" | ")}`)"""


@pytest.fixture(autouse=True)
def _browser() -> None:
    needs_browser()


@pytest.fixture
def look(inspect: Inspect) -> Iterator[Callable[[Told], Screen]]:
    """Opens the inspector over a program that is told."""
    screens: list[Screen] = []

    def opened(told: Told) -> Screen:
        screens.append(Screen(inspect(told), width=1280, height=820))
        return screens[-1]

    yield opened
    for screen in screens:
        screen.close()


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's source."""
    if not AXE.exists():
        lacking("axe-core (`npm ci` in client/)")
    return AXE.read_text(encoding="utf-8")


def test_nothing_stands_in_anybodys_way(look: Callable[[Told], Screen], told: Told, axe: str) -> None:
    """Neither axe nor the look at contrast finds anything in any view, in light and in dark; markup is text, and runs nowhere."""
    screen = look(told)
    found: list[str] = []
    for view in VIEWS:
        screen.open(view)
        time.sleep(0.3)
        if view in ("/activity", "/logs"):
            screen.on_page(lambda page: page.locator("hf-table").get_by_role("row").nth(2).click())
            screen.see("Close details")
        found += [
            f"{view} {line}" for line in screen.on_page(lambda page: page.evaluate(f"{axe}; ({_AXE})()"))
        ]
        found += [f"{view} too pale: {line}" for line in too_pale(screen)]
        darken(screen)
        found += [f"{view} too pale in the dark: {line}" for line in too_pale(screen)]
        screen.on_page(lambda page: page.emulate_media(color_scheme="light"))
        assert screen.on_page(lambda page: page.locator("img[src=x]").count()) == 0, view
        assert screen.errors() == []
    assert found == []


def test_a_flame_graph_is_gone_through_by_keyboard(look: Callable[[Told], Screen], told: Told) -> None:
    """Down to what was called, Enter to have it fill the width, Backspace a step out, Escape for the whole."""
    screen = look(told).open("/profile")
    screen.see("5 calls, 1.20 s")

    def frame(name: str) -> tuple[float, bool]:
        """How wide it is, of all that there is, and whether it has the focus."""
        return screen.on_page(lambda page: page.evaluate(_FRAME, name))

    def press(key: str) -> None:
        screen.on_page(lambda page: page.keyboard.press(key))
        time.sleep(0.3)  # what slides has arrived

    screen.on_page(lambda page: page.locator("flame-graph [role=treeitem]").first.focus())
    assert frame("save")[0] < 0.95
    press("ArrowDown")
    assert frame("save")[1]
    press("ArrowRight")
    assert frame("commit")[1]
    press("ArrowLeft")
    press("ArrowDown")
    press("Enter")
    width, has_focus = frame("odds")
    assert width > 0.99 and has_focus
    press("Backspace")
    assert frame("save")[0] > 0.99 and frame("odds")[0] < 0.9
    press("Escape")
    assert frame("save")[0] < 0.95
    screen.on_page(lambda page: page.locator("flame-graph [role=treeitem]", has_text="rank").click())
    time.sleep(0.3)
    assert frame("rank")[0] > 0.99
    screen.type("Find", "random.py")
    assert (
        screen.on_page(lambda page: page.locator("flame-graph .found").count()) == 0
    )  # it is not in what is zoomed
    screen.on_page(lambda page: page.locator("flame-graph button").click())
    assert screen.on_page(lambda page: page.locator("flame-graph .found").all_inner_texts()) == ["shuffle"]


_FRAME = """(name) => {
    const root = document.querySelector("flame-graph").shadowRoot;
    const el = [...root.querySelectorAll("[role=treeitem]")].find((each) => each.textContent === name);
    const whole = root.querySelector("[role=tree]").getBoundingClientRect().width;
    return [el.getBoundingClientRect().width / whole, root.activeElement === el];
}"""


def test_the_past_is_a_picture_and_no_more(look: Callable[[Told], Screen], told: Told) -> None:
    """It looks like the window, and nothing in it acts: no press, no key, no address, no markup, nothing over the rest."""
    screen = look(told).open("/past")
    screen.see("Frame 12")
    stage = '[role="img"][aria-label="w1 after frame 12"]'
    assert screen.on_page(lambda page: page.locator(f"{stage} wa-button").inner_text()) == "12 clicks"
    assert screen.on_page(lambda page: page.locator(f"{stage} wa-input").evaluate("el => el.value")) == MARKUP
    inside = screen.on_page(lambda page: page.evaluate(_INSIDE, stage))
    assert inside == {
        "scripts": 0,
        "links": 0,
        "loads": 0,
        "ids": 0,
        "shortcuts": 0,
        "listens": [],
        "is_inert": True,
        "sticks_out": False,
    }


_INSIDE = """(selector) => {
    const stage = document.querySelector(selector);
    const count = (what) => stage.querySelectorAll(what).length;
    const fixed = [...stage.querySelectorAll("p")].find((el) => el.textContent === "Who is on first.");
    const [whole, part] = [stage.getBoundingClientRect(), fixed.getBoundingClientRect()];
    stage.querySelector("wa-button").click();
    return {
        scripts: count("script"), links: count("a[href]"), loads: count("[src]"), ids: count("[id]"), shortcuts: count("[aria-keyshortcuts]"),
        listens: [...stage.querySelectorAll("*")].filter((el) => el.onclick).map((el) => el.localName),
        is_inert: stage.firstElementChild.inert, sticks_out: part.top < whole.top || part.left < whole.left,
    };
}"""


def test_what_was_picked_is_in_sight(look: Callable[[Told], Screen], told: Told) -> None:
    """All that it stands in is open, and it is the one that is chosen."""
    screen = look(told).open("/")
    screen.see("Pick an element")
    screen.click("Pick an element")
    screen.see("lineup › seat › button")
    item = screen.on_page(
        lambda page: page.locator("wa-tree-item[selected]").evaluate("el => [el.value, el.checkVisibility()]")
    )
    assert item == [32, True]


@pytest.mark.alone
def test_a_hundred_thousand_records_are_no_burden(look: Callable[[Told], Screen]) -> None:
    """The table shows its first rows, and finds one of them, in a time that nobody minds; the page holds a screenful."""
    screen = look(Told(story(MANY // 10)))
    screen.open("/activity")
    screen.patience = 30.0
    screen.see("40,000 rows")
    began = time.monotonic()
    screen.on_page(lambda page: page.get_by_placeholder("Search").fill("0192f3c4-7a11-4242"))
    screen.see("1 row")
    took = time.monotonic() - began
    assert took < 5.0, f"{took:.1f} s"
    assert screen.on_page(lambda page: page.locator("*").count()) < 3000
