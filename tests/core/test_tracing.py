"""What is told to those who look inside: spans within spans, notes, causes, and traces that come from elsewhere."""

from collections.abc import Iterator
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core import tracing
from hipflask.core.tracing import Cause, Note, Origin, Span


class Heard:
    def __init__(self) -> None:
        self.begun: list[Span] = []
        self.over: list[Span] = []
        self.notes: list[Note] = []

    def began(self, span: Span) -> None:
        self.begun.append(span)

    def ended(self, span: Span) -> None:
        self.over.append(span)

    def noted(self, note: Note) -> None:
        self.notes.append(note)


@pytest.fixture
def heard() -> Iterator[Heard]:
    sink = Heard()
    tracing.add(sink)
    yield sink
    tracing.remove(sink)


def test_nobody_looks() -> None:
    with tracing.span("request", "GET /") as span:
        assert span is None
        assert tracing.current() is None


def test_a_span_within_a_span(heard: Heard) -> None:
    with tracing.span("event", "click button", session="w1") as outer, tracing.span("handler", "save"):
        tracing.note("error", "ValueError", values={"message": "secret"}, place="app.py:3")

    handler, event = heard.over
    assert event is outer
    assert event.parent is None
    assert handler.parent == event.origin
    assert handler.origin.trace == event.origin.trace
    assert handler.session == "w1"
    assert 0 <= handler.seconds <= event.seconds
    assert heard.notes[0].origin == handler.origin
    assert heard.notes[0].facts == {"place": "app.py:3"}
    assert heard.notes[0].values == {"message": "secret"}


@pytest.mark.parametrize("word", ["began", "ended", "noted"])
def test_a_sink_that_raises_is_told_no_more(
    word: str, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    """The program goes on, the others are told all the same, and a log has nothing of what the sink said."""

    def fall(_: object) -> None:
        raise ValueError("Abbott")

    broken = Heard()
    setattr(broken, word, fall)
    tracing.add(broken)
    tracing.add(after := Heard())
    try:
        with tracing.span("handler", "save"):
            tracing.note("state", "app.py:3")
        assert tracing.sinks == (heard, after)
    finally:
        tracing.remove(broken)
        tracing.remove(after)

    assert [len(after.begun), len(after.over), len(after.notes)] == [1, 1, 1]
    assert "Heard has raised ValueError, and is told no more." in caplog.text
    assert "Abbott" not in caplog.text


def test_a_span_is_over_once(heard: Heard) -> None:
    span = tracing.begin("handler", "save")
    span.end(rows=1)
    seconds = span.seconds
    span.end(rows=2)
    assert (span.seconds, span.facts, len(heard.over)) == (seconds, {"rows": 1}, 1)


def test_what_was_raised(heard: Heard) -> None:
    with pytest.raises(ZeroDivisionError), tracing.span("handler", "save"):
        print(1 / 0)
    assert isinstance(heard.over[0].error, ZeroDivisionError)


def test_another_thread_goes_on_only_when_it_is_told_to(heard: Heard) -> None:
    def alone() -> None:
        tracing.begin("draw", "alone").end()

    def within(event: Span) -> None:
        with event.current():
            tracing.begin("draw", "within").end()

    with tracing.span("event", "click button") as event:
        assert event is not None
        for thread in (Thread(target=alone), Thread(target=within, args=(event,))):
            thread.start()
            thread.join()

    by_name = {span.name: span for span in heard.over}
    assert by_name["alone"].parent is None
    assert by_name["within"].parent == event.origin


def test_what_is_done_because_of_something_belongs_to_its_trace(heard: Heard) -> None:
    elsewhere = Origin(7, 9)
    causes = [Cause("state", f"app.py:{line}", elsewhere) for line in range(100)]
    span = tracing.begin("draw", "lineup", causes=causes)
    assert span.origin.trace == 7
    assert span.parent == elsewhere
    assert len(span.causes) == tracing.MOST_CAUSES


def test_the_reason_why_watchers_are_told() -> None:
    assert tracing.reason() is None
    with tracing.because(cause := Cause("state", "app.py:1")):
        assert tracing.reason() is cause
    assert tracing.reason() is None


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1))
def test_a_header_names_its_span(trace: int, span: int) -> None:
    assert tracing.origin_of(Origin(trace, span).traceparent) == (trace, span)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "00-1-1-01",
        f"00-{'0' * 32}-{'1' * 16}-01",
        f"00-{'1' * 32}-{'0' * 16}-01",
        f"ff-{'1' * 32}-{'1' * 16}-01",
        f"00-{'G' * 32}-{'1' * 16}-01",
        "x" * 100_000,
    ],
)
def test_a_header_that_names_none(header: str | None) -> None:
    assert tracing.origin_of(header) is None


@given(st.text())
def test_no_header_does_harm(header: str) -> None:
    tracing.origin_of(header)
