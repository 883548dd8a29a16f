"""The slots of an intent: what each is called, which parameter it fills, and of what type it is.

    @app.intent("WhoIsOn", "who is on {base}")
    def who_is_on(base: Literal["first", "second"], since: date | None = None) -> str: ...

    slots_of(action, door)
        (SlotPlan("base", "base", "choice", choices=("first", "second"), …), SlotPlan("since", "since", "date", …))

Interaction models are made from this, and what was heard is sorted by it.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ...core import hints
from ...core.action import Action, Door
from ...core.errors import UsageError
from ...core.signature import Parameter

Kind = Literal["choice", "whole", "number", "date", "period", "time", "duration", "moment", "yes_no", "text"]

_KINDS: dict[Any, Kind] = {
    int: "whole",
    float: "number",
    decimal.Decimal: "number",
    bool: "yes_no",
    datetime.date: "date",
    datetime.time: "time",
    datetime.datetime: "moment",
    datetime.timedelta: "duration",
}
_VARIABLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class SlotPlan:
    """One slot: its name with the vendors, the parameter that it fills, and what may be said."""

    name: str
    parameter: str
    kind: Kind
    choices: tuple[Choice, ...] = ()
    is_list: bool = False
    is_required: bool = True
    description: str = ""


@dataclass(frozen=True)
class Choice:
    """One value of a slot of kind "choice": as it travels, and what is said for it, the usual words first."""

    value: Any
    words: tuple[str, ...]


def slots_of(action: Action, door: Door) -> tuple[SlotPlan, ...]:
    """The slots of one intent, in the order of the function's parameters."""
    names = _names(door)
    return tuple(_slot(parameter, names) for parameter in action.plan.parameters)


def _slot(parameter: Parameter, names: Mapping[str, str]) -> SlotPlan:
    hint = hints.item(parameter.only) if parameter.is_list else parameter.only
    is_period = _is_period(parameter.only)
    choices = () if is_period else _choices(hint)
    return SlotPlan(
        names.get(parameter.name, parameter.name),
        parameter.name,
        "period" if is_period else "choice" if choices else _KINDS.get(hints.bare(hint)[0], "text"),
        choices,
        parameter.is_list and not is_period,
        parameter.required,
        parameter.description,
    )


def _is_period(hint: Any) -> bool:
    """Whether a hint is `tuple[date, date]`: the first and the last day of what was said."""
    return hints.row(hint) == (datetime.date, datetime.date)


def _choices(hint: Any) -> tuple[Choice, ...]:
    base = hints.bare(hint)[0]
    if isinstance(base, type) and issubclass(base, enum.Enum):
        return tuple(
            Choice(each.value, _unique(_spoken(each.value), _spoken(each.name.lower()))) for each in base
        )
    return tuple(Choice(value, _unique(_spoken(value))) for value in hints.choices(hint) or ())


def _spoken(value: object) -> str:
    return " ".join(str(value).replace("_", " ").split())


def _unique(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


# ── names ─────────────────────────────────────────────────────────────────────────────────────────


def snake(name: str) -> str:
    """A slot's name as a parameter would be called: `firstName`, `FirstName` and `first-name` are `first_name`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[\W_]+", "_", spaced).strip("_").lower()


def variables(samples: Iterable[str]) -> tuple[str, ...]:
    """The slots that are named in samples, in the order in which they first come."""
    return tuple(dict.fromkeys(name.strip() for sample in samples for name in _VARIABLE.findall(sample)))


def _names(door: Door) -> dict[str, str]:
    """What each parameter's slot is called: by `mapping`, or as the samples write it."""
    written = variables(door.options.get("samples", ()))
    names = {snake(name): name for name in written} | {name: name for name in written}
    return names | dict(door.options.get("mapping", {}))


def refuse_unknown_names(function: str, action: Action, door: Door) -> None:
    """Raise UsageError where a decorator speaks of parameters that the function does not have."""
    known = action.plan.names
    for option in ("mapping", "convert", "default"):
        for name in door.options.get(option, {}):
            if name not in known:
                raise UsageError(
                    f"{option}={{{name!r}: …}} is for a parameter, and {function}() has none of that name"
                    f"{_has(action)}."
                )
    filled = {slot.name for slot in slots_of(action, door)}
    for name in variables(door.options.get("samples", ())):
        if name not in filled:
            raise UsageError(
                f"A sample of {door.name!r} has {{{name}}}, and {function}() has no parameter for it{_has(action)}. "
                f"Write `def {function}({snake(name) or 'name'}: str, …)`, or say mapping={{'parameter': {name!r}}}."
            )


def _has(action: Action) -> str:
    names = [parameter.name for parameter in action.plan.parameters]
    return f": it has {', '.join(names)}" if names else ""
