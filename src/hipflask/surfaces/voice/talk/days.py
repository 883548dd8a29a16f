"""Days in English words, as Alexa writes them: a function of the words and of what day it is.

    today                2015-11-25      next week          2015-W49      november           2015-11
    next monday          2015-11-30      this weekend       2015-W48-WE   next year          2016
    the fifth of may     2016-05-05      in three days      2015-11-28    next winter        2016-WI

Without a year the next such day is meant, today included; "next monday" is the first after today. What is written as Alexa itself
does, such as 2015-W48, is understood in every language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .. import times
from .numbers import ordinal, whole

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SEASONS = {"winter": "WI", "spring": "SP", "summer": "SU", "fall": "FA", "autumn": "FA"}
_BEGINS = {"WI": 12, "SP": 3, "SU": 6, "FA": 9}
_NEAR = {
    ("today",): 0, ("tonight",): 0, ("tomorrow",): 1, ("yesterday",): -1, ("day", "after", "tomorrow"): 2,
    ("day", "before", "yesterday"): -2,
}  # fmt: skip
_STEPS = {"last": -1, "previous": -1, "this": 0, "next": 1, "coming": 0}
_UNITS = {"day": 1, "days": 1, "week": 7, "weeks": 7}


def day(words: Sequence[str], now: dt.datetime) -> str | None:
    """The day, week, month or year that words say; None if they say none."""
    said = list(words)
    while said and said[0] in ("on", "the"):
        said.pop(0)
    if not said:
        return None
    today = now.date()
    for find in (_written, _near, _weekday, _span, _away, _of_month):
        try:
            found = find(said, today)
        except (ValueError, OverflowError):  # the 31st of February, a million weeks ago
            continue
        if found is not None:
            return found
    return None


def _written(said: Sequence[str], today: dt.date) -> str | None:
    text = said[0].upper()
    if len(said) != 1 or not text[:1].isdigit():
        return "PRESENT_REF" if said == ["now"] or text == "PRESENT_REF" else None
    return text if times.date_span(text, dt.datetime.combine(today, dt.time())) else None


def _near(said: Sequence[str], today: dt.date) -> str | None:
    away = _NEAR.get(tuple(said))
    return None if away is None else _iso(today, away)


def _weekday(said: Sequence[str], today: dt.date) -> str | None:
    step, rest = _step(said)
    if len(rest) != 1 or rest[0] not in _WEEKDAYS:
        return None
    away = (_WEEKDAYS.index(rest[0]) - today.weekday()) % 7
    if step == 1 and away == 0:
        away = 7
    return _iso(today, away - 7 if step == -1 else away)


def _step(said: Sequence[str]) -> tuple[int | None, Sequence[str]]:
    return (_STEPS[said[0]], said[1:]) if said and said[0] in _STEPS else (None, said)


def _span(said: Sequence[str], today: dt.date) -> str | None:
    step, rest = _step(said)
    if len(rest) != 1:
        return None
    name, by = rest[0], step or 0
    if name in ("week", "weekend") and (step is not None or name == "weekend"):
        year, week, _ = (today + dt.timedelta(weeks=by)).isocalendar()
        return f"{year}-W{week:02}" + ("-WE" if name == "weekend" else "")
    if name == "month" and step is not None:
        months = today.year * 12 + today.month - 1 + by
        return f"{months // 12}-{months % 12 + 1:02}"
    if name == "year" and step is not None:
        return str(today.year + by)
    if name == "decade" and step is not None:
        return f"{today.year // 10 + by}X"
    if name in _SEASONS:
        return _season(_SEASONS[name], by, today)
    if name in _MONTHS:
        month = _MONTHS.index(name) + 1
        return f"{today.year + (month < today.month) + by}-{month:02}"
    return None


def _season(name: str, by: int, today: dt.date) -> str:
    is_over = today.month > _BEGINS[name] + 2 and name != "WI"
    return f"{today.year + is_over + by}-{name}"


def _away(said: Sequence[str], today: dt.date) -> str | None:
    """ "in three days", "two weeks ago"."""
    if said[0] == "in":
        count, sign = said[1:-1], 1
        unit = said[-1]
    elif said[-1] == "ago" and len(said) > 2:
        count, sign = said[:-2], -1
        unit = said[-2]
    else:
        return None
    number = 1 if list(count) in (["a"], ["one"]) else whole(count)
    return _iso(today, sign * number * _UNITS[unit]) if number is not None and unit in _UNITS else None


def _of_month(said: Sequence[str], today: dt.date) -> str | None:
    """ "the fifth", "november twenty fifth", "25 november 2015", "the fifth of may"."""
    names = [at for at, word in enumerate(said) if word in _MONTHS]
    if not names:
        number = ordinal(said)
        return _next(today, None, number) if number else None
    at = names[0]
    month = _MONTHS.index(said[at]) + 1
    before, after = [word for word in said[:at] if word not in ("of", "the")], list(said[at + 1 :])
    if before:
        number, year = _day_number(before), whole(after) if after else None
        return _dated(today, month, number, year) if not after or year else None
    for cut in range(len(after), 0, -1):
        number, rest = _day_number([word for word in after[:cut] if word != "the"]), after[cut:]
        year = _year(rest)
        if number and number <= 31 and (not rest or year):
            return _dated(today, month, number, year)
    year = _year(after)
    return f"{year}-{month:02}" if year else None


def _day_number(words: Sequence[str]) -> int | None:
    return ordinal(words) or whole(words)


def _year(words: Sequence[str]) -> int | None:
    number = whole(words) if words else None
    return number if number and number >= 1000 else None


def _dated(today: dt.date, month: int, number: int | None, year: int | None) -> str | None:
    if not number:
        return None
    return dt.date(year, month, number).isoformat() if year else _next(today, month, number)


def _next(today: dt.date, month: int | None, number: int) -> str | None:
    """The next day of that number, today included."""
    for ahead in range(366 * 8):  # the 29th of February may be that far away
        found = today + dt.timedelta(ahead)
        if found.day == number and month in (None, found.month):
            return found.isoformat()
    return None


def _iso(today: dt.date, away: int) -> str:
    return (today + dt.timedelta(away)).isoformat()
