"""Acknowledging, losing and finding the connection, and coming back when the session is no more."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from .browser import Tree, open_page, show, shown, wait_for
from .server import Server

BUTTON: Tree = [1, "hf-root", {}, [[2, "p", {"text": "0"}, []], [7, "wa-button", {"text": "Go", "on": {"click": None}}, []]]]  # fmt: skip
LOG = """
window.log = [];
const raf = requestAnimationFrame;
window.requestAnimationFrame = (done) => raf((now) => { log.push("paint"); done(now); });
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) { log.push(JSON.parse(text).join(" ")); send.call(this, text); };
"""


def text(page: Page) -> str:
    return page.locator("hf-root > p").first.inner_text()


# ── acknowledging ─────────────────────────────────────────────────────────────────────────────────


def test_a_frame_is_acknowledged_after_it_was_painted(
    context: BrowserContext, page: Page, server: Server
) -> None:
    context.add_init_script(LOG)
    open_page(page, server, BUTTON)
    page.wait_for_timeout(300)
    page.evaluate("log.length = 0")
    show(server, 2, ["set", 2, {"text": "1"}])
    assert page.evaluate("[...new Set(log)]") == ["paint", "ack 2"]


def test_a_page_without_animation_frames_acknowledges_soon_all_the_same(
    context: BrowserContext, page: Page, server: Server
) -> None:
    context.add_init_script("window.requestAnimationFrame = () => 0")
    open_page(page, server, BUTTON)
    begin = time.monotonic()
    show(server, 2, ["set", 2, {"text": "1"}])
    assert 0.09 < time.monotonic() - begin < 1


def test_a_burst_of_frames_leaves_one_acknowledgement_outstanding(
    context: BrowserContext, page: Page, server: Server
) -> None:
    context.add_init_script("window.requestAnimationFrame = () => 0")  # each paint takes 100 ms
    open_page(page, server, BUTTON)
    server.send(*[["frame", number, 0, [["set", 2, {"text": str(number)}]]] for number in range(2, 50)])
    acks: list[int] = []
    while not acks or acks[-1] != 49:
        acks.append(server.receive()[1])
    assert acks == sorted(set(acks)), "each is said once, in order"
    assert len(acks) < 20, "a newer frame's acknowledgement takes the place of an older one's"
    assert text(page) == "49"
    server.hears_nothing()


def test_a_frame_sent_again_is_acknowledged_again_but_not_applied_twice(page: Page, server: Server) -> None:
    open_page(page, server, BUTTON)
    frame = ["frame", 2, 0, [["create", 1, 0, [[20, "p", {"text": "new"}, []]]]]]
    server.send(frame)
    assert server.receive() == ["ack", 2]
    server.send(frame)
    assert server.receive() == ["ack", 2]
    assert len(shown(page)[3]) == 3


def test_a_missing_frame_is_noticed(page: Page, server: Server) -> None:
    open_page(page, server, BUTTON)
    server.send(["frame", 3, 0, []])
    assert server.receive() == ["resync", "frame 3 came after frame 1"]


# ── losing and finding it ─────────────────────────────────────────────────────────────────────────


def test_a_lost_connection_is_found_again_and_goes_on(page: Page, server: Server) -> None:
    open_page(page, server, BUTTON)
    show(server, 2, ["set", 2, {"text": "1"}])
    server.drop()
    assert server.receive() == ["hello", "s1", 2]
    server.send(["welcome", 0])
    show(server, 3, ["set", 2, {"text": "2"}])
    assert text(page) == "2"
    assert page.locator("hf-connection").count() == 0  # too short for a word about it


def test_events_that_were_not_confirmed_are_sent_again_in_order(page: Page, server: Server) -> None:
    open_page(page, server, BUTTON)
    button = page.get_by_role("button")
    for number in (1, 2, 3):
        button.click()
        assert server.receive() == ["event", number, 7, "click", None]
    server.send(["frame", 2, 1, []])  # one of them is confirmed
    assert server.receive() == ["ack", 2]
    server.refuses = True
    server.drop()
    page.wait_for_timeout(100)
    button.click()
    server.refuses = False
    assert server.receive() == ["hello", "s1", 2]
    server.hears_nothing(0.2)  # not before the session has said what it knows
    server.send(["welcome", 2])
    assert [server.receive(), server.receive()] == [
        ["event", 3, 7, "click", None],
        ["event", 4, 7, "click", None],
    ]
    button.click()
    assert server.receive() == ["event", 5, 7, "click", None]
    server.hears_nothing(0.2)


def test_no_more_than_a_thousand_events_wait(page: Page, server: Server) -> None:
    open_page(page, server, BUTTON)
    server.refuses = True
    server.drop()
    page.locator("hf-connection").wait_for()
    page.evaluate("for (let i = 0; i < 1100; i++) document.querySelector('wa-button').click()")
    server.refuses = False
    assert server.receive()[0] == "hello"
    server.send(["welcome", 0])
    assert [server.receive()[1] for _ in range(1000)] == list(range(1, 1001))
    page.get_by_role("button").click()
    assert server.receive() == ["event", 1001, 7, "click", None]  # none is missing in between


def test_a_person_is_told_of_a_connection_lost_for_longer(page: Page, server: Server) -> None:
    open_page(page, server, BUTTON)
    server.refuses = True
    server.drop()
    bar = page.locator("hf-connection")
    bar.wait_for()
    assert bar.inner_text() == "Connection lost, trying again…"
    server.refuses = False
    assert server.receive() == ["hello", "s1", 1]
    server.send(["welcome", 0])
    bar.wait_for(state="detached")


def test_it_tries_ever_more_rarely_but_at_once_when_the_network_is_back(page: Page, server: Server) -> None:
    attempts: list[float] = []
    page.on("websocket", lambda _: attempts.append(time.monotonic()))
    open_page(page, server, BUTTON)
    server.refuses = True
    server.drop()
    page.wait_for_timeout(4000)
    gaps = [later - earlier for earlier, later in itertools.pairwise(attempts)]
    assert 3 <= len(gaps) <= 5 and gaps[-1] > 2 * gaps[0], gaps
    server.refuses = False
    page.evaluate("dispatchEvent(new Event('online'))")
    assert server.receive(timeout=1) == ["hello", "s1", 1]


# ── a reset of the same session ───────────────────────────────────────────────────────────────────


def form(*fields: Tree, key: object = None) -> Tree:
    filler = [90, "hf-column", {"style": {"height": "3000px"}}, []]
    return [1, "hf-root", {}, [[2, "hf-column", {"key": key} if key else {}, list(fields)], filler]]


def text_field(number: int, value: str = "", **props: Any) -> Tree:
    return [number, "wa-input", {"field": "value", "value": value, "on": {"input": "value"}} | props, []]


def values(page: Page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('wa-input')].map(el => el.value)")


def test_a_reset_keeps_newer_typing_focus_caret_and_scrolling(page: Page, server: Server) -> None:
    open_page(page, server, form(text_field(3), text_field(4)))
    page.locator("wa-input").nth(0).click()
    page.keyboard.type("one")
    page.locator("wa-input").nth(1).click()
    page.keyboard.type("two")
    page.keyboard.press("ArrowLeft")
    for _ in range(6):
        server.receive()
    page.mouse.wheel(0, 30)
    wait_for(page, "scrollY === 30")
    # The session knew the first field's text, made it upper case, and had not seen all of the second's.
    server.send(["reset", 2, 4, form(text_field(3, "ONE"), text_field(4, "t"))])
    assert server.receive() == ["ack", 2]
    assert values(page) == ["ONE", "two"]
    wait_for(page, "document.activeElement === document.querySelectorAll('wa-input')[1]")
    assert page.evaluate("document.activeElement.input.selectionStart") == 2
    assert page.evaluate("scrollY") == 30
    server.hears_nothing()
    page.keyboard.type("X")
    assert server.receive() == ["event", 7, 4, "input", "twXo"]


@pytest.mark.parametrize("is_gone", [False, True])
def test_what_was_scrolled_inside_the_page_stays_scrolled(page: Page, server: Server, is_gone: bool) -> None:
    def tree(start: int) -> Tree:
        tall = [start + 2, "hf-column", {"style": {"height": "900px", "flex": "none"}}, []]
        box = {"style": {"height": "100px", "overflow": "auto"}}
        return [1, "hf-root", {}, [[start, "p", {}, []], [start + 1, "hf-column", box, [tall]]]]

    open_page(page, server, tree(10))
    page.evaluate("document.querySelector('hf-column').scrollTo(0, 70)")
    if is_gone:
        server.draw(tree(20), session="s2")
        server.send(["gone"])
        assert server.receive() == ["hello", "s2", 1]
    else:
        server.send(["reset", 2, 0, tree(10)])
        assert server.receive() == ["ack", 2]
    wait_for(page, "document.querySelector('hf-column').scrollTop === 70", seconds=3)


# ── a session that is no more ─────────────────────────────────────────────────────────────────────


def test_when_the_session_is_gone_typing_focus_and_scrolling_come_back(page: Page, server: Server) -> None:
    open_page(
        page, server, form([8, "p", {"text": "above"}, []], text_field(3), text_field(4, "Who"), key="f")
    )
    page.locator("wa-input").nth(1).click()
    page.keyboard.press("End")
    page.keyboard.type("!!")
    page.keyboard.press("ArrowLeft")
    page.locator("hf-root").evaluate("() => scrollTo(0, 50)")
    for _ in range(2):
        server.receive()
    # The new session has other ids, and one element more of another tag before the fields.
    fresh = form(
        [30, "h2", {"text": "New"}, []],
        [31, "p", {}, []],
        text_field(33, label="Other"),
        text_field(34, "Who"),
        key="f",
    )
    server.draw(fresh, session="s2", frame=5, theme={"--hf-primary": "red"})
    server.send(["gone"])
    assert server.receive() == ["hello", "s2", 5]
    server.send(["welcome", 0])
    assert server.receive() == ["event", 1, 34, "input", "Who!!"]
    assert values(page) == ["", "Who!!"]
    wait_for(page, "document.activeElement === document.querySelectorAll('wa-input')[1]")
    assert page.evaluate("document.activeElement.input.selectionStart") == 4
    assert page.evaluate("scrollY") == 50
    assert page.evaluate("document.documentElement.style.getPropertyValue('--hf-primary')") == "red"
    server.hears_nothing()


@pytest.mark.parametrize(
    ("drawn", "wanted"),
    [
        ("", "typed"),  # as at first: a session that starts again
        ("TYPED", "typed"),  # as at last: a session whose state was kept
        ("else", "else"),  # somebody else's value: not ours to overwrite
    ],
)
def test_typing_comes_back_only_over_the_value_that_it_had_replaced(
    page: Page, server: Server, drawn: str, wanted: str
) -> None:
    open_page(page, server, form(text_field(3)))
    page.locator("wa-input").click()
    page.keyboard.type("xx")
    show_after_events(server, 2, ["edit", 3, "TYPED", 2])
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("typed")
    assert server.receive()[4] == "typed"
    server.draw(form(text_field(40, drawn)), session="s2")
    server.send(["gone"])
    assert server.receive() == ["hello", "s2", 1]
    assert values(page) == [wanted]


def show_after_events(server: Server, events: int, *patches: list[Any]) -> None:
    for _ in range(events):
        server.receive()
    show(server, 2, *patches, seen=events)


def test_what_nobody_typed_is_not_sent(page: Page, server: Server) -> None:
    slider = [3, "wa-slider", {"field": "value", "value": 700, "max": 100, "on": {"input": "value"}}, []]
    open_page(page, server, form(slider, text_field(4, "a")))
    server.draw(form(slider, text_field(4, "b")), session="s2")
    server.send(["gone"])
    assert server.receive() == ["hello", "s2", 1]
    server.send(["welcome", 0])
    server.hears_nothing()
    assert values(page) == ["b"]


def test_keyed_rows_are_found_again_in_another_order(page: Page, server: Server) -> None:
    def rows(*keys: str, start: int) -> Tree:
        made = [
            [start + 10 * i, "hf-row", {"key": key}, [text_field(start + 10 * i + 1)]]
            for i, key in enumerate(keys)
        ]
        return [1, "hf-root", {}, made]

    open_page(page, server, rows("a", "b", start=10))
    page.locator("wa-input").nth(1).click()
    page.keyboard.type("b")
    server.receive()
    server.draw(rows("b", "a", start=50), session="s2")
    server.send(["gone"])
    assert server.receive()[0] == "hello"
    assert values(page) == ["b", ""]


def test_a_page_that_cannot_be_fetched_is_tried_again_with_a_word_about_it(
    page: Page, server: Server
) -> None:
    open_page(page, server, form(text_field(3)))
    page.locator("wa-input").click()
    page.keyboard.type("kept")
    for _ in "kept":
        server.receive()
    server.draw(form(text_field(5)), session="s2")
    server.status = 503
    server.send(["gone"])
    bar = page.locator("hf-connection")
    bar.wait_for()
    assert bar.inner_text() == "The page could not be loaded (503), trying again…"
    assert values(page) == ["kept"]
    server.status = 200
    assert server.receive() == ["hello", "s2", 1]
    server.send(["welcome", 0])
    assert server.receive() == ["event", 1, 5, "input", "kept"]
    bar.wait_for(state="detached")


def test_sessions_that_vanish_at_once_do_not_storm_the_server(page: Page, server: Server) -> None:
    open_page(page, server, BUTTON)
    server.requests.clear()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        server.send(["gone"])
        page.wait_for_timeout(20)
    assert 2 <= server.requests.count("/") <= 7


@pytest.mark.parametrize("answer", [["what"], ["refused", "no"], ["welcome", 99]])
def test_an_answer_that_makes_no_sense_means_a_new_page(
    page: Page, server: Server, answer: list[Any]
) -> None:
    open_page(page, server, BUTTON)
    server.draw(BUTTON, session="s2")
    server.send(answer)
    assert server.receive() == ["hello", "s2", 1]


def test_another_kind_of_page_is_loaded_by_the_browser(page: Page, server: Server) -> None:
    open_page(page, server, BUTTON)
    server.plain = "<!doctype html><title>Log in</title><p>Who are you?</p>"
    server.send(["gone"])
    page.get_by_text("Who are you?").wait_for()
    assert page.title() == "Log in"
