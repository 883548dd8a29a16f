"""What opens, closes, unfolds and follows: heard from the elements as a person uses them, and shown as the session says."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from .browser import open_page, show, wait_for
from .server import Server

Tree = list[Any]

# Elements that are still being loaded; of our own, those for layout are never defined.
LOADED = ":not(:defined, hf-root, hf-column)"


def node(number: int, tag: str, *children: Tree, **props: Any) -> Tree:
    return [number, tag, props, list(children)]


def field(number: int, tag: str, name: str, value: object, *children: Tree, **props: Any) -> Tree:
    return node(number, tag, *children, field=name, on={"change": name}, **{name: value}, **props)


def ready(page: Page, server: Server, *trees: Tree) -> None:
    """The page is live, and what it loads when it is needed is there."""
    open_page(page, server, node(1, "hf-root", *trees))
    wait_for(page, f"document.querySelector('{LOADED}') === null", 10)


def test_a_dialog_that_is_escaped_says_so_and_one_that_the_session_closes_does_not(
    page: Page, server: Server
) -> None:
    button = node(5, "wa-button", text="Delete")
    dialog = field(2, "wa-dialog", "open", False, node(3, "p", text="Sure?"), label="Delete?")
    ready(page, server, button, dialog)
    page.locator("wa-button", has_text="Delete").click()
    show(server, 2, ["edit", 2, True, 0])
    wait_for(page, "document.querySelector('wa-dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert server.receive() == ["event", 1, 2, "change", False]
    wait_for(page, "document.activeElement.localName === 'wa-button'")
    show(server, 3, ["edit", 2, True, 1], seen=1)
    show(server, 4, ["edit", 2, False, 1], seen=1)
    wait_for(page, "!document.querySelector('wa-dialog').open")
    assert server.hears_nothing()


def test_what_is_typed_inside_details_is_none_of_theirs(page: Page, server: Server) -> None:
    inside = field(3, "wa-input", "value", "", label="Name")
    ready(page, server, field(2, "wa-details", "open", False, inside, summary="More"))
    page.get_by_text("More").click()
    assert server.receive() == ["event", 1, 2, "change", True]
    page.locator("wa-input").click()
    page.keyboard.type("Who")
    page.keyboard.press("Tab")
    assert server.receive() == ["event", 2, 3, "change", "Who"]
    assert server.hears_nothing()


def test_a_tab_is_opened_by_both_ends(page: Page, server: Server) -> None:
    tabs = [
        part
        for number, name in ((3, "First"), (5, "Second"))
        for part in (
            node(number, "wa-tab", text=name, panel=name),
            node(number + 1, "wa-tab-panel", node(number + 10, "p", text=f"{name} page"), name=name),
        )
    ]
    ready(page, server, field(2, "wa-tab-group", "active", "First", *tabs))
    page.get_by_text("First page").wait_for()
    page.get_by_text("Second", exact=True).click()
    assert server.receive() == ["event", 1, 2, "change", "Second"]
    page.get_by_text("Second page").wait_for()
    show(server, 2, ["edit", 2, "First", 1], seen=1)
    page.get_by_text("First page").wait_for()
    assert server.hears_nothing()


def menu(*items: Tree, **attrs: Any) -> Tree:
    trigger = node(3, "wa-button", text="File", attrs={"slot": "trigger"})
    return node(2, "wa-dropdown", trigger, *items, attrs=attrs)


def item(number: int, text: str, **more: Any) -> Tree:
    return node(number, "wa-dropdown-item", text=text, on={"choose": None}, **more)


def test_menu_items_are_chosen_by_mouse_by_arrows_and_by_shortcut(page: Page, server: Server) -> None:
    ready(page, server, menu(item(4, "New", attrs={"aria-keyshortcuts": "Control+Shift+K"}), item(5, "Open")))
    page.get_by_text("File").click()
    page.get_by_text("Open").click()
    assert server.receive() == ["event", 1, 5, "choose", None]
    wait_for(page, "!document.querySelector('wa-dropdown').shadowRoot.querySelector('wa-popup').active", 5)
    page.evaluate("document.querySelector('wa-button').focus()")
    page.keyboard.press("Enter")
    wait_for(page, "document.activeElement.localName === 'wa-dropdown-item'", 5)
    page.keyboard.press("Enter")
    assert server.receive()[2:] == [4, "choose", None]
    page.keyboard.press("Control+Shift+k")
    assert server.receive() == ["event", 3, 4, "choose", None]
    page.keyboard.press("Control+k")
    assert server.hears_nothing()


def test_a_right_click_opens_the_nearest_context_menu_where_it_was(page: Page, server: Server) -> None:
    point = node(12, "span", attrs={"slot": "trigger"})
    own = node(11, "wa-dropdown", point, item(13, "Send home"), attrs={"context": True})
    ready(page, server, node(10, "hf-column", node(14, "p", text="Who"), own), node(20, "p", text="What"))
    page.get_by_text("Who").click(button="right", position={"x": 20, "y": 5})
    found = page.get_by_text("Send home")
    found.wait_for()
    box, who = found.bounding_box(), page.get_by_text("Who").bounding_box()
    assert box and who
    assert 0 <= box["x"] - who["x"] < 80
    assert 0 <= box["y"] - who["y"] < 60
    found.click()
    assert server.receive() == ["event", 1, 13, "choose", None]


def test_a_tooltip_appears_over_what_is_pointed_at(page: Page, server: Server) -> None:
    words = {"tooltip": True, "aria-description": "Five cards for each"}
    ready(page, server, node(2, "wa-button", text="Deal", attrs=words))
    page.get_by_text("Deal").hover()
    wait_for(page, "document.querySelector('wa-tooltip')?.open === true")
    assert page.locator("wa-tooltip").text_content() == "Five cards for each"
    page.keyboard.press("Escape")
    wait_for(page, "document.querySelector('wa-tooltip').open === false")
    described = "document.querySelector('wa-button').shadowRoot.querySelector('button').ariaDescription"
    assert page.evaluate(described) == "Five cards for each"


def test_a_log_follows_its_end_unless_somebody_reads(page: Page, server: Server) -> None:
    lines = [node(number, "div", text=f"line {number}") for number in range(10, 110)]
    ready(page, server, node(2, "hf-log", *lines, style={"height": "200px"}))
    at_end = (
        "(log => log.scrollHeight - log.scrollTop - log.clientHeight < 2)(document.querySelector('hf-log'))"
    )
    wait_for(page, at_end)
    show(server, 2, ["create", 2, 0, [node(200, "div", text="new")]])
    wait_for(page, at_end)
    page.evaluate("document.querySelector('hf-log').scrollTop = 50")
    page.wait_for_timeout(100)
    show(server, 3, ["create", 2, 0, [node(201, "div", text="newer")]])
    page.wait_for_timeout(100)
    assert page.evaluate("document.querySelector('hf-log').scrollTop") == 50


def test_a_chosen_branch_is_told_and_shown(page: Page, server: Server) -> None:
    branches = [
        node(3, "wa-tree-item", text="Who", value="who", selected=True),
        node(4, "wa-tree-item", text="What", value="what", selected=False),
    ]
    ready(page, server, field(2, "wa-tree", "chosen", "who", *branches))
    page.get_by_text("What").click()
    assert server.receive() == ["event", 1, 2, "change", "what"]
    show(server, 2, ["set", 3, {"selected": True}], ["set", 4, {"selected": False}], seen=1)
    assert page.evaluate("[...document.querySelectorAll('wa-tree-item')].map(item => item.selected)") == [
        True,
        False,
    ]


def test_a_chart_has_its_numbers_as_a_table_too(page: Page, server: Server) -> None:
    series = [{"name": "Who", "values": [1, None, 3]}]
    chart = node(
        2, "hf-chart", kind="line", label="Runs", labels=["May", "June", "July"], series=series,
        style={"height": "200px"},
    )  # fmt: skip
    ready(page, server, chart)
    inside = "document.querySelector('hf-chart').shadowRoot"
    wait_for(page, f"{inside}.querySelectorAll('circle').length === 2")
    assert page.evaluate(f"[...{inside}.querySelectorAll('td')].map(cell => cell.textContent)") == [
        "", "1", "", "3",
    ]  # fmt: skip
