"""The first paint, and what a page must never do: call outside, run text as script, or fail in an odd locale."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from .browser import open_page, show, shown, wait_for
from .gallery import gallery
from .server import Server

MARKUP = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>&amp;"


def test_a_page_is_painted_before_the_socket_opens(page: Page, server: Server) -> None:
    server.refuses = True
    server.draw([1, "hf-root", {}, [[2, "p", {"text": "Hello"}, []]]])
    page.goto(server.url)
    page.get_by_text("Hello").wait_for(timeout=3000)
    assert page.locator("hf-root > p").inner_text() == "Hello"


def test_a_page_with_every_element_stays_within_the_policy_and_at_home(page: Page, server: Server) -> None:
    open_page(page, server, gallery())
    page.locator("wa-select").click()
    page.get_by_role("option", name="Third").click()
    page.locator("wa-slider").press("ArrowRight")
    server.send(
        ["frame", 2, 0, [["call", 0, "notify", [{"message": "Saved", "kind": "success", "seconds": 5}]]]]
    )
    page.get_by_text("Saved").first.wait_for()
    wait_for(page, "document.querySelector('[name=settings]').shadowRoot.querySelector('svg path')")
    paths = {request for request in server.requests if "icons" in request}
    assert paths == {f"/_hipflask/icons/{name}.svg" for name in ("circle-check", "plus", "settings")} - {
        "/_hipflask/icons/circle-check.svg"  # in the bundle
    }
    # The fixture checks the rest: no violation, no error, no request to another host.


def test_what_is_drawn_is_what_the_page_said(page: Page, server: Server) -> None:
    tree = [1, "hf-root", {}, [
        [2, "p", {"text": "a", "style": {"color": "red", "--x": "1"}, "attrs": {"class": "big", "role": "note"}}, []],
        [3, "wa-input", {"field": "value", "value": "Who", "label": "Name", "on": {"input": "value"}}, []],
        [4, "wa-checkbox", {"field": "checked", "checked": True, "text": "Ticked"}, []],
        [5, "hf-part", {"key": "row 1"}, [[6, "wa-button", {"text": "Go", "disabled": True}, []]]],
    ]]  # fmt: skip
    open_page(page, server, tree)
    assert shown(page) == tree


@pytest.mark.parametrize(
    "node",
    [
        ["p", {"text": MARKUP}],
        ["h1", {"text": MARKUP}],
        ["span", {"text": MARKUP, "attrs": {"aria-label": MARKUP, "class": MARKUP}}],
        ["wa-button", {"text": MARKUP, "title": MARKUP}],
        ["wa-input", {"label": MARKUP, "hint": MARKUP, "placeholder": MARKUP, "field": "value", "value": MARKUP}],
        ["wa-checkbox", {"text": MARKUP, "hint": MARKUP}],
        ["wa-option", {"text": MARKUP, "value": MARKUP}],
        ["wa-slider", {"label": MARKUP, "hint": MARKUP}],
        ["wa-progress-bar", {"label": MARKUP}],
        ["wa-icon", {"name": MARKUP, "label": MARKUP, "src": "data:image/svg+xml,<svg onload=alert(1)></svg>"}],
        ["img", {"alt": MARKUP, "title": MARKUP}],
        ["hf-row", {"style": {"--x": "</style>" + MARKUP}}],
    ],
)  # fmt: skip
def test_markup_in_a_text_stays_text(page: Page, server: Server, node: list) -> None:
    open_page(page, server, [1, "hf-root", {}, [[2, *node, []]]])
    if "text" in node[1]:
        assert page.locator(f"hf-root > {node[0]}").text_content() == MARKUP
    page.wait_for_timeout(100)
    assert page.title() == "Test"
    assert page.locator("hf-root img[src=x], hf-root script").count() == 0


def test_markup_in_notices_stays_text(page: Page, server: Server) -> None:
    open_page(page, server)
    note = {"message": MARKUP, "kind": "danger", "seconds": 0}
    error = {"title": MARKUP, "message": MARKUP, "detail": MARKUP}
    show(server, 2, ["call", 0, "notify", [note]], ["call", 0, "error", [error]])
    page.get_by_text("Details").wait_for()
    assert page.locator("wa-toast-item").text_content() == MARKUP
    assert page.locator("hf-errors pre").text_content() == MARKUP
    assert page.title() == "Test"


@pytest.mark.parametrize(
    "tag", ["script", "style", "iframe", "object", "embed", "link", "base", "meta", "SCRIPT"]
)
def test_elements_that_could_run_something_are_refused(page: Page, server: Server, tag: str) -> None:
    props = {"text": "document.title = 'run'", "src": "/evil", "href": "/evil", "content": "0;url=/evil"}
    open_page(page, server, [1, "hf-root", {}, [[2, tag, props, [[3, "p", {"text": "inside"}, []]]]]])
    assert page.locator(f"hf-root > {tag.lower()}").count() == 0
    assert page.locator("hf-refused").count() == 1
    show(server, 2, ["remove", 2])  # it is a node like any other, only an inert one
    assert shown(page) == [1, "hf-root", {}, []]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("innerHTML", "<b>x</b>"),
        ("outerHTML", "<b>x</b>"),
        ("srcdoc", "x"),
        ("onclick", "x"),
        ("onfocus", "x"),
        ("href", "javascript:document.title='run'"),
        ("href", " \x01java\nscript:document.title='run'"),
        ("href", "JaVaScRiPt:1"),
        ("href", "vbscript:1"),
        ("href", "data:text/html,<script>1</script>"),
        ("href", "file:///etc/passwd"),
        ("formAction", "javascript:1"),
        ("src", "javascript:1"),
    ],
)
def test_properties_that_could_run_something_are_refused(
    page: Page, server: Server, name: str, value: str
) -> None:
    open_page(page, server, [1, "hf-root", {}, [[2, "wa-button", {"text": "Go"}, []]]])
    messages: list[ConsoleMessage] = []
    page.on("console", lambda message: messages.append(message))
    before = page.evaluate(f"document.querySelector('wa-button')[{name!r}]")
    show(server, 2, ["set", 2, {name: value}])
    button = page.locator("wa-button")
    assert page.evaluate(f"document.querySelector('wa-button')[{name!r}]") == before
    assert [message.type for message in messages] == ["error"]
    if name not in ("innerHTML", "outerHTML"):  # which are no attributes
        show(server, 3, ["set", 2, {"attrs": {name.lower(): value}}])
        assert button.get_attribute(name.lower()) is None


@pytest.mark.parametrize(
    "url", ["/a", "a?b#c", "https://example.org/", "mailto:a@b.c", "tel:1", "blob:x", ""]
)
def test_addresses_that_lead_somewhere_are_taken(page: Page, server: Server, url: str) -> None:
    open_page(page, server, [1, "hf-root", {}, [[2, "wa-button", {"text": "Go", "href": url}, []]]])
    assert page.evaluate("document.querySelector('wa-button').href") == url


@pytest.mark.parametrize("language", ["C", "", "en-US@posix"])
def test_a_page_works_where_the_language_is_none(
    context: BrowserContext, page: Page, server: Server, language: str
) -> None:
    context.add_init_script(
        f"Object.defineProperty(navigator, 'language', {{ configurable: true, get: () => {language!r} }})"
    )
    server.language = language
    open_page(page, server, gallery())
    page.get_by_role("button", name="Add player").click()
    assert server.receive()[3] == "click"
    assert page.evaluate("new Intl.NumberFormat(navigator.language).format(1.5)") == "1.5"
    assert page.evaluate("document.documentElement.lang") == "en"


def test_colours_follow_the_system_live_unless_the_page_says_which(page: Page, server: Server) -> None:
    page.emulate_media(color_scheme="dark")
    open_page(page, server)
    is_dark = "document.documentElement.classList.contains('wa-dark')"
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(is_dark)
    dark = page.evaluate(background)
    page.emulate_media(color_scheme="light")
    wait_for(page, f"!{is_dark}")
    assert page.evaluate(background) != dark

    open_page(page, server, [1, "hf-root", {}, []], scheme="dark")
    assert page.evaluate(is_dark)
    assert page.evaluate(background) == dark


def test_one_colour_repaints_every_control(page: Page, server: Server) -> None:
    tree = [1, "hf-root", {}, [[2, "wa-button", {"text": "Go", "variant": "brand"}, []]]]

    def colours(primary: str) -> list[str]:
        open_page(page, server, tree, theme={"--hf-primary": primary, "--wa-border-radius-scale": "0"})
        return page.evaluate(
            """() => { const style = getComputedStyle(document.querySelector("wa-button").shadowRoot.firstElementChild);
                return [style.backgroundColor, style.color, style.borderRadius] }"""
        )

    green, on_green, radius = colours("seagreen")
    yellow, on_yellow, _ = colours("#ffe100")
    assert radius == "0px"
    assert green != yellow
    lightness = [float(colour.split("(")[1].split()[0]) for colour in (on_green, on_yellow)]
    assert lightness == [1, 0.15]  # white on green, near-black on yellow


def test_without_debug_nothing_is_exposed(page: Page, server: Server) -> None:
    page.goto(f"{server.url}_hipflask/static/{server.manifest['css']}")  # any page but one of ours
    before = set(page.evaluate("Object.keys(window)"))
    open_page(page, server, [1, "hf-root", {}, []], debug=False)
    found = set(page.evaluate("Object.keys(window)")) - before
    assert {name for name in found if not name.startswith(("lit", "reactiveElement"))} == set()
