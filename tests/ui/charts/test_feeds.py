"""Charts of rows that somebody else holds: read beside the drawing, again when they change, and let go of."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest

from hipflask import ui
from hipflask.core.rows import Answer, Cancelled, Line, Question, RowColumn
from hipflask.ui.charts import sources
from ui.sessions import SlowScreen

from .test_plot import Chart

Watch = Callable[..., SlowScreen]


class Held:
    """A source of rows that a test changes by hand."""

    name = "Candle"
    columns = (RowColumn("at", "datetime"), RowColumn("price", "float"))

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows = rows
        self.readers: list[Reader] = []
        self.gate = Event()
        self.gate.set()
        self.error: Exception | None = None

    def open(self, changed: Callable[[], None]) -> Reader:
        self.readers.append(Reader(self, changed))
        return self.readers[-1]

    def same_as(self, other: object) -> bool:
        return self is other

    def change(self) -> None:
        for reader in self.readers:
            reader.changed()


class Reader:
    def __init__(self, held: Held, changed: Callable[[], None]) -> None:
        self.held, self.changed = held, changed
        self.questions: list[Question] = []
        self.is_closed = self.is_cancelled = False

    def read(self, question: Question) -> Answer:
        self.questions.append(question)
        self.held.gate.wait(10)
        if self.is_cancelled:
            raise Cancelled
        if self.held.error is not None:
            raise self.held.error
        rows = sorted(self.held.rows)[question.first : question.first + question.count]
        return Answer(question.first, [Line(n, row) for n, row in enumerate(rows)], len(self.held.rows))

    def cancel(self) -> None:
        self.is_cancelled = True

    def close(self) -> None:
        self.is_closed = True


def noon(second: int) -> datetime:
    return datetime(2026, 7, 1, 12, 0, second, tzinfo=UTC)


def show(watch: Watch, held: Held) -> Chart:
    return Chart(watch(lambda: ui.chart(Held, x="at", y="price"), find_rows=lambda what: held))


def until(chart: Chart, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        chart.paint()


def test_rows_are_read_beside_the_drawing_and_again_when_they_change(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """In pieces, by x; a row that comes is there a moment later."""
    monkeypatch.setattr(sources, "PIECE", 2)
    held = Held([(noon(n), float(n)) for n in range(5)])
    held.gate.clear()
    chart = show(watch, held)
    assert chart.node.props["reading"] is True
    held.gate.set()
    until(chart, lambda: bool(chart.columns))
    assert chart.columns == [[noon(n).timestamp() for n in range(5)], [0, 1, 2, 3, 4]]
    assert "reading" not in chart.node.props
    assert chart.node.props["time"] is True
    assert [question.first for question in held.readers[0].questions] == [0, 2, 4]
    held.rows.append((noon(9), 9.0))
    held.change()
    until(chart, lambda: chart.columns[1][-1] == 9)


def test_changes_that_change_nothing_say_nothing(watch: Watch) -> None:
    """The same points are no news."""
    held = Held([(noon(1), 1.0)])
    chart = show(watch, held)
    until(chart, lambda: bool(chart.columns))
    held.change()
    time.sleep(0.4)
    assert chart.screen.receives_nothing()


def test_a_burst_of_changes_is_read_once_or_twice(watch: Watch) -> None:
    """A table that is written a thousand times a second is not read as often."""
    held = Held([(noon(1), 1.0)])
    chart = show(watch, held)
    until(chart, lambda: bool(chart.columns))
    before = len(held.readers[0].questions)
    for _ in range(1000):
        held.change()
    time.sleep(0.5)
    assert 1 <= len(held.readers[0].questions) - before <= 4


def test_a_read_that_fails_is_said_at_the_chart_and_tried_when_rows_change(watch: Watch) -> None:
    """With the error's own sentence; the points come back."""
    held = Held([(noon(1), 1.0)])
    held.error = ValueError("The disk is full.")
    chart = show(watch, held)
    until(chart, lambda: "failure" in chart.screen.tree.nodes[chart.node.id].props)
    assert chart.screen.tree.nodes[chart.node.id].props["failure"] == "The disk is full."
    held.error = None
    held.change()
    until(chart, lambda: bool(chart.columns))
    assert "failure" not in chart.screen.tree.nodes[chart.node.id].props


def test_a_chart_that_is_gone_cancels_its_read(watch: Watch) -> None:
    """However long it would have taken."""
    held = Held([(noon(1), 1.0)])
    held.gate.clear()
    chart = show(watch, held)
    chart.screen.session.close()
    assert held.readers[0].is_cancelled
    assert held.readers[0].is_closed
    held.gate.set()
