"""`hipflask dashboard URL…`, as far as the shell is concerned."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
from flask.cli import ScriptInfo

from ...surfaces.window_options import window_options

PROGRAM = "hipflask.dashboard:app"


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="[NAME=]URL...")
@click.option(
    "--every",
    default=2.0,
    show_default=True,
    type=click.FloatRange(0.2, 3600),
    help="Seconds from one look to the next.",
)
@window_options
@click.option(
    "--after",
    default=0.0,
    type=click.FloatRange(0, 3600),
    help="Look for so many seconds before the photograph.",
)
def dashboard(
    targets: tuple[str, ...],
    every: float,
    shell: str | None,
    headless: bool,
    screenshot: Path | None,
    after: float,
) -> None:
    """Watch running servers and hubs in a window: how often, how long, how many errors, who is behind.

    A target is what `hipflask serve --metrics` or `hipflask hub --metrics` says, such as http://127.0.0.1:9100/metrics.
    """
    from ...surfaces import desktop
    from .target import targets_of
    from .watching import Watching
    from .window import WATCHING

    watching = Watching(targets_of(targets), every)
    app: Any = ScriptInfo(PROGRAM).load_app()
    app.config[WATCHING] = watching
    with watching.going_on():
        time.sleep(after)
        desktop.run(app, app.actions, desktop.Options(None, shell, headless, screenshot, another=True))
    if screenshot is not None:
        click.echo(str(screenshot))
