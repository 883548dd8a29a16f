"""The process that runs the program while it is being written: loads it, answers, and hands over when a file changes.

It is started ahead of time, with everything imported but the program, and waits on its line to the supervisor. When
that line ends, this process does.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import runpy
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Lock, Thread
from typing import NoReturn, cast

from flask import Flask, Response, current_app, request
from flask.cli import ScriptInfo

from ..core.desk import CloseWindow
from ..core.errors import UsageError
from ..surfaces import openings
from ..surfaces.doors import SERVE_TOKEN, doors_of
from ..surfaces.folder import folder_of
from ..surfaces.guard import Guard, OpenGuard
from ..surfaces.keeper import Opening
from ..surfaces.mcp import access
from ..surfaces.pages import host_of
from ..surfaces.remembered import Remembered
from ..surfaces.server import Server, listen
from ..surfaces.worker.working import working
from ..surfaces.workspaces import LAST, Workspaces
from ..ui.closers import Closers
from ..ui.wire import Halted
from . import current
from .desk import FarDesk
from .fault import files_of, halted_by
from .handover import Given, take
from .inspecting import VARIABLE, Inspecting
from .messages import (
    Address,
    Answered,
    Asked,
    Closed,
    CloseWanted,
    Failed,
    Files,
    FromChild,
    Handed,
    HandOver,
    Painted,
    Program,
    Ready,
    Shown,
    Start,
    Visited,
)
from .sources import Sources
from .stand_in import stand_in

# What handlers that are running are given before the program is loaded anew.
HANDLER_SECONDS = 1.0
# What the program's own exit functions are given.
EXIT_SECONDS = 1.0
LOOK_SECONDS = 1.0
# What every program with windows imports, so that a reload need not wait for it.
AHEAD = (
    "hipflask.app",
    "hipflask.ui.elements.button",
    "hipflask.ui.elements.column",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)


class Child:
    """One run of the program."""

    def __init__(self, line: Connection, start: Start) -> None:
        self._line = line
        self._start = start
        self._sources = Sources()
        self._given = Given(start.states, self._sources)
        self._app: Flask | None = None
        self._notebook: Remembered | None = None
        self._desk = FarDesk(self._tell, self._opening_at)
        self._closers: Closers | None = None
        self._telling = Lock()  # handlers speak to the supervisor, too
        self._over = Event()
        Thread(target=self._listen, name="hipflask-supervised", daemon=True).start()

    def run(self) -> None:
        """Load the program and answer until told to end; one that cannot be loaded is answered for."""
        if self._start.halted is not None:
            self._stand_in(self._start.halted, ())
        try:
            load(self._start.program, self.serve)
        except BaseException as error:
            if self._over.is_set():
                raise
            self._sources.look()
            self._stand_in(halted_by(error), (*self._sources.files, *files_of(error), *_folders_to_look_in()))

    def serve(self, app: Flask) -> NoReturn:
        """Answer for a program that is loaded; raises SystemExit at the end."""
        if self._start.inspected is not None:
            os.environ[VARIABLE] = self._start.inspected
        actions = getattr(app, "actions", None)
        if actions is not None:
            actions.start("a window")
        self._sources.look()
        self._given.restore_shared()
        host = host_of(app)
        host.recall = self._given.recall
        host.on_painted.append(lambda session: self._tell(Painted(session.window)))
        host.on_connected.append(lambda session: self._tell(Shown(session.window, host.address_of(session))))
        host.desk = self._desk
        host.inspect = Inspecting(app, self._tell).open
        memory = folder_of(app)
        if self._start.remembers:
            host.notebook = self._notebook = Remembered(memory / openings.NOTEBOOK)
        self._closers = Closers(host)
        # Not by after_request(), which refuses once a request has been answered: a program may have tested itself.
        app.after_request_funcs.setdefault(None, []).append(self._tell_of_pages)
        self._answer(app)
        self._app = app
        self._tell(self._ready(app, memory))
        is_desktop = not self._start.address.has_doors
        with working(app, seconds=EXIT_SECONDS / 2) if is_desktop else nullcontext():
            self._stay()

    def _ready(self, app: Flask, memory: Path) -> Ready:
        first = openings.start_paths(app, self._start.start)
        restores = self._start.remembers and openings.restores(app, self._start.start)
        left = Workspaces(memory / openings.WORKSPACES).get(LAST) if restores else None
        paths = [*first, *(standing.asked.path for standing in left or ())]
        known = {path: openings.opening_at(app, path) for path in paths}
        token = access.token_of(app)
        return Ready(self._sources.files, _shown_folders(app), tuple(first), known, memory, restores, token)

    def _stand_in(self, halted: Halted, files: tuple[str, ...]) -> NoReturn:
        self._answer(stand_in(halted))
        self._tell(Failed(halted, files))
        self._stay()

    def _answer(self, app: Flask) -> None:
        address = self._start.address
        doors = doors_of(app) if address.has_doors else frozenset()
        guard = (
            OpenGuard() if address.token is None else Guard.of_loopback(address.port, address.token, doors)
        )
        if address.has_doors and address.token is not None:
            app.config[SERVE_TOKEN] = address.token  # or whoever is on this computer came in by the doors
        Server(app, _listener(address), guard).start()

    def _stay(self) -> NoReturn:
        while not self._over.wait(LOOK_SECONDS):
            if self._app is not None and self._sources.look():
                self._tell(Files(self._sources.files))
        sys.exit(0)

    # ── the line to the supervisor ────────────────────────────────────────────────────────────────

    def _listen(self) -> None:
        try:
            while True:
                self._hear(self._line.recv())
        except (EOFError, OSError):
            self._leave()

    def _hear(self, message: object) -> None:
        match message:
            case HandOver():
                self._tell(Handed(self._hand_over()))
            case Answered():
                self._desk.answered(message)
            case CloseWanted(window) if self._closers is not None:
                self._closers.wants_to_close(window)
            case CloseWanted(window):  # the program is not there to be asked
                self._tell(Asked(0, window, CloseWindow()))
            case Closed(window) if self._closers is not None:
                self._closers.closed(window)

    def _tell(self, message: FromChild) -> None:
        try:
            with self._telling:
                self._line.send(message)
        except OSError:  # nobody is there any more, which _listen notices too
            self._over.set()

    def _opening_at(self, path: str) -> Opening:
        assert self._app is not None
        return openings.opening_at(self._app, path)

    def _hand_over(self) -> bytes:
        if self._notebook is not None:
            self._notebook.flush()
        if self._app is None:
            return self._given.states
        host = host_of(self._app)
        until = time.monotonic() + HANDLER_SECONDS
        while any(session.is_handling for session in host.sessions()) and time.monotonic() < until:
            time.sleep(0.005)
        return take(host, self._sources, self._given)

    def _leave(self) -> None:
        """End, if need be in the middle of anything: what a program does at its exit is not to keep the next one waiting."""
        is_serving = self._app is not None
        self._over.set()
        if self._notebook is not None:
            self._notebook.flush()
        if is_serving:
            time.sleep(EXIT_SECONDS)
        _end_now()

    # ── what the supervisor wants to know ─────────────────────────────────────────────────────────

    def _tell_of_pages(self, response: Response) -> Response:
        if request.method == "GET" and response.mimetype == "text/html":
            is_live = getattr(current_app.view_functions.get(request.endpoint or ""), "is_window", False)
            self._tell(Visited(request.full_path.rstrip("?"), is_live, response.status_code))
        return response


def load(program: Program, serve: Callable[[Flask], NoReturn]) -> None:
    """Import the program and have it served; one that is run as a file serves itself, in `app.run()`."""
    if not (program.script or program.module):
        serve(ScriptInfo(program.app).load_app())
    current.serve = serve
    sys.argv = [program.script or program.module, *program.arguments]
    if program.script:
        sys.path[0] = str(Path(program.script).resolve().parent)
        runpy.run_path(program.script, run_name="__main__")
    else:
        runpy.run_module(program.module, run_name="__main__", alter_sys=True)
    raise UsageError(f"{program.name} has come to its end without app.run(), so there is nothing to show.")


def _listener(address: Address) -> socket.socket:
    if address.listener is None:
        return listen(address.host, address.port)
    os.set_inheritable(address.listener, False)
    return socket.socket(fileno=address.listener)


def _shown_folders(app: Flask) -> tuple[str, ...]:
    """Where templates and static files lie: Flask reads them anew for each page."""
    scaffolds = (app, *app.blueprints.values())
    names = [
        (each.root_path, name) for each in scaffolds for name in (each.template_folder, each.static_folder)
    ]
    return tuple(str(Path(root, name)) for root, name in names if name and Path(root, name).is_dir())


def _folders_to_look_in() -> tuple[str, ...]:
    """A module that could not be found may appear in one of these."""
    return tuple(str(path) for path in {Path.cwd(), Path(sys.path[0] or ".").resolve()})


def _end_now() -> None:
    for process in multiprocessing.active_children():
        process.kill()
    os._exit(0)


def main() -> None:
    """What the supervisor starts: `python -m hipflask.devtools.child LINE`."""
    # Ctrl-C in a terminal reaches this process too; the supervisor decides what it means.
    signal.signal(signal.SIGINT, lambda *_: None)
    line = _connection(int(sys.argv[1]))
    for name in AHEAD:
        importlib.import_module(name)
    try:
        start = line.recv()
    except (EOFError, OSError):
        return
    Child(line, start).run()


def _connection(handle: int) -> Connection:
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return cast(Connection, PipeConnection(handle))
    os.set_inheritable(handle, False)
    return Connection(handle)


if __name__ == "__main__":
    main()
