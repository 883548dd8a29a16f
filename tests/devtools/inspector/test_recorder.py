"""What happened lately: bounded, the newest always there."""

from __future__ import annotations

import gc
import logging
import resource
import sys
import threading
import tracemalloc
import weakref
from collections.abc import Iterable, Iterator
from itertools import islice

import pytest

from hipflask.core import tracing
from hipflask.devtools.inspector import records
from hipflask.devtools.inspector.agent import recorder as recorders
from hipflask.devtools.inspector.agent import telling
from hipflask.devtools.inspector.agent.logs import LogLines
from hipflask.devtools.inspector.agent.recorder import Recorder, Told


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """One that is told of everything, with little room."""
    recorder = Recorder(most_entries=100, most_bytes=200_000)
    tracing.add(recorder)
    yield recorder
    tracing.remove(recorder)


def _all(recorder: Recorder) -> list[records.Recorded]:
    return [telling.record(told, 1) for told in recorder.since(0, 1_000_000)]


def test_spans_and_notes_are_kept_with_their_causes(recorder: Recorder) -> None:
    """As they were told, in the order in which they ended."""
    with tracing.span("handler", "save", session="w1", facts={"tables": {"player": 2}}) as outer:
        assert outer is not None
        tracing.note("state", "app.py:1", values={"after": "<b>"}, place="app.py:1")
        with tracing.span("draw", "lineup", causes=[tracing.Cause("state", "app.py:1", outer.origin)]):
            pass
    note, draw, handler = _all(recorder)
    assert isinstance(note, records.Note)
    assert (note.session, note.values, note.facts) == ("w1", {"after": "<b>"}, {"place": "app.py:1"})
    assert isinstance(draw, records.Span)
    assert isinstance(handler, records.Span)
    assert draw.causes[0].span == handler.span == draw.parent
    assert handler.facts == {"tables": {"player": 2}}
    assert draw.trace == handler.trace


class Wrong(Exception):
    """Something of the program's own."""


def test_an_error_is_told_and_not_kept(recorder: Recorder) -> None:
    """Its traceback would hold all that the program held."""
    error = Wrong("it is <b>wrong</b>, password='hunter2'")
    there = weakref.ref(error)
    with pytest.raises(Wrong), tracing.span("handler", "save"):
        raise error
    del error
    gc.collect()
    assert there() is None
    (span,) = _all(recorder)
    assert isinstance(span, records.Span)
    assert span.error == f"Wrong: it is <b>wrong</b>, password={records.MASKED}"


class Row:
    """Something of the program's own."""

    def __repr__(self) -> str:
        return "Row(name='Who')"


def test_nothing_that_was_told_lives_longer(recorder: Recorder) -> None:
    """Values are kept by how they looked."""
    row = Row()
    there = weakref.ref(row)
    tracing.note("state", "x", values={"after": row, "before": [row]})
    with tracing.because(tracing.Cause("change", "row", None, {"key": row})):
        cause = tracing.reason()
        assert cause is not None
        tracing.begin("draw", "x", causes=[cause], values={"row": row}).end()
    del row, cause
    gc.collect()
    assert there() is None
    assert _all(recorder)[0].values == {"after": "Row(name='Who')", "before": "[Row(name='Who')]"}


def test_secrets_stay_in_the_process(recorder: Recorder) -> None:
    """By the name of the value, by that of the field, and by the column in a statement."""
    tracing.note("event", "input", values={"label": "Password", "value": "hunter2"})
    tracing.note("x", "x", values={"token": "hunter2", "row": {"password": "hunter2"}})
    sql = "UPDATE user SET password = 'hunter2', name = ?"
    tracing.begin("statement", "x", values={"sql": sql, "parameters": ("hunter2",)}).end()
    assert "hunter2" not in repr(_all(recorder))


def test_the_newest_are_kept_and_the_rest_is_counted(recorder: Recorder) -> None:
    """By number…"""
    for number in range(1000):
        tracing.note("state", str(number))
    kept = _all(recorder)
    assert [note.name for note in kept] == [str(number) for number in range(900, 1000)]
    assert recorder.dropped == 900
    assert recorder.newest == 1000


def test_large_values_leave_room_for_fewer(recorder: Recorder) -> None:
    """…and by bytes."""
    for number in range(1000):
        tracing.note("state", str(number), values={"after": "x" * 1_000_000})
    assert recorder.size <= 200_000
    assert _all(recorder)[-1].name == "999"
    assert 10 < len(_all(recorder)) < 100


def test_entries_are_found_by_number(recorder: Recorder) -> None:
    """Those that are there, and in portions."""
    for number in range(1, 251):
        tracing.note("state", str(number))
    assert recorder.entry(150) is None
    assert recorder.entry(251) is None
    found = recorder.entry(151)
    assert found is not None
    assert found.name == "151"
    assert [told.number for told in recorder.since(160, 3)] == [161, 162, 163]
    assert [told.number for told in recorder.since(10, 2)] == [151, 152]
    assert recorder.since(250, 10) == []
    assert recorder.since(999, 10) == []


def test_spans_that_never_end_are_bounded(recorder: Recorder) -> None:
    """Those that go on are known, up to a number."""
    for _ in range(recorders.MOST_RUNNING * 3):
        tracing.begin("task", "forever")
    assert len(list(recorder.running())) <= recorders.MOST_RUNNING


class Chatty:
    """Tells of itself while it is written out."""

    def __repr__(self) -> str:
        tracing.note("chatty", "again", values={"value": self})
        with tracing.span("chatty", "again", values={"value": self}):
            return "Chatty()"


def test_looking_at_a_value_is_not_recorded(recorder: Recorder) -> None:
    """Or one that does something when it is written out would be recorded for ever."""
    tracing.note("state", "x", values={"value": Chatty()})
    assert [note.kind for note in _all(recorder)] == ["state"]


class Changing(dict[str, object]):
    """Another thread is changing it all the time."""

    def items(self) -> object:  # type: ignore[override]
        raise RuntimeError("dictionary changed size during iteration")


def test_a_value_that_is_being_changed_does_no_harm(recorder: Recorder) -> None:
    """The rest is recorded, and the program goes on."""
    tracing.note("state", "x", values=Changing(a=1))
    with tracing.span("handler", "save", facts=Changing(a=1)):
        pass
    assert [(each.kind, each.values) for each in _all(recorder)] == [
        ("state", {"problem": "RuntimeError"}),
        ("handler", {"problem": "RuntimeError"}),
    ]


def test_any_thread_may_tell(recorder: Recorder) -> None:
    """No number is given twice, and none is left out."""

    def tell() -> None:
        for number in range(500):
            with tracing.span("handler", str(number)):
                tracing.note("state", "x")

    threads = [threading.Thread(target=tell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recorder.newest == 8000
    assert [told.number for told in recorder.since(0, 1000)] == list(range(7901, 8001))
    assert not list(recorder.running())


def test_lines_of_logs_are_kept_within_their_spans(recorder: Recorder) -> None:
    """Also those that cannot be written out."""
    log = logging.getLogger("hipflask.test_recorder")
    lines = LogLines(recorder)
    log.propagate = False  # what cannot be written out fails a test elsewhere
    log.addHandler(lines)
    try:
        with tracing.span("handler", "save", session="w1") as span:
            assert span is not None
            log.warning("<b>%s</b> password=%s", "Who", "hunter2")
            log.warning("%d", "no number")
    finally:
        log.removeHandler(lines)
    first, second, handler = _all(recorder)
    assert isinstance(first, records.Log)
    assert isinstance(second, records.Log)
    assert (first.kind, first.session, first.span) == ("WARNING", "w1", handler.span)
    assert first.message == f"<b>Who</b> password={records.MASKED}"
    assert first.place.startswith("test_recorder.py:") or "/test_recorder.py:" in first.place
    assert second.message == "<cannot be written out>"


@pytest.mark.alone
def test_a_million_events_are_bounded() -> None:
    """Memory is flat, the newest are there, and what is not there is counted."""
    recorder = Recorder()
    tracing.add(recorder)
    try:
        _tell(100_000)
        tracemalloc.start()
        _tell(20_000)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        resident = _resident()
        _tell(880_000)
        grown = _resident() - resident
    finally:
        tracing.remove(recorder)
    assert recorder.newest == 1_000_000
    assert recorder.dropped == 1_000_000 - len(recorder.since(0, 1_000_000))
    assert [told.name for told in recorder.since(999_999, 10)] == ["879999"]
    assert recorder.size <= recorders.MOST_BYTES
    assert before < 2 * recorders.MOST_BYTES  # what was counted is about what it is
    assert grown < 30 << 20


def _tell(count: int) -> None:
    for number in range(count):
        tracing.note("state", str(number), values={"before": number, "after": "x" * 50}, place="app.py:1")


def _resident() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class Dropped:
    """What has a span and is part of a ring, as a cursor may be: it is over when the collector of garbage comes."""

    def __init__(self) -> None:
        self.itself, self.span = self, tracing.begin("statement", "SELECT player")

    def __del__(self) -> None:
        self.span.end()


def test_what_the_collector_of_garbage_ends_meanwhile(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes whenever it likes, also to a thread that is just telling, and that waits for itself for ever then."""

    def sliced(entries: Iterable[Told], start: int, stop: int) -> list[Told]:
        gc.collect()
        return [*islice(entries, start, stop)]

    monkeypatch.setattr(recorders, "islice", sliced)
    Dropped()
    asking = threading.Thread(target=recorder.since, args=(0, 10), daemon=True)
    asking.start()
    asking.join(10)
    assert not asking.is_alive()
    assert [told.name for told in recorder.since(0, 10)] == ["SELECT player"]
