"""`hipflask inspect`, as far as the shell is concerned; apart from the inspector, nothing of which is loaded before it is wanted."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from flask.cli import ScriptInfo

from ..surfaces.window_options import window_options

PROGRAM = "hipflask.inspector:app"


@click.command()
@click.argument("report", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--start", metavar="PATH", help="Open this view instead of the first, such as /activity.")
@window_options
@click.option("--inspect", "itself", is_flag=True, help="Look into the inspector itself, with another one.")
def inspect(
    report: Path | None,
    start: str | None,
    shell: str | None,
    headless: bool,
    screenshot: Path | None,
    itself: bool,
) -> None:
    """Look into a crash REPORT that an app has written; `hipflask run --inspect` looks into one that is running."""
    from ..surfaces import desktop
    from .inspector.launching import LOOK_AT, forget, inspected
    from .inspector.opening import open_source
    from .inspector.records import Unanswered
    from .inspector.window.app import add_windows

    looked_at = str(report) if report is not None else os.environ.pop(LOOK_AT, "")
    if not looked_at:
        raise click.UsageError(
            "Name the report: `hipflask inspect REPORT`. A running program is looked into by starting it with "
            "`hipflask run --inspect` or `hipflask serve --inspect`."
        )
    with ExitStack() as stack:
        try:
            source = open_source(looked_at, is_report=report is not None)
        except Unanswered as error:
            raise click.ClickException(str(error)) from None
        if itself:
            stack.enter_context(inspected(shell=shell, headless=headless))
        app: Any = ScriptInfo(PROGRAM).load_app()
        stack.callback(add_windows(app, source).close)
        desktop.run(app, app.actions, desktop.Options(start, shell, headless, screenshot, another=True))
    if report is None:
        forget(looked_at)
    if screenshot is not None:
        click.echo(str(screenshot))
