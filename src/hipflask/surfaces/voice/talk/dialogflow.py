"""What Dialogflow ES and CX have in common: slots as they write them, and who is meant."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from .. import times
from ..models.vocabulary import Place
from .exchange import Json
from .hearing import Meaning

CANCELS = ("cancel", "stop", "never mind", "exit", "forget it")  # what ends the filling of slots
_UNITS = {"Y": "yr", "M": "mo", "W": "wk", "D": "day", "h": "h", "m": "min", "s": "s"}


def es_value(slot: Place, meaning: Meaning, now: dt.datetime) -> Any:
    """A slot as ES writes it; empty text where nothing was found in it."""
    if meaning.parts or slot.is_list:
        return [_one(slot, part, now) for part in meaning.parts or (meaning,)]
    return _one(slot, meaning, now)


def _one(slot: Place, meaning: Meaning, now: dt.datetime) -> Any:
    if not meaning.is_known:
        return ""
    if slot.values:
        return meaning.values[0].id
    said = meaning.said
    if slot.kind in ("whole", "number"):
        return float(said)
    if slot.kind == "duration":
        return _amount(said)
    if slot.kind == "time":
        found = times.time_of_day(said, now)
        return f"{now.date()}T{found:%H:%M:%S}{_zone(now)}" if found is not None else ""
    if slot.kind in ("date", "period", "moment"):
        return _day(slot.kind, said, now)
    return meaning.text


def _day(kind: str, said: str, now: dt.datetime) -> Any:
    day, _, clock = said.partition("T") if said[:1].isdigit() else (said, "", "")
    span = times.date_span(day, now)
    if span is None:
        return ""
    if clock:
        return {"date_time": f"{day}T{clock}:00{_zone(now)}"}
    first, last = (f"{each}T12:00:00{_zone(now)}" for each in span)
    return {"startDate": first, "endDate": last} if kind == "period" else first


def _zone(now: dt.datetime) -> str:
    return f"{now:%z}"[:3] + ":" + f"{now:%z}"[3:5] if now.tzinfo else "Z"


def _amount(said: str) -> Json:
    """A length of time in the smallest of its units."""
    found = re.findall(r"([0-9]+)([YMWDHS])", said.partition("T")[0])
    units = [(int(count), unit) for count, unit in found]
    units += [
        (int(count), unit.lower()) for count, unit in re.findall(r"([0-9]+)([HMS])", said.partition("T")[2])
    ]
    if len(units) == 1:
        return {"amount": float(units[0][0]), "unit": _UNITS[units[0][1]]}
    length = times.duration(said)
    return {"amount": length.total_seconds() if length is not None else 0.0, "unit": "s"}


def cx_value(slot: Place, meaning: Meaning, now: dt.datetime) -> Any:
    """A slot as CX writes it: a date and a time are records of numbers."""
    value = es_value(slot, meaning, now)
    if slot.is_list or not isinstance(value, str) or not value or slot.values:
        return value
    if slot.kind == "date":
        day = dt.date.fromisoformat(value[:10])
        return {"year": float(day.year), "month": float(day.month), "day": float(day.day)}
    if slot.kind == "time":
        clock = dt.time.fromisoformat(value[11:19])
        return {
            "hours": float(clock.hour),
            "minutes": float(clock.minute),
            "seconds": float(clock.second),
            "nanos": 0.0,
        }
    return value
