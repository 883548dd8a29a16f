"""A crash report: what went wrong in a program far away, as its person can read it and choose to send it.

    report = report.read(path)          raises ReportUnreadable, whatever the file holds
    print(report.as_text(report))       the same for people
    path.write_bytes(report.encode(report))

It holds names of the code, places in it and lines of it, and nothing that anybody typed, stored or is called: no values, no folder
of a person, no name of a computer. What an exception said of itself is not among it either, since it says it with values; only its
person can have `with_messages` put that in.

The file is JSON. Fields that a reader does not know it leaves alone, so that a later edition may add some; one that means anything
else has another `version`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from .errors import ReportUnreadable

VERSION = 1
LARGEST_FILE = 1_000_000  # bytes; the largest report that is written has a third of that
MOST_FRAMES = 60  # of one exception, half of them its first and half its last: a recursion has thousands
MOST_FAILURES = 10  # exceptions that led to one another
MOST_STEPS = 50
LONGEST_TEXT = 300

Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Link = Literal["", "cause", "context", "member"]


class Program(Struct, frozen=True):
    """Which program it was."""

    id: Text
    name: Text
    version: Text = ""


class Machine(Struct, frozen=True):
    """What it ran on; nothing that tells one computer from another of its kind."""

    hipflask: Text
    python: Text
    system: Text


class Frame(Struct, frozen=True, omit_defaults=True):
    """One line of a traceback. `file` is below the program's own folder, or below that of its packages."""

    file: Text
    line: Count
    function: Text
    source: Text = ""
    own: bool = False  # the program's own code, and not a library's


class Failure(Struct, frozen=True, omit_defaults=True):
    """One exception: where it came through, outermost frame first."""

    type: Text
    frames: Annotated[list[Frame], Meta(max_length=MOST_FRAMES)] = []
    left_out: Count = 0  # frames in the middle that are not here
    link: Link = ""  # how it led to the one before it in the report: as its cause, while it was handled, as one of a group
    message: Annotated[str, Meta(max_length=10 * LONGEST_TEXT)] | None = None


class Step(Struct, frozen=True, omit_defaults=True):
    """Something that the program had done shortly before."""

    before: Seconds  # so long before it went wrong
    kind: Text
    name: Text
    seconds: Seconds | None = None  # how long it took, where that is known
    error: Text = ""  # the type of what it raised, where that is known


class Report(Struct, frozen=True):
    """What went wrong, where, in which program, and what it had done before."""

    version: int
    id: Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]  # made up for this report alone
    when: Annotated[datetime.datetime, Meta(tz=True)]
    program: Program
    machine: Machine
    kind: Text  # "handler", "drawing", "task", "thread", "start", "native", …
    function: Text  # of the program's own, as far as it is known
    failures: Annotated[
        list[Failure], Meta(max_length=MOST_FAILURES)
    ]  # the one that was raised last comes first
    steps: Annotated[list[Step], Meta(max_length=MOST_STEPS)] = []

    @property
    def title(self) -> str:
        """What went wrong, in a line."""
        what = self.failures[0].type if self.failures else "Something"
        return f"{what} in {self.function}" if self.function else what

    @property
    def place(self) -> str:
        """Where it was raised: the same for all reports of one mistake."""
        frames = self.failures[0].frames if self.failures else []
        own = [frame for frame in frames if frame.own] or frames
        return f"{own[-1].file}:{own[-1].line}" if own else ""


def cut(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text as it may stand in a report: of one line, without what a terminal or a page would take for more than text."""
    return _clean(text if len(text) <= longest else text[: longest - 1] + "…")


def encode(report: Report) -> bytes:
    """The file of a report, with a line for each field: a person may read it in any editor."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def decode(data: bytes, name: str = "This") -> Report:
    """The report that a file holds; raises ReportUnreadable, naming the file, for anything else."""
    if len(data) > LARGEST_FILE:
        raise ReportUnreadable(f"{name} is larger than any crash report: {len(data):,} bytes.")
    try:
        found = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        raise ReportUnreadable(f"{name} is no crash report, or only a part of one: it is not JSON.") from None
    version = found.get("version") if isinstance(found, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise ReportUnreadable(
            f"{name} was written by a newer Hipflask than this one: its version is {version}, and this one reads {VERSION}. "
            "pip install --upgrade hipflask"
        )
    try:
        report = msgspec.convert(_cleaned(found), Report)
        report.when.astimezone(datetime.UTC)  # the first and the last day there are have no UTC everywhere
        return report
    except (ValueError, OverflowError, RecursionError) as error:
        raise ReportUnreadable(f"{name} is no crash report: {_clean(str(error))[:LONGEST_TEXT]}.") from None


def read(path: Path) -> Report:
    """The report in a file; raises ReportUnreadable if it is none, or cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ReportUnreadable(f"{path} cannot be read: {error.strerror or error}.") from None
    return decode(data, str(path))


def with_messages(report: Report, messages: Sequence[str]) -> Report:
    """The same, with what the exceptions said of themselves, in the order of `failures`; only its person may ask for this."""
    told = [cut(message, 10 * LONGEST_TEXT) for message in messages]
    failures = [
        msgspec.structs.replace(failure, message=told[number] if number < len(told) else None)
        for number, failure in enumerate(report.failures)
    ]
    return msgspec.structs.replace(report, failures=failures)


def as_text(report: Report) -> str:
    """All of a report, for people."""
    return "\n".join(_lines(report))


# ── for people ────────────────────────────────────────────────────────────────────────────────────

_LINKS: Mapping[str, str] = {
    "": "",
    "cause": "It was raised because of this:",
    "context": "It was raised while this was handled:",
    "member": "One of the group was this:",
}


def _lines(report: Report) -> Iterator[str]:
    program, machine = report.program, report.machine
    yield report.title
    yield ""
    yield f"Program   {' '.join(filter(None, [program.name, program.version]))} ({program.id})"
    yield f"When      {report.when.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"
    yield f"What      {report.kind}"
    yield f"With      Hipflask {machine.hipflask}, Python {machine.python}, {machine.system}"
    yield f"Report    {report.id}"
    for failure in report.failures:
        yield from _lines_of_failure(failure)
    if report.steps:
        yield ""
        yield "Before that:"
        yield from map(_line_of_step, report.steps)


def _lines_of_failure(failure: Failure) -> Iterator[str]:
    yield ""
    if failure.link:
        yield _LINKS[failure.link]
    yield failure.type + ("" if failure.message is None else f": {failure.message}")
    for number, frame in enumerate(failure.frames):
        if failure.left_out and number == len(failure.frames) // 2:
            yield f"  … {failure.left_out:,} more …"
        yield f"  {frame.file}, line {frame.line}, in {frame.function}"
        if frame.source:
            yield f"    {frame.source}"


def _line_of_step(step: Step) -> str:
    took = "" if step.seconds is None else f" ({step.seconds * 1000:,.1f} ms)"
    raised = f", raised {step.error}" if step.error else ""
    return f"  {step.before:9,.2f} s before   {step.kind} {step.name}{took}{raised}"


# ── what comes from elsewhere ─────────────────────────────────────────────────────────────────────

# Control characters, and those that turn the direction of writing: a terminal and an editor would obey them.
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _clean(text: str) -> str:
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return value
