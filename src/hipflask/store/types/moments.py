"""datetime, date, time and timedelta.

In SQLite the first three are texts of one width each, so that texts sort as moments do, and a timedelta is a whole number of
microseconds:

    2026-11-22T14:30:00.000000Z     2026-11-22     14:30:00.000000     5400000000
"""

from __future__ import annotations

import datetime
from operator import add, mul, sub
from typing import Any

import sqlalchemy as sa

from ..sql import quoted
from .exact import Convert, Exact

_MICROSECOND = datetime.timedelta(microseconds=1)
_UTC = datetime.UTC


class DateTime(Exact):
    """A moment, in UTC; whoever shows it turns it into somebody's time."""

    impl = sa.DateTime
    here, there = sa.Text(), sa.DateTime(timezone=True)
    expected = "a datetime with a time zone"

    def check(self, value: Any) -> datetime.datetime:
        if not isinstance(value, datetime.datetime):
            self.refuse(value)
        if value.utcoffset() is None:
            self.refuse(
                value, "without one nobody elsewhere could tell when that is; write datetime.now(UTC)"
            )
        try:
            moment = value.astimezone(_UTC)
        except OverflowError:
            self.refuse(value, "in UTC it is outside of the years 1 to 9999")
        return moment if type(moment) is datetime.datetime and not moment.fold else _plain(moment)

    def to_kept(self, there: bool) -> Convert | None:
        return None if there else _moment_text

    def writer(self, there: bool) -> Convert:
        slow = super().writer(there)
        if there:
            return slow

        def write(value: Any) -> Any:
            if type(value) is datetime.datetime and value.tzinfo is _UTC:
                return value.isoformat("T", "microseconds")[:26] + "Z"
            return slow(value)

        return write

    def from_kept(self, there: bool) -> Convert | None:
        return _in_utc if there else _moment

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        if dialect != "sqlite":
            return f"{quoted(name)} BETWEEN '0001-01-01T00:00:00Z' AND '9999-12-31T23:59:59.999999Z'"
        return f"{quoted(name)} LIKE '____-__-__T__:__:__.______Z'"


class Date(Exact):
    """A day."""

    impl = sa.Date
    here, there = sa.Text(), sa.Date()
    expected = "a date"

    def check(self, value: Any) -> datetime.date:
        if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date):
            self.refuse(value, "write moment.date()" if isinstance(value, datetime.datetime) else "")
        return value if type(value) is datetime.date else datetime.date(value.year, value.month, value.day)

    def to_kept(self, there: bool) -> Convert | None:
        return None if there else datetime.date.isoformat

    def from_kept(self, there: bool) -> Convert | None:
        return None if there else _date

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        if dialect != "sqlite":
            return f"{quoted(name)} BETWEEN '0001-01-01' AND '9999-12-31'"
        return f"{quoted(name)} LIKE '____-__-__'"


class Time(Exact):
    """A time of day on anybody's clock."""

    impl = sa.Time
    here, there = sa.Text(), sa.Time()
    expected = "a time without a time zone"

    def check(self, value: Any) -> datetime.time:
        if not isinstance(value, datetime.time):
            self.refuse(value)
        if value.tzinfo is not None:
            self.refuse(value, "a zone means nothing without a date; write moment.time()")
        return datetime.time(value.hour, value.minute, value.second, value.microsecond)

    def to_kept(self, there: bool) -> Convert | None:
        return None if there else _time_text

    def from_kept(self, there: bool) -> Convert | None:
        return None if there else _time

    def checks(self, name: str, dialect: str = "sqlite") -> str | None:
        if dialect != "sqlite":
            return f"{quoted(name)} < '24:00:00'"
        return f"{quoted(name)} LIKE '__:__:__.______'"


class TimeDelta(Exact):
    """A duration, in microseconds on both sides: intervals of 30 days and of a month would not be the same."""

    impl = sa.BigInteger
    here, there = sa.Integer(), sa.BigInteger()
    expected = "a duration of at most 292,000 years"

    def check(self, value: Any) -> datetime.timedelta:
        if not isinstance(value, datetime.timedelta):
            self.refuse(value, "write timedelta(seconds=…)" if isinstance(value, int | float) else "")
        if not -(2**63) <= value // _MICROSECOND < 2**63:
            self.refuse(value)
        return value

    def to_kept(self, there: bool) -> Convert | None:
        return _microseconds

    def from_kept(self, there: bool) -> Convert | None:
        return _duration

    def result_of(self, op: Any, other: Any) -> Any:
        is_sum = op in (add, sub) and isinstance(other, TimeDelta)
        is_product = op is mul and isinstance(other, sa.Integer)
        return TimeDelta(self.where) if is_sum or is_product else super().result_of(op, other)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return sa.BigInteger() if op is mul and type(value) is int else self


def _plain(moment: datetime.datetime) -> datetime.datetime:
    return datetime.datetime.combine(moment.date(), moment.time().replace(fold=0), _UTC)


def _moment_text(moment: datetime.datetime) -> str:
    return moment.isoformat("T", "microseconds")[:26] + "Z"


def _moment(text: str) -> datetime.datetime:
    if len(text) != 27 or text[7] + text[10] + text[26] != "-TZ":
        raise ValueError(text)
    return datetime.datetime.fromisoformat(text)


def _in_utc(moment: datetime.datetime) -> datetime.datetime:
    return moment.astimezone(_UTC)


def _date(text: str) -> datetime.date:
    if len(text) != 10 or text[7] != "-":  # 2026-W47-1 is a date, too, but sorts elsewhere
        raise ValueError(text)
    return datetime.date.fromisoformat(text)


def _time_text(time: datetime.time) -> str:
    return time.isoformat("microseconds")


def _time(text: str) -> datetime.time:
    found = datetime.time.fromisoformat(text)
    if len(text) != 15 or text[2] + text[8] != ":." or found.tzinfo is not None:
        raise ValueError(text)
    return found


def _microseconds(duration: datetime.timedelta) -> int:
    return duration // _MICROSECOND


def _duration(microseconds: Any) -> datetime.timedelta:
    return datetime.timedelta(microseconds=int(microseconds))  # sum() of PostgreSQL is a Decimal
