"""Events, and the rule that the browser is the truth for what a person is typing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

from .browser import Tree, open_page, show
from .server import Server


def field(tag: str = "wa-input", event: str = "input", what: str = "value", **props: Any) -> Tree:
    return [1, "hf-root", {}, [[2, tag, {"field": what, "value": "", "on": {event: what}} | props, []]]]


def value(page: Page) -> str:
    return page.evaluate("document.querySelector('wa-input').shadowRoot.querySelector('input').value")


def caret(page: Page) -> list[int]:
    return page.evaluate(
        "(i => [i.selectionStart, i.selectionEnd])(document.querySelector('wa-input').shadowRoot.querySelector('input'))"
    )


def test_a_press_is_sent_with_its_number(page: Page, server: Server) -> None:
    open_page(page, server, [1, "hf-root", {}, [[7, "wa-button", {"text": "Go", "on": {"click": None}}, []]]])
    page.get_by_role("button").click()
    page.get_by_role("button").press("Enter")
    assert [server.receive(), server.receive()] == [
        ["event", 1, 7, "click", None],
        ["event", 2, 7, "click", None],
    ]


def test_a_busy_button_sends_nothing(page: Page, server: Server) -> None:
    open_page(page, server, [1, "hf-root", {}, [[7, "wa-button", {"text": "Go", "on": {"click": None}}, []]]])
    show(server, 2, ["set", 7, {"busy": True}])
    button = page.get_by_role("button")
    assert page.locator("wa-button").get_attribute("aria-busy") == "true"
    button.press("Enter")
    page.evaluate("document.querySelector('wa-button').click()")
    server.hears_nothing()
    show(server, 3, ["set", 7, {"busy": None}])
    assert page.locator("wa-button").get_attribute("aria-busy") is None
    button.click()
    assert server.receive() == ["event", 1, 7, "click", None]


@pytest.mark.parametrize("tag", ["p", "wa-checkbox", "hf-row"])
def test_other_elements_can_be_busy_too(page: Page, server: Server, tag: str) -> None:
    open_page(
        page, server, [1, "hf-root", {}, [[7, tag, {"text": "Go", "busy": True, "on": {"click": None}}, []]]]
    )
    page.get_by_text("Go").click()
    server.hears_nothing()


def test_typing_is_sent_letter_by_letter_and_enter_with_the_value(page: Page, server: Server) -> None:
    open_page(page, server, field(on={"input": "value", "keydown:Enter": "value"}))
    page.locator("wa-input").click()
    page.keyboard.type("ab")
    page.keyboard.press("Enter")
    assert [server.receive() for _ in range(3)] == [
        ["event", 1, 2, "input", "a"],
        ["event", 2, 2, "input", "ab"],
        ["event", 3, 2, "keydown:Enter", "ab"],
    ]


def test_the_answer_to_enter_may_empty_the_field(page: Page, server: Server) -> None:
    open_page(page, server, field(on={"input": "value", "keydown:Enter": "value"}))
    page.locator("wa-input").click()
    page.keyboard.type("a")
    page.keyboard.press("Enter")
    assert [server.receive()[1:], server.receive()[1:]] == [
        [1, 2, "input", "a"],
        [2, 2, "keydown:Enter", "a"],
    ]
    show(server, 2, ["edit", 2, "", 1], seen=2)  # the last *input* that the session knew was number 1
    assert value(page) == ""


def test_a_listener_that_goes_away_is_not_heard(page: Page, server: Server) -> None:
    open_page(page, server, field())
    show(server, 2, ["set", 2, {"on": {"focus": None}}])
    page.locator("wa-input").click()
    page.keyboard.type("a")
    assert server.receive() == ["event", 1, 2, "focus", None]
    server.hears_nothing()


def test_checkbox_slider_and_select_send_their_own_kind_of_value(page: Page, server: Server) -> None:
    options = [
        [place + 10, "wa-option", {"value": str(place), "text": name}, []]
        for place, name in enumerate(["One", "Two"])
    ]
    tree = [1, "hf-root", {}, [
        [2, "wa-checkbox", {"text": "Tick", "field": "checked", "checked": False, "on": {"change": "checked"}}, []],
        [3, "wa-slider", {"label": "Volume", "field": "value", "value": 40, "min": 10, "max": 50, "step": 5, "on": {"input": "value"}}, []],
        [4, "wa-select", {"label": "Which", "field": "value", "value": "", "on": {"change": "value"}}, options],
    ]]  # fmt: skip
    open_page(page, server, tree)
    page.get_by_text("Tick").click()
    assert server.receive() == ["event", 1, 2, "change", True]
    page.get_by_role("slider").press("ArrowRight")
    assert server.receive() == ["event", 2, 3, "input", 45]
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="Two").click()
    assert server.receive() == ["event", 3, 4, "change", "1"]
    show(server, 2, ["edit", 2, False, 1], ["edit", 3, 20, 2], ["edit", 4, "0", 3], seen=3)
    read = (
        "['checked', 'value', 'value'].map((name, i) => document.querySelector('hf-root').children[i][name])"
    )
    assert page.evaluate(read) == [False, 20, "0"]
    assert page.evaluate("document.activeElement.displayInput.value") == "One"
    server.send(["frame", 3, 3, [["edit", 4, "0", 3]]])  # said once more, it still shows the name
    assert server.receive() == ["ack", 3]
    assert page.evaluate("document.activeElement.displayInput.value") == "One"


def test_an_edit_never_overwrites_newer_typing(page: Page, server: Server) -> None:
    open_page(page, server, field())
    page.locator("wa-input").click()
    page.keyboard.type("abc")
    for _ in "abc":
        server.receive()
    show(server, 2, ["edit", 2, "AB", 2], seen=2)
    assert value(page) == "abc"
    show(server, 3, ["edit", 2, "ABC", 3], seen=3)
    assert value(page) == "ABC"


def test_an_edit_while_disconnected_typing_waits_is_dropped(page: Page, server: Server) -> None:
    open_page(page, server, field())
    page.locator("wa-input").click()
    server.refuses = True
    server.drop()
    page.locator("hf-connection").wait_for()
    page.keyboard.type("ab")
    server.refuses = False
    assert server.receive() == ["hello", "s1", 1]
    server.send(["frame", 2, 0, [["edit", 2, "Z", 0]]])
    assert server.receive() == ["ack", 2]
    assert value(page) == "ab"
    server.send(["welcome", 0])
    assert server.receive() == ["event", 1, 2, "input", "ab"]  # one event holds what two had said


@pytest.mark.parametrize(
    ("typed", "at", "edit", "wanted"),
    [
        ("hello", (2, 2), "HELLO", [2, 2]),
        ("hello", (1, 4), "HELLO", [1, 4]),
        ("hello", (4, 4), "he", [2, 2]),  # as far as the text allows
        ("1234", (4, 4), "1,234", [5, 5]),  # at the end stays at the end
        ("hello", (0, 5), "", [0, 0]),
    ],
)
def test_the_caret_stays_where_it_was(page: Page, server: Server, typed: str, at: tuple[int, int], edit: str, wanted: list[int]) -> None:  # fmt: skip
    open_page(page, server, field(value=typed))
    page.locator("wa-input").click()
    page.evaluate("([s, e]) => document.querySelector('wa-input').setSelectionRange(s, e)", at)
    show(server, 2, ["edit", 2, edit, 0])
    page.evaluate("document.querySelector('wa-input').updateComplete")
    assert (value(page), caret(page)) == (edit, wanted)
    assert page.evaluate("document.activeElement.localName") == "wa-input"


def test_other_changes_leave_caret_and_text_of_the_focused_field_alone(page: Page, server: Server) -> None:
    open_page(page, server, field(value="hello", label="Name"))
    page.locator("wa-input").click()
    page.evaluate("document.querySelector('wa-input').setSelectionRange(1, 3)")
    show(
        server,
        2,
        ["create", 1, 2, [[5, "p", {"text": "above"}, []]]],
        ["set", 2, {"label": "Your name", "hint": "x"}],
    )
    show(
        server,
        3,
        ["move", 2, 5],
        ["set", 5, {"text": "below"}],
        ["create", 1, 0, [[6, "hf-row", {}, []]]],
        ["move", 2, 0],
    )
    assert (value(page), caret(page)) == ("hello", [1, 3])
    assert page.evaluate("document.activeElement.localName") == "wa-input"


def test_where_elements_cannot_be_moved_in_one_piece_the_focus_is_put_back(context: BrowserContext, page: Page, server: Server) -> None:  # fmt: skip
    context.add_init_script("delete Element.prototype.moveBefore")
    open_page(page, server, field(value="hello"))
    page.locator("wa-input").click()
    show(server, 2, ["create", 1, 0, [[5, "p", {}, []]]], ["move", 2, 0])
    assert page.evaluate("document.activeElement.localName") == "wa-input"
    assert page.evaluate("document.querySelector('hf-root').lastElementChild.localName") == "wa-input"


# ── composing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def ime(page: Page, context: BrowserContext) -> CDPSession:
    return context.new_cdp_session(page)


def compose(ime: CDPSession, text: str) -> None:
    ime.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})  # fmt: skip


def test_a_word_being_composed_is_neither_sent_nor_overwritten(
    page: Page, server: Server, ime: CDPSession
) -> None:
    open_page(page, server, field())
    page.locator("wa-input").click()
    compose(ime, "n")
    compose(ime, "に")
    server.hears_nothing()
    show(server, 2, ["edit", 2, "XXX", 0])
    assert value(page) == "に"
    ime.send("Input.insertText", {"text": "日"})
    assert server.receive() == ["event", 1, 2, "input", "日"]
    show(server, 3, ["edit", 2, "日!", 1], seen=1)
    assert value(page) == "日!"


def test_an_edit_dropped_while_composing_is_answered_even_if_nothing_was_typed(
    page: Page, server: Server
) -> None:
    open_page(page, server, field(value="a"))
    composition = """kind => document.querySelector("wa-input").shadowRoot.querySelector("input").dispatchEvent(
        new CompositionEvent(`composition${kind}`, { bubbles: true, composed: true }))"""
    page.evaluate(composition, "start")
    show(server, 2, ["edit", 2, "XXX", 0])
    page.evaluate(composition, "end")
    assert value(page) == "a"
    assert server.receive() == ["event", 1, 2, "input", "a"]


def test_enter_that_chooses_a_word_is_not_the_persons_enter(page: Page, server: Server) -> None:
    open_page(page, server, field(on={"keydown:Enter": "value"}))
    page.locator("wa-input").evaluate(
        "el => el.shadowRoot.querySelector('input').dispatchEvent(new KeyboardEvent('keydown', "
        "{ key: 'Enter', isComposing: true, bubbles: true, composed: true }))"
    )
    server.hears_nothing()
    page.locator("wa-input").press("Enter")
    assert server.receive() == ["event", 1, 2, "keydown:Enter", ""]


def test_typing_into_a_busy_field_is_kept_and_sent_afterwards(page: Page, server: Server) -> None:
    open_page(page, server, field())
    page.locator("wa-input").click()
    page.keyboard.type("a")
    assert server.receive() == ["event", 1, 2, "input", "a"]
    show(server, 2, ["set", 2, {"busy": True}], seen=1)
    page.keyboard.type("bc")
    server.hears_nothing()
    server.send(["frame", 3, 1, [["set", 2, {"busy": None}], ["edit", 2, "A", 1]]])
    assert server.receive() == ["event", 2, 2, "input", "abc"]
    assert server.receive() == ["ack", 3]
    assert value(page) == "abc"
