"""GTK's main loop: work handed to it from any thread, and Ctrl-C noticed while it waits in C."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from hipflask.core.errors import UsageError, WindowError
from hipflask.surfaces.window._gtk import Gtk
from hipflask.surfaces.window.signals import sigterm_as_exit

log = logging.getLogger(__name__)
Job = Callable[[], object]

BEFORE_REDRAWING = 0  # G_PRIORITY_DEFAULT: a page that repaints all the time must not keep others waiting
REMOVE, KEEP = 0, 1
CLOSED = -4  # GTK_RESPONSE_DELETE_EVENT: the dialog went away unanswered
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Loop:
    """The one thread that may touch GTK, which is the thread that made this object."""

    def __init__(self, gtk: Gtk) -> None:
        self._gtk = gtk
        self._thread = threading.current_thread()
        self._jobs: deque[Job] = deque()
        self._call_next = gtk.callback("g_idle_add_full", self._next)
        self._caught: list[signal.Signals] = []

    def post(self, job: Job) -> None:
        """Have `job` called by the loop, in the order of posting; from any thread."""
        self._jobs.append(job)
        self._gtk.g_idle_add_full(BEFORE_REDRAWING, self._call_next, None, None)

    def soon(self, job: Job) -> None:
        """Call `job` at once when on the loop's thread, else post it."""
        if self.is_mine():
            job()
        else:
            self.post(job)

    def is_mine(self) -> bool:
        """Whether the caller is on the loop's thread."""
        return threading.current_thread() is self._thread

    def run(self) -> None:
        """Serve until `stop`; then let a signal that came meanwhile do what it would have done without us."""
        with self._signals():
            self._gtk.gtk_main()
        self._pass_on_signal()

    def insist(self) -> None:
        """Refuse to be run by another thread."""
        if not self.is_mine():
            raise UsageError(
                "Shell.run() was called on another thread than the one that chose the shell. "
                "Call both on the program's main thread, and the server on a thread of its own."
            )

    def stop(self) -> None:
        """Make `run` return; on the loop's thread."""
        self._dismiss_dialogs()
        if self._gtk.gtk_main_level():
            self._gtk.gtk_main_quit()

    def _dismiss_dialogs(self) -> None:
        """Cancel every open dialog: some of GTK's run a loop inside the loop, which would go on without us."""
        gtk = self._gtk
        windows = gtk.gtk_window_list_toplevels()
        all_of_them = [gtk.g_list_nth_data(windows, i) for i in range(gtk.g_list_length(windows))]
        gtk.g_list_free(windows)
        for window in all_of_them:
            if gtk.g_type_check_instance_is_a(window, gtk.gtk_dialog_get_type()):
                self.post(partial(gtk.gtk_dialog_response, window, CLOSED))

    def finish(self) -> None:
        """Do what is still waiting, so that windows really go away."""
        while self._gtk.gtk_events_pending():
            self._gtk.gtk_main_iteration_do(False)

    def serve_while(self, holds: Callable[[], bool], seconds: float) -> None:
        """Go on serving after `run` for what has to be finished, but not for ever."""
        until = time.monotonic() + seconds
        while holds() and time.monotonic() < until:
            if not self._gtk.gtk_events_pending():
                time.sleep(0.002)
            self._gtk.gtk_main_iteration_do(False)

    def wait(self, done: threading.Event, seconds: float, what: str) -> None:
        """Wait for `done`, with the loop running on if it is ours to run."""
        until = time.monotonic() + seconds
        if self.is_mine():
            self.serve_while(lambda: not done.is_set(), seconds)
        if not done.wait(max(0.0, until - time.monotonic())):
            raise WindowError(f"{what} took longer than {seconds:g} seconds.")

    def _next(self) -> int:
        try:
            self._jobs.popleft()()
        except Exception:
            log.exception("A call to a window failed")
        return REMOVE

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Let GLib catch Ctrl-C: Python's own handler would not run, or would raise inside a GTK callback and be lost."""
        before = {number: signal.getsignal(number) for number in SIGNALS}
        watched = [number for number in SIGNALS if before[number] not in (signal.SIG_IGN, None)]
        sources = [self._watch(number) for number in watched]
        try:
            yield
        finally:
            for source in sources:
                self._gtk.g_source_remove(source)
            for number in watched:
                signal.signal(number, before[number])

    def _watch(self, number: signal.Signals) -> int:
        def caught() -> int:
            self._caught.append(number)
            self.stop()
            return KEEP

        source: int = self._gtk.g_unix_signal_add(
            number, self._gtk.callback("g_unix_signal_add", caught), None
        )
        return source

    def _pass_on_signal(self) -> None:
        if not self._caught:
            return
        number = self._caught.pop()
        self._caught.clear()
        with sigterm_as_exit():
            signal.raise_signal(number)
