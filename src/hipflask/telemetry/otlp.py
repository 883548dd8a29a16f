"""Spans and figures to a collector, by the OpenTelemetry protocol over HTTP.

    exporter = Exporter(settings, "shop")      from now on, whatever is told is sent
    exporter.close()                           the rest is sent, if that goes quickly

Whoever tells of a span pays for a short record in a queue. All else happens in one thread, which also loads OpenTelemetry: a
collector that is gone, slow or hostile makes that one wait, and the queue lose its oldest.
"""

from __future__ import annotations

import atexit
import logging
import os
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from ..core import tracing
from ..core.tracing import Note, Origin, Span
from . import figures
from .figures import Figure
from .settings import Settings
from .told import Noted, Told, noted_of, told_of

if TYPE_CHECKING:
    from .sender import Sender

_LOG = logging.getLogger("hipflask.telemetry")

END_SECONDS = 1.5  # the longest that a collector keeps a program from its end
LOAD_SECONDS = 5.0  # the longest that OpenTelemetry does, in one that ends while it is still being loaded
MOST_NOTED = 1024  # spans under way of which notes are kept
NOTES_OF_ONE = 32
DROPPED = "hipflask_telemetry_dropped"


class Exporter:
    """A sink that sends what it is told of."""

    def __init__(self, settings: Settings, service: str) -> None:
        self._settings = settings
        self._service = service
        self.renew()
        self._start()
        self._figures = figures.follow() if settings.metrics else None
        if settings.traces:
            tracing.add(self)
        tracing.gauges[DROPPED] = lambda: [({}, float(self.dropped))]
        atexit.register(self.close)
        _renew_after_fork(self)

    def renew(self) -> None:
        """Begin with nothing told; also in the child of a process that has forked, which has none of its parent's threads."""
        self.dropped = 0  # spans that nobody will hear of, because there were too many
        self._over: deque[Told] = deque()
        self._notes: OrderedDict[Origin, list[Noted]] = OrderedDict()
        self._wake = Event()
        self._asked = Event()  # for all that there is, at once
        self._answered = Event()
        self._is_closing = False
        self._is_loaded = Event()
        self._starting = Lock()
        self._sender: Sender | None = None
        self._thread: Thread | None = None

    def wait_until_loaded(self) -> None:
        """Wait for what the thread imports first; not for long, whatever happens."""
        if self._thread is not None:
            self._is_loaded.wait(LOAD_SECONDS)

    # ── told of, by any thread ───────────────────────────────────────────────────────────────────

    def began(self, span: Span) -> None:
        """Nothing is sent of what goes on."""

    def ended(self, span: Span) -> None:
        """Keep it until the next message."""
        if self._thread is None:
            self._start()
        over = self._over
        over.append(told_of(span))
        if len(over) > self._settings.most_waiting:
            with suppress(IndexError):  # it was taken meanwhile
                over.popleft()
                self.dropped += 1
        if len(over) == self._settings.most_at_once:
            self._wake.set()

    def noted(self, note: Note) -> None:
        """Keep it for the message that its span is in."""
        if note.origin is None:
            return
        notes = self._notes.setdefault(note.origin, [])
        if len(notes) < NOTES_OF_ONE:
            notes.append(noted_of(note))
        if len(self._notes) > MOST_NOTED:
            with suppress(KeyError):
                self._notes.popitem(last=False)

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    def flush(self, seconds: float) -> None:
        """Send what there is, and wait for that, but not for longer than this: a function on Lambda stands still afterwards."""
        if self._thread is not None:
            self._answered.clear()
            self._asked.set()
            self._wake.set()
            self._answered.wait(seconds)

    def close(self, seconds: float = END_SECONDS) -> None:
        """Send what there is, if that goes quickly, and nothing any more."""
        if self._is_closing:
            return
        tracing.remove(self)
        atexit.unregister(self.close)
        self._is_closing = True
        self._wake.set()
        if self._thread is None:
            return
        self.wait_until_loaded()
        self._thread.join(seconds)
        if self._thread.is_alive() and self._sender is not None:
            self._sender.cut()
        if self._figures is not None:
            figures.leave()
        tracing.gauges.pop(DROPPED, None)

    # ── the thread ───────────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        with self._starting, suppress(RuntimeError):  # the program is ending
            if self._thread is None:
                self._thread = Thread(target=self._work, name="hipflask-telemetry", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        try:
            self._sender = sender = self._new_sender()
        except Exception as error:
            _LOG.warning(
                "No telemetry is sent, because OpenTelemetry refuses its settings: %s.", type(error).__name__
            )
            return
        finally:
            self._is_loaded.set()
        while not self._is_closing:
            self._wake.wait(sender.wait)
            self._wake.clear()
            is_asked = self._asked.is_set()
            self._asked.clear()
            self._send(sender, at_once=is_asked or self._is_closing)
            if is_asked:
                self._answered.set()
        self._send(sender, at_once=True)

    def _new_sender(self) -> Sender:
        from .sender import Sender  # OpenTelemetry takes 150 ms to load, which nobody waits for here

        return Sender(self._settings, self._service, self._take, self._take_notes, self._snapshot)

    def _send(self, sender: Sender, *, at_once: bool) -> None:
        try:
            sender.send(at_once=at_once)
        except Exception as error:  # of whatever kind: the next messages are to go out all the same
            _LOG.warning("A message with telemetry could not be made: %s.", type(error).__name__)

    def _take(self, most: int) -> list[Told]:
        taken: list[Told] = []
        with suppress(IndexError):
            while len(taken) < most:
                taken.append(self._over.popleft())
        return taken

    def _snapshot(self) -> list[Figure]:
        return [] if self._figures is None else self._figures.snapshot()

    def _take_notes(self, origin: Origin) -> list[Noted]:
        return self._notes.pop(origin, [])


def _renew_after_fork(exporter: Exporter) -> None:
    """A fork in the middle of an import would leave the child with a lock that nobody gives back; so it waits for that."""
    if hasattr(os, "register_at_fork"):
        loaded, renew = weakref.WeakMethod(exporter.wait_until_loaded), weakref.WeakMethod(exporter.renew)
        os.register_at_fork(before=lambda: _call(loaded), after_in_child=lambda: _call(renew))


def _call(method: weakref.WeakMethod[Callable[[], None]]) -> None:
    if (call := method()) is not None:
        call()
