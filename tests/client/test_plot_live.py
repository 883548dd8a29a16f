"""Charts in a real Chromium, on a real server: what comes while somebody looks elsewhere, and what they have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from hipflask import Hipflask, ui
from hipflask.testing.served import Served

from .browser import open_page, wait_for
from .conftest import WATCH
from .server import Server

Open = Callable[[Callable[[], None]], Page]

# The page's sockets, to cut them.
SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket { constructor(...args) { super(...args); sockets.push(this); } };
"""
CHART = "document.querySelectorAll('hf-plot')[{nth}]"


@pytest.fixture
def look(context: BrowserContext) -> Iterator[Open]:
    """Opens a window function in a new page; whose chart must stay without errors and violations."""
    pages: list[Page] = []
    servers: dict[Any, Served] = {}
    errors: list[str] = []
    context.add_init_script(SOCKETS)
    context.add_init_script(WATCH)

    def open_window(window: Callable[[], None]) -> Page:
        if window not in servers:
            app = Hipflask("charted")
            window.__name__ = "charted"
            app.window("/")(window)
            servers[window] = Served.of(app)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(servers[window].address("/"))
        wait_for(page, f"{CHART.format(nth=0)}?.shadowRoot?.querySelector('canvas') != null")
        pages.append(page)
        return page

    yield open_window
    for page in pages:
        assert page.evaluate("window.violations") == []
        page.close()
    assert errors == []
    for server in servers.values():
        server.leave()


def full(count: int = 6000) -> ui.Series:
    series = ui.Series("time", "price", time=False)
    series.extend([n / 100 for n in range(count)], [float(n % 50) for n in range(count)])
    return series


def of(page: Page, what: str, nth: int = 0) -> Any:
    return page.evaluate(f"(() => {{ const c = {CHART.format(nth=nth)}; return {what}; }})()")


def wait(page: Page, what: str, nth: int = 0) -> None:
    wait_for(page, f"(() => {{ const c = {CHART.format(nth=nth)}; return {what}; }})()", 10)


def drag(page: Page, begin: float, end: float, *, shift: bool = False, nth: int = 0) -> None:
    """Over the plotting area, from one part of its width to another."""
    box = of(page, "c.shadowRoot.querySelector('.u-over').getBoundingClientRect().toJSON()", nth)
    if shift:
        page.keyboard.down("Shift")
    page.mouse.move(box["x"] + begin * box["width"], box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], box["y"] + 60, steps=4)
    page.mouse.up()
    if shift:
        page.keyboard.up("Shift")


# How many pixels are painted.
INK = """(() => { const { width, height } = c.plot.ctx.canvas;
  let ink = 0;
  for (const pixel of new Uint32Array(c.plot.ctx.getImageData(0, 0, width, height).data.buffer)) if (pixel >>> 24 > 200) ink++;
  return ink; })()"""


def test_points_that_come_are_painted(look: Open) -> None:
    """The window slides, and the canvas is another one."""
    series = full()
    page = look(lambda: ui.chart(series, window=10))
    wait(page, "c.shown && Math.abs(c.shown[1] - 59.99) < 0.01")
    assert of(page, INK) > 500
    for n in range(500):
        series.append(60 + n / 100, 200.0)
    wait(page, "c.held.columns[0].at(-1) > 64.9")
    wait(page, "Math.abs(c.shown[0] - 54.99) < 0.01 && c.plot.scales.y.max > 200")


def test_zoom_is_kept_while_points_come_and_brings_finer_ones(look: Open) -> None:
    """Selected by dragging; the Live button goes back to the newest."""
    series = full(60_000)
    page = look(lambda: ui.chart(series, window=600))
    wait(page, "c.held.count > 100")
    before = of(page, "c.held.columns[0].filter(x => x > 120 && x < 130).length")
    drag(page, 0.2, 0.22)
    wait(page, "c.range !== null")
    wait(page, f"c.held.columns[0].filter(x => x > 125 && x < 126).length > {max(before / 2, 80)}")
    low, high = of(page, "c.range")
    assert 100 < low < high < 140
    for n in range(300):
        series.append(600 + n / 10, 500.0)
    time.sleep(0.3)
    assert of(page, "[c.plot.scales.x.min, c.plot.scales.x.max]") == [low, high]
    assert of(page, "c.plot.scales.y.max") < 100
    page.get_by_role("button", name="Live").click()
    wait(page, "c.range === null && c.held.columns[0].at(-1) > 629 && c.plot.scales.y.max >= 500")


def test_panning_wheel_keys_and_double_click(look: Open) -> None:
    """Shift and drag, the axis, the wheel, plus, minus, arrows, Home: each shows another stretch."""
    series = full(60_000)
    page = look(lambda: ui.chart(series))
    wait(page, "c.held.count > 100")
    page.locator("hf-plot .area").focus()
    page.keyboard.press("+")
    wait(page, "c.range && Math.abs(c.range[1] - c.range[0] - 300) < 1")
    drag(page, 0.5, 0.75, shift=True)
    wait(page, "Math.abs(c.range[0] - 75) < 2 && Math.abs(c.range[1] - 375) < 2")
    page.keyboard.press("Shift+ArrowRight")
    wait(page, "Math.abs(c.range[0] - 135) < 2")
    page.keyboard.press("-")
    wait(page, "c.range[1] - c.range[0] > 590")
    page.keyboard.press("Home")
    wait(page, "c.range === null")
    page.mouse.wheel(0, -300)
    wait(page, "c.range && c.range[1] - c.range[0] < 450")
    page.locator("hf-plot .area").dblclick(position={"x": 300, "y": 80})
    wait(page, "c.range === null")


def test_a_keyboard_reads_values(look: Open) -> None:
    """Through the live region; the summary and the table are there for who reads all of it."""
    page = look(lambda: ui.chart({"x": [1, 2, 3], "y": [5, None, 7]}, label="Runs", unit="kg"))
    page.locator("hf-plot .area").focus()
    page.keyboard.press("ArrowRight")
    wait(page, "c.shadowRoot.querySelector('[role=status]').textContent === '1, Y 5\\u202fkg'")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait(page, "c.shadowRoot.querySelector('[role=status]').textContent === '3, Y 7\\u202fkg'")
    wait(page, "c.shadowRoot.querySelectorAll('table tr').length === 4")
    summary = of(page, "c.shadowRoot.getElementById('summary').textContent")
    assert summary.startswith(
        "Line chart from 1 to 3. Y: lowest 5\u202fkg, highest 7\u202fkg, last 7\u202fkg, rising."
    )


def test_linked_cursors_and_zoom_in_two_windows(look: Open) -> None:
    """Of the same window, and of another page."""
    series = full()

    def window() -> None:
        ui.chart(series, link="desk", height="10rem")
        ui.chart(series, link="desk", height="10rem")

    one, other = look(window), look(window)
    for page in (one, other):
        wait(page, "c.held.count > 100", 1)
    one.bring_to_front()
    drag(one, 0.5, 0.6)
    for page, nth in ((one, 1), (other, 0), (other, 1)):
        wait(page, "c.range && c.shown[0] > 25 && c.shown[1] < 45", nth)
    wait(other, "c.held.columns[0].filter(x => x > 31 && x < 32).length > 90")
    box = of(one, "c.shadowRoot.querySelector('.u-over').getBoundingClientRect().toJSON()")
    one.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    x = (of(one, "c.shown[0]") + of(one, "c.shown[1]")) / 2
    for page, nth in ((one, 1), (other, 0), (other, 1)):
        wait(page, f"c.at !== null && Math.abs(c.held.columns[0][c.at] - {x}) < 0.1", nth)


def test_a_lost_connection_costs_no_point(look: Open) -> None:
    """What comes meanwhile is there afterwards; the zoom is as it was."""
    series = full()
    page = look(lambda: ui.chart(series))
    wait(page, "c.held.count > 100")
    drag(page, 0.9, 0.99)
    wait(page, "c.range !== null")
    kept = of(page, "c.range")
    page.evaluate("sockets.at(-1).close()")
    for n in range(100):
        series.append(60 + n, 1.0)
    wait_for(page, "sockets.length > 1 && sockets.at(-1).readyState === 1")
    assert of(page, "c.range") == kept
    page.get_by_role("button", name="Show all").click()
    wait(page, "c.held.columns[0].at(-1) === 159 && c.range === null")


def test_a_chart_that_was_drawn_anew_is_as_it_was(look: Open) -> None:
    """A screen that has lost its way gets everything: the element is another one, and shows the same stretch."""
    series = full()
    page = look(lambda: ui.chart(series))
    wait(page, "c.held.count > 100")
    drag(page, 0.5, 0.6)
    wait(page, "c.view.range !== null")  # told, and not only shown
    kept = of(page, "c.range")
    of(page, "c.isOld = true")
    page.evaluate("sockets.at(-1).send(JSON.stringify(['resync', 'for a test']))")
    wait(page, "c.isOld === undefined && c.plot && c.range")
    assert of(page, "c.range") == kept
    assert of(page, "[c.plot.scales.x.min, c.plot.scales.x.max]") == kept
    series.append(33.0, 777.0)
    wait(page, "c.held.columns[1].includes(777)")


def test_nothing_then_something(look: Open) -> None:
    """The first point of all."""
    series = ui.Series("time", "price")
    page = look(lambda: ui.chart(series))
    assert of(page, "c.shadowRoot.querySelector('.empty').textContent") == "Nothing yet"
    series.append(time.time(), 5.0)
    wait(page, "c.shadowRoot.querySelector('.empty') === null")
    wait(page, f"({INK}) > 50")


def test_another_scheme_and_another_size(look: Open) -> None:
    """Dark and light, a narrower window: the chart is drawn for each."""
    page = look(lambda: ui.chart({"x": [1, 2, 3], "y": [5, 6, 7]}))
    page.emulate_media(color_scheme="light")
    wait(page, "c.colours !== null")
    light = of(page, "c.colours.text")
    page.emulate_media(color_scheme="dark")
    wait(page, f"c.colours.text !== {light!r}")
    width = of(page, "c.shadowRoot.querySelector('canvas').width")
    page.set_viewport_size({"width": 500, "height": 700})
    wait(page, f"c.shadowRoot.querySelector('canvas').width < {width} * 0.6")


def test_in_another_scheme_a_chart_of_data_that_stays_is_as_high(look: Open) -> None:
    """Nothing comes that would have it look again how high its values go."""
    page = look(lambda: ui.chart({"x": ["a", "b"], "y": [300.0, 2.0]}, x="x", y="y", kind="bar"))
    wait(page, "c.plot.scales.y.max > 300")
    for scheme in ("dark", "light"):
        page.evaluate("window.before = " + CHART.format(nth=0) + ".plot, 0")
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        wait(page, "c.plot && c.plot !== window.before && c.plot.scales.y.max > 300")


def test_small_pixels_are_all_used(browser: Browser) -> None:
    """A monitor with two of them to a CSS pixel has a canvas of twice as many."""
    app = Hipflask("dense")

    @app.window("/")
    def window() -> None:
        ui.chart({"x": [1, 2, 3], "y": [5, 6, 7]}, kind="bar")

    served = Served.of(app)
    page = browser.new_page(device_scale_factor=2, viewport={"width": 500, "height": 400})
    page.goto(served.address("/"))
    wait_for(page, "document.querySelector('hf-plot')?.plot != null")
    assert of(page, "c.shadowRoot.querySelector('canvas').width / c.plot.width") == 2
    wait(page, f"({INK}) > 5000")
    page.close()
    served.leave()


def test_a_legend_hides_what_is_pressed(look: Open) -> None:
    """The axis of y is then that of what is left."""
    page = look(lambda: ui.chart({"x": [1, 2, 3], "low": [1, 2, 3], "high": [100, 200, 300]}))
    wait(page, "c.plot && c.plot.scales.y.max > 300")
    page.get_by_role("button", name="High").click()
    wait(page, "c.plot.scales.y.max < 4")
    assert page.get_by_role("button", name="High").get_attribute("aria-pressed") == "false"


def test_a_message_that_is_not_the_next_is_asked_for_anew(page: Page, server: Server) -> None:
    """Rather than a chart that shows what is not so."""
    whole = {"number": 3, "columns": ["AAAAAAAA8D8AAAAAAAAAQA==", "AAAAAAAA8D8AAAAAAAAAQA=="], "extent": [1, 2], "steps": None}  # fmt: skip
    props = {"kind": "line", "label": "L", "series": [{"name": "Y", "color": None}], "points": whole, "on": {"view": "view"}, "style": {"height": "10rem"}}  # fmt: skip
    open_page(page, server, [1, "hf-root", {}, [[2, "hf-plot", props, []]]])
    heard = server.receive()
    assert heard[2:4] == [2, "view"]
    server.send(["frame", 2, 1, [["call", 2, "more", [4, 1, 0, ["AAAAAAAACEA=", "AAAAAAAACEA="], [1, 3]]]]])
    assert server.receive() == ["ack", 2]
    assert page.evaluate("document.querySelector('hf-plot').held.columns") == [[2, 3], [2, 3]]
    server.send(["frame", 3, 1, [["call", 2, "more", [9, 0, 0, ["AAAAAAAACEA=", "AAAAAAAACEA="], [1, 3]]]]])
    messages = [server.receive(), server.receive()]
    assert ["ack", 3] in messages
    again = next(message for message in messages if message[0] == "event")
    assert again[4]["again"] is True
