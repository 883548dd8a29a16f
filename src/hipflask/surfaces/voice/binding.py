"""From what was heard to what a function is called with.

    heard.slots = {"base": Slot("base", "1st", matches=(Match("first", "first base"),))}
    bind(plans, action, door, heard)                      →  {"base": "first"}

An entry of the slot's type goes before the words that were heard: its id, then its name. What is missing, does not fit or may mean
several things is a `Misfit`, which says what to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, TypeVar

from ...core.action import Action, Door
from ...core.errors import BindingError, UsageError
from ...core.signature import Parameter
from . import times
from .heard import Heard, Match, Slot
from .slots import Choice, SlotPlan, snake

T = TypeVar("T")

NOT_UNDERSTOOD = "?"  # Alexa's word for a number that was said and not understood


class Misfit(Exception):
    """A slot that has to be asked for again, and why."""

    def __init__(
        self,
        why: Literal["missing", "unfit", "ambiguous"],
        slot: SlotPlan,
        heard: str = "",
        options: Sequence[str] = (),
        expected: str = "",
    ) -> None:
        self.why = why
        self.slot = slot
        self.heard = heard
        self.options = tuple(options)
        self.expected = expected
        super().__init__(why, slot.name, heard)


def bind(
    slots: Sequence[SlotPlan],
    action: Action,
    door: Door,
    heard: Heard,
    convert_errors: dict[str, Exception] | None = None,
) -> dict[str, Any]:
    """Keyword arguments for the function; raises Misfit for the first slot that has to be asked for."""
    errors = {} if convert_errors is None else convert_errors
    bound = {}
    for slot, parameter in zip(slots, action.plan.parameters, strict=True):
        found = _find(heard.slots, slot)
        if found is not None and not _is_empty(found):
            bound[parameter.name] = _value(slot, parameter, found, heard.time, door, errors)
        elif parameter.name in (defaults := door.options.get("default", {})):
            default = defaults[parameter.name]
            bound[parameter.name] = default() if callable(default) else default
        elif parameter.required:
            raise Misfit("missing", slot, expected=parameter.expected)
    return bound


def _find(given: Mapping[str, Slot], slot: SlotPlan) -> Slot | None:
    if slot.name in given:
        return given[slot.name]
    alike = (each for name, each in given.items() if snake(name) in (slot.parameter, snake(slot.name)))
    return next(alike, None)


def _is_empty(slot: Slot) -> bool:
    """Whether nothing was said, or the user has said that it was not this."""
    return slot.confirmation == "DENIED" or (slot.value in (None, "", []) and not slot.several)


def _value(
    slot: SlotPlan, parameter: Parameter, said: Slot, now: datetime, door: Door, errors: dict[str, Exception]
) -> Any:
    convert = door.options.get("convert", {}).get(parameter.name)
    if convert is not None:
        return _converted(slot, parameter, said, converter(convert, now), errors)
    if said.value == NOT_UNDERSTOOD:
        raise Misfit("unfit", slot, expected=parameter.expected)
    try:
        return parameter.bind(_of_kind(slot, said, now), text=_is_text(slot, said))
    except BindingError as error:
        raise Misfit("unfit", slot, _words(said), expected=error.expected) from None


def _is_text(slot: SlotPlan, said: Slot) -> bool:
    """Whether the value is still the words that were heard, and no JSON."""
    return slot.kind in ("text", "whole", "number", "yes_no") and all(
        isinstance(each.value, str) for each in _each(said)
    )


def _of_kind(slot: SlotPlan, said: Slot, now: datetime) -> Any:
    """What was heard as a JSON-like value of the slot's kind; as it was, if it makes no sense, for the hint to refuse."""
    if slot.is_list:
        return [_one(slot, each, now) for each in _each(said)]
    return _one(slot, said, now)


def _each(said: Slot) -> Iterator[Slot]:
    if said.several:
        yield from said.several
    elif isinstance(said.value, list):
        yield from (Slot(said.name, value) for value in said.value)
    else:
        yield said


def _one(slot: SlotPlan, said: Slot, now: datetime) -> Any:
    if slot.kind == "choice":
        return _choose(slot, said)
    if slot.kind == "text":
        return _text(slot, said)
    if slot.kind in ("whole", "number"):
        return _number(said.value)
    made = _SENSE[slot.kind](said.value, now) if slot.kind in _SENSE else None
    return said.value if made is None else made


# ── entries of a type ─────────────────────────────────────────────────────────────────────────────


def _choose(slot: SlotPlan, said: Slot) -> Any:
    """The one choice that is meant; raises Misfit if there is none, or if there are several."""
    meant = _unique(choice for match in said.matches for choice in _choices(slot, match))
    if not meant:
        meant = _unique(each for each in slot.choices if _says(each, said.value))
    if len(meant) == 1:
        return meant[0].value
    if meant:
        raise Misfit("ambiguous", slot, _words(said), [each.words[0] for each in meant])
    raise Misfit("unfit", slot, _words(said), [each.words[0] for each in slot.choices])


def _choices(slot: SlotPlan, match: Match) -> list[Choice]:
    """The choices that an entry of the slot's type stands for: by its id, otherwise by its name."""
    by_id = [each for each in slot.choices if match.id and _says(each, match.id)]
    return by_id or [each for each in slot.choices if _says(each, match.name)]


def _says(choice: Choice, words: object) -> bool:
    said = _folded(words)
    return said == _folded(choice.value) or any(said == _folded(each) for each in choice.words)


def _folded(words: object) -> str:
    return " ".join(str(words).replace("_", " ").replace("-", " ").casefold().split())


def _unique(choices: Iterator[Choice]) -> list[Choice]:
    return list(dict.fromkeys(choices))


def _text(slot: SlotPlan, said: Slot) -> Any:
    names = list(dict.fromkeys(match.name for match in said.matches))
    exact = [name for name in names if _folded(name) == _folded(said.value)]
    if len(names) > 1 and not exact:
        raise Misfit("ambiguous", slot, _words(said), names)
    if isinstance(said.value, Mapping):  # Dialogflow's @sys.person
        return said.value["name"] if set(said.value) == {"name"} else said.value
    return (exact or names or [said.value])[0]


def _words(said: Slot) -> str:
    """What was heard, as it can be said back."""
    if isinstance(said.value, int | float) and not isinstance(said.value, bool):
        return str(_number(said.value))
    return said.value if isinstance(said.value, str) else ""


# ── numbers and times ─────────────────────────────────────────────────────────────────────────────


def _number(value: Any) -> Any:
    """Dialogflow writes every number as one with a point, and a sum of money or an age as an amount with its unit."""
    if isinstance(value, Mapping) and "amount" in value:
        value = value["amount"]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _date(value: Any, now: datetime) -> str | None:
    span = times.date_span(value, now)
    return span[0].isoformat() if span else None


def _period(value: Any, now: datetime) -> list[str] | None:
    span = times.date_span(value, now)
    return [day.isoformat() for day in span] if span else None


def _time(value: Any, now: datetime) -> str | None:
    found = times.time_of_day(value, now)
    return found.isoformat() if found is not None else None


def _duration(value: Any, _: datetime) -> str | None:
    found = times.duration(value)
    return f"PT{found.total_seconds():f}S" if found is not None else None


def _moment(value: Any, now: datetime) -> str | None:
    """A day and a time; the beginning of the day if none was said."""
    if isinstance(value, Mapping) and set(value) == {"date_time"}:
        value = value["date_time"]
    if isinstance(value, str) and "T" in value and times.date_span(value, now):
        return value
    day = _date(value, now)
    return f"{day}T{_time(value, now) or '00:00:00'}" if day else None


_SENSE: dict[str, Callable[[Any, datetime], Any]] = {
    "date": _date,
    "period": _period,
    "time": _time,
    "duration": _duration,
    "moment": _moment,
}


# ── convert= ──────────────────────────────────────────────────────────────────────────────────────


def _to_date(value: Any, now: datetime) -> date:
    return _sense("a date", value, times.date_span(value, now))[0]


def _to_time(value: Any, now: datetime) -> time:
    return _sense("a time", value, times.time_of_day(value, now))


def _to_timedelta(value: Any, _: datetime) -> timedelta:
    return _sense("a duration", value, times.duration(value))


def _sense(what: str, value: Any, found: T | None) -> T:
    if found is None:
        raise ValueError(f"{value!r} is not {what}")
    return found


_CONVERTERS: dict[str, Callable[[Any, datetime], Any]] = {
    "date": _to_date,
    "time": _to_time,
    "timedelta": _to_timedelta,
}


def refuse_unknown_converters(door: Door) -> None:
    """Raise UsageError for a `convert=` that is no function and not one of the names."""
    for given in door.options.get("convert", {}).values():
        if not callable(given) and given not in _CONVERTERS:
            raise UsageError(f"convert= takes a function, or one of {', '.join(_CONVERTERS)}, not {given!r}.")


def converter(given: Any, now: datetime) -> Callable[[Any], Any]:
    """The function that `convert=` means."""
    if isinstance(given, str):
        return lambda value: _CONVERTERS[given](value, now)
    convert: Callable[[Any], Any] = given
    return convert


def _converted(
    slot: SlotPlan,
    parameter: Parameter,
    said: Slot,
    convert: Callable[[Any], Any],
    errors: dict[str, Exception],
) -> Any:
    """What `convert=` makes of it. Where it fails, a function without a hint is called with the words, and finds the
    error in `voice.convert_errors`, as in Flask-Ask; with a hint it could not take them, and the user is asked again."""
    value = (
        (said.matches[0].name if len(said.matches) == 1 else said.value) if not said.several else said.value
    )
    try:
        return convert(value)
    except Exception as error:  # whatever somebody's own function raises
        errors[parameter.name] = error
        if parameter.type is Any:
            return value
        raise Misfit("unfit", slot, _words(said), expected=parameter.expected) from error
