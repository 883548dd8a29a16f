"""`hipflask mcp`: the app for assistants on this computer."""

from __future__ import annotations

import click
from flask.cli import ScriptInfo, pass_script_info


@click.group(invoke_without_command=True)
@click.pass_context
@pass_script_info
def mcp(info: ScriptInfo, ctx: click.Context) -> None:
    """Answer an assistant over standard input and output."""
    if ctx.invoked_subcommand is None:
        from .serving import serve

        serve(info)
