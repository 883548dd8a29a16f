"""A chart on a screen: what it is first told, what it is told then, and what becomes of it where somebody looks elsewhere."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from typing import Any

import pytest

from hipflask import ui
from hipflask.core.errors import UsageError
from ui.sessions import SlowScreen

Watch = Callable[..., SlowScreen]


class Chart:
    """What a browser's chart holds, from the patches alone."""

    def __init__(self, screen: SlowScreen, nth: int = 0) -> None:
        self.screen, self.node = screen, screen.find("hf-plot", nth)
        self.columns: list[list[float]] = []
        self.number = 0
        self.take()

    def take(self) -> None:
        points = self.screen.tree.nodes[self.node.id].props["points"]
        self.number, self.columns = points["number"], [decoded(column) for column in points["columns"]]

    def paint(self) -> list[Any]:
        """Paint the next frame."""
        patches = self.screen.paint()
        for patch in patches:
            if patch[:2] == ["set", self.node.id] and "points" in patch[2]:
                self.take()
            if patch[:3] == ["call", self.node.id, "more"]:
                self.more(*patch[3])
        return patches

    def more(self, number: int, front: int, back: int, columns: list[str], extent: object) -> None:
        assert number == self.number + 1
        self.number = number
        for held, column in zip(self.columns, columns, strict=True):
            if back:
                del held[-back:]
            del held[:front]
            held += decoded(column)

    def look(self, low: float | None = None, high: float = 0, width: int = 500, **more: Any) -> None:
        self.screen.event(
            self.node.id, "view", {"width": width, "range": None if low is None else [low, high], **more}
        )


def decoded(text: str) -> list[float]:
    data = base64.b64decode(text)
    return list(struct.unpack(f"<{len(data) // 8}d", data))


def full(count: int = 20_000) -> ui.Series:
    series = ui.Series("time", "price")
    series.extend([n / 100 for n in range(count)], [float(n % 50) for n in range(count)])
    return series


def test_the_first_page_has_the_chart(watch: Watch) -> None:
    """Painted with everything else, before the screen has said a word."""
    series = full()
    chart = Chart(watch(lambda: ui.chart(series, window=10, label="Price")))
    assert chart.columns[0][0] == pytest.approx(190, abs=0.1)
    assert chart.columns[0][-1] == 199.99
    assert chart.node.props["attrs"] == {"role": "figure", "aria-label": "Price"}
    assert chart.node.props["time"] is True


def test_points_that_come_are_told_and_nothing_else(watch: Watch) -> None:
    """One call a frame, with a handful of rows; what the screen then holds is what a new screen would be given."""
    series = full()
    chart = Chart(watch(lambda: ui.chart(series, window=60)))
    for round in range(5):
        series.append(200.0 + round, 1.0)
        [patch] = chart.paint()
        assert patch[2] == "more"
        assert len(str(patch)) < 1000
    assert chart.columns[0][-1] == 204.0
    assert chart.columns == [decoded(column) for column in chart.screen.session.root.children[0].children[0].props["points"]["columns"]]  # fmt: skip


def test_while_a_frame_is_under_way_points_are_folded_into_the_next(watch: Watch) -> None:
    """Ten thousand points between two paints are one message, and a small one."""
    series = full()
    chart = Chart(watch(lambda: ui.chart(series, window=60)))
    series.append(200.0, 1.0)
    message = chart.screen.receive()
    while message[0] == "welcome":
        message = chart.screen.receive()
    for n in range(10_000):
        series.append(200.0 + n / 1e6, float(n % 7))
    assert chart.screen.receives_nothing()
    chart.screen.apply(message)
    chart.more(*message[3][0][3])
    chart.screen.session.ack(chart.screen.frame)
    patches = chart.paint()
    assert len(patches) == 1
    assert len(str(patches)) < 2000
    assert chart.columns[0][-1] == pytest.approx(200.009999)


def test_zooming_brings_finer_points_and_keeps_them_while_more_come(watch: Watch) -> None:
    """The same hundred seconds in two pixels each, then one of them in all its points."""
    series = full()
    chart = Chart(watch(lambda: ui.chart(series)))
    before = len([x for x in chart.columns[0] if 50 <= x <= 51])
    chart.look(50, 51)
    patches = chart.paint()
    assert not any("range" in patch[2] for patch in patches)  # it knows, and may look elsewhere by now
    held = [x for x in chart.columns[0] if 50 <= x <= 51]
    assert len(held) == 101 > before * 4
    series.append(200.0, 1.0)
    assert chart.screen.receives_nothing()
    assert chart.screen.session.root.children[0].children[0].props["range"] == [50.0, 51.0]
    chart.look()
    chart.paint()
    assert chart.columns[0][-1] == 200.0
    assert chart.columns[0][0] == 0.0


def test_a_screen_drawn_anew_has_the_chart_as_it_was(watch: Watch) -> None:
    """After a lost connection: zoomed as before, with what has come since."""
    series = full()
    chart = Chart(watch(lambda: ui.chart(series)))
    chart.look(198, 202)
    chart.paint()
    screen = chart.screen
    screen.disconnect()
    series.append(200.5, 7.0)
    screen.connect(frame=0)
    screen.paint()
    again = Chart(screen)
    assert again.node.props["range"] == [198.0, 202.0]
    while again.columns[0][-1] != 200.5:  # in the same frame or the next
        again.paint()


def test_a_screen_that_has_missed_something_gets_all_of_it(watch: Watch) -> None:
    """It says so with where it looks."""
    series = full()
    chart = Chart(watch(lambda: ui.chart(series)))
    chart.columns, chart.number = [], -1
    chart.look(width=1000, again=True)
    chart.paint()
    assert chart.columns[0][-1] == 199.99


def test_drawing_the_same_again_says_nothing(watch: Watch) -> None:
    """A window function that runs again for something else leaves its charts alone, zoom included."""
    series, other = full(), ui.State(1)

    def window() -> None:
        ui.text(str(other.value))
        ui.chart(series)
        ui.chart({"x": [1, 2], "y": [1, None]})

    chart = Chart(watch(window))
    chart.look(50, 51)
    chart.paint()
    other.set(2)
    [patch] = chart.paint()
    assert patch[2] == {"text": "2"}


def test_other_data_is_drawn_at_once(watch: Watch) -> None:
    """And a chart that is gone follows nothing."""
    data, shows = ui.State({"x": [1, 2], "y": [1, 2]}), ui.State(True)
    series = full(10)

    def window() -> None:
        ui.chart(data.value)
        if shows.value:
            ui.chart(series)

    chart = Chart(watch(window))
    data.set({"x": [1, 2, 3], "y": [1, 2, 9]})
    chart.paint()
    assert chart.columns == [[1, 2, 3], [1, 2, 9]]
    assert len(series._watchers) == 1
    shows.set(False)
    chart.paint()
    assert series._watchers == ()


def test_a_closed_window_follows_nothing(watch: Watch) -> None:
    """However it ends."""
    series = full(10)
    chart = Chart(watch(lambda: ui.chart(series)))
    assert len(series._watchers) == 1
    chart.screen.session.close()
    assert series._watchers == ()


@pytest.mark.parametrize(
    "value", [None, {}, {"width": "1", "range": None}, {"width": 1}, {"width": 100, "range": [2, 1]},
              {"width": 100, "range": [1, float("inf")]}, {"width": True, "range": None}, {"width": 9, "range": 3}],
)  # fmt: skip
def test_nonsense_from_a_screen_changes_nothing(watch: Watch, value: object) -> None:
    """It is logged, and the window lives on."""
    series = full(10)
    chart = Chart(watch(lambda: ui.chart(series)))
    chart.screen.event(chart.node.id, "view", value)
    chart.screen.event(chart.node.id, "point", "here")
    series.append(5.0, 1.0)
    chart.paint()
    assert chart.columns[0][-1] == 5.0
    assert chart.columns[0][0] == 0.0
    assert "range" not in chart.screen.session.root.children[0].children[0].props


def test_linked_charts_follow_in_other_windows(watch: Watch) -> None:
    """Zoom and cursor; not those of another name, and not the one where it began."""
    series = full()

    def window() -> None:
        ui.chart(series, link="desk")
        ui.chart(series, link="other")
        ui.chart(series, link="desk")

    one, other = watch(window), watch(window)
    mine, theirs, strangers = Chart(one), Chart(other), Chart(other, 1)
    mine.look(50, 51)
    assert not any("range" in patch[2] for patch in mine.paint())
    theirs.paint()
    assert theirs.screen.tree.nodes[theirs.node.id].props["range"] == [50.0, 51.0]
    assert len([x for x in theirs.columns[0] if 50 <= x <= 51]) > 50
    assert "range" not in strangers.screen.tree.nodes[strangers.node.id].props
    one.event(mine.node.id, "point", 50.5)
    theirs.paint()
    assert one.receives_nothing()
    assert theirs.screen.tree.nodes[theirs.node.id].props["cursor"] == 50.5
    third = Chart(watch(window))
    assert third.node.props["range"] == [50.0, 51.0]


def test_on_zoom_is_told(watch: Watch) -> None:
    """What a person looks at, and None for all of it."""
    series, seen = full(), []
    screen = watch(lambda: ui.chart(series, on_zoom=seen.append))
    node = screen.find("hf-plot").id
    screen.event(node, "zoom", [1, 2.5])
    screen.event(node, "zoom", None)
    assert screen.session.wait_until_settled(5)
    assert seen == [(1, 2.5), None]


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ({"kind": "bar", "x": "m", "y": "won"}, [[0, 1, 2], [3, 5, 2]]),
        ({"kind": "histogram", "x": "won", "bins": 3}, [[2, 3, 4, 5], [1, 1, 0, 1]]),
        ({"kind": "heatmap", "x": "m", "y": "team", "value": "won"}, [[0, 1, 2], [0, 1, 0], [3, 5, 2]]),
        ({"kind": "candlestick", "y": "won", "x": "n", "every": 2}, [[1, 2], [3, 5], [3, 5], [3, 2], [3, 2]]),
        ({"kind": "area", "y": ["won", "lost"]}, [[0, 1, 2], [3, 5, 2], [1, 0, 1]]),
        ({}, [[0, 1, 2], [1, 2, 3], [3, 5, 2], [1, 0, 1]]),
    ],
)
def test_kinds_and_columns(watch: Watch, options: dict[str, Any], columns: list[list[float]]) -> None:
    """Names stand where they first come; without a word, all numbers over the first column."""
    data = {"m": ["May", "June", "July"], "n": [1, 2, 3], "team": ["A", "B", "A"], "won": [3, 5, 2], "lost": [1, 0, 1]}  # fmt: skip
    rows = [dict(zip(data, row, strict=True)) for row in zip(*data.values(), strict=True)]
    if options.get("kind") == "area":
        options = {"x": "m", **options}
    for source in (data, rows):
        assert Chart(watch(lambda source=source: ui.chart(source, **options))).columns == columns


@pytest.mark.parametrize("nothing", [[], {}, {"x": [], "y": []}, ui.Series("time", "price")])
@pytest.mark.parametrize("kind", ["line", "bar", "histogram", "scatter"])
def test_a_chart_of_nothing(watch: Watch, nothing: Any, kind: Any) -> None:
    """It is there, with its name, and waits."""
    chart = Chart(watch(lambda: ui.chart(nothing, kind=kind, label="Nothing")))
    assert not any(chart.columns)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "pie"}, "kind takes"),
        ({"y": "z"}, "no column 'z'"),
        ({"stacked": True}, "stacked= is for area, bar charts"),
        ({"kind": "histogram", "x": "y", "link": "desk"}, "link= is for line, area"),
        ({"kind": "histogram", "y": "y"}, "counts the values of x"),
        ({"kind": "heatmap"}, "needs x= and one y="),
        ({"kind": "candlestick", "y": "y"}, "candles take"),
        ({"window": -1}, "greater than 0"),
        ({"colors": [3]}, "tones or CSS colours"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_right_form(watch: Watch, options: dict[str, Any], words: str) -> None:  # fmt: skip
    """Before anything is on the screen."""
    with pytest.raises(UsageError, match=words):
        watch(lambda: ui.chart({"x": [1], "y": [2]}, **options))


@pytest.mark.parametrize("source", [3, "prices", {"x": [1], "y": [1, 2]}, {"x": 3}])
def test_what_is_no_source_is_refused(watch: Watch, source: Any) -> None:
    """With what would be one."""
    with pytest.raises(UsageError, match=r"ui\.chart"):
        watch(lambda: ui.chart(source))
