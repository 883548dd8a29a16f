"""`hipflask`: Flask's command line, with `run` for windows, `serve` for browsers, and what makes programs of apps."""

from __future__ import annotations

import contextlib
import os
import platform
import secrets
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, NoAppException, ScriptInfo, pass_script_info, routes_command, shell_command
from flask.helpers import get_debug_flag

from .build.commands import build, doctor
from .build.publish.commands import keys, publish
from .core.errors import HipflaskError
from .deploy.commands import delete, deploy, invoke, logs, url
from .deploy.costing import cost
from .deploy.local.commands import local
from .deploy.packaging.commands import package_command
from .devtools.dashboard.commands import dashboard
from .devtools.inspect_command import inspect
from .surfaces.commands.completion import completion
from .surfaces.commands.manual import man
from .surfaces.mcp.commands import mcp
from .surfaces.voice.models.commands import voice
from .surfaces.voice.talk.commands import talk
from .surfaces.window_options import window_options
from .surfaces.worker.commands import queue
from .sync.hub.commands import hub


class CommandLine(FlaskGroup):
    """Flask's group: finds the app by --app, FLASK_APP, or a file app.py here, and offers the app's own commands too."""

    def __init__(self) -> None:
        super().__init__(name="hipflask", add_default_commands=False, add_version_option=False, help=__doc__)
        self.params.append(_version_option())
        own = (
            run,
            serve,
            hub,
            dashboard,
            inspect,
            new,
            build,
            publish,
            keys,
            doctor,
            man,
            completion,
            mcp,
            voice,
            talk,
            local,
            queue,
            package_command,
            deploy,
            delete,
            invoke,
            logs,
            url,
            cost,
        )
        for command in (*own, routes_command, shell_command):
            self.add_command(command)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run one command line; what Hipflask raises on purpose becomes one sentence and exit code 1."""
        try:
            if not _names_an_app(sys.argv[1:]):
                _use_app_of_project()
            # Also for `python -m hipflask.cli`: the name stands in help and manual, and the shell's completion goes by it.
            return super().main(*args, **{"prog_name": "hipflask", **kwargs})
        except HipflaskError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Flask's, which looks at commands of other packages first: what is installed costs each command 20 ms, so here it comes last."""
        return (
            click.Group.get_command(self, ctx, name) or _of_app(ctx, name) or super().get_command(ctx, name)
        )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Click's, which also says what may have been meant: it knows of no command of the app's."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if (meant := _meant(args[0], [*self.commands, *_names_of_app(ctx)])) is None:
                raise
            raise click.UsageError(
                f"No such command {args[0]!r}. Did you mean {meant!r}?", error.ctx
            ) from None


def _meant(word: str, known: list[str]) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1)
    return near[0] if near and word not in known else None


def _names_of_app(ctx: click.Context) -> list[str]:
    try:
        app = ctx.ensure_object(ScriptInfo).load_app()
    except NoAppException:
        return []
    return app.cli.list_commands(ctx)


def _of_app(ctx: click.Context, name: str) -> click.Command | None:
    """A command of the app's own; if there is no app, Flask says so."""
    try:
        app = ctx.ensure_object(ScriptInfo).load_app()
    except NoAppException:
        return None
    command = app.cli.get_command(ctx, name)
    if command is not None and (not current_app or current_app._get_current_object() is not app):  # type: ignore[attr-defined]
        ctx.with_resource(app.app_context())
    return command


def _names_an_app(words: list[str]) -> bool:
    return any(word.startswith(("-A", "--app")) for word in words)


def _use_app_of_project() -> None:
    """Have a project's `[tool.hipflask] app` stand in for --app, as it does for `hipflask build`."""
    if "FLASK_APP" not in os.environ and Path("pyproject.toml").is_file():
        from .build.reading.pyproject import read_pyproject

        if app := read_pyproject(Path.cwd()).own.app:
            os.environ["FLASK_APP"] = app


def _version_option() -> click.Option:
    def show(context: click.Context, _: click.Parameter, asked: bool) -> None:
        if asked:
            parts = ", ".join(f"{name} {version(name)}" for name in ("flask", "werkzeug"))
            click.echo(f"hipflask {version('hipflask')} ({parts}, python {platform.python_version()})")
            context.exit()

    help_text = "Show the versions of Hipflask, Flask and Python."
    return click.Option(
        ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=show, help=help_text
    )


def _set_debug(_: click.Context, __: click.Parameter, asked: bool | None) -> None:
    if asked is not None:
        os.environ["FLASK_DEBUG"] = "1" if asked else "0"  # as Flask's own option before the command does


_debug_option = click.option(
    "--debug/--no-debug",
    default=None,
    expose_value=False,
    is_eager=True,
    callback=_set_debug,
    help="Load the program anew whenever it is saved, and show errors with their traceback.",
)


_inspect_option = click.option(
    "--inspect", is_flag=True, help="Open a window beside it that shows what happens inside, and why."
)


@click.command()
@_debug_option
@click.option("--start", metavar="PATH", help="Open this path instead of the first window.")
@window_options
@click.option("--selftest", is_flag=True, help="Open, load, click, close; exit code 0 if all went well.")
@click.option("--another", is_flag=True, help="Open it although it is running already.")
@_inspect_option
@pass_script_info
def run(
    info: ScriptInfo,
    start: str | None,
    shell: str | None,
    headless: bool,
    screenshot: Path | None,
    selftest: bool,
    another: bool,
    inspect: bool,
) -> None:
    """Open the app in a window of its own."""
    from .surfaces import desktop

    options = desktop.Options(start, shell, headless, screenshot, selftest, another)
    with _inspected(inspect, shell=shell, headless=headless):
        if get_debug_flag() and not (screenshot or selftest):
            from .devtools import messages, reload

            reload.run(messages.Program(info.app_import_path), options)
            return
        app = info.load_app()
        desktop.run(app, getattr(app, "actions", None), options)
    if screenshot is not None:
        click.echo(str(screenshot))
    if selftest:
        click.echo("The window opened, loaded, took a click and showed it.", err=True)


def _inspected(is_wanted: bool, **how: Any) -> contextlib.AbstractContextManager[None]:
    """The inspector beside the program, if it is wanted; nothing of it is loaded if not."""
    if not is_wanted:
        return contextlib.nullcontext()
    from .devtools.inspector.launching import inspected

    return inspected(**how)


@click.command()
@_debug_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=5000, show_default=True, help="The port to listen on; 0 takes any free one.")
@click.option(
    "--public",
    is_flag=True,
    help="Let in whoever can reach the address; needed for any but this computer's own.",
)
@click.option("--worker", is_flag=True, help="Also call functions for queues, buckets, topics and schedules.")
@click.option(
    "--metrics",
    metavar="[HOST:]PORT",
    help="Also answer with figures for Prometheus, on a port of their own.",
)
@_inspect_option
@pass_script_info
def serve(
    info: ScriptInfo,
    host: str,
    port: int,
    public: bool,
    worker: bool,
    metrics: str | None,
    inspect: bool,
) -> None:
    """Serve the app to browsers.

    The address printed carries a token, and only who has it is let in; HIPFLASK_TOKEN sets one that outlives restarts.
    """
    from .surfaces import crashes, doors
    from .surfaces import guard as guards
    from .surfaces.server import Server, listen

    is_loopback = host in ("127.0.0.1", "localhost", "::1")
    if not is_loopback and not public:
        raise click.UsageError(
            f"{host} can be reached from other computers, and this app has no sign-in: anybody there could use it as "
            "you. Add --public if that is meant, or put a server with sign-in before a loopback address."
        )
    token = os.environ.get("HIPFLASK_TOKEN") or secrets.token_urlsafe(24)
    if get_debug_flag():
        if worker:
            raise click.UsageError("--worker does not go with --debug: `hipflask local --debug` has both.")
        if metrics is not None:
            raise click.UsageError(
                "--metrics does not go with --debug: what is loaded anew begins to count anew."
            )
        with _inspected(inspect):
            _serve_while_writing(info, host, port, None if public else token)
        return
    app = info.load_app()
    listener = listen(host, port)
    port = listener.getsockname()[1]
    guard = guards.OpenGuard() if public else guards.Guard.of_loopback(port, token, doors.doors_of(app))
    if not public:
        app.config[doors.SERVE_TOKEN] = token
    server = Server(app, listener, guard)
    with (
        _inspected(inspect),
        _counting(metrics),
        crashes.reporting(app),
        _working(app) if worker else contextlib.nullcontext(),
    ):
        server.start()
        _say_where(app.name, host, port, None if public else token)
        _say_where_for_assistants(app, host, port)
        try:
            server.wait()
        except (KeyboardInterrupt, SystemExit):
            server.stop()


@contextlib.contextmanager
def _counting(metrics: str | None) -> Iterator[None]:
    """Figures for Prometheus, if they are asked for."""
    if metrics is None:
        yield
        return
    from .telemetry.scraping import serving

    with serving(metrics) as page:
        click.echo(f"Figures: {page}", err=True)
        yield


def _working(app: Flask) -> contextlib.AbstractContextManager[object]:
    """The app's worker; a system that asks this process to end waits for what is running, as Ctrl+C does."""
    import signal  # 2 ms

    from .surfaces.worker.working import working

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    return working(app)


@click.command()
@click.argument("name", type=click.Path(path_type=Path))
@click.option(
    "--template",
    type=click.Choice(["hello", "form", "dashboard", "flask"]),
    default="hello",
    show_default=True,
    help="What to begin with: a button, a form, moving figures, or a plain Flask app.",
)
@click.option(
    "--from-chalice",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Convert the Chalice app in this folder, which stays as it is, and say what is left to do.",
)
def new(name: Path, template: str, from_chalice: Path | None) -> None:
    """Make a folder NAME with a program that runs, and its tests."""
    if from_chalice is not None:
        _new_from_chalice(name, from_chalice)
        return
    from .devtools import new as devtools

    for file in devtools.new(name, template):
        click.echo(f"  {name / file}")
    click.echo(f"\nGo on with:\n\n  cd {name}\n  hipflask run --debug")


def _new_from_chalice(name: Path, old: Path) -> None:
    from .devtools.from_chalice.making import new_from_chalice

    made = new_from_chalice(name, old)
    for file in made.files:
        click.echo(f"  {name / file}")
    for line in made.report():
        click.echo(line, err=True)
    click.echo(f"\nGo on with:\n\n  cd {name}\n  hipflask local")


def _serve_while_writing(info: ScriptInfo, host: str, port: int, token: str | None) -> None:
    from .devtools import messages, reload

    program = messages.Program(info.app_import_path)
    with reload.served(program, host, port, token) as server:
        _say_where(program.name, host, server.port, token)
        with contextlib.suppress(KeyboardInterrupt):
            server.run()


def _say_where(name: str, host: str, port: int, token: str | None) -> None:
    click.echo(f"Serving {name}. Open {_address(host, port, token)}", err=True)
    click.echo("Press Ctrl+C to stop.", err=True)


def _say_where_for_assistants(app: Flask, host: str, port: int) -> None:
    from .surfaces.mcp import access, paths

    if (token := access.token_of(app)) is not None:
        click.echo(
            f"Assistants: {_address(host, port, None).rstrip('/')}{paths.PATH}, with the header",
            err=True,
        )
        click.echo(f"  Authorization: Bearer {token}", err=True)


def _address(host: str, port: int, token: str | None) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)
    address = f"http://{name}:{port}/"
    return f"{address}?_token={quote(token)}" if token is not None else address


def main() -> None:
    """The console script."""
    CommandLine().main()


if __name__ == "__main__":
    main()
