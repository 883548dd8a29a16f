"""A hub from the shell: where its database is, one process or several, what is said to who started it, and how it ends."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from flask import Flask

from ...core.errors import HubError, UsageError
from ...store.models.shared import shared_tables
from ...store.store import Store
from ...telemetry import start as telemetry
from .database import SILENT_SECONDS, Database
from .embedded import embedded
from .install import install
from .process import CONNECTIONS, HubProcess
from .serving import listen
from .tokens import Tokens
from .workers import Workers, refuse_where_impossible

FOLDER = "hub"
DATABASE = "HUB_DATABASE"
END_SECONDS = 10.0  # from being told to end until it has ended, whatever hangs
LOOK_SECONDS = 0.5
MOST_WORKERS = 64
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    import_path: str | None
    host: str
    port: int
    workers: int
    behind_proxy: bool
    public: bool
    metrics: str | None
    worker: bool  # one of several, started by the process that the person has started


def run(app: Flask, store: Store, url: str | None, options: Options) -> None:
    """Serve until it is told to end."""
    _refuse_open_address(options)
    _refuse_odd_metrics(options)
    telemetry.start(f"{app.name}-hub", app.config)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    told = _told_to_end()
    if options.worker:
        _serve(store, str(url), options, told, lambda port: None)
        return
    with address_of(app, url) as address:
        with ready(address, store) as database:
            has_tokens = bool(Tokens(database).all())
        say = partial(_say, app.name, address if url is None else None, has_tokens, options.host)
        if options.workers == 1:
            _serve(store, address, options, told, say)
        else:
            _share_out(address, options, told, say)


@contextmanager
def address_of(app: Flask, url: str | None) -> Iterator[str]:
    """The database that was named, or our own."""
    if url is not None:
        yield url
    else:
        with embedded(Path(app.instance_path) / FOLDER) as address:
            yield address


@contextmanager
def ready(address: str, store: Store) -> Iterator[Database]:
    """A database with all tables in it."""
    with Database(address, CONNECTIONS) as database:
        database.alone().close()  # says at once why it cannot be reached, where the pool would go on trying
        install(database, shared_tables(store.metadata))
        yield database


def _serve(
    store: Store, address: str, options: Options, told: threading.Event, say: Callable[[int], None]
) -> None:
    """One process, until it is told to end, or who started it is gone."""
    listener = listen(options.host, options.port, is_shared=options.worker)
    parent = os.getppid()
    with _figures(options) as page, Database(address, CONNECTIONS, SILENT_SECONDS) as database:
        process = HubProcess(store, database, listener, is_behind_proxy=options.behind_proxy).start()
        if page is not None:
            click.echo(f"Figures of process {os.getpid()}: {page}", err=True)
        say(process.server.port)
        while not told.wait(LOOK_SECONDS) and process.server.is_alive:
            if options.worker and os.getppid() != parent:
                break
        was_told = process.server.is_alive
        _end_by_force()
        process.stop()
    if not was_told:
        raise HubError("The hub's server has ended by itself; its log says why.")


def _figures(options: Options) -> AbstractContextManager[str | None]:
    """The page for Prometheus, if one is asked for."""
    if options.metrics is None:
        return nullcontext()
    from ...telemetry.scraping import serving

    return serving(options.metrics, MOST_WORKERS if options.worker else 1)


def _share_out(address: str, options: Options, told: threading.Event, say: Callable[[int], None]) -> None:
    """Several processes on one port, which this one only looks after."""
    refuse_where_impossible()
    with listen(
        options.host, options.port, is_shared=True
    ) as kept:  # so that nobody else takes the port meanwhile
        port = kept.getsockname()[1]
        command = _command(options, port)
        environment = {**os.environ, DATABASE: address}
        workers = Workers(lambda: subprocess.Popen(command, env=environment), options.workers)
        try:
            say(port)
            workers.run(told)
        finally:
            workers.end(END_SECONDS)


def _command(options: Options, port: int) -> list[str]:
    app = [] if options.import_path is None else ["--app", options.import_path]
    flags = [
        flag
        for flag, is_set in (("--behind-proxy", options.behind_proxy), ("--public", options.public))
        if is_set
    ]
    place = ["--host", options.host, "--port", str(port)]
    if options.metrics is not None:
        place += ["--metrics", options.metrics]
    return [sys.executable, "-m", "hipflask.cli", *app, "hub", "--worker", *place, *flags]


def _say(name: str, own: str | None, has_tokens: bool, host: str, port: int) -> None:
    place = f"[{host}]" if ":" in host else host
    click.echo(f"The hub of {name} listens on http://{place}:{port}", err=True)
    if own is not None:
        click.echo(f'Its own PostgreSQL is here for other programs, too: psql "{own}"', err=True)
    if not has_tokens:
        click.echo(
            "Nobody can sign in yet. Make a token for a device: hipflask hub token issue ann@example.com",
            err=True,
        )
    click.echo("Press Ctrl+C to stop.", err=True)


def _end_by_force() -> None:
    """A thread that waits for a database which hangs is not waited for: what it has under way is rolled back there."""
    timer = threading.Timer(END_SECONDS, os._exit, [1])
    timer.daemon = True
    timer.start()


def _told_to_end() -> threading.Event:
    """Is set by Ctrl+C, and by who ends services."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    return told


def _refuse_odd_metrics(options: Options) -> None:
    """Before anything begins, and not by each of several processes."""
    if options.metrics is not None:
        from ...telemetry import scraping

        scraping.address_of(options.metrics)


def _refuse_open_address(options: Options) -> None:
    if options.host not in _LOOPBACK and not options.behind_proxy and not options.public:
        raise UsageError(
            f"{options.host} can be reached from other computers, and the hub speaks plain HTTP: tokens could be read on the way. "
            "Put a proxy with TLS before it and add --behind-proxy, or add --public if the network itself can be trusted."
        )
