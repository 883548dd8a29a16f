"""One table's view of a query, which follows it: what is read is followed from before its first statement.

Whatever is heard while it reads is kept until the keys of its rows are known. What happened before its snapshot it has read, and knows by the log's numbers; so
of twenty thousand changes a second, those of rows that are not shown cost it nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from ...core.rows import Answer, Question
from ..told import statement
from .browsing import Browsing
from .following import CELLS, NOTHING, Changes
from .shown import Shown
from .view import View

Keys = Mapping[str, frozenset[Any]]  # kept keys, by the full name of their table


class Reader:
    """A `RowReader` over one query."""

    def __init__(self, shown: Shown, browsing: Callable[[], Browsing], changed: Callable[[], None]) -> None:
        self._shown = shown
        self._find_browsing = browsing
        self._changed = changed
        self._lock = Lock()
        self._view: View | None = None
        self._shape: Question | None = None
        self._visible: Keys | None = None
        self._seen: Mapping[str, int] = {}  # the newest change that was read, by schema
        self._meanwhile: list[Changes] | None = None  # heard while reading
        self._is_exact = True
        self._is_closed = False
        self._open()

    def _open(self) -> None:
        self._browsing = self._find_browsing()
        self._connection = self._browsing.connection()
        self._browsing.follow(self)

    def read(self, question: Question) -> Answer:
        """The rows asked for."""
        if (
            self._find_browsing() is not self._browsing and not self._is_closed
        ):  # the store was closed, and is open again
            self._leave()
            self._open()
        view = self._viewed(question)
        with self._lock:
            self._meanwhile, self._visible = [], None
            view.begin()
        try:
            with self._connection.reading() as driver:
                seen = {log.schema: log.newest(driver) for log in self._browsing.logs}
                with statement(view.base.sql, view.base.parameters, self._browsing.names) as told:
                    answer, keys = view.read(self._connection, driver, question)
                    if told is not None:
                        told.facts["rows"] = len(answer.rows)
        except BaseException:
            with self._lock:  # what happened meanwhile might let it succeed now
                meanwhile, self._meanwhile = self._meanwhile, None
            if meanwhile:
                self._changed()
            raise
        self._settle(
            view,
            answer,
            seen,
            {name: frozenset(_part(key[place]) for key in keys) for name, place in self._shown.tables},
        )
        return answer

    def cancel(self) -> None:
        """Call off the read that is under way, if there is one."""
        self._connection.cancel()

    def close(self) -> None:
        """Follow nothing any more."""
        self._is_closed = True
        self._leave()

    def _leave(self) -> None:
        self._browsing.unfollow(self)
        self._connection.close()
        with self._lock:
            view, self._view, self._shape = self._view, None, None
        if view is not None:
            view.close()

    def _viewed(self, question: Question) -> View:
        """The view of this question, which is the last one's if only the window is another."""
        shape = replace(question, first=0, count=0, open=frozenset())
        if self._view is None or shape != self._shape:
            view = View(self._shown, question, self._browsing)
            with self._lock:
                old, self._view, self._shape = self._view, view, shape
            if old is not None:
                old.close()
        return self._view

    def _settle(self, view: View, answer: Answer, seen: Mapping[str, int], visible: Keys) -> None:
        with self._lock:
            meanwhile, self._meanwhile = self._meanwhile or [], None
            self._seen, self._visible, self._is_exact = seen, visible, answer.is_exact
            is_old = any(self._level(view, changes) for changes in meanwhile)
        if is_old:
            self._changed()

    def _level(self, view: View, changes: Changes) -> int:
        """What changes mean for the rows that are shown."""
        level = view.interest.level(changes, self._visible)
        is_read = changes.newest <= self._seen.get(changes.schema, 0) and not changes.has_gap
        return NOTHING if is_read and level == CELLS else level

    # ── in the feed's thread, and in the background ───────────────────────────────────────────────

    def heard(self, changes: Changes) -> None:
        """This has happened."""
        with self._lock:
            view = self._view
            if view is None:
                return
            level = self._level(view, changes)
            view.stale(level)
            if self._meanwhile is not None and level == CELLS:
                self._meanwhile.append(changes)
                return
        if level > NOTHING:
            self._changed()

    def found_out(self, identity: Hashable) -> None:
        """More is known about all rows."""
        view = self._view
        if view is not None and not self._is_exact and view.uses(identity):
            self._changed()


def _part(key: tuple[Any, ...]) -> Any:
    """A key as the change log has it."""
    return key[0] if len(key) == 1 else key
