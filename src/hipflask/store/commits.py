"""Transactions that write, as they are told to who looks inside: how long each waited and held the lock, and what it has changed.

    commits.of("main", change.sequence)     the span of the commit that wrote this change: of this process, and while somebody looked

The feed asks, to say which commit (and so which handler) a drawing follows, and the exchange, to have a trace go on at the hub.
"""

from __future__ import annotations

import sqlite3
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from ..core import lines, tracing
from .changes.log import Log

KEPT = 1000  # commits; the feed reads each within moments, the exchange while there is a network
MOST_COUNTED = 50_000  # changes of one commit; to count more would hold the lock for longer


class _Written(NamedTuple):
    """The changes after the first sequence, up to the last."""

    after: int
    last: int
    span: tracing.Span


class Commits:
    """Which span has written which changes of one file: the newest, and none where nobody looks."""

    def __init__(self, logs: Sequence[Log]) -> None:
        self._logs = logs
        # By schema, in order; each is replaced by who has the lock, and read by any thread.
        self._written: dict[str, tuple[_Written, ...]] = {}

    def of(self, schema: str, sequence: int) -> tracing.Span | None:
        """The commit of this process that wrote the change of this sequence, None if there is none that is known."""
        written = self._written.get(schema, ())
        at = bisect_left(written, sequence, key=lambda each: each.after)
        # A transaction that failed had numbers that another has now, so only the newest one that could be meant is.
        return written[at - 1].span if at and sequence <= written[at - 1].last else None

    def begin(self) -> Writing:
        """A transaction begins to wait for the lock; to be called where `sinks` are there."""
        return Writing(self, tracing.begin("commit", "commit", facts={"place": lines.caller()}))

    def newest(self, connection: sqlite3.Connection) -> dict[str, int]:
        """The newest sequence of each log that is there, as this connection sees it."""
        found = {}
        for log in self._logs:
            with suppress(sqlite3.OperationalError):  # of a file that is just being made there is none yet
                found[log.schema] = log.newest(connection)
        return found

    def keep(self, span: tracing.Span, before: Mapping[str, int], connection: sqlite3.Connection) -> None:
        """Note what the connection has written since, just before it commits."""
        counts: dict[str, int] = {}
        for log in self._logs:
            after = before.get(log.schema)
            last = None if after is None else log.newest(connection)
            if after is not None and last is not None and last > after:
                written = self._written.get(log.schema, ())
                self._written[log.schema] = (*written[1 - KEPT :], _Written(after, last, span))
                if last - after <= MOST_COUNTED:
                    counts |= log.counts(connection, after)
        span.facts["tables"] = counts


class Writing:
    """One transaction that writes, from when it waits for the lock until it is over."""

    def __init__(self, commits: Commits, span: tracing.Span) -> None:
        self.span = span
        self._commits = commits
        self._before: dict[str, int] | None = None
        self.is_committing = False  # and, when it is over, whether it did
        self._since = time.perf_counter()

    def locked(self, connection: sqlite3.Connection) -> None:
        """It has the lock."""
        now = time.perf_counter()
        self.span.facts["waited"], self._since = now - self._since, now
        self._before = self._commits.newest(connection)

    def committing(self, connection: sqlite3.Connection) -> None:
        """It is about to commit."""
        if self._before is not None:
            self._commits.keep(self.span, self._before, connection)
            self.is_committing = True

    def failed(self, error: BaseException) -> None:
        """It did not get the lock, or could not commit."""
        self.span.fail(error)
        self.is_committing = False

    def over(self) -> None:
        """The lock is free again."""
        held = 0.0 if self._before is None else time.perf_counter() - self._since
        self.span.end(held=held, committed=self.is_committing)
