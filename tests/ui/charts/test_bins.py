"""Histograms and heat maps count what is there, however it came."""

from __future__ import annotations

import os
from collections import Counter
from math import floor, isclose, nan

from hypothesis import given, settings
from hypothesis import strategies as st

from hipflask.ui.charts.bins import Histogram, heat, round_step
from hipflask.ui.charts.points import Points

LONG = 500 if os.environ.get("HIPFLASK_LONG") else 50
values = st.one_of(st.just(nan), st.integers(-50, 50).map(float), st.floats(-1e3, 1e3))


@settings(max_examples=LONG, deadline=None)
@given(st.lists(st.lists(values, max_size=40), max_size=8), st.integers(1, 60), st.booleans())
def test_counting_what_comes_is_counting_everything(
    came: list[list[float]], window: int, is_late: bool
) -> None:
    """Live: what has come is added, what has left the window is taken away, late ones are found."""
    points, histogram = Points(1, most=2000), Histogram(10)
    x = 0.0
    for batch in came:
        for value in batch:
            x += 1
            points.append(x - 5 if is_late and value == 7 else x, [value])
        points.settle()
        lefts, counts = histogram.update(points, 0, x - window)
        known = [value for place, value in zip(points.xs, points.columns[0], strict=True) if place >= x - window and value == value]  # fmt: skip
        wanted = Counter(floor(value / histogram.step) for value in known)
        found = {
            round(left / histogram.step): count for left, count in zip(lefts, counts, strict=True) if count
        }
        assert found == wanted
        assert len(lefts) <= 22


def test_steps_are_round() -> None:
    """1, 2 or 5 times a power of ten, however large or small the values are."""
    for least, greatest in ((0, 1), (-3e8, 7e9), (1e-12, 9e-12), (1e300, 5e307), (5, 5), (0, 0)):
        step = round_step(least, greatest, 30)
        ten = 10.0 ** floor(__import__("math").log10(step) + 1e-9)
        assert any(isclose(step / ten, factor) for factor in (1, 2, 5))


def test_a_heat_map_shows_means_by_name_or_number() -> None:
    """Two values in one field are one mean; a gap is no value."""
    points = Points(2)
    points.extend([1, 1, 2, 2], [[0, 0, 1, 1], [2, 4, 5, nan]])
    rows, steps = heat(points, (0, 1), 0)
    assert sorted(zip(*rows, strict=True)) == [(1, 0, 3), (2, 1, 5)]
    assert steps == (1, 1)


def test_a_heat_map_without_values_counts() -> None:
    """And many different x share their fields: every point is in one."""
    points = Points(1)
    points.extend([n / 7 for n in range(3000)], [[float(n % 10) for n in range(3000)]])
    rows, steps = heat(points, (0,), 0)
    assert sum(rows[2]) == 3000
    assert len(set(rows[0])) <= 200
    assert steps[1] == 1
