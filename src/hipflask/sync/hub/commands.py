"""`hipflask hub`: the service between replicas and PostgreSQL, as far as the shell is concerned.

What does the work is imported when it runs, because every start of the command line has this command.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from flask import Flask
from flask.cli import ScriptInfo, pass_script_info

from ...core.errors import UsageError
from ...store.commands import EXTENSION
from .token_commands import token

if TYPE_CHECKING:
    from .database import Database

PORT = 8765


@click.group(invoke_without_command=True)
@click.option(
    "--database",
    metavar="URL",
    help="postgresql://…; or HUB_DATABASE in the app's configuration or the environment, where no process list shows its password. "
    "Without it the hub starts a PostgreSQL of its own in the instance folder.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=PORT, show_default=True, help="The port to listen on; 0 takes any free one.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="How many processes share the port.",
)
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="A proxy ends TLS before it, and says in X-Forwarded-For who comes: nobody else may reach this address.",
)
@click.option(
    "--public",
    is_flag=True,
    help="Listen on any address without TLS: tokens and data can be read on the way.",
)
@click.option(
    "--metrics",
    metavar="[HOST:]PORT",
    help="Also answer with figures for Prometheus, on a port of their own; several processes take it and those after it.",
)
@click.option("--worker", is_flag=True, hidden=True)
@pass_script_info
@click.pass_context
def hub(context: click.Context, info: ScriptInfo, /, database: str | None, **options: Any) -> None:
    """Serve the app's data to its replicas, and keep it in PostgreSQL.

    Its tables are ordinary ones, which other programs may read and write. Several hubs may run on one database.
    """
    app = info.load_app()
    url = database or app.config.get("HUB_DATABASE") or os.environ.get("HUB_DATABASE")
    context.obj = lambda: opened(app, url)
    if context.invoked_subcommand is None:
        store = store_of(app)
        from . import running

        running.run(app, store, url, running.Options(info.app_import_path, **options))


hub.add_command(token)


@contextmanager
def opened(app: Flask, url: str | None) -> Iterator[Database]:
    """The hub's database, ready for the app's models; its own is started where there is no address."""
    store = store_of(app)
    from . import running

    with running.address_of(app, url) as address, running.ready(address, store) as database:
        yield database


def store_of(app: Flask) -> Any:
    """The store that is to be shared."""
    store = app.extensions.get(EXTENSION)
    if store is None:
        raise UsageError(
            f"{app.name} has no store, so there is nothing that a hub could share: write `db = Store(app)`."
        )
    return store
