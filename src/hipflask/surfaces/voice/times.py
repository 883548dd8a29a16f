"""Dates, times and durations as voices say them.

    "2015-11-25"      that day                  date_span → (25 November, 25 November)
    "2015-W48"        a week, Monday first                  (23 November, 29 November)
    "2015-W48-WE"     its weekend                           (28 November, 29 November)
    "2015-11"         a month                               (1 November, 30 November)
    "2015-Q1"         a quarter                             (1 January, 31 March)
    "2015-WI"         a season: WI SP SU FA                 (1 December, 29 February)
    "2015"  "201X"    a year, a decade, a century ("20XX")
    "PRESENT_REF"     now
    "EV"  "PT5M"      the evening, five minutes

Dialogflow says the same in its own way: "2015-11-25T12:00:00+01:00", {"startDate": …, "endDate": …}, {"year": 2015, …},
{"amount": 5, "unit": "min"}. Everything here is a plain function; None means that it makes no sense.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

Span = tuple[date, date]

_PRESENT = "PRESENT_REF"
_DAY = timedelta(days=1)
# The months that each season begins in, as meteorologists have it in the north; the winter of a year begins in its December.
_SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_PARTS_OF_THE_DAY = {
    "AM": time(0), "MO": time(5), "PM": time(12), "AF": time(12), "EV": time(17), "NI": time(21),
}  # fmt: skip
_DURATION = re.compile(
    r"P(?=[0-9T])(?:(?P<years>[0-9.]+)Y)?(?:(?P<months>[0-9.]+)M)?(?:(?P<weeks>[0-9.]+)W)?(?:(?P<days>[0-9.]+)D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9.]+)H)?(?:(?P<minutes>[0-9.]+)M)?(?:(?P<seconds>[0-9.]+)S)?)?"
)
_DAYS = {"years": 365, "months": 30}  # a timedelta knows neither
_UNITS = {
    "s": "seconds", "sec": "seconds", "second": "seconds", "min": "minutes", "minute": "minutes", "h": "hours",
    "hour": "hours", "day": "days", "wk": "weeks", "week": "weeks", "mo": "months", "month": "months",
    "yr": "years", "year": "years", "decade": "decades", "century": "centuries",
}  # fmt: skip


def date_span(said: Any, now: datetime) -> Span | None:
    """The first and the last day that are meant."""
    with contextlib.suppress(ValueError, TypeError, OverflowError, KeyError):  # 2015-W99, a year 0, …
        return _span_of_parts(said, now) if isinstance(said, Mapping) else _span(str(said).strip(), now)
    return None


def time_of_day(said: Any, now: datetime) -> time | None:
    """The time that is meant; a part of the day is meant to begin."""
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return _time_of_parts(said) if isinstance(said, Mapping) else _time(str(said).strip(), now)
    return None


def duration(said: Any) -> timedelta | None:
    """How long; a month is taken for 30 days, and a year for 365."""
    with contextlib.suppress(ValueError, TypeError, OverflowError, KeyError):
        if isinstance(said, Mapping):
            return _length({_UNITS[str(said["unit"])]: float(said["amount"])})
        found = _DURATION.fullmatch(str(said).strip())
        return _length({unit: float(n) for unit, n in found.groupdict().items() if n}) if found else None
    return None


# ── dates ─────────────────────────────────────────────────────────────────────────────────────────


def _span(said: str, now: datetime) -> Span | None:
    if said == _PRESENT:
        return now.date(), now.date()
    if found := re.fullmatch(r"([0-9]{1,4})(X{0,3})", said):
        return _years(found[1], found[2]) if len(said) == 4 else None
    if found := re.fullmatch(r"([0-9]{4})-W([0-9]{2})(-WE|-[1-7])?", said):
        return _week(int(found[1]), int(found[2]), found[3])
    if found := re.fullmatch(r"([0-9]{4})-Q([1-4])", said):
        return _months(int(found[1]), int(found[2]) * 3 - 2, 3)
    if found := re.fullmatch(r"([0-9]{4})-(SP|SU|FA|WI)", said):
        return _months(int(found[1]), _SEASONS[found[2]], 3)
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{2})(-XX)?", said):
        return _months(int(found[1]), int(found[2]), 1)
    if found := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.*)?", said):
        day = date.fromisoformat(found[1])
        return day, day
    return None


def _years(known: str, unknown: str) -> Span:
    return date(int(known + "0" * len(unknown)), 1, 1), date(int(known + "9" * len(unknown)), 12, 31)


def _week(year: int, week: int, part: str | None) -> Span:
    monday = date.fromisocalendar(year, week, 1)
    if part == "-WE":
        return monday + 5 * _DAY, monday + 6 * _DAY
    if part is not None:
        day = monday + (int(part[1:]) - 1) * _DAY
        return day, day
    return monday, monday + 6 * _DAY


def _months(year: int, month: int, count: int) -> Span:
    months = year * 12 + month - 1 + count
    return date(year, month, 1), date(months // 12, months % 12 + 1, 1) - _DAY


def _span_of_parts(said: Mapping[str, Any], now: datetime) -> Span | None:
    """Dialogflow's periods and moments; CX writes a date as three numbers, of which a person may have left some away."""
    first = said.get("startDate", said.get("startDateTime", said.get("date_time")))
    if first is not None:
        last = said.get("endDate", said.get("endDateTime", first))
        begun, ended = date_span(first, now), date_span(last, now)
        return (begun[0], ended[1]) if begun and ended else None
    year, month = int(said.get("year") or now.year), said.get("month")
    if not month:
        return (date(year, 1, 1), date(year, 12, 31)) if said.get("year") else None
    if not said.get("day"):
        return _months(year, int(month), 1)
    day = date(year, int(month), int(said["day"]))
    return day, day


# ── times ─────────────────────────────────────────────────────────────────────────────────────────


def _time(said: str, now: datetime) -> time | None:
    if said == _PRESENT:
        return now.time().replace(microsecond=0)
    if said in _PARTS_OF_THE_DAY:
        return _PARTS_OF_THE_DAY[said]
    clock = said.rpartition("T")[2]
    if found := re.fullmatch(
        r"([0-9]{2})(?::([0-9]{2}))?(?::([0-9]{2})(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?", clock
    ):
        return time(int(found[1]), int(found[2] or 0), int(found[3] or 0))
    return None


def _time_of_parts(said: Mapping[str, Any]) -> time | None:
    moment = said.get("startTime", said.get("date_time"))
    if moment is not None:
        return time_of_day(moment, datetime.min)
    if "hours" not in said:
        return None
    return time(int(said["hours"]), int(said.get("minutes") or 0), int(said.get("seconds") or 0))


# ── durations ─────────────────────────────────────────────────────────────────────────────────────


def _length(amounts: dict[str, float]) -> timedelta:
    days = sum(
        amounts.pop(unit, 0) * each
        for unit, each in (*_DAYS.items(), ("decades", 3650), ("centuries", 36500))
    )
    return timedelta(days=days) + timedelta(**amounts)
