"""`hipflask completion`: what a shell has to be told, so that it completes the words of a command by the Tab key."""

from __future__ import annotations

import os
from pathlib import PurePath

import click

_SHELLS = ("bash", "zsh", "fish")
_HOW = {
    "bash": 'eval "$({program} completion bash)"     # in ~/.bashrc',
    "zsh": 'eval "$({program} completion zsh)"      # in ~/.zshrc',
    "fish": "{program} completion fish > ~/.config/fish/completions/{program}.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print what makes a shell complete commands, options and choices.

    Without the name of a shell: how it is switched on in yours.
    """
    from click.shell_completion import get_completion_class

    root = ctx.find_root()
    program = root.info_name or "hipflask"
    if shell is None:
        click.echo(_HOW[_own()].format(program=program))
        return
    found = get_completion_class(shell)
    assert found is not None
    variable = f"_{program.replace('-', '_').upper()}_COMPLETE"
    click.echo(found(root.command, {}, program, variable).source())


def _own() -> str:
    name = PurePath(os.environ.get("SHELL", "")).name
    return name if name in _SHELLS else "bash"
