"""One run of a command: bind the words, call the function in its unit of work, print what it returns."""

from __future__ import annotations

import errno
import inspect
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import click
from click.core import ParameterSource
from flask import current_app
from flask.helpers import get_debug_flag

from ...core import tracing, uncaught
from ...core.action import Action
from ...core.errors import BindingError
from ...core.progress import listening
from ...core.results import encode_result
from ...telemetry import start as telemetry
from ..work import unit_of_work
from .bar import Bar
from .printing import lines


def run(ctx: click.Context, action: Action) -> None:
    """Do what the words say; an error ends the program with one line and its exit code."""
    values = _bind(ctx, action)
    telemetry.start(current_app.name, current_app.config)
    parent = tracing.origin_of(os.environ.get("TRACEPARENT"))
    try:
        with tracing.span("command", ctx.command.name or action.name, parent=parent, values=values):
            _answer(action, values, as_json=ctx.params["_json"])
    except (click.exceptions.Exit, click.ClickException, click.Abort):
        raise
    except _ReaderGone:
        raise BrokenPipeError(errno.EPIPE, "nobody reads on") from None  # which Click ends quietly
    except KeyboardInterrupt:
        click.echo(err=True)
        ctx.exit(130)
    except Exception as error:
        uncaught.tell("a command", error)
        _fail(ctx, error)


def _answer(action: Action, values: dict[str, Any], *, as_json: bool) -> None:
    """Print what the function returns, once what it has written is sure to stay; what it yields, as it comes."""
    with Bar() as bar, listening(bar.tell), unit_of_work(current_app):
        result = action.call(values)
        is_stream = isinstance(result, Iterator | AsyncIterator)
        if is_stream:
            _show(result, as_json=as_json, clear=bar.clear)
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


def _show(result: object, *, as_json: bool, clear: Callable[[], None] = lambda: None) -> None:
    if inspect.isasyncgen(result):
        result = _each(result)
    if isinstance(result, Iterator):
        for item in result:
            clear()
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
