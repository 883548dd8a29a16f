"""Dates, times and durations as Alexa and Dialogflow write what was said."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.surfaces.voice.times import date_span, duration, time_of_day

NOW = dt.datetime(2015, 11, 24, 15, 30, 12, 5000, dt.UTC)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2015-11-25", "2015-11-25", "2015-11-25"),
        ("2015-W48", "2015-11-23", "2015-11-29"),
        ("2015-W48-WE", "2015-11-28", "2015-11-29"),
        ("2015-W48-3", "2015-11-25", "2015-11-25"),
        ("2015-W01", "2014-12-29", "2015-01-04"),
        ("2015-W53", "2015-12-28", "2016-01-03"),
        ("2015-11", "2015-11-01", "2015-11-30"),
        ("2015-11-XX", "2015-11-01", "2015-11-30"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2015-Q1", "2015-01-01", "2015-03-31"),
        ("2015-Q4", "2015-10-01", "2015-12-31"),
        ("2015-SP", "2015-03-01", "2015-05-31"),
        ("2015-SU", "2015-06-01", "2015-08-31"),
        ("2015-FA", "2015-09-01", "2015-11-30"),
        ("2015-WI", "2015-12-01", "2016-02-29"),
        ("2015", "2015-01-01", "2015-12-31"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("PRESENT_REF", "2015-11-24", "2015-11-24"),
        ("2015-11-25T12:00:00+01:00", "2015-11-25", "2015-11-25"),
        ({"startDate": "2015-11-23T12:00:00Z", "endDate": "2015-11-29T12:00:00Z"}, "2015-11-23", "2015-11-29"),
        ({"startDateTime": "2015-11-23T00:00:00Z", "endDateTime": "2015-11-24T23:59:59Z"}, "2015-11-23", "2015-11-24"),
        ({"date_time": "2015-11-25T10:00:00Z"}, "2015-11-25", "2015-11-25"),
        ({"year": 2015.0, "month": 11.0, "day": 25.0}, "2015-11-25", "2015-11-25"),
        ({"year": 0, "month": 11, "day": 25}, "2015-11-25", "2015-11-25"),
        ({"year": 2015, "month": 2, "day": 0}, "2015-02-01", "2015-02-28"),
        ({"year": 2015, "month": 0, "day": 0}, "2015-01-01", "2015-12-31"),
        ({"startDate": {"year": 2015, "month": 1, "day": 1}, "endDate": {"year": 2015, "month": 1, "day": 7}}, "2015-01-01", "2015-01-07"),
    ],
)  # fmt: skip
def test_a_date_is_its_first_and_its_last_day(said: Any, first: str, last: str) -> None:
    """A week, a season and a decade are as long as they are."""
    assert date_span(said, NOW) == (day(first), day(last))


@pytest.mark.parametrize(
    "said",
    ["", "?", "soon", "2015-W54", "2015-W00", "2015-13", "2015-02-30", "2015-Q5", "2015-XX", "0000", "XXXX", "15", "2015-W48-8",
     "９９９９", None, 7, [], {}, {"startDate": "never"}, {"month": 13, "day": 1}, {"year": "x"}],
)  # fmt: skip
def test_what_is_no_date_is_none(said: Any) -> None:
    """Nothing is guessed."""
    assert date_span(said, NOW) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("09:30", "09:30"),
        ("09", "09:00"),
        ("T09:30:15", "09:30:15"),
        ("MO", "05:00"),
        ("AF", "12:00"),
        ("EV", "17:00"),
        ("NI", "21:00"),
        ("AM", "00:00"),
        ("PM", "12:00"),
        ("PRESENT_REF", "15:30:12"),
        ("2015-11-25T17:30:00+01:00", "17:30"),
        ("2015-11-25T17:30:00.250Z", "17:30"),
        ({"hours": 17.0, "minutes": 5.0, "seconds": 0.0, "nanos": 0}, "17:05"),
        ({"hours": 7}, "07:00"),
    ],
)
def test_a_time_of_day(said: Any, expected: str) -> None:
    """Parts of the day are meant to begin."""
    assert time_of_day(said, NOW) == dt.time.fromisoformat(expected)


@pytest.mark.parametrize("said", ["", "noonish", "25:00", "09:61", None, {}, {"hours": 99}, {"minutes": 3}])
def test_what_is_no_time_is_none(said: Any) -> None:
    """Nothing is guessed."""
    assert time_of_day(said, NOW) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("PT5M", dt.timedelta(minutes=5)),
        ("PT1H30M", dt.timedelta(minutes=90)),
        ("P1Y2M3D", dt.timedelta(days=365 + 60 + 3)),
        ("P2W", dt.timedelta(weeks=2)),
        ("P1DT12H", dt.timedelta(days=1.5)),
        ("PT0.5S", dt.timedelta(milliseconds=500)),
        ("PT0S", dt.timedelta()),
        ({"amount": 5.0, "unit": "min"}, dt.timedelta(minutes=5)),
        ({"amount": 2, "unit": "wk"}, dt.timedelta(weeks=2)),
        ({"amount": 1, "unit": "yr"}, dt.timedelta(days=365)),
        ({"amount": 1, "unit": "decade"}, dt.timedelta(days=3650)),
    ],
)
def test_a_duration(said: Any, expected: dt.timedelta) -> None:
    """Months and years are taken for so many days."""
    assert duration(said) == expected


@pytest.mark.parametrize(
    "said", ["", "P", "PT", "P1", "5M", "PT5", "P1DT", "P1.2.3D", "P99999999999D", None, {"amount": 5}, {"amount": "x", "unit": "h"}]
)  # fmt: skip
def test_what_is_no_duration_is_none(said: Any) -> None:
    """Nothing is guessed."""
    assert duration(said) is None


@given(st.dates(dt.date(1000, 1, 1)))
def test_every_day_is_itself(date: dt.date) -> None:
    """So is the week that it is in."""
    assert date_span(date.isoformat(), NOW) == (date, date)
    year, week, _ = date.isocalendar()
    if 1000 <= year <= 9998:
        span = date_span(f"{year:04}-W{week:02}", NOW)
        assert span is not None
        assert span[0] <= date <= span[1]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text("0123456789-:TWQXPYMDHS.ER", max_size=20) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["year", "month", "day", "hours", "amount", "unit", "startDate", "endDate", "date_time"]), inner, max_size=4
    ),
    max_leaves=6,
)  # fmt: skip


@given(JSON)
def test_nothing_that_arrives_raises(said: Any) -> None:
    """Whatever was made of what was said, it makes sense or it does not."""
    span = date_span(said, NOW)
    assert span is None or span[0] <= span[1] or isinstance(said, dict)
    time_of_day(said, NOW)
    duration(said)
