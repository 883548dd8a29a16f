"""Questions to the program that are asked again and again, for as long as somebody looks at the answer.

sessions = questions("sessions", source.sessions)      in a drawing, any number of times
sessions.answer                                        None at first; then what was answered, or why nothing was
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any, Generic, TypeVar

from ....core import context
from ....core.ports import Watcher
from ..records import Unanswered

T = TypeVar("T")

_logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
KEPT = 100  # questions; those that nobody follows are forgotten when there are more


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What was answered, or a sentence that says why nothing was."""

    value: T | None = None
    problem: str = ""


class Question(Generic[T]):
    """Something that is asked every so many seconds while drawings follow it."""

    def __init__(self, ask: Callable[[], T], seconds: float, wake: Callable[[], None]) -> None:
        self._ask = ask
        self._seconds = seconds
        self._wake = wake
        self._due = 0.0
        self._answer: Answer[T] | None = None
        self._watchers: tuple[Watcher, ...] = ()
        self._watching = Lock()

    @property
    def answer(self) -> Answer[T] | None:
        """The newest answer; None while there is none."""
        context.record(self)
        return self._answer

    def watch(self, watcher: Watcher) -> None:
        """Ask for it from now on, and tell `watcher` when the answer is another one."""
        with self._watching:
            self._watchers = (*(each for each in self._watchers if each is not watcher), watcher)
        self._wake()

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more."""
        with self._watching:
            self._watchers = tuple(each for each in self._watchers if each is not watcher)

    @property
    def is_followed(self) -> bool:
        """Whether anybody looks."""
        return bool(self._watchers)

    def ask_again(self) -> None:
        """Have it asked at once: something was done that has changed the answer."""
        self._due = 0.0
        self._wake()

    def ask_if_due(self) -> None:
        """Ask, if somebody looks and the last answer is old."""
        if not self.is_followed or time.monotonic() < self._due:
            return
        answer = self._asked()
        self._due = time.monotonic() + self._seconds
        if answer != self._answer:
            self._answer = answer
            for watcher in self._watchers:
                watcher.changed()

    def _asked(self) -> Answer[T]:
        try:
            return Answer(self._ask())
        except Unanswered as why:
            return Answer(None, str(why))
        except Exception as error:  # the others are to be asked all the same
            _logger.exception("A question to the program failed")
            return Answer(None, f"This could not be asked: {type(error).__name__}.")


class Questions:
    """All that is asked, by one thread: a program that is slow to answer is not asked several things at once."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Question[Any]] = {}
        self._lock = Lock()
        self._wanted = Event()
        self._is_over = False
        Thread(target=self._run, name="hipflask-inspector-asks", daemon=True).start()

    def __call__(self, key: Hashable, ask: Callable[[], T], seconds: float = 1.0) -> Question[T]:
        """The question of that key; `ask` is called in a thread of its own, and may raise Unanswered."""
        with self._lock:
            found = self._known.get(key)
            if found is None:
                self._forget_some()
                found = self._known[key] = Question(ask, seconds, self._wanted.set)
            return found

    def ask_again(self) -> None:
        """Have everything asked that somebody looks at."""
        for question in self._all():
            question.ask_again()

    def close(self) -> None:
        """Ask no more."""
        self._is_over = True
        self._wanted.set()

    def _all(self) -> list[Question[Any]]:
        with self._lock:
            return list(self._known.values())

    def _forget_some(self) -> None:
        if len(self._known) > KEPT:
            self._known = {key: each for key, each in self._known.items() if each.is_followed}

    def _run(self) -> None:
        while not self._is_over:
            self._wanted.wait(LOOK_SECONDS)
            self._wanted.clear()
            for question in self._all():
                question.ask_if_due()
