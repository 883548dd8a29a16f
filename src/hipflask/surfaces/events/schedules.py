"""When a schedule is due: `Rate(5, Rate.MINUTES)`, `Cron(0, 2, "?", "*", "MON-FRI", "*")`, or either as AWS writes it.

    parse("rate(5 minutes)").next_after(datetime(2026, 11, 23, 9, 2, tzinfo=UTC))  ->  2026-11-23 09:05 UTC

Everything is in UTC, as it is there. Moments go in and moments come out; no clock is looked at here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ...core.errors import UsageError
from .crontab import Fields, next_match, read

_RATE = re.compile(r"rate\((\d{1,9}) (minute|minutes|hour|hours|day|days)\)")
_CRON = re.compile(r"cron\((.*)\)")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Schedule(Protocol):
    """When something is due, again and again."""

    def to_string(self) -> str:
        """The expression as AWS writes it."""

    def next_after(self, moment: datetime) -> datetime | None:
        """The first moment after this one at which it is due, in UTC; None if there is none."""


class Rate:
    """Every so many minutes, hours or days: `Rate(5, Rate.MINUTES)`.

    AWS counts from when the rule was made. Where that is nobody's memory, it is counted from the beginning of 1970, so that the
    moments are the same for everybody.
    """

    MINUTES = "MINUTES"
    HOURS = "HOURS"
    DAYS = "DAYS"

    def __init__(self, value: int, unit: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise UsageError(f"Rate: expected a whole number of at least 1, got {value!r}.")
        if not isinstance(unit, str) or unit.upper() not in (self.MINUTES, self.HOURS, self.DAYS):
            raise UsageError(f"Rate: expected Rate.MINUTES, Rate.HOURS or Rate.DAYS, got {unit!r}.")
        self.value = value
        self.unit = unit.upper()

    def to_string(self) -> str:
        """The expression as AWS writes it, such as `rate(5 minutes)`."""
        unit = self.unit.lower()
        return f"rate({self.value} {unit[:-1] if self.value == 1 else unit})"

    def next_after(self, moment: datetime) -> datetime | None:
        """The first moment after this one at which it is due, in UTC; None if it is beyond the calendar."""
        period = _UNITS[self.unit.lower()[:-1]] * self.value
        try:
            return _BEGINNING + period * ((_aware(moment) - _BEGINNING) // period + 1)
        except OverflowError:
            return None

    def __repr__(self) -> str:
        return f"Rate({self.value}, Rate.{self.unit})"


class Cron:
    """At certain times of certain days, as AWS's six fields have them: `Cron(0, 2, "?", "*", "MON-FRI", "*")` is at 2:00.

    One of the two days, of the month or of the week, is always "?".
    """

    def __init__(
        self,
        minutes: str | int,
        hours: str | int,
        day_of_month: str | int,
        month: str | int,
        day_of_week: str | int,
        year: str | int,
    ) -> None:
        self.minutes = minutes
        self.hours = hours
        self.day_of_month = day_of_month
        self.month = month
        self.day_of_week = day_of_week
        self.year = year
        given = (minutes, hours, day_of_month, month, day_of_week, year)
        self._fields: Fields = read([str(each) for each in given], self.to_string())

    def to_string(self) -> str:
        """The expression as AWS writes it, such as `cron(0 2 ? * MON-FRI *)`."""
        return f"cron({self.minutes} {self.hours} {self.day_of_month} {self.month} {self.day_of_week} {self.year})"

    def next_after(self, moment: datetime) -> datetime | None:
        """The first moment after this one at which it is due, in UTC; None if there is none."""
        return next_match(self._fields, _aware(moment))

    def __repr__(self) -> str:
        return self.to_string()


def parse(expression: str | Schedule) -> Schedule:
    """A schedule from "rate(…)" or "cron(…)"; raises UsageError."""
    if not isinstance(expression, str):
        if isinstance(expression, Rate | Cron):
            return expression
        raise UsageError(f"A schedule: expected Rate(…), Cron(…) or text, got {expression!r}.")
    if rate := _RATE.fullmatch(expression):
        return _rate(int(rate[1]), rate[2], expression)
    if cron := _CRON.fullmatch(expression):
        fields = cron[1].split()
        if len(fields) == 6:
            return Cron(*fields)
        raise UsageError(
            f"{expression!r} has {len(fields)} fields, and AWS's cron has six: minutes, hours, day of month, month, day of "
            f"week, year. As in cron(0 2 * * ? *), which is at 2:00 UTC every day."
        )
    raise UsageError(
        f"A schedule: expected 'rate(5 minutes)', 'rate(1 hour)' or 'cron(0 2 * * ? *)', got {expression!r}."
    )


def _rate(value: int, unit: str, expression: str) -> Rate:
    if (value == 1) == unit.endswith("s"):
        right = unit.removesuffix("s") if value == 1 else f"{unit}s"
        raise UsageError(f"{expression!r} is refused by AWS: write rate({value} {right}).")
    return Rate(value, f"{unit.removesuffix('s')}s")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise UsageError(f"When a schedule is due depends on the time zone, and {moment!r} has none.")
    return moment.astimezone(UTC)
