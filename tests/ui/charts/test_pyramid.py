"""The extremes of any stretch are those that looking at every value would find."""

from __future__ import annotations

import os
from array import array
from math import inf, isnan, nan

from hypothesis import given, settings
from hypothesis import strategies as st

from hipflask.ui.charts.pyramid import WHOLE, Pyramid

LONG = 400 if os.environ.get("HIPFLASK_LONG") else 15
values = st.one_of(
    st.just(nan), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, -0.0, 1e308])
)
# Long columns of few different pieces: what matters is where blocks begin and end.
columns = st.lists(st.tuples(st.lists(values, min_size=1, max_size=8), st.integers(1, 300)), max_size=4).map(
    lambda pieces: [value for piece, times in pieces for value in piece * times]
)


def naive(values: list[float]) -> tuple[float, float] | None:
    known = [value for value in values if not isnan(value)]
    return (min(known), max(known)) if known else None


def found(column: array[float], pyramid: Pyramid, first: int, last: int) -> tuple[float, float] | None:
    places = pyramid.extremes(first, last)
    if places is None:
        return None
    assert all(first <= place < last for place in places)
    return column[places[0]], column[places[1]]


@settings(max_examples=LONG, deadline=None)
@given(columns, st.data())
def test_extremes_are_exact_whatever_the_stretch(given_values: list[float], data: st.DataObject) -> None:
    """Of whole blocks, of ragged ends, of gaps alone, of nothing."""
    column = array("d", given_values)
    pyramid = Pyramid(column)
    for _ in range(10):
        first = data.draw(st.integers(0, len(column)))
        last = data.draw(st.integers(first, len(column)))
        assert found(column, pyramid, first, last) == naive(given_values[first:last])


@settings(max_examples=LONG, deadline=None)
@given(columns, columns, st.data())
def test_they_stay_exact_while_a_column_grows_is_cut_and_loses_its_beginning(
    before: list[float], more: list[float], data: st.DataObject
) -> None:
    """Whoever owns the column says what became of it, and that is enough."""
    column = array("d", before)
    pyramid = Pyramid(column)
    place = data.draw(st.integers(0, len(column)))
    column[place:] = array("d", more)
    pyramid.cut(place)
    column.extend(array("d", before))
    pyramid.grown()
    gone = len(column) // WHOLE * WHOLE // 2 // WHOLE * WHOLE
    del column[:gone]
    pyramid.drop(gone)
    for first, last in ((0, len(column)), (len(column) // 3, len(column) // 2), (0, 1)):
        assert found(column, pyramid, first, last) == naive(column.tolist()[first:last])


def test_a_million_values_are_summed_up_well_below_a_second() -> None:
    """Once; after that only what has come is."""
    import time

    column = array("d", range(1_000_000))
    begun = time.process_time()
    pyramid = Pyramid(column)
    built = time.process_time()
    column.append(-inf)
    pyramid.grown()
    assert built - begun < 0.8
    assert time.process_time() - built < (built - begun) / 20
    assert pyramid.extremes(0, 1_000_000) == (0, 999_999)
