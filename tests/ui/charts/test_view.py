"""What a screen holds, after any history of appending, arriving late and looking about, shows every extreme exactly."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left, bisect_right
from math import isnan, nan

from hypothesis import given, settings
from hypothesis import strategies as st

from hipflask.ui.charts.points import Points
from hipflask.ui.charts.thinning import bucket_of, bucket_size, candles, extremes, piled, scattered
from hipflask.ui.charts.view import Change, View

LONG = 1000 if os.environ.get("HIPFLASK_LONG") else 80

xs = st.one_of(st.integers(0, 400).map(float), st.floats(0, 400))
ys = st.one_of(st.just(nan), st.integers(-9, 9).map(float), st.floats(-1e300, 1e300))
batch = st.lists(st.tuples(xs, ys, ys), max_size=60)
look = st.tuples(st.floats(-50, 450), st.floats(0.01, 500), st.sampled_from([5, 20, 80]))
steps = st.lists(st.one_of(st.tuples(st.just("come"), batch), st.tuples(st.just("look"), look)), max_size=14)


class Screen:
    """What the other side does with a change."""

    def __init__(self) -> None:
        self.rows: list[list[float]] = [[], [], []]

    def apply(self, change: Change | None) -> None:
        if change is None:
            return
        if change.whole:
            self.rows = [column.tolist() for column in change.more or []]
            return
        for held, column in zip(self.rows, change.more, strict=True):
            if change.back:
                del held[len(held) - change.back :]
            del held[: change.front]
            held += column.tolist()


def update(view: View, screen: Screen, points: Points, low: float, high: float, size: float) -> None:
    change = view.update(points, low, high, size)
    if change is not None and change.whole:
        change.more = [array("d", column) for column in view.rows]
    screen.apply(change)
    assert list(map(list, screen.rows)) == [column.tolist() for column in view.rows] or has_gaps(screen, view)


def has_gaps(screen: Screen, view: View) -> bool:
    """The same with gaps, which are equal to nothing."""
    return [array("d", held).tobytes() for held in screen.rows] == [column.tobytes() for column in view.rows]


def check(points: Points, screen: Screen, low: float, high: float, size: float) -> None:
    """Every bucket that can be seen has its first and last point, and both columns' extremes; all rows are points."""
    real = set(map(str, zip(points.xs, *points.columns, strict=True)))
    held = list(zip(*screen.rows, strict=True))
    assert all(str(row) in real for row in held)
    assert screen.rows[0] == sorted(screen.rows[0])
    first, last = bisect_left(points.xs, low), bisect_right(points.xs, high)
    here = first
    while here < last:
        edge = (bucket_of(points.xs[here], size) + 1) * size
        after = bisect_left(points.xs, edge)
        begin = bisect_left(points.xs, edge - size)
        shown = [row for row in held if edge - size <= row[0] < edge]
        assert shown[0][0] == points.xs[begin]
        assert shown[-1][0] == points.xs[after - 1]
        for number, column in enumerate(points.columns, 1):
            known = [value for value in column[begin:after] if not isnan(value)]
            seen = [row[number] for row in shown if not isnan(row[number])]
            assert (min(known, default=0), max(known, default=0)) == (
                min(seen, default=0),
                max(seen, default=0),
            )
        here = after


@settings(max_examples=LONG, deadline=None)
@given(steps)
def test_every_bucket_has_its_extremes_whatever_came_and_wherever_somebody_looked(history: list[tuple[str, object]]) -> None:  # fmt: skip
    """Appended or late, equal times, gaps, zoomed in and out, panned: what is held is exact, and made of real points."""
    points, view, screen = Points(2), View(extremes, (0, 1)), Screen()
    low, high, buckets = 0.0, 400.0, 20.0
    for kind, what in history:
        if kind == "come":
            for x, *row in what:  # type: ignore[attr-defined]
                points.append(x, row)
            points.settle()
        else:
            low, span, buckets = what  # type: ignore[misc]
            high = low + span
        size = bucket_size(low, high, buckets)
        update(view, screen, points, low, high, size)
        check(points, screen, low, high, size)


@settings(max_examples=LONG, deadline=None)
@given(st.lists(batch, max_size=10), st.floats(1, 200))
def test_a_sliding_window_never_loses_its_extremes(came: list[list[tuple[float, float, float]]], window: float) -> None:  # fmt: skip
    """Live: the end is wherever the newest point is."""
    points, view, screen = Points(2), View(extremes, (0, 1)), Screen()
    offset = 0.0
    for rows in came:
        for x, *row in sorted(rows):
            points.append(x / 10 + offset, row)
        offset += 30
        points.settle()
        if points.extent is None:
            continue
        high = points.extent[1]
        size = bucket_size(high - window, high, 50)
        update(view, screen, points, high - window, high, size)
        check(points, screen, high - window, high, size)


def live(count: int) -> tuple[Points, View, float]:
    points, view = Points(1), View(extremes, (0,))
    points.extend([n / 100 for n in range(count)], [[float(n % 37) for n in range(count)]])
    size = bucket_size(0, 60, 1000)
    view.update(points, points.xs[-1] - 60, points.xs[-1], size)
    return points, view, size


def test_only_what_is_new_travels() -> None:
    """Ten more points of 20,000, with the window slid along: a handful of rows, not thousands."""
    points, view, size = live(20_000)
    held = len(view.rows[0])
    for n in range(20_000, 20_010):
        points.append(n / 100, [1.0])
    change = view.update(points, points.xs[-1] - 60, points.xs[-1], size)
    assert change is not None
    assert held > 2000
    assert not change.whole
    assert len(change.more[0]) <= 20
    assert change.front <= 20


def test_nothing_travels_where_nothing_has_changed() -> None:
    """Points that come elsewhere are nobody's business who looks at an hour ago."""
    points, view, size = live(20_000)
    view.update(points, 20.0, 30.0, size)
    view.update(points, 20.0, 30.0, size)
    points.append(1000.0, [1.0])
    assert view.update(points, 20.0, 30.0, size) is None


def test_a_late_point_brings_its_bucket_anew_and_what_is_behind_it() -> None:
    """And nothing of what was before."""
    points, view, size = live(20_000)
    points.append(points.xs[-1] - 1, [99.0])
    points.settle()
    change = view.update(points, points.xs[-1] - 60, points.xs[-1], size)
    assert change is not None
    assert not change.whole
    assert 0 < change.back < 200
    assert 99.0 in change.more[1].tolist()


def test_what_is_cleared_leaves_the_screen_empty_once() -> None:
    """One message, and none after that."""
    points, view, size = live(200)
    points.clear()
    change = view.update(points, 0.0, 1.0, size)
    assert change is not None
    assert change.whole
    assert not view.rows[0]
    assert view.update(points, 0.0, 1.0, size) is None


@settings(max_examples=LONG, deadline=None)
@given(st.floats(-1e308, 1e308), st.floats(-1e308, 1e308), st.integers(1, 5000))
def test_buckets_fit_any_range(one: float, other: float, buckets: int) -> None:
    """Huge, tiny, of no length at all: a size above 0, and every x in the bucket that it is in."""
    low, high = sorted((one, other))
    size = bucket_size(low, high, buckets)
    assert 0 < size < float("inf")
    for x in (low, high, low / 2 + high / 2):
        number = bucket_of(x, size)
        assert number * size <= x <= (number + 1) * size
    if (high - low) / buckets > abs(high) * 1e-10 + abs(low) * 1e-10 and 1e-200 < high - low < 1e306:
        assert buckets / 2 - 1 <= (high - low) / size <= buckets + 1


def test_a_stack_keeps_its_own_extremes_too() -> None:
    """Two columns that are never greatest themselves where both together are."""
    points = Points(2)
    one, other = [0.0, 9, 5, 5, 1, *[3.0] * 20], [9.0, 0, 7, 5, 1, *[3.0] * 20]
    points.extend([float(n) for n in range(25)], [one, other])
    rows = [array("d") for _ in range(3)]
    piled(points, (0, 1), 0, 25, rows)
    assert max(a + b for a, b in zip(rows[1], rows[2], strict=True)) == 12
    assert min(a + b for a, b in zip(rows[1], rows[2], strict=True)) == 2


def test_candles_of_candles_open_with_the_first_and_close_with_the_last() -> None:
    """The highest high, the lowest low, gaps left out."""
    points = Points(4)
    points.extend([0.0, 1.0, 2.0], [[nan, 5, 6], [9, 7, 8], [1, 2, 0.5], [4, 6, nan]])
    rows = [array("d") for _ in range(5)]
    candles(points, (0, 1, 2, 3), 0, 3, rows)
    assert [column.tolist() for column in rows] == [[0.0], [5.0], [9.0], [0.5], [6.0]]


def test_candles_of_a_price() -> None:
    """One column makes all four."""
    points = Points(1)
    points.extend([0.0, 1.0, 2.0, 3.0], [[5, 9, 1, 4]])
    rows = [array("d") for _ in range(5)]
    candles(points, (0,), 0, 4, rows)
    assert [column[0] for column in rows] == [0.0, 5.0, 9.0, 1.0, 4.0]


def test_a_cloud_of_dots_stays_the_same_cloud_while_more_come() -> None:
    """Which of many dots stand for all does not depend on where a window begins, and the extremes are among them."""
    points = Points(1)
    points.extend([n / 1000 for n in range(10_000)], [[float(n * 7919 % 1009) for n in range(10_000)]])
    first = [array("d") for _ in range(2)]
    scattered(points, (0,), 2000, 4000, first)
    assert 16 <= len(first[0]) <= 70
    assert {0.0, 1008.0} <= set(first[1])
    points.append(100.0, [1.0])
    again = [array("d") for _ in range(2)]
    scattered(points, (0,), 2000, 4000, again)
    assert first == again
