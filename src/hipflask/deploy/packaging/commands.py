"""`hipflask package`: what `deploy` sends to AWS, in a folder, without an account.

What does the work is imported when it runs, because every start of the command line has this command.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import ScriptInfo, pass_script_info

if TYPE_CHECKING:
    from ...build.project import Project

OUTPUT = "dist/aws"
BUNDLE, TEMPLATE = "bundle.zip", "template.json"


@click.command("package")
@click.option(
    "--stage",
    default="dev",
    show_default=True,
    metavar="NAME",
    help="Which stage's settings the template has.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=OUTPUT,
    show_default=True,
    help="Where it goes.",
)
@click.option("--report", is_flag=True, help="Say what takes the space, and what was left out and why.")
@click.option(
    "--with-boto3", is_flag=True, help="Pack boto3 as hipflask.lock has it, in place of Lambda's own."
)
@click.option("--offline", is_flag=True, help="Use only what has been downloaded before.")
@click.option("--upgrade", is_flag=True, help="Look for newer packages than hipflask.lock has.")
@pass_script_info
def package_command(
    info: ScriptInfo, stage: str, output: Path, report: bool, with_boto3: bool, offline: bool, upgrade: bool
) -> None:
    """Make the zip for Lambda and its CloudFormation template; nothing is sent anywhere.

    `aws cloudformation package` and `aws cloudformation deploy` take both from there.
    """
    from ...build.reading.configuration import read_project
    from ...build.why import megabytes
    from ..configuration import read_settings
    from ..describing import describe
    from ..loading import load_app
    from ..template import CodeLocation, render, template
    from .bundle import Choices, package
    from .machine import LambdaTarget

    project = _without(output, read_project(info.app_import_path, Path.cwd()))
    settings = read_settings(project.folder, project.program, stage)
    target = LambdaTarget.of(settings.architecture, settings.python)
    # Whatever the app or its settings ask for in vain is told before anything is downloaded.
    made_of = template(describe(load_app(info, settings), project.app), settings, CodeLocation("", BUNDLE))
    choices = Choices(with_boto3 or settings.table.with_boto3, offline, upgrade)
    made = package(project, target, choices, _say)
    output.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made.file, output / BUNDLE)
    (output / TEMPLATE).write_bytes(render(made_of))
    for remark in made.remarks:
        _say(remark)
    click.echo(
        f"{output / BUNDLE}  {megabytes(made.size)}, {megabytes(made.unpacked)} unpacked, {made.digest[:16]}"
    )
    click.echo(f"{output / TEMPLATE}  {len(made_of['Resources'])} resources, {settings.stack}")
    if report:
        click.echo(made.report())


def _without(output: Path, project: Project) -> Project:
    """The project but for what an earlier call has made in it: a bundle in a bundle would grow with each."""
    place = output.resolve()
    files = tuple(
        name for name in project.files if not (project.source / name).resolve().is_relative_to(place)
    )
    return replace(project, files=files)


def _say(sentence: str) -> None:
    """What is being done: to who waits, apart from what is the result."""
    click.echo(sentence, err=True)
