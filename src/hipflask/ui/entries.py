"""What is entered in a form, field by field, until it is a value of the form's type.

class Player(msgspec.Struct):
    name: str
    number: Annotated[int, Meta(ge=1)]

entries(Player, …) makes two of them. What is typed is kept as it is, `set("x")` on the second raises
ValueError("expected a whole number of at least 1, got 'x'"), and `read()` makes the 7 of "7".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

import msgspec

from ..core import hints
from ..core.errors import MISSING, BindingError, UsageError
from ..core.signature import Parameter
from .states import State

MakeState = Callable[[object, object], State[Any]]


@dataclass(frozen=True, eq=False)
class Entry:
    """One field of a form; a `Field` for `bind=`."""

    name: str
    parameter: Parameter
    entered: State[Any]  # text as typed, or a choice, or a tick
    fault: State[str]  # what was wrong with it when the form was sent
    start: object

    @property
    def label(self) -> str:
        """The field's name as a person writes it."""
        return self.parameter.name.replace("_", " ").capitalize()

    def get(self) -> object:
        """What is entered, whether it fits or not."""
        return self.entered.get()

    def set(self, entered: object) -> None:
        """Keep what was entered; raises ValueError with what would fit."""
        self.entered.set(entered)
        self.fault.set("")
        self.read()

    def read(self) -> Any:
        """The value that the entry stands for; raises ValueError."""
        entered = self.entered.value
        if entered in ("", None):
            return self._read_nothing()
        is_many = self.parameter.is_list and isinstance(entered, str)
        given = [part.strip() for part in entered.split(",") if part.strip()] if is_many else entered
        try:
            return self.parameter.bind(given, text=isinstance(entered, str))
        except BindingError as error:
            raise ValueError(error.reason) from None

    def clear(self) -> None:
        """Begin anew."""
        self.entered.set(self.start)
        self.fault.set("")

    def _read_nothing(self) -> Any:
        if self.parameter.is_optional:
            return None
        if hints.bare(self.parameter.only)[0] is str and not self.parameter.required:
            return ""
        if self.parameter.is_list:
            return self.parameter.bind([], text=False)
        if self.parameter.required:
            raise ValueError(f"expected {self.parameter.expected}")
        return self.parameter.default


def entries(type_: Any, value: object, make: MakeState) -> list[Entry]:
    """The fields of a dataclass or Struct; `make(name, start)` makes the states that outlive a drawing."""
    found = []
    for field in _fields(type_):
        hint = get_type_hints(type_, include_extras=True)[field.name]
        parameter = Parameter(field.name, hint, _default(field))
        _refuse_nested(type_, parameter)
        start = _as_entered(parameter, getattr(value, field.name, parameter.default))
        state, fault = make(field.name, start), make((field.name, "fault"), "")
        found.append(Entry(field.name, parameter, state, fault, start))
    return found


def _fields(type_: Any) -> tuple[Any, ...]:
    if hints.record(type_) is None or not isinstance(type_, type) or issubclass(type_, dict):
        raise UsageError(f"ui.form takes a dataclass or a msgspec.Struct (the type itself), got {type_!r}.")
    return tuple(getattr(msgspec.inspect.type_info(type_), "fields", ()))


def _default(field: Any) -> object:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else MISSING


def _refuse_nested(type_: Any, parameter: Parameter) -> None:
    inner = hints.item(parameter.only) if parameter.is_list else parameter.only
    if hints.is_object(inner) or (parameter.is_list and hints.is_list(inner)):
        raise UsageError(
            f"ui.form({type_.__name__}): {parameter.name} holds {parameter.expected}, for which there is no field. "
            "Give it a form of its own."
        )


def _as_entered(parameter: Parameter, value: object) -> object:
    if parameter.is_bool:
        return value is True
    plain = None if value is MISSING else msgspec.to_builtins(value)
    if parameter.choices is not None and not parameter.is_list:
        return plain
    if isinstance(plain, list | tuple | set | frozenset):
        return ", ".join(map(str, plain))
    return "" if plain is None else str(plain)
