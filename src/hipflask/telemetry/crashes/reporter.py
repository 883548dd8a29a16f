"""Who writes crash reports in this process: one, from its first line to its end.

    reporter = begin(folder, Program("com.example.stock", "Stock", "1.4.2"))
    …
    reporter.end()

It hears of what nobody has caught: from handlers, drawings and tasks by `core.uncaught`, from threads and the main program by Python's own
hooks, and of the crash of a whole process at the next start. Whatever goes wrong with a report makes nothing worse.
"""

from __future__ import annotations

import contextlib
import datetime
import platform
import re
import secrets
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from ...core import report, uncaught
from ...core.report import Failure, Machine, Program, Report, cut
from . import native
from .failures import failures_of, function_of
from .shelf import MOST_REPORTS, Shelf
from .steps import Steps


class Fresh(NamedTuple):
    """A report of this process, and what its exceptions have said, which is in no file."""

    report: Report
    messages: list[str]


class Reporter:
    """Writes reports, and has the newest itself: a person can read and send one although the disk is full."""

    def __init__(self, folder: Path, program: Program) -> None:
        self.shelf = Shelf(folder)
        self.program = program
        self._fresh: dict[str, Fresh] = {}
        # The address of the window that shows a report; None where nobody sits before a window.
        self.address: Callable[[str], str] | None = None
        self._steps = Steps()
        self._watch: native.Watch | None = None
        self._hooks: list[Callable[[], None]] = []

    def begin(self) -> None:
        """Hear of errors from now on, and write of what has crashed before."""
        uncaught.hear, uncaught.did = self._hear, self._steps.did
        before, before_in_threads = sys.excepthook, threading.excepthook
        sys.excepthook = lambda *raised: self._program_ends(before, *raised)
        threading.excepthook = lambda args: self._thread_ends(before_in_threads, args)
        self._hooks = [
            lambda: setattr(sys, "excepthook", before),
            lambda: setattr(threading, "excepthook", before_in_threads),
        ]
        with contextlib.suppress(OSError):
            self._look_for_crashes()

    def end(self) -> None:
        """Hear of nothing more."""
        uncaught.hear = uncaught.did = None
        while self._hooks:
            self._hooks.pop()()
        if self._watch is not None:
            self._watch.end()

    def write(self, what: str, error: BaseException, *, is_seen: bool = False) -> str:
        """Write a report about an error, unless there is one about the same place already; returns its id."""
        told = failures_of(error)
        made = self._made(what, told.failures)
        known = self.shelf.claim(f"{made.title} {made.place}", made.id)
        if known == made.id:
            self._fresh[made.id] = Fresh(made, told.messages)
            while len(self._fresh) > MOST_REPORTS:
                self._fresh.pop(next(iter(self._fresh)), None)
            self.shelf.put(made, is_seen=is_seen)
        return known

    def find(self, wanted: str) -> Fresh | None:
        """The report of that id, with what its exceptions said if that was in this process."""
        if (fresh := self._fresh.get(wanted)) is not None:
            return fresh
        kept = self.shelf.get(wanted)
        return None if kept is None else Fresh(kept, [])

    def _made(self, what: str, failures: Sequence[Failure], when: float | None = None) -> Report:
        moment = datetime.datetime.now(datetime.UTC)
        if when is not None:
            moment = datetime.datetime.fromtimestamp(when, datetime.UTC)
        return Report(
            report.VERSION,
            secrets.token_hex(8),
            moment.replace(microsecond=0),
            self.program,
            machine(),
            cut(what),
            function_of(failures),
            list(failures),
            self._steps.newest() if when is None else [],  # of another process nothing is known
        )

    def _look_for_crashes(self) -> None:
        for crash in native.crashes_in(self.shelf.folder):
            self.shelf.put(self._made("native crash", crash.failures, crash.when), is_seen=False)
        import faulthandler

        if not faulthandler.is_enabled():  # somebody wants to see it elsewhere
            self._watch = native.Watch(self.shelf.folder)

    # ── who tells ─────────────────────────────────────────────────────────────────────────────────

    def _hear(self, what: str, error: BaseException) -> str:
        found = self.write(what, error, is_seen=self.address is not None)
        return self.address(found) if self.address is not None else ""

    def _program_ends(
        self, before: Any, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            with contextlib.suppress(Exception):
                self.write("the program", error)
        before(kind, error, trace)

    def _thread_ends(self, before: Any, args: threading.ExceptHookArgs) -> None:
        if isinstance(args.exc_value, Exception):
            with contextlib.suppress(Exception):
                self.write("a thread", args.exc_value)
        before(args)


def begin(folder: Path, program: Program) -> Reporter:
    """Write crash reports into this folder from now on."""
    global current
    current = Reporter(folder, program)
    current.begin()
    return current


current: Reporter | None = None


def end() -> None:
    """Write no more."""
    global current
    if current is not None:
        current.end()
    current = None


def machine() -> Machine:
    """What this process runs on."""
    numbers = re.match(r"[\d.]*", platform.release())  # whoever builds a kernel gives it a name as well
    system = f"{platform.system()} {numbers[0] if numbers else ''} {platform.machine()}"
    return Machine(version("hipflask"), platform.python_version(), cut(system))
