"""The Click command of an action: mounted with the decorator, so that `hipflask --help` knows it."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from ...core.action import Action, Door
from ...core.errors import UsageError
from .names import OURS
from .parameters import JSON, flags, kebab, parameters
from .running import run


def mount(cli: click.Group, action: Action, door: Door, *, is_in_group: bool = False) -> None:
    """Add the command of one door to a Click group; the door's options are those of `click.Command`."""
    name = door.name or kebab(action.name)
    if name in OURS and not is_in_group:
        raise UsageError(
            f"`hipflask {name}` is a command of Hipflask's own, so {action.name}() could not be called by it. Give it another "
            f"name, @app.command('{name}-…'), or have a blueprint's commands be a group."
        )
    if name in cli.commands:
        raise UsageError(
            f"There is a command {name!r} already: give {action.name}() another, @app.command('…')."
        )
    _refuse_taken_names(action)
    cli.add_command(_command(name, action, dict(door.options)))


def _command(name: str, action: Action, options: dict[str, Any]) -> click.Command:
    as_json = click.Option([JSON, "_json"], is_flag=True, help="Print the result as JSON.")

    @with_appcontext
    @click.pass_context
    def answer(ctx: click.Context, /, **_: Any) -> None:
        run(ctx, action)

    described = {"help": action.description, "short_help": action.help, **options}
    return click.Command(name, params=[*parameters(action), as_json], callback=answer, **described)


def _refuse_taken_names(action: Action) -> None:
    taken = {JSON: "print the result as JSON", "--help": "print the help"}
    for parameter in action.plan.parameters:
        for flag in flags(parameter):
            if flag in taken:
                raise UsageError(
                    f"{action.name}() has a parameter {parameter.name!r}, and {flag} is there already to {taken[flag]}: "
                    f"give the parameter another name, such as {parameter.name + '_value'!r}."
                )
            taken[flag] = f"set {parameter.name}"
