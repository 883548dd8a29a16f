"""`hipflask voice`: what the vendors have to be told of the app."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import ScriptInfo, pass_script_info


@click.group()
def voice() -> None:
    """Tell Alexa and Dialogflow what the app understands."""


@voice.command()
@click.option(
    "--alexa", "vendor", flag_value="alexa", help="Print the interaction model of an Alexa skill, as JSON."
)
@click.option(
    "--dialogflow",
    "vendor",
    flag_value="es",
    help="Write a Dialogflow ES agent, to import in its console: a .zip, or a folder.",
)
@click.option(
    "--dialogflow-cx",
    "vendor",
    flag_value="cx",
    help="Write a Dialogflow CX agent, to restore in its console; needs --webhook.",
)
@click.option("--locale", metavar="LOCALE", help="The language: en-US by default, en for Dialogflow.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write it. For Dialogflow agent.zip by default; a name that does not end in .zip is a folder.",
)
@click.option("--webhook", metavar="URL", default="", help="The address that Dialogflow is to call.")
@pass_script_info
def model(
    info: ScriptInfo, vendor: str | None, locale: str | None, output: Path | None, webhook: str
) -> None:
    """Print or write what a vendor has to be told, made from the functions.

    What the vendor would refuse is told first, with the function that is meant and what to write instead.
    """
    if vendor is None:
        raise click.UsageError("Say for whom: --alexa, --dialogflow or --dialogflow-cx.")
    from .making import make

    for line in make(info.load_app(), vendor, locale, output, webhook):
        click.echo(line)
