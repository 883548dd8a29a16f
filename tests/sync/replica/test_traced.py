"""What a replica's steps are told as, and that they are the same where nobody looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shelf import Shelf

from hipflask.core import tracing
from hipflask.core.tracing import Note, Origin, Span
from hipflask.sync.messages import Ack, Checkpoint, Outcome, encode
from hipflask.sync.replica.traced import TracedReplica

OTHERS = Origin(0xABC, 0xDEF)


class Heard:
    def __init__(self) -> None:
        self.over: list[Span] = []

    def began(self, span: Span) -> None:
        pass

    def ended(self, span: Span) -> None:
        self.over.append(span)

    def noted(self, note: Note) -> None:
        pass


@pytest.fixture
def heard() -> Iterator[Heard]:
    sink = Heard()
    tracing.add(sink)
    yield sink
    tracing.remove(sink)


class Written:
    """Which change of the log was asked after, and the commit that wrote it."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.commit: Span | None = None

    def of(self, sequence: int) -> Span | None:
        self.asked.append(sequence)
        return self.commit


@pytest.fixture
def written() -> Written:
    return Written()


@pytest.fixture
def traced(shelf: Shelf, written: Written) -> TracedReplica:
    return TracedReplica(shelf.replica, written.of)


def test_where_nobody_looks(shelf: Shelf, traced: TracedReplica, written: Written) -> None:
    """It says to the byte what the replica inside says, and asks nobody for a commit."""
    shelf.write("INSERT INTO item (id, name) VALUES ('a', 'Tea')")
    parts = traced.push()
    assert [part.trace for part in parts] == [""]
    plain = shelf.replica.push()
    assert encode(parts[0])[:-9] == encode(plain[0])[:-9]  # but for the moment at which it is said
    traced.acked(Ack(1, []))
    traced.checkpoint(Checkpoint(b"seal", 1, 1, 1, 0, (OTHERS.traceparent,)))
    assert not written.asked


def test_a_push_in_the_trace_of_its_commit(
    shelf: Shelf, traced: TracedReplica, written: Written, heard: Heard
) -> None:
    """The newest commit in it is whose trace goes on; said twice it is one push, and it is over when the hub has it."""
    written.commit = tracing.begin("commit", "commit", session="w1")
    shelf.write(
        "INSERT INTO item (id, name) VALUES ('a', 'Tea')",
        "INSERT INTO draft (id, text) VALUES ('01234567-89ab-cdef-0123-456789abcdef', '')",
    )

    first, again = traced.push(), traced.push()
    assert first[0].trace == again[0].trace
    assert len({*written.asked}) == 1
    traced.acked(Ack(1, [Outcome(0, "merged", "", []), Outcome(0, "rule", "", [])]))
    (push,) = heard.over
    assert (push.kind, push.parent, push.session) == ("push", written.commit.origin, "w1")
    assert push.origin.traceparent == first[0].trace
    assert push.facts == {"parts": 1, "bytes": len(first[0].body), "merged": 1, "refused": 1}


def test_nothing_to_push_is_no_push(shelf: Shelf, traced: TracedReplica, heard: Heard) -> None:
    """What is written into tables that stay here, and what is on its way already, begins none."""
    shelf.write("INSERT INTO draft (id, text) VALUES ('01234567-89ab-cdef-0123-456789abcdef', '')")
    assert traced.push() == []
    shelf.write("INSERT INTO item (id, name) VALUES ('a', 'Tea')")
    traced.push()
    traced.acked(Ack(1, []))
    assert traced.push() == []
    assert [span.kind for span in heard.over] == ["push"]


def test_a_lost_connection_ends_it(shelf: Shelf, traced: TracedReplica, heard: Heard) -> None:
    """The push under way is over, and said again in a span of its own."""
    shelf.write("INSERT INTO item (id, name) VALUES ('a', 'Tea')")
    first = traced.push()
    traced.lost()
    assert heard.over[0].facts["lost"]
    assert traced.push()[0].trace != first[0].trace
    assert traced.push()[0].body == first[0].body


def test_a_checkpoint_in_the_trace_of_others(traced: TracedReplica, heard: Heard) -> None:
    """It goes on with the first push that it names; the others are causes, eight at most, and what names none is nothing."""
    many = [Origin(number, 1).traceparent for number in range(1, 100_000)]
    traced.checkpoint(Checkpoint(b"seal", 1, 1, 0, 0, ("nonsense", OTHERS.traceparent, *many)))
    (checkpoint,) = heard.over
    assert checkpoint.parent == OTHERS
    assert len(checkpoint.causes) == 7
    assert {cause.what for cause in checkpoint.causes} == {"push"}
