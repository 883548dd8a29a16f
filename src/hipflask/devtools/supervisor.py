"""The process that stays: it watches the program's files, and starts it anew when one has changed.

    child 1 answers        app.py is saved            child 2 answers
    ───────────────┬──────────────────────────┬──────────────────────
                   HandOver → Handed(states)   Start(states)           on the same address, with the same token

The address is bound here once and lent to each child, so that who connects meanwhile waits instead of being refused.
A spare child is always under way, with everything imported but the program.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Lock

import click

from ..ui.wire import Halted
from .fault import ended
from .messages import Address, Failed, Files, FromChild, Handed, HandOver, Inspected, Program, Ready, Start
from .watch import Watch

POLL_SECONDS = 0.1
# A child waits one second for its handlers.
HAND_OVER_SECONDS = 2.0
EXIT_SECONDS = 1.5


class Supervisor:
    """Keeps one child running; `hear` is told what the children say, and `tick` is called ten times a second."""

    def __init__(
        self,
        program: Program,
        address: Address,
        *,
        start: str | None = None,
        remembers: bool = False,
        hear: Callable[[FromChild], None] = lambda message: None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self._program = program
        self._address = address
        self._start_path, self._remembers = start, remembers
        self._hear_too = hear
        self._tick = tick
        self._states = b""
        self._inspected: str | None = None
        self._child: Process | None = None
        self._spare: Process | None = None
        self._watch = Watch(Path(program.script).resolve().parent if program.script else Path.cwd())
        self._over = Event()

    def run(self) -> None:
        """Run the program, anew whenever one of its files has changed, until `stop`."""
        try:
            self._begin()
            while not self._over.is_set():
                self._wait()
                self._tick()
                if changed := self._watch.changed():
                    self._reload(changed)
        finally:
            for process in (self._child, self._spare):
                if process is not None:
                    process.end()

    def tell(self, message: object) -> bool:
        """Tell the program something, from any thread; returns False if there is nobody to hear it."""
        child = self._child
        if child is not None:
            child.send(message)
        return child is not None and not child.is_gone

    def stop(self) -> None:
        """Have `run` end, and the program with it; from any thread."""
        self._over.set()

    def _begin(self, halted: Halted | None = None) -> None:
        self._child, self._spare = self._spare or Process(self._address), None
        self._child.send(
            Start(
                self._program,
                self._address,
                self._start_path,
                self._states,
                self._remembers,
                halted,
                self._inspected,
            )
        )

    def _reload(self, changed: list[str]) -> None:
        click.echo(
            f"{', '.join(os.path.basename(file) for file in changed)} changed: loading {self._program.name} again.",
            err=True,
        )
        assert self._child is not None
        self._child.send(HandOver())
        message = None
        while (
            not isinstance(message, Handed)
            and (message := self._child.receive(HAND_OVER_SECONDS)) is not None
        ):
            self._hear(message)
        self._child.end()
        self._begin()

    def _wait(self) -> None:
        """Hear what the child has to say, for a moment."""
        assert self._child is not None
        message = self._child.receive(POLL_SECONDS)
        if message is not None:
            self._hear(message)
        elif self._child.is_gone:
            self._child.end()
            halted = ended(self._child.exit_code)
            click.echo(halted.message, err=True)
            self._begin(halted)

    def _hear(self, message: FromChild) -> None:
        match message:
            case Handed(states):
                self._states = states
            case Inspected(address):
                self._inspected = address
            case Ready(files) | Files(files):
                self._watch.follow(files)
            case Failed(halted, files):
                click.echo(f"{halted.title}: {halted.message}\n{halted.detail}", err=True)
                self._watch.follow(files, also=True)
        if isinstance(message, Ready | Failed) and self._spare is None:
            self._spare = Process(self._address)
        self._hear_too(message)


class Process:
    """One child and the line to it."""

    def __init__(self, address: Address) -> None:
        self._line, theirs = multiprocessing.Pipe()
        self._sending = Lock()  # windows speak to it, too
        self.is_gone = False
        self._process = _spawn(theirs, address.listener)
        theirs.close()

    @property
    def exit_code(self) -> int | None:
        """What it ended with, once it has."""
        return self._process.poll()

    def send(self, message: object) -> None:
        """Tell it something; nothing happens if it is gone."""
        try:
            with self._sending:
                self._line.send(message)
        except OSError:
            self.is_gone = True

    def receive(self, seconds: float) -> FromChild | None:
        """The next thing that it says within some seconds; None if there is none, or nobody to say it."""
        try:
            return self._line.recv() if self._line.poll(seconds) else None
        except (EOFError, OSError):
            self.is_gone = True
            return None

    def end(self) -> None:
        """Have it end by itself, or end it."""
        self._line.close()
        try:
            self._process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _spawn(theirs: Connection, listener: int | None) -> subprocess.Popen[bytes]:
    handle = theirs.fileno()
    command = [sys.executable, "-m", "hipflask.devtools.child", str(handle)]
    if sys.platform != "win32":
        lent = [handle] if listener is None else [handle, listener]
        return subprocess.Popen(command, pass_fds=lent)
    os.set_handle_inheritable(handle, True)
    return subprocess.Popen(command, close_fds=False)
