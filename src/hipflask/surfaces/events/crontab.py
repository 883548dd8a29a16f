"""AWS's six fields: minutes, hours, day of the month, month, day of the week, year.

    read("0/15 8-17 ? * MON-FRI *".split(), …)   each quarter of an hour from 8:00 to 17:45, Monday to Friday

Beside numbers, names, lists, ranges and steps: `L` is the last day of the month, or, after a day of the week, the last such day;
`15W` the working day (Monday to Friday) nearest to the 15th, in the same month; `6#3` the third Friday. One of the two days is `?`.
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ...core.errors import UsageError

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")  # 1 to 7
_STEP = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d{1,4}))?")

Days = Callable[[int, int], set[int]]  # the days of a month of a year


@dataclass(frozen=True)
class Fields:
    """An expression as numbers: every value that fits, smallest first, and the days of any month."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: Days
    months: tuple[int, ...]
    years: tuple[int, ...]


@dataclass(frozen=True)
class _Field:
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()


_MINUTE = _Field("minutes", 0, 59)
_HOUR = _Field("hours", 0, 23)
_DAY_OF_MONTH = _Field("day of month", 1, 31)
_MONTH = _Field("month", 1, 12, _MONTHS)
_DAY_OF_WEEK = _Field("day of week", 1, 7, _DAYS)
_YEAR = _Field("year", 1970, 2199)


def read(given: Sequence[str], expression: str) -> Fields:
    """Six fields; raises UsageError that names the one that is wrong."""
    minutes, hours, day_of_month, month, day_of_week, year = (each.upper() for each in given)
    if (day_of_month == "?") == (day_of_week == "?"):
        raise UsageError(
            f"{expression}: exactly one of day of month and day of week has to be ?, "
            f"got {day_of_month} and {day_of_week}. As in cron(0 2 * * ? *) or cron(0 2 ? * MON-FRI *)."
        )
    try:
        days = _days_of_week(day_of_week) if day_of_month == "?" else _days_of_month(day_of_month)
        return Fields(
            _values(_MINUTE, minutes),
            _values(_HOUR, hours),
            days,
            _values(_MONTH, month),
            _values(_YEAR, year),
        )
    except _Refused as refused:
        raise UsageError(f"{expression}: {refused}") from None


def next_match(fields: Fields, after: datetime) -> datetime | None:
    """The first moment after this one that fits, in UTC; None if no later one does."""
    moment = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    today = moment.date()
    for year in fields.years[bisect_left(fields.years, today.year) :]:
        for month in fields.months:
            if (year, month) < (today.year, today.month):
                continue
            for day in sorted(fields.days(year, month)):
                at = date(year, month, day)
                first = (moment.hour, moment.minute) if at == today else (0, 0)
                if at >= today and (time := _next_time(fields, first)) is not None:
                    return datetime(year, month, day, *time, tzinfo=UTC)
    return None


def _next_time(fields: Fields, first: tuple[int, int]) -> tuple[int, int] | None:
    """The first hour and minute of a day that fit, from `first` on."""
    for hour in fields.hours[bisect_left(fields.hours, first[0]) :]:
        least = first[1] if hour == first[0] else 0
        at = bisect_left(fields.minutes, least)
        if at < len(fields.minutes):
            return hour, fields.minutes[at]
    return None


# ── days ──────────────────────────────────────────────────────────────────────────────────────────


def _days_of_month(text: str) -> Days:
    if text == "L":
        return lambda year, month: {_length(year, month)}
    if near := re.fullmatch(r"(\d{1,2})W", text):
        wanted = _number(_DAY_OF_MONTH, near[1])
        return lambda year, month: _nearest_working_day(year, month, wanted)
    values = set(_values(_DAY_OF_MONTH, text))
    return lambda year, month: {day for day in values if day <= _length(year, month)}


def _days_of_week(text: str) -> Days:
    if last := re.fullmatch(r"(\w+)L", text):
        wanted = _number(_DAY_OF_WEEK, last[1])
        return lambda year, month: {max(_such_days(year, month, {wanted}))}
    if nth := re.fullmatch(r"(\w+)#([1-5])", text):
        wanted, which = _number(_DAY_OF_WEEK, nth[1]), int(nth[2])
        return lambda year, month: set(sorted(_such_days(year, month, {wanted}))[which - 1 : which])
    values = {7} if text == "L" else set(_values(_DAY_OF_WEEK, text))
    return lambda year, month: _such_days(year, month, values)


def _such_days(year: int, month: int, days_of_week: set[int]) -> set[int]:
    first = calendar.weekday(year, month, 1)  # Monday is 0; AWS's Sunday is 1
    return {day for day in range(1, _length(year, month) + 1) if (first + day) % 7 + 1 in days_of_week}


def _nearest_working_day(year: int, month: int, wanted: int) -> set[int]:
    length = _length(year, month)
    if wanted > length:
        return set()
    weekday = calendar.weekday(year, month, wanted)
    if weekday == calendar.SATURDAY:
        return {wanted - 1 if wanted > 1 else wanted + 2}
    if weekday == calendar.SUNDAY:
        return {wanted + 1 if wanted < length else wanted - 2}
    return {wanted}


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────


class _Refused(Exception):
    """A field that is wrong, and why."""


def _values(field: _Field, text: str) -> tuple[int, ...]:
    """Every value of "1,5-7,0/15", smallest first."""
    values: set[int] = set()
    for part in text.split(","):
        values |= _part(field, part)
    return tuple(sorted(values))


def _part(field: _Field, text: str) -> set[int]:
    found = _STEP.fullmatch(text)
    if found is None or (found["first"] == "*" and found["last"]):
        raise _refused(field, text)
    step = int(found["step"] or 1)
    if step < 1:
        raise _refused(field, text)
    if found["first"] == "*":
        return set(range(field.least, field.most + 1, step))
    first = _number(field, found["first"])
    if found["last"]:
        return _range(field, first, _number(field, found["last"]), step, text)
    return set(range(first, field.most + 1, step)) if found["step"] else {first}


def _range(field: _Field, first: int, last: int, step: int, text: str) -> set[int]:
    if first <= last:
        return set(range(first, last + 1, step))
    if field is not _DAY_OF_WEEK:
        raise _Refused(f"{field.name}: {text} goes backwards; write the smaller one first.")
    # Friday to Monday goes round the end of the week.
    return {(day - 1) % 7 + 1 for day in range(first, last + 8, step)}


def _number(field: _Field, text: str) -> int:
    if text in field.names:
        return field.names.index(text) + 1
    if not re.fullmatch(r"[0-9]{1,4}", text) or not field.least <= int(text) <= field.most:
        raise _refused(field, text)
    return int(text)


def _refused(field: _Field, text: str) -> _Refused:
    names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
    return _Refused(f"{field.name}: expected {field.least} to {field.most}{names}, got {text!r}.")
