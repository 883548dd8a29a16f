"""An app in its windows: server on a loopback port, windows on the main thread, until the last window is closed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from threading import Event, Thread
from typing import TYPE_CHECKING

from flask import Flask

from ..core.action import Registry
from ..core.errors import WindowError
from ..ui.closers import Closers
from . import selftest
from .arranger import Arranger
from .crashes import reporting
from .doors import doors_of
from .first import First, hear_answers
from .folder import folder_of
from .guard import Guard
from .instance import Instance, Taken, ring
from .keeper import Keeper
from .mcp.paths import PATH as ASSISTANTS
from .openings import NOTEBOOK, PLACEMENTS, WORKSPACES, opening_at, restores, start_paths
from .pages import host_of
from .placements import Placements
from .remembered import Remembered
from .server import Server, listen
from .window import Shell, choose, headless
from .worker.working import working
from .workspaces import Workspaces

if TYPE_CHECKING:
    from .attending import Attendant

# The longest that a picture or a self-test waits for the first paint.
PAINT_SECONDS = 30.0
# A plain Flask page says nothing at all, so a picture of it is taken after a while.
PLAIN_PAGE_SECONDS = 2.0
# After the last frame a web view needs a moment for what moves: fonts, transitions.
STILL_SECONDS = 0.4
# When the last window has been closed, what works for a queue may come to its end, or else begins again at the next start.
WORK_SECONDS = 3.0
# A sentence that nobody has asked for stays until it is likely to have been read.
TELL_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to open an app; all of them are options of `hipflask run`."""

    start: str | None = None  # the path to open; the first window function that needs no arguments, or "/"
    shell: str | None = None  # webkitgtk, webview, browser or url; the best there is
    headless: bool = False  # on a display that nobody sees
    screenshot: Path | None = None  # photograph the window once it has painted, and close it
    selftest: bool = False  # open, load, click, close; the exit code says whether all of that went well
    another: bool = False  # although the program is running already

    @property
    def is_for_a_person(self) -> bool:
        """Whether somebody sits before the window, who may have another one of this program open, and moves it about."""
        return not (self.headless or self.screenshot or self.selftest)


def run(
    app: Flask,
    actions: Registry | None,
    options: Options | None = None,
    ready: Callable[[Callable[[], None]], None] = lambda quit: None,
) -> None:
    """Open an app's window and return when the last one has been closed; raises WindowError where there can be none.

    `ready` is called once, in a thread, when there is something to be seen, with a function that closes all windows.
    """
    options = options or Options()
    with ExitStack() as stack:
        try:
            instance = stack.enter_context(Instance(folder_of(app))) if _is_single(app, options) else None
        except Taken:
            ring(folder_of(app), options.start)
            print(f"{app.name} is running already; its window has come to the front.", file=sys.stderr)
            return
        if options.headless:
            stack.enter_context(headless.display())
        lets_in = _attendant(app, actions) if instance is not None else None
        stack.enter_context(
            reporting(app, has_windows=actions is not None, is_for_a_person=options.is_for_a_person)
        )
        if actions is not None:
            actions.start("a window")
        check = selftest.SelfTest(app) if options.selftest else None
        listener = listen("127.0.0.1", 0)
        guard = Guard.of_loopback(listener.getsockname()[1])
        is_serving = stack.enter_context(_served_beside(app, listener, guard))
        shell = choose(options.shell)
        keeper = _keeper(app, shell, guard, options)
        arranger = stack.enter_context(_arranged(app, shell, keeper, options))
        first = First(app, host_of(app))
        name = keeper.open(selftest.PATH) if check else arranger.begin(_first(app, options))
        is_serving()
        if instance is not None:
            instance.listen(lambda path: keeper.bring_to_front() if path is None else open_path(keeper, path))
        if lets_in is not None:
            stack.enter_context(lets_in.attending(lambda path: open_path(keeper, path)))
        if not (options.screenshot or options.selftest):
            stack.enter_context(working(app, seconds=WORK_SECONDS))
        errors: list[BaseException] = []
        is_live = keeper.is_live(name)
        Thread(
            target=_when_seen,
            args=(first if is_live else None, lambda: ready(shell.quit)),
            name="hipflask-ready",
            daemon=True,
        ).start()
        if options.screenshot or check:
            seen = first if is_live else None
            _beside(lambda: _look(keeper, name, seen, options.screenshot, check), shell, errors)
        shell.run()
        if errors:
            raise errors[0]


def _is_single(app: Flask, options: Options) -> bool:
    """Whether a second start is to bring the first to the front."""
    is_wanted = app.config.get("HIPFLASK_SINGLE_INSTANCE", True) and not options.another
    return options.is_for_a_person and is_wanted


def _attendant(app: Flask, actions: Registry | None) -> Attendant | None:
    """Who lets assistants in to the open program; None if it has nothing for them, or could have no question asked any more."""
    if actions is None or ASSISTANTS not in doors_of(app) or app._got_first_request:
        return None
    from .attending import Attendant  # which most programs do not need

    return Attendant(app, actions, folder_of(app))


@contextmanager
def _served_beside(app: Flask, listener: socket, guard: Guard) -> Iterator[Callable[[], None]]:
    """Start the server while the system's libraries are loaded and the web view starts processes of its own.

    What those ask for until then waits at the listener. Yields what raises whatever has kept the server from starting.
    """
    server: Server | None = None
    failures: list[BaseException] = []

    def start() -> None:
        nonlocal server
        try:
            server = Server(app, listener, guard)
            server.start()
        except BaseException as error:
            failures.append(error)

    def check() -> None:
        thread.join()
        if failures:
            raise failures[0]

    thread = Thread(target=start, name="hipflask-start")
    thread.start()
    try:
        yield check
    finally:
        thread.join()
        if server is not None:
            server.stop()


def _keeper(app: Flask, shell: Shell, guard: Guard, options: Options) -> Keeper:
    """Who keeps the windows of this app."""
    host = host_of(app)
    closers = Closers(host)
    keeper = Keeper(
        shell,
        f"http://127.0.0.1:{guard.port}",
        guard.mint,
        lambda path: opening_at(app, path),
        Placements(_file(app, PLACEMENTS, options)),
        close_wanted=closers.wants_to_close,
        closed=closers.closed,
    )
    host.on_painted.append(lambda session: keeper.painted(session.window))
    host.on_connected.append(lambda session: keeper.shows(session.window, host.address_of(session)))
    return keeper


@contextmanager
def _arranged(app: Flask, shell: Shell, keeper: Keeper, options: Options) -> Iterator[Arranger]:
    """Who arranges them, and is the desk of the app's sessions; what is to be remembered is written at the end."""
    host = host_of(app)
    notebook = host.notebook = Remembered(_file(app, NOTEBOOK, options))
    host.desk = arranger = Arranger(
        keeper,
        Workspaces(_file(app, WORKSPACES, options)),
        lambda path: opening_at(app, path),
        restores=options.is_for_a_person and restores(app, options.start),
    )
    shell.on_quit_wanted = arranger.quit_wanted

    hear_answers(app, arranger.answered)
    try:
        yield arranger
    finally:
        arranger.finish()
        notebook.flush()


def _first(app: Flask, options: Options) -> list[str]:
    """The paths to open first; one, where it is to be looked at."""
    paths = start_paths(app, options.start)
    return paths if options.is_for_a_person else paths[:1]


def _file(app: Flask, name: str, options: Options) -> Path | None:
    """Where something is remembered for this person; nowhere, if nobody sits there."""
    return folder_of(app) / name if options.is_for_a_person else None


def _when_seen(first: First | None, ready: Callable[[], None]) -> None:
    if first is None:
        Event().wait(PLAIN_PAGE_SECONDS)
    else:
        first.painted.wait()
    ready()


def _beside(work: Callable[[], None], shell: Shell, errors: list[BaseException]) -> None:
    """Do something while the window is open, then close it."""

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            shell.quit()

    Thread(target=guarded, name="hipflask-look", daemon=True).start()


def _look(
    keeper: Keeper, name: str, first: First | None, screenshot: Path | None, check: selftest.SelfTest | None
) -> None:
    if first is None:
        Event().wait(PLAIN_PAGE_SECONDS)
    elif not first.wait(PAINT_SECONDS):
        raise WindowError(
            f"The window has not painted anything within {PAINT_SECONDS:.0f} seconds. Does its page load? "
            "`hipflask serve` shows it in a browser."
        )
    elif first.refusal:
        raise WindowError(f"There is no window to look at: {first.refusal}. The log says why.")
    if first is not None and first.session is not None:
        first.session.wait_until_settled(5.0)
        if check is not None:
            check.click(first.session)
    if screenshot is not None:
        Event().wait(STILL_SECONDS)
        keeper.window(name).screenshot(screenshot)


def tell(app: Flask, sentence: str) -> None:
    """Show a note in every window of the app."""
    for session in host_of(app).sessions():
        session.call("notify", {"message": sentence, "kind": "neutral", "seconds": TELL_SECONDS})


def open_path(keeper: Keeper, path: str) -> None:
    """Open a window at a path that somebody has typed."""
    keeper.open("/" + path.lstrip("/"))
