"""`hipflask build` and `hipflask doctor`: what one has for making bundles, as far as the shell is concerned.

What does the work is imported when it runs, because every start of the command line has these commands.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import ScriptInfo, pass_script_info

OUTPUT = "dist"


@click.command()
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="SYSTEM",
    help="windows, macos, linux or all; this system by default. May be given several times.",
)
@click.option(
    "--arch", metavar="PROCESSOR", help="x86_64 or aarch64; the one that most computers of the system have."
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT",
    help="setup.exe, msi, zip; app.zip; tar.gz, deb, appimage; or folder, for no installer at all.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=OUTPUT,
    show_default=True,
    help="Where it goes.",
)
@click.option("--name", default="", help="What people call the program.")
@click.option("--version", default="", help="Which version this is.")
@click.option(
    "--runtime",
    metavar="WHICH",
    help="host for the Python that is running, or a path; by default the one that is known to Hipflask by its hash.",
)
@click.option("--python", metavar="VERSION", help="The version of Python, as 3.14.")
@click.option("--offline", is_flag=True, help="Use only what has been downloaded before.")
@click.option("--upgrade", is_flag=True, help="Look for newer packages than hipflask.lock has.")
@click.option("--why", is_flag=True, help="Say what takes the space, and who asked for it.")
@click.option(
    "--ci",
    type=click.Choice(["github"]),
    help="Only print a workflow that builds, installs and starts it on every system.",
)
@pass_script_info
def build(
    info: ScriptInfo,
    targets: tuple[str, ...],
    arch: str | None,
    formats: tuple[str, ...],
    output: Path,
    name: str,
    version: str,
    runtime: str | None,
    python: str | None,
    offline: bool,
    upgrade: bool,
    why: bool,
    ci: str | None,
) -> None:
    """Make something that a colleague can double-click, for this system or another."""
    from . import making
    from .assemble import Choices
    from .reading.configuration import read_project

    project = read_project(info.app_import_path, Path.cwd(), name=name, version=version)
    if ci is not None:
        from .workflow import github

        click.echo(github(project), nl=False)
        return
    choices = Choices(runtime, python, offline, upgrade)
    for target in making.targets_of(targets, arch):
        made = making.make(project, target, output, formats, choices, say)
        for line in making.summary(made):
            click.echo(line)
        if why:
            click.echo(making.explain(made, output))


@click.command()
@click.option("--network", is_flag=True, help="Also ask whether what is downloaded can be reached.")
@pass_script_info
def doctor(info: ScriptInfo, network: bool) -> None:
    """Say what can be built and checked on this computer, and what is missing for the rest."""
    from ..core.errors import BuildError
    from .doctor import diagnose, report
    from .reading.configuration import read_project

    try:
        project = read_project(info.app_import_path, Path.cwd())
    except BuildError as error:
        say(str(error))
        project = None
    click.echo(report(diagnose(project, ask_network=network)), nl=False)


def say(sentence: str) -> None:
    """What is being done: to who waits, apart from what is the result."""
    click.echo(sentence, err=True)
