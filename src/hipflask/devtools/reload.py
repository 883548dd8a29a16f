"""`--debug`: the program in its window, or for browsers, loaded anew whenever one of its files is saved."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread

import click
from flask import Flask

from ..core.desk import CloseWindow
from ..core.errors import HipflaskError, WindowError
from ..surfaces import desktop
from ..surfaces.arranger import Arranger
from ..surfaces.keeper import Keeper, Opening
from ..surfaces.mcp import access
from ..surfaces.openings import PLACEMENTS, WORKSPACES
from ..surfaces.placements import Placements
from ..surfaces.server import listen
from ..surfaces.window import Shell, WindowOptions, choose, headless
from ..surfaces.workspaces import Workspaces
from . import current
from .messages import (
    Address,
    Answered,
    Asked,
    Closed,
    CloseWanted,
    Failed,
    FromChild,
    Painted,
    Program,
    Ready,
    Shown,
    Visited,
)
from .supervisor import Supervisor
from .watch import FolderWatch

# Looking through folders of templates takes longer than looking at some modules.
TICKS_BETWEEN_FOLDERS = 5


def run_script(app: Flask) -> None:
    """What `app.run()` does in debug: in a child, serve the app; else own its window while children run the program."""
    if current.serve is not None:
        current.serve(app)
    run(this_program(), desktop.Options())


def can_reload() -> bool:
    """Whether this program can be started again: not at a prompt, in a notebook or by `python -c`."""
    return getattr(sys.modules["__main__"], "__file__", None) is not None


def this_program() -> Program:
    """The program that Python was started with."""
    main = sys.modules["__main__"]
    spec = main.__spec__
    if spec is not None:
        return Program(module=spec.name.removesuffix(".__main__"), arguments=tuple(sys.argv[1:]))
    return Program(script=str(main.__file__), arguments=tuple(sys.argv[1:]))


def run(program: Program, options: desktop.Options) -> None:
    """Open a program's window and return when it has been closed; the window stays while the program is loaded anew."""
    with ExitStack() as stack:
        if options.headless:
            stack.enter_context(headless.display())
        address = stack.enter_context(_address("127.0.0.1", 0, token := secrets.token_urlsafe(24)))
        windows = _Windows(f"http://127.0.0.1:{address.port}", token, is_for_a_person=options.is_for_a_person)
        supervisor = Supervisor(
            program,
            address,
            start=options.start,
            remembers=options.is_for_a_person,
            hear=windows.hear,
            tick=windows.tick,
        )
        windows.tell = supervisor.tell
        thread = Thread(target=_supervise, args=(supervisor, windows), name="hipflask-supervisor")
        thread.start()
        stack.callback(thread.join)
        stack.callback(supervisor.stop)
        shell = choose(options.shell)  # while the program is being loaded
        windows.loaded.wait()
        if windows.error is not None:
            raise windows.error
        windows.open(shell)
        stack.callback(windows.finish)
        shell.run()


@dataclass(frozen=True)
class Served:
    """A program for browsers, at a port that is bound already."""

    port: int
    run: Callable[[], None]  # until interrupted


@contextmanager
def served(program: Program, host: str, port: int, token: str | None) -> Iterator[Served]:
    """Serve a program to browsers, and say how assistants get in if it has something for them."""
    with _address(host, port, token) as address:
        address = replace(address, has_doors=True)
        told = Event()

        def hear(message: FromChild) -> None:
            if isinstance(message, Ready) and message.assistants is not None and not told.is_set():
                told.set()  # once, and not each time that the program is loaded anew
                click.echo(access.invitation(host, address.port, message.assistants), err=True)

        yield Served(address.port, Supervisor(program, address, hear=hear).run)


@contextmanager
def _address(host: str, port: int, token: str | None) -> Iterator[Address]:
    with listen(host, port) as listener:
        port = listener.getsockname()[1]
        if sys.platform != "win32":
            yield Address(host, port, token, listener.fileno())
            return
    yield Address(host, port, token, None)  # sockets are lent on other systems only


def _supervise(supervisor: Supervisor, windows: _Windows) -> None:
    try:
        supervisor.run()
    except HipflaskError as error:
        windows.error = error
    finally:
        windows.loaded.set()


class _Windows:
    """What happens to the windows while programs come and go."""

    def __init__(self, home: str, token: str, *, is_for_a_person: bool) -> None:
        self.loaded = Event()  # for the first time, or not
        self.error: HipflaskError | None = None
        self.tell: Callable[[object], bool] = lambda message: False
        self._home, self._token = home, token
        self._is_for_a_person = is_for_a_person
        self._openings: dict[str, Opening] = {}  # of the paths that the program has spoken of
        self._start: tuple[str, ...] = ("/",)
        self._restores = False
        self._memory: Path | None = None
        self._path = "/"
        self._is_live = True  # what the window shows finds back by itself
        self._painted: set[str] = set()
        self._has_failed = False
        self._keeper: Keeper | None = None
        self._arranger: Arranger | None = None
        self._first = ""
        self._folders = FolderWatch()
        self._ticks = 0

    def open(self, shell: Shell) -> None:
        """Open the first windows; each is shown after its first paint."""
        self._keeper = keeper = Keeper(
            shell,
            self._home,
            lambda: self._token,
            self._opening_at,
            Placements(self._file(PLACEMENTS)),
            close_wanted=self._close_wanted,
            closed=self._was_closed,
        )
        workspaces = Workspaces(self._file(WORKSPACES))
        self._arranger = Arranger(keeper, workspaces, self._opening_at, restores=self._restores)
        shell.on_quit_wanted = self._arranger.quit_wanted
        self._first = self._arranger.begin(self._start if self._is_for_a_person else self._start[:1])
        for window in self._painted or ([self._first] if self._has_failed else []):
            keeper.painted(window)

    def finish(self) -> None:
        """The last window has closed: remember which were left."""
        if self._arranger is not None:
            self._arranger.finish()

    def _file(self, name: str) -> Path | None:
        return self._memory / name if self._is_for_a_person and self._memory is not None else None

    def _opening_at(self, path: str) -> Opening:
        """How a window begins; what the program has said nothing of is not there, as far as anybody knows."""
        if path in self._openings:
            return self._openings[path]
        options = next((each.options for each in self._openings.values()), WindowOptions(debug=True))
        return Opening(replace(options, spot=None), self._is_live, is_there=False)

    def hear(self, message: FromChild) -> None:
        """What a child says."""
        match message:
            case Ready():
                self._loaded(message)
            case Failed():
                self._has_failed = True  # to be shown as it is
                self._paint(self._first)
                self._load_again_unless_live()
                self.loaded.set()
            case Painted(window):
                self._paint(window)
            case Asked():
                Thread(target=self._answer, args=(message,), name="hipflask-asked", daemon=True).start()
            case Shown(window, address) if self._keeper is not None:
                self._keeper.shows(window, address)
            case Visited(path, is_live, status):
                if status == 200:
                    self._path, self._is_live = path, is_live
                if self._arranger is not None:
                    self._arranger.answered(path, status)

    def tick(self) -> None:
        """Look for templates and static files that have changed, where the window shows a page of those."""
        self._ticks += 1
        if self._ticks % TICKS_BETWEEN_FOLDERS == 0 and not self._is_live and self._folders.has_changed():
            self._load_again_unless_live()

    def _loaded(self, ready: Ready) -> None:
        self._folders.follow(ready.folders)
        if not self.loaded.is_set():
            self._start, self._path = ready.paths, ready.paths[0]
            self._is_live = ready.openings[self._path].is_live
            self._openings.update(ready.openings)
            self._memory, self._restores = ready.memory, ready.restores
        self.loaded.set()
        self._load_again_unless_live()

    def _load_again_unless_live(self) -> None:
        if self._keeper is not None and not self._is_live:
            with suppress(WindowError):  # the first window may have been closed
                self._keeper.window(self._first).load(self._keeper.url(self._path, self._first))

    def _paint(self, window: str) -> None:
        self._painted.add(window)
        if self._keeper is not None:
            self._keeper.painted(window)

    def _answer(self, asked: Asked) -> None:
        assert self._arranger is not None
        self._openings.update(asked.openings)
        try:
            answer = self._arranger.ask(asked.window, asked.request)
            self.tell(Answered(asked.number, answer))
        except HipflaskError as error:
            self.tell(Answered(asked.number, error=str(error)))

    def _was_closed(self, window: str) -> None:
        self.tell(Closed(window))

    def _close_wanted(self, window: str) -> None:
        if not self.tell(CloseWanted(window)) and self._keeper is not None:
            self._keeper.ask(window, CloseWindow())
