"""`--debug`: the program in its window, or for browsers, loaded anew whenever one of its files is saved."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Event, Thread, Timer

from flask import Flask

from ..core.errors import HipflaskError
from ..surfaces import desktop
from ..surfaces.guard import TOKEN
from ..surfaces.server import listen
from ..surfaces.window import Window, WindowOptions, choose, headless
from . import current
from .messages import Address, Failed, FromChild, Painted, Program, Ready, Visited
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
        address = stack.enter_context(_address("127.0.0.1", 0, secrets.token_urlsafe(24)))
        watcher = _WindowKeeper(address)
        supervisor = Supervisor(program, address, start=options.start, hear=watcher.hear, tick=watcher.tick)
        thread = Thread(target=_supervise, args=(supervisor, watcher), name="hipflask-supervisor")
        thread.start()
        stack.callback(thread.join)
        stack.callback(supervisor.stop)
        shell = choose(options.shell)  # while the program is being loaded
        watcher.loaded.wait()
        if watcher.error is not None:
            raise watcher.error
        watcher.keep(shell.open(watcher.url(), watcher.options))
        shell.run()


@dataclass(frozen=True)
class Served:
    """A program for browsers, at a port that is bound already."""

    port: int
    run: Callable[[], None]  # until interrupted


@contextmanager
def served(program: Program, host: str, port: int, token: str | None) -> Iterator[Served]:
    """Serve a program to browsers."""
    with _address(host, port, token) as address:
        yield Served(address.port, Supervisor(program, address).run)


@contextmanager
def _address(host: str, port: int, token: str | None) -> Iterator[Address]:
    with listen(host, port) as listener:
        port = listener.getsockname()[1]
        if sys.platform != "win32":
            yield Address(host, port, token, listener.fileno())
            return
    yield Address(host, port, token, None)  # sockets are lent on other systems only


def _supervise(supervisor: Supervisor, watcher: _WindowKeeper) -> None:
    try:
        supervisor.run()
    except HipflaskError as error:
        watcher.error = error
    finally:
        watcher.loaded.set()


class _WindowKeeper:
    """What happens to the window while programs come and go."""

    def __init__(self, address: Address) -> None:
        self.loaded = Event()  # for the first time, or not
        self.error: HipflaskError | None = None
        self.options = WindowOptions(debug=True)
        self._address = address
        self._path = "/"
        self._is_live = True  # what the window shows finds back by itself
        self._is_painted = False
        self._window: Window | None = None
        self._folders = FolderWatch()
        self._ticks = 0

    def url(self) -> str:
        """Where the window is to look."""
        mark = "&" if "?" in self._path else "?"
        return f"http://127.0.0.1:{self._address.port}{self._path}{mark}{TOKEN}={self._address.token}"

    def keep(self, window: Window) -> None:
        """From now on this is the window; it is shown after its first paint."""
        self._window = window
        if self._is_painted or not self._is_live:
            window.show()
        timer = Timer(desktop.SHOW_AFTER, window.show)
        timer.daemon = True
        timer.start()

    def hear(self, message: FromChild) -> None:
        """What a child says."""
        match message:
            case Ready():
                self._loaded(message)
            case Failed():
                self._show()
                self._load_again_unless_live()
                self.loaded.set()
            case Painted():
                self._show()
            case Visited(path, is_live):
                self._path, self._is_live = path, is_live

    def tick(self) -> None:
        """Look for templates and static files that have changed, where the window shows a page of those."""
        self._ticks += 1
        if self._ticks % TICKS_BETWEEN_FOLDERS == 0 and not self._is_live and self._folders.has_changed():
            self._load_again_unless_live()

    def _loaded(self, ready: Ready) -> None:
        self._folders.follow(ready.folders)
        if not self.loaded.is_set():
            self._path, self._is_live, self.options = ready.path, ready.is_live, ready.window
        elif self._window is not None and ready.window.title:
            self._window.set_title(ready.window.title)
        self.loaded.set()
        self._load_again_unless_live()

    def _load_again_unless_live(self) -> None:
        if self._window is not None and not self._is_live:
            self._window.load(self.url())

    def _show(self) -> None:
        self._is_painted = True
        if self._window is not None:
            self._window.show()
