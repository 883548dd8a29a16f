"""The words of a command line: an argument or an option for each parameter of an action."""

from __future__ import annotations

import datetime
import decimal
import difflib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import click
from click.core import ParameterSource

from ...core import hints
from ...core.action import Action
from ...core.signature import Parameter
from .asking import ask, can_ask
from .pipe import DASH, piped

JSON = "--json"
_METAVARS: dict[Any, str] = {
    int: "INTEGER",
    float: "NUMBER",
    bool: "YES|NO",
    decimal.Decimal: "NUMBER",
    datetime.date: "DATE",
    datetime.time: "TIME",
    datetime.datetime: "DATETIME",
    datetime.timedelta: "DURATION",
    uuid.UUID: "UUID",
}


def parameters(action: Action) -> list[click.Parameter]:
    """What the command takes, in the order of the function's own parameters."""
    arguments = [each for each in action.plan.parameters if _is_argument(each)]
    last = arguments[-1] if arguments else None
    return [_click(each, is_last=each is last) for each in action.plan.parameters]


def kebab(name: str) -> str:
    """A Python name as it is written in a shell: `who_is_on` is `who-is-on`."""
    return name.strip("_").replace("_", "-")


def _is_argument(parameter: Parameter) -> bool:
    return parameter.required and not parameter.is_bool


def _click(parameter: Parameter, *, is_last: bool) -> click.Parameter:
    """An argument, or an option where there is a default, a bool, or a list that other arguments follow."""
    if not _is_argument(parameter) or (_is_endless(parameter) and not is_last):
        return _option(parameter)
    count = -1 if _is_endless(parameter) else _count(parameter)
    argument = Argument(parameter, [parameter.name], nargs=count, required=True, **_kind(parameter))
    argument.name = parameter.name  # Click has written it in small letters
    return argument


def _option(parameter: Parameter) -> click.Option:
    many = {"multiple": True} if _is_endless(parameter) else {"nargs": _count(parameter)}
    kind = {} if parameter.is_bool else {**_kind(parameter), **many}
    if not parameter.required:
        kind["default"] = _shown(parameter.default)  # for the help alone: only what was given is bound
    return Option(
        parameter,
        ["/".join(flags(parameter)), parameter.name],
        required=parameter.required,
        help=parameter.description or None,
        show_default=True,
        **kind,
    )


def flags(parameter: Parameter) -> list[str]:
    """How a parameter is written as an option: `--gift`, and `--no-gift` where it is a yes or a no."""
    name = kebab(parameter.name)
    return [f"--{name}", f"--no-{name}"] if parameter.is_bool else [f"--{name}"]


def _shown(default: object) -> str | bool | None:
    value = getattr(default, "value", default)
    if isinstance(value, bool):
        return value
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def _is_endless(parameter: Parameter) -> bool:
    return parameter.is_list and _count(parameter) == 1


def _count(parameter: Parameter) -> int:
    """How many words it takes: as many as a tuple of fixed length has items."""
    return len(hints.row(parameter.only) or (1,))


def _kind(parameter: Parameter) -> dict[str, Any]:
    if parameter.choices is not None:
        return {"type": Choice([str(value) for value in parameter.choices])}
    return {"type": click.STRING, "metavar": _metavar(parameter) if not parameter.required else None}


def _metavar(parameter: Parameter) -> str:
    """What the help writes in a value's place: a word, or several for a tuple of fixed length."""
    return " ".join(map(_word, hints.row(parameter.only) or [_one_of(parameter)]))


def _one_of(parameter: Parameter) -> Any:
    return hints.item(parameter.only) if parameter.is_list else parameter.only


def _word(hint: Any) -> str:
    base, _ = hints.bare(hint)
    return "JSON" if hints.is_object(base) else _METAVARS.get(base, "TEXT")


class _Word(click.Parameter):
    """What Argument and Option share: a value that comes by the pipe, and one that a person is asked for."""

    action_parameter: Parameter

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """Click's: the value, and where it comes from."""
        value, source = super().consume_value(ctx, opts)
        if source is ParameterSource.COMMANDLINE and value in (DASH, (DASH,)):
            return piped(ctx, self.action_parameter), source
        if self.required and self.value_is_missing(value) and can_ask(ctx):
            return ask(self.action_parameter), ParameterSource.PROMPT
        return value, source


class Argument(_Word, click.Argument):
    """A word that stands by itself."""

    def __init__(self, parameter: Parameter, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.action_parameter = parameter


class Option(_Word, click.Option):
    """A word that follows its name."""

    def __init__(self, parameter: Parameter, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.action_parameter = parameter


class Choice(click.Choice[str]):
    """Click's choice, which also says what may have been meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, if it is one of the choices."""
        if value not in self.choices:
            known = ", ".join(map(repr, self.choices))
            self.fail(f"{value!r} is not one of {known}.{_meant(value, self.choices)}", param, ctx)
        return value


def _meant(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word.lower(), known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
