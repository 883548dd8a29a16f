"""What a program has told, kept for the window: rows to look through, spans by their numbers, sums.

Only so much is kept, the newest; a program that tells a million things a minute fills no memory. One thread adds, any number reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from threading import Lock, Thread
from time import monotonic, sleep

import msgspec

from .... import ui
from ....ui.charts.series import Series
from ..records import Log, News, Note, Running, Span
from ..source import Source
from . import sentences
from .totals import Totals, amount

MOST = 100_000  # rows of each kind
POLL_SECONDS = 0.1
TIMED = {"handler": "handlers", "draw": "drawings", "statement": "queries"}  # what the timeline shows
TELL_SECONDS = 0.3  # between two times that drawings are told of news


class Doing(msgspec.Struct, frozen=True, eq=False):
    """A span as a row to look through."""

    number: int
    at: str
    kind: str
    name: str
    session: str
    why: str
    ms: float
    queries: int
    patches: int
    error: str
    process: int


class Line(msgspec.Struct, frozen=True, eq=False):
    """A line of a log, or a note, as a row."""

    number: int
    at: str
    level: str
    name: str
    message: str
    place: str
    session: str


class Recorded:
    """All that is kept."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.slack = (
            most // 10
        )  # more than that may lie there for a while, so that giving up the oldest is seldom
        self.version = ui.State(0)  # another one whenever something has come
        self.timeline = Series("time", *TIMED.values(), most=MOST)
        self.running = ui.State[Sequence[Running]](())
        self.dropped = 0
        self.clear()

    def follow(self) -> int:
        """Have the drawing that calls this run again whenever something has come."""
        return self.version.value

    def clear(self) -> None:
        """Begin anew; numbers go on."""
        self.doings: list[Doing] = []
        self.timeline.clear()
        self.logs: list[Line] = []
        self.notes: list[Line] = []
        self.totals = Totals()
        self.sessions: set[str] = set()  # names of all live sessions that something was told of
        self._open: dict[
            str, str
        ] = {}  # spans that go on, by which handlers are known before what they belong to has ended
        self._records: dict[int, Span | Note | Log] = {}  # by number, oldest first
        self._spans: dict[str, Span] = {}
        self._traces: dict[str, list[Span]] = {}
        self._queries: Counter[str] = Counter()  # of spans that go on, by what has ended within them
        self._patches: Counter[str] = Counter()

    def take(self, news: News) -> None:
        """Keep what has come."""
        self.sessions |= {record.session for record in news.records if record.session}
        self._open = {each.span: f"{each.kind} {each.name}" for each in news.running}
        for record in news.records:  # all of them first: what something was within often comes after it
            self._records[record.number] = record
            if isinstance(record, Span):
                self._spans[record.span] = record
                self._traces.setdefault(record.trace, []).append(record)
        for record in news.records:
            if isinstance(record, Span):
                self._take_span(record)
            else:
                (self.logs if isinstance(record, Log) else self.notes).append(_line(record))
        self.dropped = news.dropped
        self._put_on_timeline(
            [record for record in news.records if record.kind in TIMED and isinstance(record, Span)]
        )
        self._forget()

    def record(self, number: int) -> Span | Note | Log | None:
        """What has that number, if it is still kept."""
        return self._records.get(number)

    def span(self, span: str) -> Span | None:
        """The span of that name, if it has ended and is still kept."""
        return self._spans.get(span) if span else None

    def trace(self, trace: str) -> Sequence[Span]:
        """All spans of a trace that have ended, in the order in which they did."""
        return tuple(self._traces.get(trace, ()))

    def _take_span(self, span: Span) -> None:
        self.totals.add(span, self.span)
        queries = self._queries.pop(span.span, 0) + (span.kind == "statement")
        patches = self._patches.pop(span.span, 0) + int(amount(span.facts, "patches"))
        if span.parent:  # which is told of later, since it ends later
            self._queries[span.parent] += queries
            self._patches[span.parent] += patches
        self.doings.append(_doing(span, self._why(span), queries, patches))

    def _put_on_timeline(self, spans: Sequence[Span]) -> None:
        columns = [[span.seconds * 1000 if span.kind == kind else None for span in spans] for kind in TIMED]
        self.timeline.extend([span.at for span in spans], *columns)

    def _why(self, span: Span) -> str:
        """What is to be read beside it: what went wrong, why it ran, or what a person would know it by."""
        if span.error:
            return f"raised {span.error}"
        if span.causes:
            return sentences.why(span.causes, self.span).removeprefix("ran again because ")
        if span.kind == "handler" and (event := self._spans.get(span.parent)) is not None:
            return f"{event.name} {_label(event)}".strip()
        return _label(span) or str(span.facts.get("sql", "")) or self._open.get(span.parent, "")

    def _forget(self) -> None:
        for rows in (self.doings, self.logs, self.notes):
            if len(rows) > self.most + self.slack:
                del rows[: len(rows) - self.most]
        if len(self._records) > self.most + self.slack:
            for number in list(self._records)[: len(self._records) - self.most]:
                self._forget_record(self._records.pop(number))
        for counts in (self._queries, self._patches):  # of spans that never ended, or had ended before
            if len(counts) > self.most:
                counts.clear()

    def _forget_record(self, record: Span | Note | Log) -> None:
        if isinstance(record, Span):
            self._spans.pop(record.span, None)
            trace = self._traces.get(record.trace, [])
            if trace and trace[0] is record:  # the oldest of it, as is whatever is forgotten
                del trace[0]
            if not trace:
                self._traces.pop(record.trace, None)


def _doing(span: Span, why: str, queries: int, patches: int) -> Doing:
    return Doing(
        span.number, sentences.clock(span.at), span.kind, span.name, span.session, why,
        max(round(span.seconds * 1000, 2), 0.0), queries, patches, span.error, span.process,
    )  # fmt: skip


def _label(span: Span) -> str:
    """What a person reads at the element that it is about."""
    label = span.values.get("label")
    return f"“{label}”" if label else ""


def _line(record: Note | Log) -> Line:
    said = (record.message, record.place) if isinstance(record, Log) else (told(record), "")
    return Line(record.number, sentences.clock(record.at), record.kind, record.name, *said, record.session)


def told(record: Note | Span | Log) -> str:
    """Facts and values in one line."""
    return ", ".join(f"{name}: {value}" for name, value in {**record.facts, **record.values}.items())


class Following:
    """Has a `Recorded` follow a source, in a thread, unless it is held."""

    def __init__(self, source: Source, recorded: Recorded) -> None:
        self.is_held = ui.State(False)
        self.standing = ui.State((source.standing, source.sentence, source.title))
        self._source, self._recorded = source, recorded
        self._since = 0
        self._is_over = False
        self._lock = Lock()
        Thread(target=self._run, name="hipflask-inspector-follows", daemon=True).start()

    def hold(self, is_held: bool) -> None:
        """Let what is shown stand still, or go on with what has come meanwhile."""
        self.is_held.set(is_held)

    def clear(self) -> None:
        """Forget all that has been told so far."""
        with self._lock:
            self._recorded.clear()
        self._tell()

    def close(self) -> None:
        """Follow it no more."""
        self._is_over = True

    def look(self) -> bool:
        """Take what there is; returns whether there was anything."""
        news = self._source.news(self._since)
        with self._lock:
            self._recorded.take(news)
        self._recorded.running.set(tuple(news.running))
        self.standing.set((self._source.standing, self._source.sentence, self._source.title))
        had, self._since = self._since, news.newest
        return news.newest != had

    def _run(self) -> None:
        told, has_news = 0.0, False
        while not self._is_over:
            is_more = not self.is_held.value and self.look()
            has_news |= is_more
            if has_news and monotonic() - told >= TELL_SECONDS:
                told, has_news = monotonic(), False
                self._tell()
            if not is_more:
                sleep(POLL_SECONDS)

    def _tell(self) -> None:
        self._recorded.version.update(lambda version: version + 1)
