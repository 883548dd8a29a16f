"""What is entered in a form, field by field, until it is a value of the form's type.

class Player(msgspec.Struct):
    name: str
    number: Annotated[int, Meta(ge=1)]

sheet(Player, …) holds two entries. What is typed is kept as it is, `set("x")` on the second raises
ValueError("expected a whole number of at least 1, got 'x'"), and `read()` makes the 7 of "7".

A field that nobody has touched gives exactly the value that the form began with, even one that a text cannot show:
a time with its microseconds, a name with a line break in it.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

import msgspec

from ..core import hints
from ..core.errors import MISSING, BindingError, UsageError
from ..core.signature import Parameter
from .states import State

MakeState = Callable[[object, object], State[Any]]

_HALF = "This is not complete yet."
_TIMES = (datetime.time, datetime.datetime)


@dataclass(frozen=True, eq=False)
class Shape:
    """How one field of a type is entered: as a tick, as one or several of some options, or as text."""

    parameter: Parameter
    origin: object  # what the field begins with

    @property
    def name(self) -> str:
        """The field's name in the type."""
        return self.parameter.name

    @property
    def label(self) -> str:
        """The field's name as a person writes it."""
        return _words(self.name)

    @cached_property
    def kind(self) -> Any:
        """The plain type, or Any where there are several; a list's is that of its items."""
        only = self.parameter.only
        return hints.bare(hints.item(only) if self.parameter.is_list else only)[0]

    @cached_property
    def is_tick(self) -> bool:
        """Whether it is a yes or a no, and nothing else."""
        return self.parameter.is_bool and not self.parameter.is_optional

    @cached_property
    def is_lines(self) -> bool:
        """Whether it is a list of texts, one on each line."""
        return self.parameter.is_list and not self.options and self.kind is str

    @cached_property
    def is_zoned(self) -> bool:
        """Whether it is a time in a time zone, which no browser's field for times knows."""
        metas = [extra for extra in hints.bare(self.parameter.only)[1] if isinstance(extra, msgspec.Meta)]
        return getattr(self.origin, "tzinfo", None) is not None or any(meta.tz for meta in metas)

    @cached_property
    def options(self) -> Mapping[object, str]:
        """What there is to choose from, each with its name; empty where anything may be entered."""
        parameter = self.parameter
        if self.is_tick or (parameter.is_list and hints.row(parameter.only) is not None):
            return {}
        named: dict[object, str] = {True: "Yes", False: "No"} if parameter.is_bool else self._named_choices()
        return named | {None: "None"} if named and parameter.is_optional and not parameter.is_list else named

    @property
    def start(self) -> object:
        """What the field begins with, as it is entered."""
        return self._entered(self.origin)

    @property
    def suggestion(self) -> str | None:
        """What counts where nothing is entered."""
        parameter = self.parameter
        if parameter.required or parameter.is_optional or parameter.is_list:
            return None
        return str(self._entered(parameter.default)) or None

    def _named_choices(self) -> dict[object, str]:
        choices = self.parameter.choices or ()
        if isinstance(self.kind, type) and issubclass(self.kind, enum.Enum):
            return {
                value: value if isinstance(value, str) else _words(self.kind(value).name) for value in choices
            }
        return {value: str(value) for value in choices}

    def _entered(self, value: object) -> object:
        if self.is_tick:
            return value is True
        if isinstance(value, _TIMES) and value.tzinfo is None:
            return value.isoformat(timespec="seconds" if value.second or value.microsecond else "minutes")
        plain = None if value is MISSING else msgspec.to_builtins(value)
        if isinstance(plain, list | tuple | set | frozenset):
            return list(plain) if self.options else ("\n" if self.is_lines else ", ").join(map(str, plain))
        return plain if self.options else "" if plain is None else str(plain)


@dataclass(frozen=True, eq=False)
class Entry(Shape):
    """One field of a form, with what is entered there; a `Field` for `bind=`."""

    entered: State[Any]  # text as typed, or a choice, or a tick
    fault: State[str]  # what was wrong with it when the form was sent
    is_half: State[bool]  # the browser shows something that is no value, such as a day without its year

    def get(self) -> object:
        """What is entered, whether it fits or not."""
        return self.entered.get()

    def set(self, entered: object) -> None:
        """Keep what was entered; raises ValueError with what would fit."""
        self.entered.set(entered)
        self.is_half.set(False)
        self.fault.set("")
        self.read()

    def note_half(self, complaint: object) -> None:
        """The field has been left; the browser complains of what stands there, if it is no value at all."""
        if self.entered.value == "":
            self.is_half.set(bool(complaint))
            self.fault.set(_HALF if complaint else "")

    def read(self) -> Any:
        """The value that the entry stands for; raises ValueError."""
        entered = self.entered.value
        if self.is_half.value:
            raise ValueError(_HALF)
        if entered == self.start and self.origin is not MISSING:
            bound = self._bind(msgspec.to_builtins(self.origin), text=False)
            return bound if self.parameter.is_list else self.origin  # every form its own list
        if entered in ("", None):
            return self._read_nothing()
        return self._bind(self._split(entered), text=isinstance(entered, str))

    def check(self) -> bool:
        """Whether it fits; says so at the field if it does not."""
        try:
            self.read()
        except ValueError as error:
            self.fault.set(str(error))
        else:
            self.fault.set("")
        return not self.fault.value

    def clear(self) -> None:
        """Begin anew."""
        self.entered.set(self.start)
        self.fault.set("")

    def _split(self, entered: object) -> object:
        if not self.parameter.is_list or not isinstance(entered, str):
            return entered
        if self.is_lines:
            return [line for line in entered.split("\n") if line]
        return [part.strip() for part in entered.split(",") if part.strip()]

    def _bind(self, given: object, *, text: bool) -> Any:
        try:
            return self.parameter.bind(given, text=text)
        except BindingError as error:
            raise ValueError(error.reason) from None

    def _read_nothing(self) -> Any:
        parameter = self.parameter
        if parameter.is_optional:
            return None
        if parameter.required and not parameter.is_list:
            raise ValueError(f"expected {parameter.expected}")
        if parameter.is_list or self.kind is str:
            return self._bind([] if parameter.is_list else "", text=False)
        return parameter.default


@dataclass(frozen=True, eq=False)
class Sheet:
    """All entries of one type, with those of the types inside it."""

    name: str
    type: Callable[..., Any]
    parts: list[Entry | Sheet]

    @property
    def label(self) -> str:
        """The name of the field that it stands for, as a person writes it."""
        return _words(self.name)

    def entries(self) -> Iterator[Entry]:
        """Every entry, in the order of the type."""
        for part in self.parts:
            yield from part.entries() if isinstance(part, Sheet) else (part,)

    def check(self) -> bool:
        """Whether every entry fits; says so at each that does not."""
        wrong = [entry for entry in self.entries() if not entry.check()]
        return not wrong

    def read(self) -> Any:
        """The whole value; raises ValueError, also where the type itself does."""
        return self.type(**{part.name: part.read() for part in self.parts})

    def entered(self) -> list[tuple[Entry, object]]:
        """What is entered just now."""
        return [(entry, entry.entered.value) for entry in self.entries()]


def sheet(type_: Any, value: object, make: MakeState, name: str = "") -> Sheet:
    """The entries of a dataclass or Struct; `make(name, start)` makes the states that outlive a drawing."""
    found = _fields(type_)
    types = get_type_hints(type_, include_extras=True)

    def part(field: Any) -> Entry | Sheet:
        parameter = Parameter(field.name, types[field.name], _default(field))
        path = f"{name}.{field.name}"
        origin = getattr(value, field.name, parameter.default)
        if hints.record(parameter.type) is not None:
            return sheet(hints.bare(parameter.type)[0], origin, make, path)
        _refuse_objects(type_, parameter)
        return _entry(parameter, origin, lambda what, start: make((path, what), start))

    return Sheet(name.rpartition(".")[2], type_, [part(field) for field in found])


def _entry(parameter: Parameter, origin: object, make: MakeState) -> Entry:
    start = Shape(parameter, origin).start
    return Entry(parameter, origin, make("entered", start), make("fault", ""), make("half", False))


def _fields(type_: Any) -> list[Any]:
    if not isinstance(type_, type) or not (
        dataclasses.is_dataclass(type_) or issubclass(type_, msgspec.Struct)
    ):
        raise UsageError(f"ui.form takes a dataclass or a msgspec.Struct (the type itself), got {type_!r}.")
    try:
        found = msgspec.inspect.type_info(type_)
    except TypeError as error:
        raise UsageError(f"ui.form({type_.__name__}): nobody could enter one of these: {error}") from None
    made = {name for name, field in getattr(type_, "__dataclass_fields__", {}).items() if not field.init}
    return [field for field in getattr(found, "fields", ()) if field.name not in made]


def _default(field: Any) -> object:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else MISSING


def _refuse_objects(type_: Any, parameter: Parameter) -> None:
    inner = hints.item(parameter.only) if parameter.is_list else parameter.only
    if hints.is_object(inner) or (parameter.is_list and hints.is_list(inner)):
        raise UsageError(
            f"ui.form({type_.__name__}): {parameter.name} holds {parameter.expected}, for which there is no field. "
            "Give it a form of its own."
        )


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
