"""A program that runs, as a source: its processes are found, listened to, and asked; those that have ended are remembered.

    thread hipflask-looking      ten times a second: which processes are there, and what is new in each
    ask                          in the caller's thread, over a line of its own

A process that ends (killed, or started anew because a file was saved) leaves what it had told. The next one is found by itself.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from threading import Event, Lock, Thread
from typing import Literal, TypeVar

import msgspec

from . import door, questions, records
from .asking import ANSWER_SECONDS, Asking, Gone
from .keeping import Keeping
from .records import Unanswered
from .source import Standing

T = TypeVar("T")

LOOK_SECONDS = 0.1
GLANCE_SECONDS = 3.0  # a process that stands still keeps the others waiting for so long
PICK_SECONDS = 70.0  # a person is given a minute
MOST_PROCESSES = 50
MOST_HELPINGS = 20  # of records, before the next process is listened to


class _Process:
    """One process that has answered."""

    def __init__(self, asking: Asking, program: records.Program) -> None:
        self.asking, self.program = asking, program
        self.heard = 0  # the number of the newest record that it has told


class Live:
    """What `source.Source` promises, of a running program."""

    def __init__(self, address: str) -> None:
        self._address = door.parse_address(address)
        self._keeping = Keeping()
        self._processes: dict[int, _Process] = {}  # oldest first
        self._chosen: int | None = None
        self._over = Event()
        self._lock = Lock()
        self._look()
        self._thread = Thread(target=self._run, name="hipflask-looking", daemon=True)
        self._thread.start()

    # ── how it stands ─────────────────────────────────────────────────────────────────────────────

    @property
    def standing(self) -> Standing:
        """Whether somebody answers."""
        programs = self.programs()
        if not programs:
            return "looking"
        return "connected" if any(program.is_there for program in programs) else "gone"

    @property
    def sentence(self) -> str:
        """The same for a person."""
        programs = self.programs()
        there = [program for program in programs if program.is_there]
        if not programs:
            return "No program has answered yet."
        if there:
            return f"{there[0].name} (process {there[0].process}) is running."
        return f"{programs[0].name} (process {programs[0].process}) has ended. What it told is kept here."

    @property
    def title(self) -> str:
        """The program's name."""
        programs = self.programs()
        return programs[0].name if programs else "…"

    def close(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join(ANSWER_SECONDS)
        for process in self._processes.values():
            process.asking.close()

    # ── what was recorded ─────────────────────────────────────────────────────────────────────────

    def news(self, since: int) -> records.News:
        """What was heard of after that number."""
        return self._keeping.since(since)

    def programs(self) -> Sequence[records.Program]:
        """The processes that are there or were, newest first."""
        with self._lock:
            return [process.program for process in reversed(self._processes.values())]

    def choose(self, process: int | None) -> None:
        """Have questions go to that process."""
        self._chosen = process

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self._look()

    def _look(self) -> None:
        self._find_new()
        with self._lock:
            there = [process for process in self._processes.values() if process.program.is_there]
        for process in there:
            self._listen(process)

    def _find_new(self) -> None:
        for number, file in reversed(list(self._address.doors())):
            known = self._processes.get(number)
            if known is not None and known.program.is_there:
                continue
            asking = Asking(self._address, file)
            try:
                program = asking.ask(questions.About(), records.Program, GLANCE_SECONDS)
            except (Gone, Unanswered):
                if not _runs(number):  # it was killed, and could not take its door away
                    file.unlink(missing_ok=True)
            else:
                self._welcome(_Process(asking, program))

    def _welcome(self, process: _Process) -> None:
        with self._lock:
            before = self._processes.pop(process.program.process, None)
            if before is not None and before.program.began == process.program.began:
                process.heard = (
                    before.heard
                )  # it was out of reach for a while; otherwise a number was given again
            self._processes[process.program.process] = process
            gone = [number for number, each in self._processes.items() if not each.program.is_there]
            for number in gone[: len(self._processes) - MOST_PROCESSES]:
                del self._processes[number]

    def _listen(self, process: _Process) -> None:
        for _ in range(MOST_HELPINGS):
            try:
                news = process.asking.ask(questions.WhatsNew(process.heard), records.News, GLANCE_SECONDS)
            except Gone:
                self._part_with(process)
                return
            except (
                Unanswered
            ):  # it is busy, and will tell the next time; or a child of its has the door still open
                if not _runs(process.program.process):
                    self._part_with(process)
                return
            self._keeping.lost(news.newest - process.heard - len(news.records))
            self._keeping.add(news.records)
            self._keeping.run(process.program.process, news.running)
            process.heard = news.newest
            if not news.records:
                return

    def _part_with(self, process: _Process) -> None:
        process.asking.close()
        process.program = msgspec.structs.replace(process.program, is_there=False)
        self._keeping.run(process.program.process, [])

    # ── questions ─────────────────────────────────────────────────────────────────────────────────

    def _ask(
        self,
        question: questions.Asked,
        expected: type[T],
        seconds: float = ANSWER_SECONDS,
        process: int | None = None,
    ) -> T:
        asked = self._asked(process if process is not None else self._chosen)
        try:
            return asked.asking.ask(question, expected, seconds)
        except Gone:
            self._part_with(asked)
            raise Unanswered(self.sentence) from None

    def _asked(self, number: int | None) -> _Process:
        with self._lock:
            newest_first = list(reversed(self._processes.values()))
        if number is None:
            found = next((process for process in newest_first if process.program.is_there), None)
        else:
            found = next((process for process in newest_first if process.program.process == number), None)
        if found is None or not found.program.is_there:
            raise Unanswered(self.sentence if number is None else f"Process {number} has ended.")
        return found

    def sessions(self) -> Sequence[records.Session]:
        """The live sessions."""
        return self._ask(questions.Sessions(), list[records.Session])

    def tree(self, session: str) -> records.Node:
        """What a session shows."""
        return self._ask(questions.Tree(session), records.Node)

    def states(self, session: str) -> Sequence[records.State]:
        """A session's states, then those that all sessions share."""
        return self._ask(questions.States(session), list[records.State])

    def set_state(self, session: str, state: str, text: str) -> records.State:
        """Give a state another value of its type."""
        return self._ask(questions.SetState(session, state, text), records.State)

    def pick(self, session: str) -> records.Picked:
        """Have the person point at an element."""
        return self._ask(questions.Pick(session), records.Picked, PICK_SECONDS)

    def stop_picking(self, session: str) -> None:
        """Have the screen as it was."""
        self._ask(questions.StopPicking(session), type(None))

    def figures(self) -> Sequence[records.Figure]:
        """All gauges."""
        return self._ask(questions.Figures(), list[records.Figure])

    def frames(self, session: str) -> Sequence[records.Frame]:
        """The frames that one can go back to."""
        return self._ask(questions.Frames(session), list[records.Frame])

    def past(self, session: str, frame: int) -> records.Past:
        """The session as it was after that frame."""
        return self._ask(questions.Past(session, frame), records.Past)

    def store(self) -> records.Store:
        """Sizes and locks."""
        return self._ask(questions.Store(), records.Store)

    def explain(self, record: int) -> records.Plan:
        """How SQLite answers the statement of that record."""
        origin = self._keeping.origin(record)
        if origin is None:
            raise Unanswered("This statement is not kept any more.")
        process, number = origin
        return self._ask(questions.Explain(number), records.Plan, process=process)

    def live_queries(self) -> Sequence[records.LiveQuery]:
        """What drawings follow."""
        return self._ask(questions.LiveQueries(), list[records.LiveQuery])

    def changes(self, before: int = 0, limit: int = 100) -> Sequence[records.Change]:
        """The newest entries of the change log."""
        return self._ask(questions.Changes(before, limit), list[records.Change])

    def sync(self) -> records.Sync:
        """How the exchange with the hub stands."""
        return self._ask(questions.Sync(), records.Sync)

    def profile_program(self, seconds: float) -> int:
        """Look where the whole program's time goes."""
        return self._ask(questions.ProfileProgram(seconds), int)

    def profile_calls(self, kind: Literal["handler", "draw", "task"], name: str, calls: int) -> int:
        """The same for the next calls of one function."""
        return self._ask(questions.ProfileCalls(kind, name, calls), int)

    def profiles(self) -> Sequence[records.Profile]:
        """All that were made, without their trees."""
        return self._ask(questions.Profiles(), list[records.Profile])

    def profile(self, id: int) -> records.Profile:
        """One of them."""
        return self._ask(questions.Profile(id), records.Profile)

    def stop_profile(self, id: int) -> None:
        """End it now."""
        self._ask(questions.StopProfile(id), type(None))

    def speedscope(self, id: int) -> str:
        """The same as a file of speedscope's."""
        return self._ask(questions.Speedscope(id), str)


def _runs(process: int) -> bool:
    if sys.platform == "win32":  # asking would end it there
        return True
    with contextlib.suppress(OSError, OverflowError):
        os.kill(process, 0)
        return True
    return False
