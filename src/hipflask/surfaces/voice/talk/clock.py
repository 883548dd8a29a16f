"""Times and lengths of time in English words, as Alexa writes them.

half past three        03:30      in the evening         EV        five minutes           PT5M
three thirty p m       15:30      noon                   12:00     an hour and a half     PT1H30M
quarter to nine        08:45      fifteen thirty         15:30     two and a half hours   PT2H30M
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .. import times
from .numbers import whole

_NAMED = {
    "noon": "12:00", "midday": "12:00", "midnight": "00:00", "morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI",
}  # fmt: skip
_HALVES = {"morning": False, "am": False, "afternoon": True, "evening": True, "night": True, "pm": True}
_LETTERS = {
    "year": "Y", "month": "M", "week": "W", "day": "D", "hour": "H", "minute": "M", "second": "S",
}  # fmt: skip


def time_of_day(words: Sequence[str]) -> str | None:
    """The time that words say; None if they say none."""
    said = [
        word
        for word in " ".join(words).replace("a m", "am").replace("p m", "pm").split()
        if word != "o'clock"
    ]
    while said and said[0] in ("at", "in", "the"):
        said.pop(0)
    if len(said) == 1 and said[0] in _NAMED:
        return _NAMED[said[0]]
    if said == ["now"]:
        return "PRESENT_REF"
    said, is_late = _half(said)
    found = _clock(said)
    if found is None:
        return None
    hour, minute = found
    if is_late is not None and hour > 12:
        return None
    if is_late is not None:
        hour = hour % 12 + 12 * is_late
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def _half(said: list[str]) -> tuple[list[str], bool | None]:
    """The words without "in the morning", "p m" and the like, and whether they mean the later half of the day."""
    if not said:
        return said, None
    if found := re.fullmatch(r"([0-9]{1,2}(?::[0-9]{2})?)([ap]m)", said[-1]):
        return [*said[:-1], found[1]], found[2] == "pm"
    if said[-1] not in _HALVES:
        return said, None
    is_late = _HALVES[said[-1]]
    rest = said[:-1]
    while rest and rest[-1] in ("in", "the", "at"):
        rest = rest[:-1]
    return rest, is_late


def _clock(said: Sequence[str]) -> tuple[int, int] | None:
    if len(said) == 1 and (found := re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?", said[0])):
        return int(found[1]), int(found[2])
    for word, sign in (("past", 1), ("after", 1), ("to", -1), ("before", -1)):
        if word in said:
            at = list(said).index(word)
            minutes, hour = _minutes(said[:at]), whole(said[at + 1 :])
            if minutes is None or hour is None:
                return None
            whole_minutes = (hour * 60 + sign * minutes) % (24 * 60)
            return whole_minutes // 60, whole_minutes % 60
    hour = whole(said)
    if hour is not None and hour < 25:
        return hour % 24, 0
    for cut in range(1, len(said)):
        hour, minute = whole(said[:cut]), whole([word for word in said[cut:] if word != "oh"])
        if hour is not None and hour < 24 and minute is not None and minute < 60:
            return hour, minute
    return None


def _minutes(said: Sequence[str]) -> int | None:
    words = [word for word in said if word not in ("a", "minutes", "minute")]
    return (
        {"half": 30, "quarter": 15}.get(words[0])
        if len(words) == 1 and words[0] in ("half", "quarter")
        else whole(words)
    )


def duration(words: Sequence[str]) -> str | None:
    """The length of time that words say; None if they say none."""
    said = list(words)
    if len(said) == 1 and times.duration(said[0].upper()) is not None:
        return said[0].upper()
    amounts: dict[str, float] = {}
    while said:
        if said[0] == "and":
            said.pop(0)
            continue
        part = _part(said)
        if part is None:
            return None
        unit, amount, said = part
        if unit in amounts:
            return None
        amounts[unit] = amount
    return _iso(amounts) if amounts else None


def _part(said: list[str]) -> tuple[str, float, list[str]] | None:
    """One amount with its unit, and what comes after it."""
    at = next((at for at, word in enumerate(said) if word.removesuffix("s") in _LETTERS), None)
    if not at:
        return None
    unit, rest = said[at].removesuffix("s"), said[at + 1 :]
    amount = _amount(said[:at])
    if amount is not None and rest[:3] == ["and", "a", "half"]:
        amount, rest = amount + 0.5, rest[3:]
    return None if amount is None else (unit, amount, rest)


def _amount(said: list[str]) -> float | None:
    if said in (["a"], ["an"]):
        return 1
    if said in (["half", "an"], ["half", "a"], ["a", "half"]):
        return 0.5
    if said[-3:] == ["and", "a", "half"]:
        number = whole(said[:-3])
        return None if number is None else number + 0.5
    return whole(said)


_SMALLER = {
    "hour": ("minute", 60),
    "minute": ("second", 60),
    "day": ("hour", 24),
    "week": ("day", 7),
    "year": ("month", 12),
}


def _iso(amounts: dict[str, float]) -> str | None:
    """The amounts as ISO 8601, halves as so many of the next smaller unit."""
    for unit, amount in list(amounts.items()):
        if amount % 1:
            if unit not in _SMALLER:
                return None
            smaller, count = _SMALLER[unit]
            amounts[unit] = amount // 1
            amounts[smaller] = amounts.get(smaller, 0) + amount % 1 * count
    if any(amount % 1 for amount in amounts.values()):
        return None
    parts = [(unit, int(amounts[unit])) for unit in _LETTERS if amounts.get(unit)]
    days = "".join(
        f"{amount}{_LETTERS[unit]}" for unit, amount in parts if unit in ("year", "month", "week", "day")
    )
    hours = "".join(
        f"{amount}{_LETTERS[unit]}" for unit, amount in parts if unit in ("hour", "minute", "second")
    )
    return f"P{days}" + (f"T{hours}" if hours else "") if parts else "PT0S"
