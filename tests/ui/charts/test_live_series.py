"""`ui.Series`: points from any thread, at any rate, of any quality."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal
from math import inf, isnan, nan
from threading import Thread

import pytest

from hipflask import ui
from hipflask.core.errors import UsageError


class Bell:
    """Somebody who wants to know."""

    def __init__(self) -> None:
        self.rung = 0

    def changed(self) -> None:
        self.rung += 1


def rows(series: ui.Series) -> list[tuple[float, ...]]:
    with series.reading() as points:
        return list(zip(points.xs, *points.columns, strict=True))


def test_times_and_numbers_of_all_kinds() -> None:
    """A datetime, seconds, a Decimal: what a feed may bring."""
    series = ui.Series("time", "price")
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    series.append(noon, Decimal("1.5"))
    series.append(noon.timestamp() + 1, 2)
    series.extend([noon.replace(second=2)], ["2.5"])
    series.extend([noon.timestamp() + 3, noon.timestamp() + 4], [3, 4])
    assert rows(series) == [(noon.timestamp() + n, value) for n, value in enumerate((1.5, 2, 2.5, 3, 4))]
    assert series.last == (noon.timestamp() + 4, 4.0)
    assert len(series) == 5


def test_what_cannot_be_drawn_leaves_a_gap() -> None:
    """None, NaN, infinities, words and numbers beyond all measure; the point before and after stay."""
    series = ui.Series("time", "price")
    nonsense = [None, nan, inf, -inf, "what?", 10**400]
    series.extend([float(n) for n in range(len(nonsense))], nonsense)
    for n, value in enumerate(nonsense, 10):
        series.append(float(n), value)
    assert len(series) == 12
    assert all(isnan(value) for _, value in rows(series))


def test_a_point_without_a_time_has_no_place() -> None:
    """A feed that sends nonsense is not stopped by it, and the nonsense is counted."""
    series = ui.Series("time", "price")
    series.append(nan, 1.0)
    series.append(inf, 1.0)
    series.append(None, 1.0)
    series.extend([1.0, nan, 3.0, None], [1, 2, 3, 4])
    assert rows(series) == [(1.0, 1.0), (3.0, 3.0)]
    assert series.skipped == 5


def test_threads_lose_no_point() -> None:
    """Ten feeds at once, each with a clock of its own, and somebody who looks at whole points all the while."""
    series = ui.Series("time", "price", "size")
    bell = Bell()
    series.watch(bell)

    def feed(begin: int) -> None:
        for n in range(1000):
            series.append(float(n * 10 + begin), float(n), float(begin))

    threads = [Thread(target=feed, args=(begin,)) for begin in range(10)]
    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # they get in each other's way as often as can be
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert all(len(row) == 3 for row in rows(series))  # never half a point
    sys.setswitchinterval(pause)
    assert rows(series) == [(float(n), float(n // 10), float(n % 10)) for n in range(10_000)]
    assert bell.rung == 10_000
    series.unwatch(bell)
    series.clear()
    assert bell.rung == 10_000
    assert series.last is None


def test_a_flood_costs_no_more_memory_than_most_points() -> None:
    """Whether anybody looks or not, and whether its clock runs or stands or goes back."""
    for step in (1.0, 0.0, -1.0):
        series = ui.Series("time", "price", most=1000)
        for n in range(20_000):
            series.append(n * step, 1.0)
        held = series._points
        assert len(held.xs) + len(held._late) <= 1000 + 125 + 1024 + 10_000
        assert len(series) == 1000


def test_ten_thousand_a_second_cost_next_to_nothing() -> None:
    """A few microseconds each, with three charts watching."""
    import time

    series = ui.Series("time", "price")
    for _ in range(3):
        series.watch(Bell())
    begun = time.process_time()
    for n in range(10_000):
        series.append(float(n), 1.0)
    assert time.process_time() - begun < 0.2


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ui.Series("time"), "one or more values"),
        (lambda: ui.Series("time", "time"), "all of them different"),
        (lambda: ui.Series("time", "price", most=0), "at least 1"),
        (lambda: ui.Series("time", "price").append(1.0), "takes time and price"),
        (lambda: ui.Series("time", "price").append("noon", 1.0), "'noon' is no time"),
        (lambda: ui.Series("time", "price").extend([1.0], [1, 2]), r"lists of \[1, 2\] values"),
    ],
)
def test_what_cannot_be_meant_is_refused(make: object, words: str) -> None:
    """With what was seen, and what to write."""
    with pytest.raises(UsageError, match=words):
        make()  # type: ignore[operator]
