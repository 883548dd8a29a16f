"""`hipflask talk`: speak to the app in the terminal."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import ScriptInfo, pass_script_info


@click.command()
@click.option(
    "--as",
    "vendor",
    type=click.Choice(["alexa", "dialogflow-es", "dialogflow-cx"]),
    default="alexa",
    show_default=True,
    help="Who listens.",
)
@click.option(
    "--locale", metavar="LOCALE", help="The language that is spoken; en-US by default, en for Dialogflow."
)
@click.option("--json", "as_json", is_flag=True, help="Show what is sent and what comes back, too.")
@click.option(
    "--voice/--no-voice", default=None, help="Speak the answers aloud; done where the computer has a voice."
)
@click.option(
    "--script",
    "scripts",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Replay conversations from a file, and end with 1 if an answer is not as it should be. May be given several times.",
)
@click.option("--window", "in_window", is_flag=True, help="Talk in a window instead of the terminal.")
@click.pass_context
@pass_script_info
def talk(
    info: ScriptInfo,
    ctx: click.Context,
    /,
    vendor: str,
    locale: str | None,
    as_json: bool,
    voice: bool | None,
    scripts: tuple[Path, ...],
    in_window: bool,
) -> None:
    """Talk to the app, typing what would be said.

    "open" begins, an empty line is silence, Ctrl+D goes away. In a script, `> who is on first` is said and `< Who*` expected.
    """
    from .running import Options, add_window, run

    options = Options(vendor, locale, as_json, voice, scripts)
    if not in_window:
        run(info.load_app(), options)
        return
    if scripts:
        raise click.UsageError("A script is replayed without a window: leave --window away.")
    path = add_window(info.load_app(), options)
    ctx.invoke(_run_command(ctx), start=path, another=True)


def _run_command(ctx: click.Context) -> click.Command:
    """`hipflask run`, which knows how windows are opened."""
    group = ctx.parent.command if ctx.parent else None
    found = group.get_command(ctx, "run") if isinstance(group, click.Group) else None
    if found is None:
        raise click.UsageError("There is no `run` beside this command to open a window with.")
    return found
