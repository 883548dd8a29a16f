"""A crash report as a source: what its program had done before it went wrong, and the error itself. Nothing can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NoReturn

from ...core import report as reports
from ...core.errors import ReportUnreadable
from . import records
from .records import Unanswered
from .source import Standing

PROCESS = 0  # nobody knows, and it has ended


class Report:
    """What `source.Source` promises, of a file; raises Unanswered for one that is no report."""

    def __init__(self, file: Path) -> None:
        try:
            self._report = reports.read(file)
        except ReportUnreadable as error:
            raise Unanswered(str(error)) from None
        self._file = file
        self._records = _records(self._report)

    @property
    def report(self) -> reports.Report:
        """The report itself."""
        return self._report

    @property
    def standing(self) -> Standing:
        """A file, to which nothing is added."""
        return "file"

    @property
    def sentence(self) -> str:
        """What it is."""
        when = self._report.when.strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"A crash report of {self._report.program.name}, {when}: {self._report.title}."

    @property
    def title(self) -> str:
        """The report's file."""
        return self._file.name

    def close(self) -> None:
        """Nothing is open."""

    def news(self, since: int) -> records.News:
        """The steps before the error, and the error."""
        return records.News(self._records[since:], len(self._records), 0, [])

    def programs(self) -> Sequence[records.Program]:
        """The process that it is about."""
        program, machine = self._report.program, self._report.machine
        versions = {"hipflask": machine.hipflask, "python": machine.python, "system": machine.system}
        versions |= {program.name: program.version} if program.version else {}
        began = self._records[0].at if self._records else self._report.when.timestamp()
        return [records.Program(PROCESS, program.name, began, versions, "", False, False, is_there=False)]

    def choose(self, process: int | None) -> None:
        """There is one alone."""

    def sessions(self) -> Sequence[records.Session]:
        """None: it has ended."""
        return []

    def tree(self, session: str) -> records.Node:
        """Not in a report."""
        _not_there()

    def states(self, session: str) -> Sequence[records.State]:
        """Not in a report."""
        _not_there()

    def set_state(self, session: str, state: str, text: str) -> records.State:
        """Not in a report."""
        _not_there()

    def pick(self, session: str) -> records.Picked:
        """Not in a report."""
        _not_there()

    def stop_picking(self, session: str) -> None:
        """Nothing is picked."""

    def figures(self) -> Sequence[records.Figure]:
        """None."""
        return []

    def frames(self, session: str) -> Sequence[records.Frame]:
        """None: a report holds nothing of what was shown."""
        return []

    def past(self, session: str, frame: int) -> records.Past:
        """Not in a report."""
        _not_there()

    def store(self) -> records.Store:
        """Not in a report."""
        _not_there()

    def explain(self, record: int) -> records.Plan:
        """Not in a report."""
        _not_there()

    def live_queries(self) -> Sequence[records.LiveQuery]:
        """None."""
        return []

    def changes(self, before: int = 0, limit: int = 100) -> Sequence[records.Change]:
        """None."""
        return []

    def sync(self) -> records.Sync:
        """Not in a report."""
        _not_there()

    def profile_program(self, seconds: float) -> int:
        """Not of a program that has ended."""
        _not_there()

    def profile_calls(self, kind: Literal["handler", "draw", "task"], name: str, calls: int) -> int:
        """Not of a program that has ended."""
        _not_there()

    def profiles(self) -> Sequence[records.Profile]:
        """None."""
        return []

    def profile(self, id: int) -> records.Profile:
        """Not in a report."""
        _not_there()

    def stop_profile(self, id: int) -> None:
        """Nothing is under way."""

    def speedscope(self, id: int) -> str:
        """Not in a report."""
        _not_there()


def _not_there() -> NoReturn:
    raise Unanswered(
        "A crash report does not hold that: it has names and places, and nothing that anybody typed or stored."
    )


def _records(report: reports.Report) -> list[records.Recorded]:
    """The steps in the order in which they began, and the error as a line of a log."""
    when = report.when.timestamp()
    steps = sorted(report.steps, key=lambda step: -step.before)
    found: list[records.Recorded] = [
        _span(number, when - step.before, step) for number, step in enumerate(steps, 1)
    ]
    failure = report.failures[0] if report.failures else None
    said = (
        report.title if failure is None or failure.message is None else f"{report.title}: {failure.message}"
    )
    found.append(
        records.Log(
            number=len(found) + 1,
            process=PROCESS,
            at=when,
            kind="ERROR",
            name=report.program.name,
            session="",
            trace="",
            span="",
            facts={"what": report.kind, "function": report.function},
            values={},
            message=said,
            place=report.place,
            traceback=reports.as_text(report),
        )
    )
    return found


def _span(number: int, at: float, step: reports.Step) -> records.Span:
    return records.Span(
        number=number,
        process=PROCESS,
        at=at,
        kind=step.kind,
        name=step.name,
        session="",
        trace="",
        span="",
        facts={},
        values={},
        seconds=-1.0 if step.seconds is None else step.seconds,
        error=step.error,
    )
