"""How one question is read: which rows stand in its window, how many there are, and what is found out about all of them meanwhile.

    the order is served by an index          from the nearest mark; marks are set in the background, and until then what is far away is guessed
    it is not, and this is the first read    SQLite sorts; if that takes long, the order is kept in the background
    it is kept                               the keys that stand there, and then the rows of these keys

Open queries are read in two steps: first the keys of the window, for which an index is often enough, then the rows of these keys. So a hundred
thousand rows are passed over without looking at one of them.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from typing import Any

from ...core.rows import Answer, Line, Question
from . import sql
from .advice import advice
from .asked import ask, total
from .browsing import Browsing
from .cancellable import Cancellable, TooLong
from .following import ORDER, ROWS, Interest
from .groups import Group, Outline, readable
from .guesses import guessed_mark, guessed_total, seem_more
from .known import Known
from .lines import Found, Lines
from .marks import Mark, Marks
from .shown import Shown
from .windows import START, Kept, Row, by_keys, keep_all, mark_all, plan_of, rows_from


class View:
    """One question, whatever window of it is asked for."""

    def __init__(self, shown: Shown, question: Question, browsing: Browsing) -> None:
        self._shown = shown
        self._question = question
        self._browsing = browsing
        self._limits = browsing.limits
        self._asked = asked = ask(shown, question)
        self.base, self._terms = asked.base, asked.terms
        self.interest = Interest(asked.selects, asked.sorts, asked.shows)
        places = [asked.place(name) for name in question.columns]
        self._lines = Lines(asked, question.columns)
        self._values = [f"c{place}" for place in places]
        # A row that a join has left without its partner cannot be found by its key again.
        self._has_two_steps = shown.is_open and not shown.is_outer
        self._read_first = ", ".join([self.base.keys, *([] if self._has_two_steps else self._values)])
        self._totals = {name: total(shown.column(name), how) for name, how in question.totals.items()}
        self._served: bool | None = None
        self._was_slow = False
        self._head: tuple[int, list[Row]] | None = None
        self._outline: tuple[int, Outline] | None = None
        self._know()
        self.begin()

    def _know(self) -> None:
        base, terms = self.base, self._terms
        step = self._limits.step
        totals = [f"{function}(c{self._asked.place(name)})" for name, (function, _) in self._totals.items()]
        self._count = sql.facts(base, totals)
        kept = self._read_first

        def count(connection: Cancellable, say: Any) -> Row:
            with connection.reading() as driver:
                found: Row = driver.execute(self._count, base.parameters).fetchone()
            connection.close()
            return found

        def mark(connection: Cancellable, say: Callable[[Marks], None]) -> Marks:
            found = mark_all(connection, base, terms, Marks(step), say)
            connection.close()
            return found

        def keep(connection: Cancellable, say: Any) -> Kept:
            return keep_all(connection, base, kept, terms)

        self.facts = self._known(("facts", base.identity, self._count), count)
        self.marks = self._known(("marks", base.identity, terms), mark)
        self.kept = self._known(("kept", base.identity, terms, kept), keep)

    def _known(self, identity: Hashable, find: Any) -> Known[Any]:
        background = self._browsing.background
        return self._browsing.known(identity, lambda told: Known(identity, find, background, told))

    def begin(self) -> None:
        """A read begins, after this: what it counts is right unless something is heard from now on."""
        self._version, self._order_version = self.facts.version, self.kept.version

    def close(self) -> None:
        """Nobody asks any more."""
        for each in (self.facts, self.marks, self.kept):
            self._browsing.give_back(each)

    def uses(self, identity: Hashable) -> bool:
        """Whether an answer may depend on this."""
        return identity in (self.facts.identity, self.marks.identity, self.kept.identity)

    def stale(self, level: int) -> None:
        """Something has changed."""
        if level >= ROWS:
            self.facts.stale()
        if level >= ORDER:
            self.marks.stale()
            self.kept.stale()

    # ── reading ───────────────────────────────────────────────────────────────────────────────────

    def read(
        self, connection: Cancellable, driver: sqlite3.Connection, question: Question
    ) -> tuple[Answer, list[Row]]:
        """The answer, and the kept keys of the rows in it."""
        if question.group:
            return self._read_groups(connection, driver, question)
        began = time.monotonic()
        found = self._window(connection, driver, question.first, question.count)
        taken = time.monotonic() - began
        number, is_exact, totals = self._all(connection, driver, question, found)
        self._look_ahead(question.first, number, taken)
        answer = Answer(
            question.first, self._lines.of_rows(found), number, found.is_exact and is_exact, totals
        )
        if taken > self._limits.slow or self.kept.value is not None:
            answer.advice = advice(self._shown, question, number, bool(self._served))
        return answer, [key for key, _ in found.rows]

    def _window(self, connection: Cancellable, driver: sqlite3.Connection, first: int, count: int) -> Found:
        if self._served is None:
            self._served = self._shown.is_open and sql.is_served(plan_of(driver, self.base, self._terms))
        if first > self._limits.sorted and self.kept.value is None and self._is_worth_sorting():
            self._await_kept(connection)
        kept: Kept | None = self.kept.value
        if kept is None and not self._served and self._has_two_steps and first + count <= self._limits.sorted:
            return self._found(driver, self._beginning(driver)[first : first + count], True)
        if kept is None:
            return self._go_on(connection, driver, first, count)
        self.kept.want()  # anew, if it is out of date
        is_exact = self.kept.is_fresh
        return self._found(driver, kept.rows(first, count), is_exact)

    def _beginning(self, driver: sqlite3.Connection) -> list[Row]:
        """The first keys of an order that has to be sorted: a thousand cost no more than sixty, and last for some windows."""
        if self._head is None or self._head[0] != self._order_version:
            rows = self._rows(driver, START, 0, self._limits.sorted)
            self._head = self._order_version, rows
        return self._head[1]

    def _is_worth_sorting(self) -> bool:
        """Whether to sort once, for good, beats sorting up to a window far inside; of few rows it does not."""
        is_small = self.facts.value is not None and self.facts.value[0] <= self._limits.far
        is_sorted = self._shown.is_open and not self._served and not is_small
        return self.kept.is_being_found or self._was_slow or is_sorted

    def _await_kept(self, connection: Cancellable) -> None:
        """Somebody wants to see the middle of an order that has to be sorted: sort it once, for good."""
        self.kept.want()
        while not self.kept.wait(0.02):
            connection.check()
        connection.check()

    def _go_on(self, connection: Cancellable, driver: sqlite3.Connection, first: int, count: int) -> Found:
        """From the nearest mark on, or from the beginning where that is not far."""
        marks: Marks | None = self.marks.value
        is_far = first > self._limits.far
        mark = marks.before(first) if marks is not None and (is_far or self.marks.is_right) else START
        is_exact = mark is START or self.marks.is_right
        rows = self._within_patience(connection, driver, mark, first, count)
        if rows is None:
            mark = guessed_mark(
                driver, self.base, self._terms, first, self._number(driver, first + 1), self._limits.guessing
            )
            rows, is_exact = self._rows(driver, mark, first, count), mark is START
        return self._found(driver, rows, is_exact)

    def _within_patience(
        self, connection: Cancellable, driver: sqlite3.Connection, mark: Mark, first: int, count: int
    ) -> list[Row] | None:
        """The rows; None where the way there from the mark is too long for somebody who waits."""
        way = first - mark.position
        if not self._served or way <= self._limits.far:
            return self._rows(driver, mark, first, count)
        if way <= self._limits.hopeless:
            with suppress(TooLong), connection.within(self._limits.patience):
                return self._rows(driver, mark, first, count)
        return None

    def _rows(self, driver: sqlite3.Connection, mark: Mark, first: int, count: int) -> list[Row]:
        return rows_from(
            driver, self.base, self._read_first, self._terms, mark=mark, first=first, count=count
        )

    def _found(self, driver: sqlite3.Connection, rows: Sequence[Row], is_exact: bool) -> Found:
        width = self.base.width
        if not self._has_two_steps:
            return Found([(row[:width], row[width:]) for row in rows], is_exact)
        values = by_keys(driver, self.base, self._values, rows)
        return Found([(key, values[key]) for key in rows if key in values], is_exact)

    def _look_ahead(self, first: int, number: int, taken: float) -> None:
        """Find out in the background what later windows will need: where all rows stand."""
        is_many = number > self._limits.far
        if not self._served or self._asked.is_narrowed:
            self._was_slow = self._was_slow or taken > self._limits.slow
            if self._was_slow or (is_many and self._served):
                self.kept.want()
        elif is_many and (self.marks.value is None or first > self._limits.far):
            self.marks.want()

    # ── all rows ──────────────────────────────────────────────────────────────────────────────────

    def _all(
        self, connection: Cancellable, driver: sqlite3.Connection, question: Question, found: Found
    ) -> tuple[int, bool, dict[str, Any]]:
        """How many rows there are, whether that is known, and their totals."""
        end = question.first + len(found.rows)
        is_end = (
            len(found.rows) < question.count
            and found.is_exact
            and (len(found.rows) > 0 or question.first == 0)
        )
        if is_end and not self._totals:
            self.facts.put((end,), self._version, 0.0)
        if not self.facts.is_fresh:
            self._count_now(connection, driver)
        known: Row | None = self.facts.value
        if known is None:
            return self._number(driver, end if is_end else end + question.count), False, {}
        number, *values = known
        totals = {
            name: readable(read, value)
            for (name, (_, read)), value in zip(self._totals.items(), values, strict=True)
        }
        return max(number, end if not self.facts.is_fresh else 0), self.facts.is_fresh, totals

    def _number(self, driver: sqlite3.Connection, least: int) -> int:
        """How many rows there are, as far as anybody knows."""
        known: Row = self.facts.value or (guessed_total(driver, self.base, self._asked.is_narrowed),)
        return max(int(known[0]), least)

    def _count_now(self, connection: Cancellable, driver: sqlite3.Connection) -> None:
        """Count while somebody waits, if that was quick the last time; else in the background."""
        limit, hopeless = self._limits.patience, self._limits.hopeless
        if self.facts.seconds > limit or seem_more(driver, self.base, self._asked.is_narrowed, hopeless):
            self.facts.want()
            return
        began = time.monotonic()
        try:
            with connection.within(limit):
                found = driver.execute(self._count, self.base.parameters).fetchone()
            self.facts.put(found, self._version, time.monotonic() - began)
        except TooLong:
            self.facts.seconds = 2 * limit
            self.facts.want()

    # ── groups ────────────────────────────────────────────────────────────────────────────────────

    def _read_groups(
        self, connection: Cancellable, driver: sqlite3.Connection, question: Question
    ) -> tuple[Answer, list[Row]]:
        if self._outline is None or self._outline[0] != self._version:
            self._outline = self._version, Outline(self._asked, question)
        outline = self._outline[1]

        def fetch(statement: str, parameters: Any) -> list[Row]:
            return driver.execute(statement, {**self.base.parameters, **parameters}).fetchall()

        lines, keys, at = list[Line](), list[Row](), 0
        end = question.first + question.count
        for stretch in outline.stretches(fetch, question.open):
            first, last = max(question.first - at, 0), min(end - at, stretch.size)
            at += stretch.size
            if first >= last:
                continue
            if not stretch.is_rows:
                lines.append(self._lines.of_group(stretch.group))
                continue
            found = self._within_group(driver, outline, stretch.group, first, last - first)
            lines += self._lines.of_rows(found, len(stretch.group.path))
            keys += [key for key, _ in found.rows]
        _, is_exact, totals = self._all(connection, driver, question, Found(is_exact=False))
        return Answer(question.first, lines, at, is_exact or not self._totals, totals), keys

    def _within_group(
        self, driver: sqlite3.Connection, outline: Outline, group: Group, first: int, count: int
    ) -> Found:
        where, parameters = outline.condition(group.path)
        rows = rows_from(
            driver,
            self.base,
            self._read_first,
            self._terms,
            first=first,
            count=count,
            more=where,
            parameters=parameters,
        )
        return self._found(driver, rows, True)
