"""The binding plan of a function: made once, when it is decorated, and used by every surface.

    def pitch(player: str, speed: Annotated[int, Meta(ge=1)], curve: bool = False) -> str: ...

    plan(pitch).bind({"player": "Abbott", "speed": "90"}, text=True)  -> {"player": "Abbott", "speed": 90}
    plan(pitch).bind({"player": "Abbott", "speed": 0}, text=False)
        BindingError: speed: expected a whole number of at least 1, got 0

A parameter that nothing was given for is left out, so that the function's own default applies.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_type_hints

import msgspec

from . import fault, hints
from .errors import MISSING, BindingError, UnsupportedType, UsageError
from .given import is_given
from .reading import Reader, reader
from .words import expected

_ITSELF = (str, bool)  # types whose JSON form is the value already


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, its hint, and what a surface needs to know to ask for it."""

    name: str
    type: Any
    default: object = MISSING
    _read: Reader = field(init=False, repr=False, compare=False)
    _itself: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_read", reader(self.type))
        object.__setattr__(self, "_itself", self.type if self.type in _ITSELF else None)

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is MISSING

    @cached_property
    def only(self) -> Any:
        """The hint without None; Any if a union leaves several to choose from."""
        members = hints.members(self.type)
        return members[0] if len(members) == 1 else Any

    @cached_property
    def is_list(self) -> bool:
        """Whether several values may be given for it."""
        return any(hints.is_list(member) for member in hints.members(self.type))

    @cached_property
    def is_bool(self) -> bool:
        """Whether it is a yes or a no."""
        return all(hints.bare(member)[0] is bool for member in hints.members(self.type))

    @cached_property
    def is_optional(self) -> bool:
        """Whether None fits."""
        return hints.allows_none(self.type)

    @cached_property
    def choices(self) -> tuple[Any, ...] | None:
        """The only values that fit, or that fit a list's items, as they travel; None if there is no such list."""
        return hints.choices(hints.item(self.only) if self.is_list else self.only)

    @cached_property
    def description(self) -> str:
        """What `Annotated[…, Meta(description="…")]`, or plainly `Annotated[…, "…"]`, says about it."""
        _, extras = hints.bare(self.type)
        said = (extra.description if isinstance(extra, msgspec.Meta) else extra for extra in extras)
        return next((words for words in said if isinstance(words, str)), "")

    @cached_property
    def is_secret(self) -> bool:
        """Whether nobody is to read it over a shoulder: `Meta(extra_json_schema={"format": "password"})`, as OpenAPI has it."""
        _, extras = hints.bare(self.type)
        schemas = (extra.extra_json_schema or {} for extra in extras if isinstance(extra, msgspec.Meta))
        return any(schema.get("format") == "password" for schema in schemas)

    @cached_property
    def expected(self) -> str:
        """What it takes, in words."""
        return expected(self.type)

    def bind(self, value: object, *, text: bool) -> Any:
        """One value as the hinted type; raises BindingError."""
        if type(value) is self._itself:
            return value
        data = value
        try:
            if text:
                data = self._read(value) if type(value) is str else self._read_texts(value)
            return fault.convert(data, self.type)
        except fault.REFUSALS:
            raise self._blame(value, data) from None

    def _read_texts(self, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return self._read(str(value))  # a rule such as <int:year> has converted it already
        if self.is_list:
            return self._read([str(each) for each in value])
        raise BindingError(self.name, value, f"only one value: {self.expected}")

    def _blame(self, value: object, data: object) -> BindingError:
        error = fault.blame(self.name, data, self.type)
        whole = error.parameter == self.name
        if whole and isinstance(value, str) and hints.is_object(self.type):
            return BindingError(self.name, value, f"{error.expected}, written as JSON")
        return BindingError(self.name, value, error.expected) if whole else error


@dataclass(frozen=True)
class Plan:
    """How a function is called from outside."""

    parameters: tuple[Parameter, ...]
    returns: Any
    given: tuple[
        Parameter, ...
    ] = ()  # those that a surface fills with an object of its own; nobody can send them

    @cached_property
    def names(self) -> frozenset[str]:
        """The parameters' names: what a surface may pick out of what it was sent."""
        return frozenset(parameter.name for parameter in self.parameters)

    def bind(self, values: Mapping[str, object], *, text: bool) -> dict[str, Any]:
        """Keyword arguments for the function, of the hinted types; raises BindingError.

        With `text` the values are strings, and lists of strings for lists, as in argv, a query, a form or a path.
        Without it they are what JSON decodes to. Names that the function does not have are not looked at.
        """
        return self.bind_both(values, {}) if text else self.bind_both({}, values)

    def bind_both(self, texts: Mapping[str, object], data: Mapping[str, object]) -> dict[str, Any]:
        """As `bind`, for a surface that has some values as text and others as JSON; `texts` go first."""
        bound = {}
        for parameter in self.parameters:
            if parameter.name in texts:
                bound[parameter.name] = parameter.bind(texts[parameter.name], text=True)
            elif parameter.name in data:
                bound[parameter.name] = parameter.bind(data[parameter.name], text=False)
            elif parameter.default is MISSING:
                raise BindingError(parameter.name, MISSING, parameter.expected)
        return bound

    def faults(self, texts: Mapping[str, object], data: Mapping[str, object]) -> list[BindingError]:
        """Every error that there is, one for each parameter at most: for a surface that reports them together."""
        found = []
        for parameter in self.parameters:
            try:
                Plan((parameter,), Any).bind_both(texts, data)
            except BindingError as error:
                found.append(error)
        return found


def plan(function: Callable[..., Any]) -> Plan:
    """The plan of a function; raises UsageError if no surface could call it, UnsupportedType if a hint is in the way."""
    _refuse_unnamed(function)
    types = _resolve(function)
    parameters = [
        _parameter(function, each, types) for each in inspect.signature(function).parameters.values()
    ]
    given = tuple(each for each in parameters if is_given(each.type))
    bound = tuple(each for each in parameters if each not in given) if given else tuple(parameters)
    return Plan(bound, types.get("return", Any), given)


def _refuse_unnamed(function: Any) -> None:
    name = getattr(function, "__name__", "<lambda>")
    if name == "<lambda>" or inspect.isclass(function) or not callable(function):
        raise UsageError(
            f"{function!r} has no name of its own to go by. Decorate a function that is written with `def`."
        )


def _parameter(function: Callable[..., Any], given: inspect.Parameter, types: Mapping[str, Any]) -> Parameter:
    if given.kind is not given.POSITIONAL_OR_KEYWORD and given.kind is not given.KEYWORD_ONLY:
        raise UnsupportedType(
            f"{function.__qualname__}() takes {_written(given)}, and values from outside come by name: "
            "give each one a parameter of its own, or take one list or dict."
        )
    hint = types.get(given.name, Any)
    _refuse_unsupported(function, given.name, hint)
    return Parameter(given.name, hint, MISSING if given.default is given.empty else given.default)


def _written(given: inspect.Parameter) -> str:
    if given.kind is given.POSITIONAL_ONLY:
        return f"`{given.name}` by position only (before the `/`)"
    return f"`{given}`"


# ── hints ─────────────────────────────────────────────────────────────────────────────────────────


def _resolve(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function, localns=_surroundings(function), include_extras=True)
    except NameError as error:
        raise UsageError(
            f"The type hints of {function.__qualname__}() name {error.name!r}, which does not exist where the function "
            f"is decorated. Define or import {error.name} above it, and not under `if TYPE_CHECKING:` only: hints are "
            "read when the program runs."
        ) from None


def _surroundings(function: Any) -> dict[str, Any]:
    """The local names that a function's hints may mean, if it was written inside another one."""
    inner = inspect.unwrap(function)
    outer, _, local = getattr(inner, "__qualname__", "").rpartition(".<locals>.")
    return {**_closure(inner), **_locals_of(outer, inner.__globals__)} if local else {}


def _closure(function: Any) -> dict[str, Any]:
    names = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with contextlib.suppress(ValueError):  # not assigned yet: the name of a recursive function, for one
            names[name] = cell.cell_contents
    return names


def _locals_of(qualname: str, module: dict[str, Any]) -> dict[str, Any]:
    """The local names of the function around, which is usually running just now."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_qualname == qualname and frame.f_globals is module:
            return dict(frame.f_locals)
        frame = frame.f_back
    return {}


def _refuse_unsupported(function: Callable[..., Any], name: str, hint: Any) -> None:
    if is_given(hint):
        return
    where = f"{function.__qualname__}() takes {name}: {inspect.formatannotation(hint)}"
    try:
        strange = _strange(msgspec.inspect.type_info(hint), set())
    except NameError as error:
        raise UsageError(
            f"{where}, a record whose hints name {error.name!r}, which does not exist there."
        ) from None
    except (TypeError, AttributeError):
        raise UnsupportedType(
            f"{where}, whose kinds cannot be told apart when they arrive: at most one may be written as text (str, "
            "date, UUID, Enum, …), one as a number and one as an object. Use one kind, or take str and look at it."
        ) from None
    if strange is not None:
        raise UnsupportedType(
            f"{where}, and {strange} is nothing that could arrive as text or JSON. Use a plain type (str, int, float, "
            "bool, Decimal, date, UUID, Enum, Literal, …), a list or dict of them, a dataclass or a msgspec.Struct."
        )


def _strange(info: Any, seen: set[int]) -> str | None:
    """The first type inside that does not come in as text or JSON."""
    if id(info) in seen:
        return None  # a record that refers to itself
    seen.add(id(info))
    if isinstance(info, msgspec.inspect.CustomType):
        return str(info.cls.__name__)
    if isinstance(info, msgspec.inspect.LiteralType):
        return next(("Literal of " + repr(value) for value in info.values if isinstance(value, bool)), None)
    return next(filter(None, (_strange(part, seen) for part in _contents(info))), None)


def _contents(info: Any) -> list[Any]:
    values = [getattr(info, name) for name in getattr(info, "__struct_fields__", ())]
    parts = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
    return [part for part in parts if isinstance(part, msgspec.inspect.Type | msgspec.inspect.Field)]
