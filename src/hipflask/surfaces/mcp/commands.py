"""`hipflask mcp`: the app for assistants on this computer."""

from __future__ import annotations

import click
from flask.cli import ScriptInfo, pass_script_info


@click.group(invoke_without_command=True)
@click.option("--alone", is_flag=True, help="Answer here, although the program is open on this computer.")
@click.pass_context
@pass_script_info
def mcp(info: ScriptInfo, ctx: click.Context, alone: bool) -> None:
    """Answer an assistant over standard input and output.

    An assistant starts this by itself, once `hipflask mcp install` has told it to. If the program is open it is the open one that
    answers, as far as the person before it allows.
    """
    if ctx.invoked_subcommand is None:
        from .serving import serve

        serve(info, alone=alone)


@mcp.command()
@click.option(
    "--client",
    "clients",
    multiple=True,
    metavar="NAME",
    help="claude, claude-code, cursor, vscode, windsurf or gemini; may be given several times. All that are found here, by default.",
)
@click.option("--name", help="What the assistant is to call the program; the app's own name by default.")
@click.option("--print", "only_print", is_flag=True, help="Show what would be written, and write nothing.")
@pass_script_info
def install(info: ScriptInfo, clients: tuple[str, ...], name: str | None, only_print: bool) -> None:
    """Tell the assistants on this computer of the app.

    Their own files are added to; what stands there stays, and a copy of each file as it was is kept beside it.
    """
    from pathlib import Path

    from .installing import command_for, install

    app = info.load_app()
    command = command_for(info.app_import_path, Path.cwd())
    for line in install(app, command, name, clients, only_print=only_print):
        click.echo(line)


@mcp.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as assistants get it.")
@pass_script_info
def tools(info: ScriptInfo, as_json: bool) -> None:
    """List what the app has for assistants."""
    from .listing import as_data, lines

    app = info.load_app()
    for line in [as_data(app)] if as_json else lines(app):
        click.echo(line)
