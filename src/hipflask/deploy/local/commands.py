"""`hipflask local`: the app behind a copy of the gateway, as far as the shell is concerned.

What does the work is imported when it runs, because every start of the command line has this command.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import ScriptInfo, pass_script_info
from flask.helpers import get_debug_flag

from ...core.errors import UsageError

if TYPE_CHECKING:
    from ...surfaces.worker.worker import Job

PORT = 8000


def _set_debug(_: click.Context, __: click.Parameter, asked: bool) -> None:
    if asked:
        os.environ["FLASK_DEBUG"] = "1"  # as Flask's own option before the command does


@click.command()
@click.option("--port", default=PORT, show_default=True, help="The port to listen on; 0 takes any free one.")
@click.option("--stage", default="dev", show_default=True, metavar="NAME", help="Whose environment it gets.")
@click.option("--fire", metavar="NAME", help="Only call the function of this schedule, once and now.")
@click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_set_debug,
    help="Begin anew whenever a file of the program is saved.",
)
@pass_script_info
def local(info: ScriptInfo, port: int, stage: str, fire: str | None) -> None:
    """Run the app here as it will on AWS Lambda.

    Requests become events of an HTTP API (payload 2.0) and go through the handler that Lambda calls, with its limits; schedules fire,
    and queues, buckets and topics reach their functions.
    """
    _set_environment(stage)
    if fire is not None:
        _fire(info, fire)
    elif get_debug_flag():
        _serve_while_writing(info, port)
    else:
        _serve(info, port)


def _serve(info: ScriptInfo, port: int, begun: Callable[[Callable[[], None]], None] | None = None) -> None:
    from ...surfaces.aws import handler
    from ...surfaces.server import listen
    from ...surfaces.worker.lanes import uncalled
    from ...surfaces.worker.working import working
    from .server import Gateway, serve

    app: Any = info.load_app()
    listener = listen("127.0.0.1", port)
    port = listener.getsockname()[1]
    gateway = Gateway(handler(app), port)
    _leave_when_told()
    # Amazon makes up for nothing that was missed while a program did not run.
    with suppress(KeyboardInterrupt), working(app, missed="skip", done=_say) as worker:
        click.echo(
            f"{app.name} on http://127.0.0.1:{port}/, as on AWS Lambda. Press Ctrl+C to stop.", err=True
        )
        if worker is not None:
            click.echo(f"Waiting for events: {', '.join(lane.name for lane in worker.lanes)}.", err=True)
        if there := uncalled(app.actions):
            click.echo(f"Not called here, since only Amazon has their events: {', '.join(there)}.", err=True)
        serve(gateway, listener, begun)


def _serve_while_writing(info: ScriptInfo, port: int) -> None:
    from . import reloading

    if not reloading.is_child():
        _leave_when_told()
        sys.exit(reloading.supervise())
    saved = reloading.Saved()
    try:
        _serve(info, port, saved.then)
    except Exception:  # what was written last cannot be loaded: the next version may
        import traceback

        traceback.print_exc()
        saved.wait()
    if saved.is_noticed:
        sys.exit(reloading.AGAIN)


def _fire(info: ScriptInfo, name: str) -> None:
    """Call the function of a schedule with the event that it would get."""
    from ...surfaces.aws import handler
    from ...surfaces.worker.shapes import of_schedule
    from .gateway import GATEWAY_SECONDS, Context

    app: Any = info.load_app()
    names = [door.name for _, door in app.actions.doors("schedule")]
    if name not in names:
        there = (
            f"It has: {', '.join(names)}" if names else "It has none: write @app.schedule('rate(5 minutes)')"
        )
        raise UsageError(f"{app.name} has no schedule {name!r}. {there}.")
    began = time.perf_counter()
    context = Context(name, GATEWAY_SECONDS)
    handler(app, name)(of_schedule(name, context.aws_request_id, time.time()), context)
    click.echo(f"{name} {_cost(time.perf_counter() - began)}", err=True)


def _set_environment(stage: str) -> None:
    """Set what [tool.hipflask.deploy] says of a stage, before the app is imported; what is set already stands."""
    if not Path("pyproject.toml").is_file():
        return
    from ...build.reading.pyproject import read_pyproject
    from ..configuration import settings

    said = read_pyproject(Path.cwd()).own.deploy
    if not said:
        return
    of_web = settings(said, "local", stage).of("web")
    for name, value in of_web.environment.items():
        os.environ.setdefault(name, value)
    if missing := [name for name in of_web.secrets if name not in os.environ]:
        click.echo(
            f"Secrets are not fetched from Amazon here: {', '.join(missing)}. Set them in the environment if the app needs them.",
            err=True,
        )


def _say(job: Job, failed: int, seconds: float) -> None:
    how = f", {failed} of {len(job.messages)} failed" if failed else ""
    click.echo(f"{job.lane.surface} {job.lane.name} {_cost(seconds)}{how}", err=True)


def _cost(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms, billed {math.ceil(seconds * 1000)} ms"


def _leave_when_told() -> None:
    """End as by Ctrl+C when the system asks for it: what is running comes to its end."""
    import signal

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
