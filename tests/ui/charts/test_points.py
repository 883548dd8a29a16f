"""Points stand in the order of x, whatever the order in which they come, and no more of them than were asked for."""

from __future__ import annotations

import os
from math import inf, nan

from hypothesis import given, settings
from hypothesis import strategies as st

from hipflask.ui.charts.points import MOST_LATE, Points
from hipflask.ui.charts.pyramid import WHOLE

LONG = 500 if os.environ.get("HIPFLASK_LONG") else 60
xs = st.floats(-100, 100).map(lambda x: round(x, 1))
batches = st.lists(st.lists(xs, max_size=30), max_size=8)


@settings(max_examples=LONG, deadline=None)
@given(batches)
def test_they_are_in_order_and_those_of_the_same_x_as_they_came(came: list[list[float]]) -> None:
    """One by one or many at once, late or in time: the same as sorting all of them."""
    one, many = Points(2), Points(2)
    number = 0.0
    all_rows = []
    for batch in came:
        rows = [(x, (number := number + 1), -number) for x in batch]
        for row in rows:
            one.append(row[0], row[1:])
        many.extend([row[0] for row in rows], [[row[1] for row in rows], [row[2] for row in rows]])
        one.settle()
        all_rows += rows
    wanted = sorted(all_rows, key=lambda row: row[0])
    for points in (one, many):
        assert list(zip(points.xs, *points.columns, strict=True)) == wanted


def test_late_points_wait_until_somebody_looks_or_they_are_too_many() -> None:
    """A feed whose clock goes back has no million points waiting."""
    points = Points(1)
    points.append(10.0, [0.0])
    points.append(5.0, [1.0])
    assert points.xs.tolist() == [10.0]
    points.settle()
    assert points.xs.tolist() == [5.0, 10.0]
    for _ in range(MOST_LATE):
        points.append(1.0, [2.0])
    assert len(points) == MOST_LATE + 2


def test_what_changed_behind_somebodys_back_is_said() -> None:
    """From which x on, since when; nothing for what was appended, everything for whoever has not looked for long."""
    points = Points(1)
    points.extend([1.0, 2.0, 3.0], [[1, 2, 3]])
    before = points.serial
    points.append(4.0, [4])
    points.settle()
    assert points.disturbed_since(before) == inf
    points.append(2.5, [0])
    points.append(1.5, [0])
    points.settle()
    assert points.disturbed_since(before) == 1.5
    assert points.disturbed_since(points.serial) == inf
    for _ in range(100):
        points.append(3.5, [0])
        points.settle()
    assert points.disturbed_since(before) == -inf
    assert points.disturbed_since(points.serial - 1) == 3.5


@settings(max_examples=LONG, deadline=None)
@given(st.integers(1, 5000), st.lists(st.integers(1, 4000), min_size=1, max_size=12), st.booleans())
def test_no_more_are_kept_than_were_asked_for(most: int, sizes: list[int], goes_back: bool) -> None:
    """A feed that floods costs as much memory as one that does not, and the oldest go first."""
    points = Points(1, most)
    x, came = 0.0, []
    for size in sizes:
        batch = [x + n for n in range(size)]
        if goes_back:
            batch.reverse()
        x += size
        came += batch
        points.extend(batch, [batch])
        points.settle()
        assert len(points) <= most + most // 8 + 2 * WHOLE
        kept = sorted(came)[-most:]
        assert points.xs[points.first :].tolist() == kept
        assert points.extent == (kept[0], kept[-1])
        assert points.pyramid(0).extremes(points.first, len(points)) == (points.first, len(points) - 1)


def test_the_same_points_are_the_same_though_they_have_gaps() -> None:
    """NaN is not equal to itself, but a gap is where a gap was."""
    one, other = Points(1), Points(1)
    for points in (one, other):
        points.extend([1.0, 2.0], [[nan, 3.0]])
    assert one.same_as(other)
    other.append(3.0, [1.0])
    assert not one.same_as(other)
