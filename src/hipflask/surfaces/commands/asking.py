"""Asking a person for what the command line lacks: only at a terminal, so that no script ever waits for an answer."""

from __future__ import annotations

import sys
from typing import Any

import click

from ...core.errors import BindingError
from ...core.signature import Parameter


def can_ask(ctx: click.Context) -> bool:
    """Whether somebody is there who can be asked, and would see it."""
    return not ctx.resilient_parsing and sys.stdin.isatty() and sys.stderr.isatty()


def ask(parameter: Parameter) -> str | tuple[str, ...]:
    """The words for one parameter: asked for until they fit."""
    import shlex

    def fitting(text: str) -> Any:
        try:
            given = tuple(shlex.split(text)) if parameter.is_list else text
        except ValueError as error:
            raise click.UsageError(f"{error}: quotes come in pairs.") from None
        try:
            parameter.bind(given, text=True)
        except BindingError as error:
            raise click.UsageError(f"{error.reason}.") from None
        return given

    title = parameter.name.replace("_", " ").capitalize()
    if parameter.choices:
        title = f"{title} ({', '.join(map(str, parameter.choices))})"
    elif parameter.description:
        title = f"{title} ({parameter.description.rstrip('.')})"
    try:
        words: str | tuple[str, ...] = click.prompt(
            title, value_proc=fitting, hide_input=parameter.is_secret, err=True
        )
    except click.Abort as gone:
        if isinstance(gone.__context__, KeyboardInterrupt):  # and not Ctrl+D, of which Click makes the same
            click.echo(err=True)
            raise click.exceptions.Exit(130) from None
        raise
    return words
