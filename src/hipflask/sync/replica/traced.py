"""A replica whose steps are told to who looks inside: pushes in the trace of what was written here, checkpoints in those of others' pushes.

    commit (a person's)  └ push, from the first word of it to the hub's "it is here"      Push.trace
    hub push (the hub's) └ checkpoint └ commit └ whatever is drawn again                  Checkpoint.traces

Where nobody looks, it asks the one inside and does nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ...core import tracing
from ...core.tracing import Span
from ..messages import Ack, Begin, Checkpoint, Hello, Page, Push, Welcome
from ..parties import Situation
from ..traces import causes
from .store import StoreReplica


class TracedReplica:
    """A `Replica` around another; `commit_of` gives the span that wrote a change of the log, if it is known."""

    def __init__(self, replica: StoreReplica, commit_of: Callable[[int], Span | None]) -> None:
        self._replica = replica
        self._commit_of = commit_of
        self._push: Span | None = None
        self._download: Span | None = None
        self._pages = self._bytes = 0

    def close(self) -> None:
        """Let go of the file."""
        self._replica.close()

    def hello(self) -> Hello:
        """Who this is and what it has."""
        return self._replica.hello()

    def welcomed(self, welcome: Welcome) -> None:
        """Keep the name and the ticket; forget the checkpoint if there is a reset."""
        self._replica.welcomed(welcome)

    def push(self) -> list[Push]:
        """What has not been acknowledged yet, or was written since; the first part of it says within which span."""
        span = self._pushing() if tracing.sinks else None
        if span is None:
            return self._replica.push()
        with span.current():
            parts = self._replica.push()
        if not parts:
            self._end_push()
            return []
        span.facts.update(parts=len(parts), bytes=sum(len(part.body) for part in parts))
        return [msgspec.structs.replace(parts[0], trace=span.origin.traceparent), *parts[1:]]

    def acked(self, ack: Ack) -> None:
        """A push is in the hub for good."""
        if self._push is None:
            self._replica.acked(ack)
            return
        with self._push.current():
            self._replica.acked(ack)
        merged = sum(outcome.code == "merged" for outcome in ack.outcomes)
        self._end_push(merged=merged, refused=len(ack.outcomes) - merged)

    def begin(self, begin: Begin) -> None:
        """A download begins or goes on."""
        if tracing.sinks and self._download is None:
            self._download = tracing.begin("download", "download", facts={"total": begin.total})
        self._replica.begin(begin)

    def page(self, page: Page) -> None:
        """Take rows, which count with the next checkpoint."""
        self._pages, self._bytes = self._pages + 1, self._bytes + len(page.body)
        self._replica.page(page)

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Bring all rows to the hub's state; what is drawn again for that belongs to the trace of who wrote it."""
        facts = {"version": checkpoint.version, "pages": self._pages, "bytes": self._bytes}
        because = causes(checkpoint.traces)
        self._pages = self._bytes = 0
        with tracing.span("checkpoint", "checkpoint", parent=self._download, causes=because, facts=facts):
            self._replica.checkpoint(checkpoint)
        self._end_download()

    def lost(self) -> None:
        """The connection is gone: what was taken and cannot be gone on with is forgotten."""
        self._pages = self._bytes = 0
        self._end_push(lost=True)
        self._end_download(lost=True)
        self._replica.lost()

    def situation(self) -> Situation:
        """What a person may know."""
        return self._replica.situation()

    def _pushing(self) -> Span | None:
        """The span of the push under way, or of the next; None if there is nothing to push."""
        if self._push is None and (newest := self._replica.newest_to_push()) is not None:
            self._push = tracing.begin("push", "push", parent=self._commit_of(newest))
        return self._push

    def _end_push(self, **facts: int) -> None:
        span, self._push = self._push, None
        if span is not None:
            span.end(**facts)

    def _end_download(self, **facts: int) -> None:
        span, self._download = self._download, None
        if span is not None:
            span.end(**facts)
