"""What all views share: the program that is looked into, and what it has told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .... import ui
from ....core import report as reports
from ..records import Program, Unanswered
from ..report import Report
from ..source import Source
from .asking import Questions
from .itself import Itself
from .recorded import Following, Recorded

T = TypeVar("T")


@dataclass(frozen=True)
class Inspection(Itself):
    """One source, followed for as long as the window is open."""

    source: Source
    recorded: Recorded
    following: Following
    ask: Questions

    @classmethod
    def of(cls, source: Source) -> Inspection:
        """Begin to follow a source."""
        recorded = Recorded()
        return cls(source, recorded, Following(source, recorded), Questions())

    @property
    def is_live(self) -> bool:
        """Whether there is a program that could be asked to do something."""
        return self.following.standing.value[0] in ("connected", "looking")

    @property
    def report(self) -> reports.Report | None:
        """The crash report that is looked at, if it is one and no program."""
        return self.source.report if isinstance(self.source, Report) else None

    def program(self) -> Program | None:
        """The process that questions go to."""
        answer = self.ask("programs", self.source.programs, 0.5).answer
        return answer.value[0] if answer is not None and answer.value else None

    def close(self) -> None:
        """Follow it no more."""
        self.following.close()
        self.ask.close()
        self.source.close()


def tried(act: Callable[[], T]) -> T | None:
    """Do something in a handler; what the program does not answer is said in a note, and None comes back."""
    try:
        return act()
    except Unanswered as why:
        ui.notify(str(why), tone="danger")
        return None
