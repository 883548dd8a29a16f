"""One read at a time, the newest question first, and nothing asked for is ever forgotten."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from hipflask.core.rows import Question
from hipflask.ui.tables.reads import Reads
from hipflask.ui.workers import Pool
from ui.tables.doubles import Trades, trades


def question(first: int) -> Question:
    return Question(("name",), first=first, count=5)


@pytest.fixture
def source() -> Trades:
    return trades(100)


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(8, "reads")
    yield pool
    pool.stop()


def test_many_threads_that_ask_and_cancel_get_the_newest_in_the_end(source: Trades, pool: Pool) -> None:
    """The double refuses to be read by two threads at a time; a cancellation that comes too late hits nobody else."""
    reader = source.open(lambda: None)
    reads = Reads(reader, pool, lambda: None)
    chance = random.Random(7)
    end = time.monotonic() + 1.0
    number = 0
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        while time.monotonic() < end:
            number += 1
            reads.ask(question(number % 90), number)
            if chance.random() < 0.3:
                reader.cancel()  # as one that was meant for the read before
            if chance.random() < 0.3:
                reads.wait(chance.random() / 1000)
    finally:
        sys.setswitchinterval(before)
    reads.wait(3)
    read = reads.take()
    assert read is not None and read.number == number, read
    assert read.failure == ""
    assert read.answer is not None and read.answer.first == number % 90
    assert number > 100
    assert source.overlaps == 0


def test_a_cancellation_meant_for_an_earlier_read_is_made_good(source: Trades, pool: Pool) -> None:
    """It comes when the next read has begun; the person has called off nothing."""
    source.gate.clear()
    reader = source.open(lambda: None)
    reads = Reads(reader, pool, lambda: None)
    reads.ask(question(1), 1)
    while not source.questions:
        time.sleep(0.001)
    reader.cancel()
    time.sleep(0.05)
    source.gate.set()
    reads.wait(3)
    read = reads.take()
    assert source.cancelled == 1
    assert read is not None and read.answer is not None


def test_what_is_quick_to_read_again_is_read_in_the_turn_itself(source: Trades, pool: Pool) -> None:
    """Until it is slow once: then in a thread apart, so that the next one holds up nothing."""
    reader = source.open(lambda: None)
    threads: list[threading.Thread] = []
    read = reader.read
    pauses = [0.0, 0.0, 0.0, 0.05, 0.0, 0.0]

    def noted(asked: Question) -> object:
        threads.append(threading.current_thread())
        time.sleep(pauses[len(threads) - 1])
        return read(asked)

    reader.read = noted  # type: ignore[method-assign, assignment]
    reads = Reads(reader, pool, lambda: None)
    for _ in pauses:
        reads.ask(question(1))
        reads.wait(3)
    me = threading.current_thread()
    assert [thread is me for thread in threads] == [False, False, True, True, False, True]


def test_after_it_is_closed_nothing_is_read(source: Trades, pool: Pool) -> None:
    """A read under way ends at once, without a word."""
    source.gate.clear()
    reads = Reads(source.open(lambda: None), pool, lambda: None)
    reads.ask(question(1))
    while not source.questions:
        time.sleep(0.001)
    reads.close()
    reads.ask(question(2))
    reads.wait(1)
    assert reads.take() is None
    assert len(source.questions) == 1
