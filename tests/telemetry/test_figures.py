"""Spans counted: how many, how long, how they ended; with a bound on everything that a program could make many of."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from threading import Thread

import pytest

from hipflask.core import tracing
from hipflask.telemetry import figures
from hipflask.telemetry.bounds import SECONDS
from hipflask.telemetry.figures import MOST_ERRORS, MOST_NAMES, OTHERS, Figure, Figures


@pytest.fixture
def counted() -> Iterator[Figures]:
    yield figures.follow()
    figures.leave()


def one(counted: Figures, kind: str, name: str) -> Figure:
    return next(each for each in counted.snapshot() if (each.kind, each.name) == (kind, name))


def told(
    kind: str, name: str, seconds: float = 0.0, error: BaseException | None = None, **facts: object
) -> None:
    """One span that took so long."""
    span = tracing.begin(kind, name, facts=dict(facts))
    if error is not None:
        span.fail(error)
    span._clock -= round(seconds * 1e9)
    span.end()


def test_what_is_counted(counted: Figures) -> None:
    """Each name has how often, how long in all, how long each about was, which errors, and the sums of what it was about."""
    told("handler", "save", 0.003, bytes=10, rows=2, place="app.py:3")
    told("handler", "save", 0.3, bytes=5, rows=True)
    told("handler", "save", 100, ValueError("secret"))
    figure = one(counted, "handler", "save")
    assert (figure.count, figure.errors, figure.amounts) == (3, {"ValueError": 1}, {"bytes": 15, "rows": 3})
    assert 100.3 < figure.seconds < 101
    assert [place for place, count in enumerate(figure.buckets) if count] == [
        SECONDS.index(0.005),
        SECONDS.index(0.5),
        len(SECONDS),
    ]


def test_a_bound_belongs_below() -> None:
    """What takes just as long as a bound says is counted with what takes less, as Prometheus has it."""
    figure = Figure("handler", "save")
    span = tracing.begin("handler", "save")
    span.seconds = SECONDS[3]
    figure.add(span)
    assert figure.buckets[3] == 1


def test_made_up_names_are_counted_together(counted: Figures) -> None:
    """A million of names take the room of a thousand; the first keep theirs."""
    for number in range(MOST_NAMES + 500):
        told("statement", f"SELECT t{number}")
    told("handler", "save")
    assert len(counted.snapshot()) <= MOST_NAMES + 2
    assert one(counted, "statement", OTHERS).count == 500
    assert one(counted, "statement", "SELECT t0").count == 1


def test_made_up_errors_and_long_names(counted: Figures) -> None:
    """Classes of errors that are made as it goes are counted together, and a name has an end."""
    for number in range(MOST_ERRORS + 30):
        told("handler", "x" * 10_000, error=type(f"Error{number}", (Exception,), {})())
    (figure,) = counted.snapshot()
    assert len(figure.name) == 200
    assert figure.errors[OTHERS] == 30 and len(figure.errors) == MOST_ERRORS + 1


def test_from_many_threads(counted: Figures) -> None:
    """Whoever asks while others go on counting, under new names too, has the figures of one moment; and none is lost."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [
            Thread(target=lambda name=name: [told("task", f"{name} {number % 150}") for number in range(600)])
            for name in "abcdef"
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            assert all(each.count == sum(each.buckets) for each in counted.snapshot())
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert sum(each.count for each in counted.snapshot()) == 3600


def test_counting_ends_with_the_last_who_asks() -> None:
    """Two share the same figures; when both have left, nobody looks any more."""
    before = tracing.sinks
    first, second = figures.follow(), figures.follow()
    assert first is second and len(tracing.sinks) == len(before) + 1
    figures.leave()
    assert first in tracing.sinks
    figures.leave()
    assert tracing.sinks == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_child_counts_for_itself(counted: Figures) -> None:
    """Not once more what its parent has counted; and not for ever, if another thread was counting when it forked."""
    told("handler", "save")
    with counted._lock:
        child = os.fork()
        if child == 0:  # an alarm ends it where it waits for the lock
            signal.alarm(5)
            is_empty = counted.snapshot() == []
            told("handler", "save")
            os._exit(0 if is_empty and one(counted, "handler", "save").count == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert one(counted, "handler", "save").count == 1


class Dropped:
    """What has a span and is part of a ring, as a cursor may be: it is over when the collector of garbage comes."""

    def __init__(self) -> None:
        self.itself, self.span = self, tracing.begin("statement", "SELECT player")

    def __del__(self) -> None:
        self.span.end()


def test_what_the_collector_of_garbage_ends_meanwhile(
    counted: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes whenever it likes, also to a thread that is just taking figures, and that waits for itself for ever then."""
    told("handler", "save")
    copied = Figure.copied

    def copied_slowly(figure: Figure) -> Figure:
        gc.collect()
        return copied(figure)

    monkeypatch.setattr(Figure, "copied", copied_slowly)
    Dropped()
    asking = Thread(target=counted.snapshot, daemon=True)
    asking.start()
    asking.join(10)
    assert not asking.is_alive()
    assert one(counted, "statement", "SELECT player").count == 1
