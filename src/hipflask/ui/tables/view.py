"""One source as one table looks at it: which rows are asked for, the read under way, and the rows that the screen has.

A view lives as long as the table shows the same columns of the same source. It is read anew when the question is another one, or when
the source says that the answer might be; never twice for one frame, since whoever draws the frames asks for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from ...core.errors import UsageError
from ...core.rows import Answer, Key, Line, Question
from ..workers import Workers
from .asked import Asked
from .columns import Shown
from .ids import Ids
from .picture import Difference, Picture, Rows, frame
from .plan import Plan
from .reads import Read, Reads, sentence_of
from .tones import Painter

FIRST_ROWS = 50
MOST_ROWS = 2000  # more than any screen can show
# A read that takes longer than this is shown as under way.
SLOW_SECONDS = 0.15
# After a read that failed, changes of the source are no reason to fail again sixty times a second.
RETRY_SECONDS = 2.0


class View:
    """What one table shows of one source."""

    def __init__(
        self,
        workers: Workers,
        plan: Plan,
        asked: Asked,
        changed: Callable[[], None],
        report: Callable[[BaseException, str], None],
    ) -> None:
        self.source = plan.source
        self.columns: tuple[Shown, ...] = (
            plan.columns
        )  # computed ones with the kinds that their values have told
        self.asked = asked
        self.folds: set[Key] = set()  # groups that are open
        self.first, self.count, self.number = 0, FIRST_ROWS, 0
        self.picture = Picture.empty()
        self.totals: Mapping[str, object] = {}
        self.zoned: frozenset[str] = frozenset()
        self.failure = ""
        self.advice = ""
        self.owed: set[tuple[int, str]] = set()  # cells whose writer waits for what has become of them
        self._plan = plan
        self._workers, self._changed, self._report = workers, changed, report
        self._has_told_of_keys = False
        self._names = [column.name for column in plan.source.columns]
        self._painter = Painter(report)
        self._painter.begin(plan.columns)
        self._last: tuple[Question, int] | None = None
        self._rest_until = 0.0
        self.is_stale = True  # before the reader can say that it is
        self.reads = Reads(plan.source.open(self._source_changed), workers.handlers, changed)

    def follow(self, plan: Plan) -> None:
        """Go on for another drawing of the same columns of the same source; its functions may say other things now."""
        self._plan = plan
        told = {column.name: column for column in self.columns if column.is_computed}
        self.columns = tuple(
            replace(column, kind=told[column.name].kind, align=column.spec.align or told[column.name].align)
            if column.name in told
            else column
            for column in plan.columns
        )
        self._painter.begin(self.columns)
        self.is_stale = True

    def look_at(self, first: int, count: int, number: int) -> None:
        """Show other rows; the answer bears the number, by which the screen knows it."""
        self.first, self.count, self.number = max(first, 0), min(max(count, 1), MOST_ROWS), number

    def question(self, hidden: Collection[str]) -> Question:
        """What is asked of the source."""
        asked = self.asked
        shown = [column.name for column in self.columns if column.name not in hidden]
        names = shown if self._painter.by_row.isdisjoint(shown) else self._names
        needed = dict.fromkeys([*names, *asked.group])
        known = dict.fromkeys(name for name in needed if name in self._names)
        return Question(
            tuple(known), self.first, self.count, asked.order, asked.filters, asked.search, asked.group,
            frozenset(self.folds) if asked.group else frozenset(), self._plan.totals,
        )  # fmt: skip

    def bring_up_to_date(self, hidden: Collection[str]) -> None:
        """Have read what there is to read, unless that is being done."""
        asking = self.question(hidden), self.number
        if asking == self._last and (not self.is_stale or self.reads.is_busy or self._rests()):
            return
        self.is_stale = False
        self._last = asking
        self.reads.ask(*asking)

    def has_more_to_read(self, hidden: Collection[str]) -> bool:
        """Whether what has been read last is not what is asked for now, or may be out of date."""
        return (self.question(hidden), self.number) != self._last or (self.is_stale and not self._rests())

    def go_on(self, hidden: Collection[str]) -> None:
        """Have the next turn come, where there is something left for it: more to read, or to say that it takes long."""
        seconds = self.reads.seconds
        if not self.reads.is_busy:
            if self.has_more_to_read(hidden):
                self._changed()
        elif seconds < SLOW_SECONDS:
            self._workers.later(SLOW_SECONDS - seconds + 0.005, self._changed)

    def receive(self, read: Read, ids: Ids, hidden: Collection[str]) -> Rows | Difference | None:
        """Take in what was read; returns what of it is to be shown."""
        self.failure = read.failure
        if read.answer is None:
            if read.failure:
                self._fail(read.failure)
            return self.picture.take(self.picture.rows, self.picture.tones, self._take_owed())
        answer = read.answer
        if not answer.rows and 0 < answer.total <= self.first:
            self.first = max(answer.total - self.count, 0)  # what was looked at is gone; its end is not
        self.totals, self.advice = answer.totals, answer.advice
        try:
            return self._show(read, answer, ids, hidden)
        except Exception as error:  # keys that are no keys, say: the window must not suffer for it
            self._fail(sentence_of(error))
            self._report(error, "Showing rows in a ui.table")
            return None

    def _show(
        self, read: Read, answer: Answer, ids: Ids, hidden: Collection[str]
    ) -> Rows | Difference | None:
        names = self._names_to_show(read.question, hidden)
        numbers = ids.of(answer.rows)
        self._check_keys(answer, numbers)
        framed = frame(answer, read.question, self.columns, names, numbers, read.number, self._painter)
        self.columns, self.zoned = framed.columns, self.zoned | framed.zoned
        return self.picture.take(framed.rows, framed.tones, self._take_owed())

    def _names_to_show(self, question: Question, hidden: Collection[str]) -> list[str]:
        """The columns that the answer to a question has values for; others may have come into sight since it was asked."""
        has_all = len(question.columns) >= len(self._names)
        shown = [
            column.name
            for column in self.columns
            if column.name not in hidden
            and (has_all if column.is_computed else column.name in question.columns)
        ]
        return [*dict.fromkeys([*shown, *question.group])]

    def values(self, names: Sequence[str], question: Question, lines: Sequence[Line]) -> list[list[object]]:
        """The values of some columns in rows that were read for a question of all columns."""
        places = {name: place for place, name in enumerate(question.columns)}
        computed = {column.name: column for column in self.columns if column.is_computed}
        mappings = self._painter.mappings(question.columns, lines)
        by_column = [
            self._painter.computed(computed[name], mappings)
            if name in computed
            else [line.values[places[name]] for line in lines]
            for name in names
        ]
        return [list(row) for row in zip(*by_column, strict=True)]

    def close(self) -> None:
        """Read and follow nothing any more."""
        self.reads.close()

    def _fail(self, sentence: str) -> None:
        self.failure = sentence
        self._rest_until = time.monotonic() + RETRY_SECONDS
        self._workers.later(RETRY_SECONDS, self._changed)

    def _check_keys(self, answer: Answer, numbers: Sequence[int]) -> None:
        if len(set(numbers)) == len(numbers) or self._has_told_of_keys:
            return
        self._has_told_of_keys = True
        twice = next(
            line.key for line, number in zip(answer.rows, numbers, strict=True) if numbers.count(number) > 1
        )
        error = UsageError(
            f"ui.table: two rows have the key {twice!r}, so nobody can say which of them is meant. Give a row_key= "
            "that is another one for each row."
        )
        self._report(error, "Showing rows in a ui.table")

    def _take_owed(self) -> set[tuple[int, str]]:
        owed, self.owed = self.owed, set()
        return owed

    def _rests(self) -> bool:
        return time.monotonic() < self._rest_until

    def _source_changed(self) -> None:
        self.is_stale = True
        self._changed()
