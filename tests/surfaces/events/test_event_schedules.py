"""Schedules as AWS writes them: read, refused with the reason, and when they are due next."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.core.errors import UsageError
from hipflask.surfaces.events.schedules import Cron, Rate, parse

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# From AWS's own tables of examples, with the moments worked out by hand. Monday was the 23rd of November 2026.
DUE = [
    ("cron(0 10 * * ? *)", "2026-11-23 09:59", "2026-11-23 10:00"),
    ("cron(0 10 * * ? *)", "2026-11-23 10:00", "2026-11-24 10:00"),
    ("cron(15 12 * * ? *)", "2026-12-31 23:00", "2027-01-01 12:15"),
    ("cron(0 18 ? * MON-FRI *)", "2026-11-27 18:00", "2026-11-30 18:00"),
    ("cron(0 8 1 * ? *)", "2026-11-23 00:00", "2026-12-01 08:00"),
    ("cron(0/15 * * * ? *)", "2026-11-23 09:44:59", "2026-11-23 09:45"),
    ("cron(0/10 * ? * MON-FRI *)", "2026-11-27 23:50", "2026-11-30 00:00"),
    ("cron(0/5 8-17 ? * MON-FRI *)", "2026-11-23 17:55", "2026-11-24 08:00"),
    ("cron(15 10 ? * 6L 2026-2030)", "2026-11-23 00:00", "2026-11-27 10:15"),
    ("cron(15 10 ? * 6L 2026-2030)", "2026-11-27 10:15", "2026-12-25 10:15"),
    ("cron(0 9 ? * 2#1 *)", "2026-11-23 00:00", "2026-12-07 09:00"),
    ("cron(0 9 ? * MON#5 *)", "2026-12-01 00:00", "2027-03-29 09:00"),
    ("cron(0 9 L * ? *)", "2027-02-01 00:00", "2027-02-28 09:00"),
    ("cron(0 9 L * ? *)", "2028-02-01 00:00", "2028-02-29 09:00"),
    ("cron(0 9 ? * L *)", "2026-11-23 00:00", "2026-11-28 09:00"),
    ("cron(0 9 15W * ? *)", "2026-11-01 00:00", "2026-11-16 09:00"),  # the 15th is a Sunday
    ("cron(0 9 15W * ? *)", "2026-08-01 00:00", "2026-08-14 09:00"),  # a Saturday
    ("cron(0 9 1W * ? *)", "2026-07-31 10:00", "2026-08-03 09:00"),  # a Saturday, and no way back into July
    ("cron(0 9 31W * ? *)", "2027-01-01 00:00", "2027-01-29 09:00"),  # a Sunday, and no way on into February
    ("cron(0 9 31 * ? *)", "2026-11-01 00:00", "2026-12-31 09:00"),
    ("cron(0 0 29 FEB ? *)", "2026-11-01 00:00", "2028-02-29 00:00"),
    ("cron(0 9 ? * FRI-MON *)", "2026-11-23 09:00", "2026-11-27 09:00"),
    ("cron(0 9 ? * 7,1 *)", "2026-11-23 09:00", "2026-11-28 09:00"),
    ("cron(30 6 1,15 JAN-JUN ? *)", "2026-11-23 09:00", "2027-01-01 06:30"),
    ("cron(0 9 * * ? 2026)", "2026-12-31 08:59", "2026-12-31 09:00"),
    ("cron(0 9 * * ? 2026)", "2026-12-31 09:00", None),
    ("cron(0 0 30 FEB ? *)", "2026-01-01 00:00", None),
    ("rate(1 minute)", "2026-11-23 09:00:30", "2026-11-23 09:01"),
    ("rate(5 minutes)", "2026-11-23 09:02", "2026-11-23 09:05"),
    ("rate(5 minutes)", "2026-11-23 09:05", "2026-11-23 09:10"),
    ("rate(12 hours)", "2026-11-23 09:05", "2026-11-23 12:00"),
    ("rate(1 day)", "2026-11-23 09:05", "2026-11-24 00:00"),
]


@pytest.mark.parametrize(("expression", "after", "due"), DUE)
def test_when_it_is_due_next(expression: str, after: str, due: str | None) -> None:
    """The first moment after the one that is given, in UTC."""
    assert parse(expression).next_after(at(after)) == (None if due is None else at(due))


def test_it_is_written_as_it_was_read() -> None:
    """And Chalice's two classes write what AWS reads."""
    for expression in {expression for expression, _, _ in DUE}:
        assert parse(expression).to_string() == expression
    assert Rate(1, unit=Rate.HOURS).to_string() == "rate(1 hour)"
    assert Rate(5, "minutes").to_string() == "rate(5 minutes)"
    assert Cron(0, 18, "?", "*", "MON-FRI", "*").to_string() == "cron(0 18 ? * MON-FRI *)"


def test_a_moment_elsewhere_is_the_same_moment() -> None:
    """Time zones are converted, and one that is missing is asked for."""
    there = datetime(2026, 11, 23, 2, 30, tzinfo=timezone(timedelta(hours=-8)))
    assert parse("cron(0 11 * * ? *)").next_after(there) == at("2026-11-23 11:00")
    with pytest.raises(UsageError, match="has none"):
        parse("rate(1 day)").next_after(datetime(2026, 11, 23))


def test_the_end_of_the_calendar() -> None:
    """A schedule whose next moment has no date is due no more."""
    assert Rate(999_999_999, Rate.DAYS).next_after(at("2026-11-23")) is None


REFUSED = [
    ("every day", r"expected 'rate\(5 minutes\)'"),
    ("rate(5 seconds)", "expected 'rate"),
    ("rate(0 minutes)", "at least 1"),
    ("rate(1 minutes)", r"write rate\(1 minute\)"),
    ("rate(5 minute)", r"write rate\(5 minutes\)"),
    ("at(2026-11-23T09:00:00)", "expected 'rate"),
    ("cron(0 10 * * ?)", "has 5 fields"),
    ("cron()", "has 0 fields"),
    ("cron(0 10 * * * *)", r"has to be \?, got \* and \*"),
    ("cron(0 10 ? * ? *)", r"has to be \?, got \? and \?"),
    ("cron(60 10 * * ? *)", "minutes: expected 0 to 59, got '60'"),
    ("cron(0 24 * * ? *)", "hours: expected 0 to 23"),
    ("cron(0 10 32 * ? *)", "day of month: expected 1 to 31"),
    ("cron(0 10 0 * ? *)", "day of month: expected 1 to 31"),
    ("cron(0 10 * 13 ? *)", "month: expected 1 to 12 or JAN to DEC, got '13'"),
    ("cron(0 10 ? * 8 *)", "day of week: expected 1 to 7 or SUN to SAT"),
    ("cron(0 10 ? * 0 *)", "day of week: expected 1 to 7"),
    ("cron(0 10 ? * MON#6 *)", "got 'MON#6'"),
    ("cron(0 10 LW * ? *)", "got 'LW'"),
    ("cron(0 10 32W * ? *)", "got '32'"),
    ("cron(0 10 * * ? 1969)", "year: expected 1970 to 2199"),
    ("cron(0-70 10 * * ? *)", "got '70'"),
    ("cron(20-10 10 * * ? *)", "goes backwards"),
    ("cron(0/0 10 * * ? *)", "got '0/0'"),
    ("cron(*-5 10 * * ? *)", r"got '\*-5'"),
    ("cron(1,,2 10 * * ? *)", "got ''"),
    ("cron(-1 10 * * ? *)", "got '-1'"),
    ("cron(٣ 10 * * ? *)", "got '٣'"),
]


@pytest.mark.parametrize(("expression", "told"), REFUSED)
def test_what_aws_would_refuse_is_refused_with_the_reason(expression: str, told: str) -> None:
    """The field is named, and what it takes."""
    with pytest.raises(UsageError, match=told):
        parse(expression)


# ── the same, worked out minute by minute ─────────────────────────────────────────────────────────


def numbers(least: int, most: int) -> st.SearchStrategy[str]:
    one = st.integers(least, most)
    span = st.tuples(one, one).map(sorted).map(lambda pair: f"{pair[0]}-{pair[1]}")
    stepped = st.tuples(st.one_of(st.just("*"), one.map(str), span), st.integers(1, 12)).map(
        lambda pair: f"{pair[0]}/{pair[1]}"
    )
    part = st.one_of(st.just("*"), one.map(str), span, stepped)
    return st.one_of(part, st.lists(part, min_size=2, max_size=3).map(",".join))


DAYS_OF_MONTH = st.one_of(numbers(1, 31), st.just("L"), st.integers(1, 31).map(lambda day: f"{day}W"))
DAYS_OF_WEEK = st.one_of(
    numbers(1, 7),
    st.just("L"),
    st.sampled_from(DAYS),
    st.tuples(st.integers(1, 7), st.integers(1, 5)).map(lambda pair: f"{pair[0]}#{pair[1]}"),
    st.integers(1, 7).map(lambda day: f"{day}L"),
)


def fits(field: str, value: int, least: int, most: int) -> bool:
    return any(value in among(part, least, most) for part in field.split(","))


def among(part: str, least: int, most: int) -> range:
    span, _, step = part.partition("/")
    first, _, last = span.partition("-")
    if first == "*":
        return range(least, most + 1, int(step or 1))
    start = int(first)
    end = int(last) if last else (most if step else start)
    return range(start, end + 1, int(step or 1))


def is_due(fields: list[str], moment: datetime) -> bool:
    minutes, hours, day_of_month, month, day_of_week, _ = fields
    return (
        fits(minutes, moment.minute, 0, 59)
        and fits(hours, moment.hour, 0, 23)
        and fits(month, moment.month, 1, 12)
        and (
            is_day_of_week(day_of_week, moment)
            if day_of_month == "?"
            else is_day_of_month(day_of_month, moment.date())
        )
    )


def is_day_of_month(field: str, day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    if field == "L":
        return day.day == length
    if not field.endswith("W"):
        return fits(field, day.day, 1, 31)
    wanted = int(field[:-1])
    working = [each for each in range(1, length + 1) if date(day.year, day.month, each).weekday() < 5]
    return wanted <= length and day.day == min(
        working, key=lambda each: (abs(each - wanted), each > wanted if wanted < length else each)
    )


def is_day_of_week(field: str, moment: datetime) -> bool:
    number = moment.isoweekday() % 7 + 1
    length = calendar.monthrange(moment.year, moment.month)[1]
    if field == "L":
        return number == 7
    if field in DAYS:
        return number == DAYS.index(field) + 1
    if field.endswith("L"):
        return number == int(field[:-1]) and moment.day + 7 > length
    if "#" in field:
        day, which = field.split("#")
        return number == int(day) and (moment.day - 1) // 7 + 1 == int(which)
    return fits(field, number, 1, 7)


@given(
    numbers(0, 59), numbers(0, 23), st.one_of(DAYS_OF_MONTH.map(lambda day: (day, "?")), DAYS_OF_WEEK.map(lambda day: ("?", day))),
    numbers(1, 12), st.datetimes(datetime(2023, 1, 1), datetime(2030, 1, 1)),
)  # fmt: skip
def test_it_is_what_counting_says(
    minutes: str, hours: str, days: tuple[str, str], months: str, after: datetime
) -> None:
    """The next moment fits, and no minute between does; days are looked at one by one, minutes on the day itself."""
    fields = [minutes, hours, days[0], months, days[1], "*"]
    moment = after.replace(tzinfo=UTC)
    due = parse(f"cron({' '.join(fields)})").next_after(moment)
    expected = counted(fields, moment)
    if expected is not None:
        assert due == expected
    else:
        assert due is None or due > moment + timedelta(days=3650)


def counted(fields: list[str], after: datetime) -> datetime | None:
    first = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    of_a_day = [
        (hour, minute)
        for hour in range(24)
        for minute in range(60)
        if fits(fields[0], minute, 0, 59) and fits(fields[1], hour, 0, 23)
    ]
    for days in range(3650):
        day = (first + timedelta(days=days)).replace(hour=0, minute=0)
        hour, minute = of_a_day[0]
        if not is_due(fields, day.replace(hour=hour, minute=minute)):
            continue
        for hour, minute in of_a_day:
            if (moment := day.replace(hour=hour, minute=minute)) >= first:
                return moment
    return None
