"""Reading something else of a source than what its table shows: what is copied, exported, pasted over, or suggested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from ...core.errors import EntryError
from ...core.rows import Answer, Question, RowSource

# A source may guess at first where in ten million rows a place is; whoever writes or copies rows has to be sure of it.
SURE_SECONDS = 30.0


@contextmanager
def aside(source: RowSource) -> Iterator[Callable[[Question], Answer]]:
    """A reader of one's own: what it reads is where it was asked for, and no guess."""
    changed = Event()
    reader = source.open(changed.set)

    def read(question: Question) -> Answer:
        while True:
            changed.clear()
            answer = reader.read(question)
            if answer.is_exact or question.first == 0:
                return answer
            if not changed.wait(SURE_SECONDS):
                raise EntryError("The rows are still being counted. Try again in a moment.")

    try:
        yield read
    finally:
        reader.close()
