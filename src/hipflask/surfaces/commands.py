"""Actions in the shell: `@app.command("on")` is a Click command on Flask's `app.cli`.

    def order(item: str, size: Literal["s", "m"] = "m", gift: bool = False, tags: list[str] = []): ...

    hipflask order ball --size s --gift --tags a --tags b
    hipflask order ball --json

A parameter without a default is an argument (a bool: an option that must be given); one with a default is an option.
What the function returns goes to standard output, what it logs to standard error. Exit codes: 0 done, 1 the function
raised, 2 the words on the command line do not fit, 130 interrupted.
"""

from __future__ import annotations

import datetime
import decimal
import difflib
import errno
import inspect
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import click
from click.core import ParameterSource
from flask import current_app
from flask.cli import with_appcontext
from flask.helpers import get_debug_flag

from ..core import hints
from ..core.action import Action, Door
from ..core.errors import BindingError, UsageError
from ..core.results import encode_result
from ..core.signature import Parameter
from .printing import lines
from .work import unit_of_work

_JSON = "--json"
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


def mount(cli: click.Group, action: Action, door: Door) -> None:
    """Add the command of one door to a Click group; the door's options are those of `click.Command`."""
    name = door.name or kebab(action.name)
    if name in cli.commands:
        raise UsageError(
            f"There is a command {name!r} already: give {action.name}() another, @app.command('…')."
        )
    _refuse_taken_names(action)
    cli.add_command(_command(name, action, dict(door.options)))


def kebab(name: str) -> str:
    """A Python name as it is written in a shell: `who_is_on` is `who-is-on`."""
    return name.strip("_").replace("_", "-")


def _command(name: str, action: Action, options: dict[str, Any]) -> click.Command:
    parameters = _parameters(action)
    as_json = click.Option([_JSON, "_json"], is_flag=True, help="Print the result as JSON.")

    @with_appcontext
    @click.pass_context
    def run(ctx: click.Context, /, **_: Any) -> None:
        _run(ctx, action)

    described = {"help": action.description, "short_help": action.help, **options}
    return click.Command(name, params=[*parameters, as_json], callback=run, **described)


def _refuse_taken_names(action: Action) -> None:
    taken = {_JSON: "print the result as JSON", "--help": "print the help"}
    for parameter in action.plan.parameters:
        for flag in _flags(parameter):
            if flag in taken:
                raise UsageError(
                    f"{action.name}() has a parameter {parameter.name!r}, and {flag} is there already to {taken[flag]}: "
                    f"give the parameter another name, such as {parameter.name + '_value'!r}."
                )
            taken[flag] = f"set {parameter.name}"


# ── parameters ────────────────────────────────────────────────────────────────────────────────────


def _parameters(action: Action) -> list[click.Parameter]:
    arguments = [each for each in action.plan.parameters if _is_argument(each)]
    last = arguments[-1] if arguments else None
    return [_click(each, is_last=each is last) for each in action.plan.parameters]


def _is_argument(parameter: Parameter) -> bool:
    return parameter.required and not parameter.is_bool


def _click(parameter: Parameter, *, is_last: bool) -> click.Parameter:
    """An argument, or an option where there is a default, a bool, or a list that other arguments follow."""
    if not _is_argument(parameter) or (_is_endless(parameter) and not is_last):
        return _option(parameter)
    count = -1 if _is_endless(parameter) else _count(parameter)
    argument = click.Argument([parameter.name], nargs=count, required=True, **_kind(parameter))
    argument.name = parameter.name  # Click has written it in small letters
    return argument


def _option(parameter: Parameter) -> click.Option:
    many = {"multiple": True} if _is_endless(parameter) else {"nargs": _count(parameter)}
    kind = {} if parameter.is_bool else {**_kind(parameter), **many}
    if not parameter.required:
        kind["default"] = _shown(parameter.default)  # for the help alone: only what was given is bound
    return click.Option(
        ["/".join(_flags(parameter)), parameter.name],
        required=parameter.required,
        help=parameter.description or None,
        show_default=True,
        **kind,
    )


def _flags(parameter: Parameter) -> list[str]:
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


# ── a run ─────────────────────────────────────────────────────────────────────────────────────────


def _run(ctx: click.Context, action: Action) -> None:
    values = _bind(ctx, action)
    try:
        _answer(action, values, as_json=ctx.params["_json"])
    except (click.exceptions.Exit, click.ClickException, click.Abort):
        raise
    except _ReaderGone:
        raise BrokenPipeError(errno.EPIPE, "nobody reads on") from None  # which Click ends quietly
    except KeyboardInterrupt:
        click.echo(err=True)
        ctx.exit(130)
    except Exception as error:
        _fail(ctx, error)


def _answer(action: Action, values: dict[str, Any], *, as_json: bool) -> None:
    """Print what the function returns, once what it has written is sure to stay; what it yields, as it comes."""
    with unit_of_work(current_app):
        result = action.call(values)
        is_stream = isinstance(result, Iterator | AsyncIterator)
        if is_stream:
            _show(result, as_json=as_json)
    if not is_stream:
        _show(result, as_json=as_json)


def _bind(ctx: click.Context, action: Action) -> dict[str, Any]:
    given = {name: value for name, value in ctx.params.items() if _was_given(ctx, name)}
    try:
        return action.plan.bind(given, text=True)
    except BindingError as error:
        param = next((each for each in ctx.command.params if each.name == error.parameter), None)
        within = None if param else error.parameter  # as in order.lines[2].price
        raise click.BadParameter(f"{error.reason}.", ctx, param, param_hint=within) from None


def _was_given(ctx: click.Context, name: str) -> bool:
    return name != "_json" and ctx.get_parameter_source(name) is not ParameterSource.DEFAULT


def _fail(ctx: click.Context, error: Exception) -> None:
    if get_debug_flag() or current_app.debug:
        raise error
    message = " ".join(str(error).split())
    click.echo(f"Error: {type(error).__name__}: {message}".rstrip(": "), err=True)
    ctx.exit(1)


def _show(result: object, *, as_json: bool) -> None:
    if inspect.isasyncgen(result):
        result = _each(result)
    if isinstance(result, Iterator):
        for item in result:
            _print(item, as_json=as_json)
    else:
        _print(result, as_json=as_json)


class _ReaderGone(Exception):
    """Whoever read standard output, such as `head`, has seen enough; the function's own pipes are another matter."""


def _print(result: object, *, as_json: bool) -> None:
    raw = isinstance(result, bytes) and not as_json
    shown = [encode_result(result)] if as_json else [result] if raw else lines(result)
    try:
        for line in shown:
            click.echo(line, nl=not raw)  # which also flushes: a reader need not wait
    except BrokenPipeError:
        raise _ReaderGone from None


def _each(items: AsyncIterator[Any]) -> Iterator[Any]:
    """The items of an async generator, run by an event loop of its own."""
    import asyncio

    async def following() -> Any:
        return await anext(items)

    with asyncio.Runner() as runner:
        while True:
            try:
                yield runner.run(following())
            except StopAsyncIteration:
                return
