"""Figures in a real browser: shown, replaced, and unable to reach anything."""

from __future__ import annotations

import http.server
import math
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page

from hipflask import Hipflask, ui
from hipflask.ui.figures import viewers
from served import served
from ui.figures.libraries import library

from .browser import wait_for
from .conftest import WATCH

SHOWN = "[...document.querySelectorAll('hf-figure')].every((figure) => figure.shadowRoot?.querySelector('.shown'))"
FAILURE = "document.querySelector('hf-figure').shadowRoot.querySelector('.failure').textContent"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Any]:
    """Another server on this machine, which nobody should ask for anything."""
    asked: list[str] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.asked = asked  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def address(server: Any, name: str) -> str:
    """Something there."""
    return f"http://127.0.0.1:{server.server_port}/{name}"


@pytest.fixture(scope="module")
def program() -> Iterator[Any]:
    """A program whose window draws what the present test says; the libraries' viewers are made once."""
    app = Hipflask("figures_under_test")
    app.extensions["draw"] = lambda step: None

    @app.window("/")
    def window() -> None:
        step = ui.state(0)
        ui.button("Next", on_click=lambda: step.update(lambda n: n + 1))
        app.extensions["draw"](step.value)

    if find_spec("vl_convert") is not None:
        viewers.find(viewers.address("vega"))  # takes seconds, which no test should have to wait for
    with served(app) as server:
        yield server


@pytest.fixture
def show(browser: Browser, program: Any) -> Iterator[Callable[..., Page]]:
    """Open the window with what it is to draw, and wait until all figures are shown."""
    context = browser.new_context(viewport={"width": 900, "height": 900})
    context.add_init_script(WATCH)

    def show(draw: Callable[[int], object], until: str = SHOWN) -> Page:
        program.app.extensions["draw"] = draw
        page = context.new_page()
        page.goto(program.address)
        wait_for(page, f"document.querySelector('hf-figure, img') !== null && {until}", 60)
        return page

    yield show
    context.close()


def viewer(page: Page, number: int = 0) -> Frame:
    """The page in which a figure is."""
    return [frame for frame in page.frames if "/_hipflask/figures/" in frame.url][number]


def next_one(page: Page) -> None:
    """Press the button."""
    page.get_by_role("button", name="Next").click()


def wait_in(frame: Frame, expression: str) -> None:
    """Wait until something is so in a viewer."""
    frame.wait_for_function(expression, timeout=20_000)  # it may use `eval`, which Playwright does


def plotly(step: int = 0, **layout: Any) -> Any:
    """A figure of Plotly's."""
    go = library("plotly.graph_objects")
    return go.Figure(go.Scatter(x=[0, 1, 2], y=[step, 3, 1]), {"title": f"Step {step}", **layout})


def altair(step: int = 0, **more: Any) -> Any:
    """A chart of Altair's."""
    made = library("altair", "vl_convert")
    values = [{"a": n, "b": math.sin(n + step)} for n in range(9)]
    chart = made.Chart(made.Data(values=values)).mark_point().encode(x="a:Q", y="b:Q", tooltip="b:Q")
    return chart.properties(**{"width": 300, "height": 150, "title": f"Step {step}", **more})


def test_figures_are_shown_and_replaced(show: Callable[..., Page]) -> None:
    """Each in its own way: Plotly's fills what it is given, Altair's takes what it needs, matplotlib's is a picture."""
    library("matplotlib")

    def draw(step: int) -> None:
        figure = library("matplotlib.figure").Figure(figsize=(4, 2))
        figure.suptitle(f"Step {step}")
        ui.figure(figure)
        ui.figure(plotly(step), height="200px")
        ui.figure(altair(step))

    page = show(draw)
    heights = page.evaluate(
        "[...document.querySelectorAll('img, hf-figure')].map((figure) => figure.offsetHeight)"
    )
    assert heights[:2] == [192, 200] and 170 < heights[2] < 260
    first = page.get_by_role("img").get_attribute("src")
    frames = [viewer(page), viewer(page, 1)]
    for frame in frames:
        wait_in(frame, "document.body.textContent.includes('Step 0')")
    next_one(page)
    for frame in frames:
        wait_in(
            frame,
            "document.body.textContent.includes('Step 1') && !document.body.textContent.includes('Step 0')",
        )
    assert page.get_by_role("img", name="Step 1").get_attribute("src") != first
    assert page.evaluate("violations") == []


def test_a_figure_is_replaced_without_a_gap(show: Callable[..., Page]) -> None:
    """In no frame that could be painted is there nothing to be seen, nor two at once."""

    def draw(step: int) -> None:
        ui.figure(plotly(step))
        ui.figure(altair(step))

    page = show(draw)
    for number, drawing in enumerate(
        ("#figure .main-svg .scatterlayer .js-line", "#figure > div:not([style*=hidden]) svg")
    ):
        viewer(page, number).evaluate(
            """(drawing) => {
                window.counts = new Set();
                const look = () => { counts.add(document.querySelectorAll(drawing).length); requestAnimationFrame(look); };
                look();
            }""",
            drawing,
        )
    for step in range(1, 6):
        next_one(page)
        for number in (0, 1):
            wait_in(viewer(page, number), f"document.body.textContent.includes('Step {step}')")
    assert [viewer(page, number).evaluate("[...counts]") for number in (0, 1)] == [[1], [1]]


def test_what_a_person_has_zoomed_stays_so(show: Callable[..., Page]) -> None:
    """While the figure changes behind it."""
    page = show(lambda step: ui.figure(plotly(step)))
    frame = viewer(page)
    frame.evaluate("Plotly.relayout('figure', { 'xaxis.range': [0.5, 1.5] })")
    next_one(page)
    wait_in(frame, "document.body.textContent.includes('Step 1')")
    assert frame.evaluate("document.getElementById('figure')._fullLayout.xaxis.range") == [0.5, 1.5]


def test_only_the_newest_of_many_figures_is_drawn(show: Callable[..., Page]) -> None:
    """A viewer that draws slowly is given the last one, and not one after the other."""
    page = show(lambda step: ui.figure(plotly(step)))
    frame = viewer(page)
    frame.evaluate(
        """() => {
            window.times = 0;
            const before = Plotly.react;
            Plotly.react = async (...all) => { times += 1; await new Promise((done) => setTimeout(done, 300)); return before(...all); };
        }"""
    )
    for _ in range(12):
        next_one(page)
    wait_in(frame, "document.body.textContent.includes('Step 12')")
    assert frame.evaluate("times") < 8


def test_a_viewer_can_reach_nothing(show: Callable[..., Page], elsewhere: Any) -> None:
    """Whatever a figure's own script might try: the window, its cookie, the program, other hosts, storage."""
    page = show(lambda step: ui.figure(plotly(step)))
    tried = viewer(page).evaluate(
        """async (outside) => {
            const tries = {
                window: () => parent.document.title,
                address: () => parent.location.href,
                cookie: () => document.cookie,
                storage: () => localStorage.length,
                program: () => fetch("/"),
                static: () => fetch(location.href),
                socket: () => new Promise((opened, failed) => {
                    const socket = new WebSocket(location.href.replace(/^http(.*?)figures.*/, "ws$1live"));
                    socket.onopen = opened; socket.onerror = () => failed(new Error("refused"));
                }),
                outside: () => fetch(outside + "fetch"),
                picture: () => new Promise((loaded, failed) => {
                    const image = new Image(); image.onload = loaded; image.onerror = () => failed(new Error("refused")); image.src = outside + "image";
                }),
                script: () => new Promise((loaded, failed) => {
                    const script = document.createElement("script"); script.onload = loaded; script.onerror = () => failed(new Error("refused"));
                    script.src = outside + "script"; document.head.append(script);
                }),
                window_of_its_own: () => { if (open(outside + "open") === null) throw new Error("refused"); },
                top: () => { top.location.href = outside + "top"; },
            };
            const done = {};
            for (const [name, attempt] of Object.entries(tries)) {
                try { await attempt(); done[name] = "done"; } catch (error) { done[name] = "refused"; }
            }
            return [self.origin, done];
        }""",
        address(elsewhere, ""),
    )
    assert tried == ["null", dict.fromkeys(tried[1], "refused")]
    page.wait_for_timeout(300)
    assert page.url.startswith("http://127.0.0.1") and "top" not in page.url
    assert elsewhere.asked == []


def test_a_figure_that_names_things_elsewhere_asks_for_none(
    show: Callable[..., Page], elsewhere: Any
) -> None:
    """Pictures in a layout, marks and data by their address, links that are pressed: nothing leaves the program."""
    made = library("altair", "vl_convert")
    here = address(elsewhere, "x.png")
    layout = {
        "images": [{"source": here, "x": 0, "y": 1, "sizex": 1, "sizey": 1}],
        "annotations": [{"text": f'<a href="{here}" target="_self">There</a>', "x": 1, "y": 2}],
    }
    marks = (
        made.Chart(made.Data(values=[{"a": 1, "u": here}]))
        .mark_image(width=9, height=9)
        .encode(x="a:Q", url="u:N")
    )
    page = show(lambda step: (ui.figure(plotly(**layout)), ui.figure(marks)))
    (plotly_s,) = (frame for frame in page.frames if "plotly" in frame.url)
    plotly_s.locator("a").first.dispatch_event("click")
    page.wait_for_timeout(500)
    assert elsewhere.asked == []
    assert sorted(frame.url.split("/")[-1].split("-")[0] for frame in page.frames[1:]) == ["plotly", "vega"]


def test_data_by_its_address_is_a_failure_in_words(show: Callable[..., Page], elsewhere: Any) -> None:
    """The figure says that it could not be drawn; nothing is asked for."""
    made = library("altair", "vl_convert")
    chart = made.Chart(address(elsewhere, "x.json")).mark_point().encode(x="a:Q")
    page = show(lambda step: ui.figure(altair() if step else chart), f"{FAILURE} !== ''")
    assert page.evaluate(FAILURE).startswith(
        f"This figure could not be drawn: its data are at {address(elsewhere, 'x.json')}, and figures load nothing."
    )
    assert elsewhere.asked == []
    next_one(page)
    wait_for(page, f"{SHOWN} && {FAILURE} === ''")


def test_markup_in_a_figure_is_no_markup_of_the_window(show: Callable[..., Page]) -> None:
    """Whatever a title or a label says."""
    evil = "<img src=x onerror=\"parent.document.title='caught'\"><script>parent.document.title='caught'</script>"
    page = show(lambda step: (ui.figure(plotly(title=evil)), ui.figure(altair(title=evil), label=evil)))
    page.wait_for_timeout(200)
    assert page.title() != "caught"
    assert page.locator("hf-figure").nth(1).get_attribute("aria-label") == evil


def test_nothing_but_a_viewer_is_ever_loaded(show: Callable[..., Page], elsewhere: Any) -> None:
    """Whoever could set the address of one."""
    page = show(lambda step: ui.figure(plotly(step)))
    frames = [frame.url for frame in page.frames]
    for where in (
        address(elsewhere, "page"),
        "/",
        "javascript:alert(1)",
        "/_hipflask/figures/../static/x",
        "//x/_hipflask/figures/a",
    ):
        page.evaluate("(where) => { document.querySelector('hf-figure').viewer = where; }", where)
    page.wait_for_timeout(200)
    assert [frame.url for frame in page.frames] == frames
    assert (
        page.evaluate("document.querySelector('hf-figure').shadowRoot.querySelector('iframe').sandbox.value")
        == "allow-scripts"
    )
    assert elsewhere.asked == []


def test_only_the_viewer_says_what_it_shows(show: Callable[..., Page]) -> None:
    """A message from anywhere else is none of the figure's; nor is one that makes no sense."""
    page = show(lambda step: ui.figure(plotly(step)))
    lie = {"viewer": {"shown": 1, "failure": "A lie"}}
    page.evaluate("(lie) => window.postMessage(lie, '*')", lie)
    viewer(page).evaluate("() => parent.postMessage({ viewer: { shown: 99, failure: 'Never given' } }, '*')")
    viewer(page).evaluate(
        "() => { parent.postMessage(null, '*'); parent.postMessage({ viewer: 'x' }, '*'); }"
    )
    page.wait_for_timeout(200)
    assert page.evaluate(FAILURE) == ""


def test_a_figure_that_moves_is_shown_again(show: Callable[..., Page]) -> None:
    """A browser loads the page in a frame anew wherever the frame is put."""

    def draw(step: int) -> None:
        for name in ("one", "two") if step == 0 else ("two", "one"):
            ui.figure(plotly(title=name), key=name, label=name, height="150px")

    page = show(draw)
    next_one(page)
    wait_for(page, "document.querySelector('hf-figure').getAttribute('aria-label') === 'two'")
    for number in (0, 1):
        page.frame_locator("hf-figure >> nth=" + str(number) + " >> iframe").locator(".gtitle").wait_for()


def test_there_are_no_buttons_that_could_only_fail(show: Callable[..., Page]) -> None:
    """To save a picture, or to send the figure to Plotly."""
    page = show(lambda step: ui.figure(plotly(step)))
    titles = viewer(page).evaluate(
        "[...document.querySelectorAll('.modebar-btn')].map((button) => button.dataset.title)"
    )
    assert "Zoom" in titles
    assert not [
        title for title in titles if any(word in title for word in ("Share", "Download", "Edit", "Cloud"))
    ]
