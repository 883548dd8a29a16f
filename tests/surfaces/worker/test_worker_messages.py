"""Queues on SQLite keep SQS's promises; every time is given, so nothing here waits."""

from __future__ import annotations

import gc
import os
import random
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from hipflask.core.errors import StoreDamaged, StoreFull, StoreReadOnly, StoreTooNew
from hipflask.surfaces.worker import messages
from hipflask.surfaces.worker.file import QueueFile
from hipflask.surfaces.worker.messages import Message

USUAL = {"most": 10, "hidden_for": 30.0, "dead_after": 3}


@pytest.fixture
def file(tmp_path: Path) -> Iterator[QueueFile]:
    """An empty file of queues."""
    file = QueueFile(tmp_path / "app.events.sqlite")
    yield file
    file.close()


def send(file: QueueFile, *bodies: str, queue: str = "orders", now: float = 1000.0, delay: float = 0) -> None:
    """Send messages."""
    with file.writing() as connection:
        for body in bodies:
            messages.send(connection, queue, body, now, delay=delay)


def receive(file: QueueFile, now: float, queue: str = "orders", **how: float) -> list[Message]:
    """Receive messages."""
    with file.writing() as connection:
        return messages.receive(connection, queue, now, **{**USUAL, **how})  # type: ignore[arg-type]


def bodies(found: list[Message]) -> list[str]:
    """What they say."""
    return [each.body for each in found]


def test_what_is_received_is_hidden_and_comes_again(file: QueueFile) -> None:
    """A worker that dies deletes nothing: when the time is over, others see its message, which knows how often it was received."""
    send(file, "pizza")
    (first,) = receive(file, 1000.0)
    assert receive(file, 1029.9) == []
    (again,) = receive(file, 1030.0)
    assert (first.id, first.receives, again.receives) == (again.id, 1, 2)
    assert again.first_received_at == 1000.0
    assert first.receipt != again.receipt


def test_what_is_deleted_is_gone(file: QueueFile) -> None:
    """That is how a function says that it is done."""
    send(file, "pizza")
    found = receive(file, 1000.0)
    with file.writing() as connection:
        assert messages.delete(connection, found) == 1
    assert receive(file, 9999.0) == []


def test_a_receipt_out_of_date_changes_nothing(file: QueueFile) -> None:
    """Who comes back from a long sleep must not take a message from whoever has it now."""
    send(file, "pizza")
    old = receive(file, 1000.0)
    new = receive(file, 1030.0)
    with file.writing() as connection:
        assert messages.delete(connection, old) == 0
        messages.hide(connection, old, 9999.0)
        messages.put_back(connection, old, 1030.0)
    assert receive(file, 1030.0) == []
    with file.writing() as connection:
        assert messages.delete(connection, new) == 1


def test_oldest_first_and_so_many_at_most(file: QueueFile) -> None:
    """A batch has what has waited longest."""
    send(file, *"abcde")
    assert bodies(receive(file, 1000.0, most=3)) == ["a", "b", "c"]
    assert bodies(receive(file, 1000.0, most=3)) == ["d", "e"]


def test_a_delayed_message_comes_later(file: QueueFile) -> None:
    """And does not hold up others."""
    send(file, "later", delay=60)
    send(file, "now")
    assert bodies(receive(file, 1000.0)) == ["now"]
    assert sorted(bodies(receive(file, 1060.0))) == ["later", "now"]


def test_after_so_many_tries_it_is_dead(file: QueueFile) -> None:
    """A poisoned message ends in the dead-letter queue, says why, and can be sent once more."""
    send(file, "poison")
    for attempt in range(3):
        (message,) = receive(file, 1000.0 + attempt)
        with file.writing() as connection:
            messages.hide(connection, [message], 1000.0 + attempt + 1, "ValueError: bad luck")
    assert receive(file, 1003.0) == []
    with file.reading() as connection:
        (dead,) = messages.look(connection, "orders-dead")
    assert dead.body == "poison"
    assert dead.reason == "given up after attempt 3: ValueError: bad luck"
    with file.writing() as connection:
        assert messages.redrive(connection, "orders", 1004.0) == 1
    (again,) = receive(file, 1004.0)
    assert (again.receives, again.reason, again.id) == (1, None, dead.id)


def test_one_that_kills_its_worker_is_dead_as_well(file: QueueFile) -> None:
    """Nobody says that it has failed, since whoever received it is gone each time: the receiving itself is what counts."""
    send(file, "crash")
    for attempt in range(3):
        assert len(receive(file, 1000.0 + 30 * attempt)) == 1
    assert receive(file, 1090.0) == []
    with file.reading() as connection:
        assert bodies(messages.look(connection, "orders-dead")) == ["crash"]


def test_what_is_put_back_was_never_received(file: QueueFile) -> None:
    """A worker that is told to end has not failed."""
    send(file, "pizza")
    found = receive(file, 1000.0)
    with file.writing() as connection:
        messages.put_back(connection, found, 1001.0)
    (again,) = receive(file, 1001.0)
    assert again.receives == 1


def test_order_is_kept_where_that_is_promised(file: QueueFile) -> None:
    """In a FIFO queue nobody gets the second message before the first is done or dead."""
    send(file, "first", "second", "third", queue="turns.fifo")
    found = receive(file, 1000.0, "turns.fifo", most=1)
    assert bodies(found) == ["first"]
    assert receive(file, 1001.0, "turns.fifo", most=1) == []
    assert bodies(receive(file, 1030.0, "turns.fifo", most=1)) == ["first"]
    (third_try,) = receive(file, 1060.0, "turns.fifo", most=1)
    assert third_try.receives == 3
    assert bodies(receive(file, 1090.0, "turns.fifo", most=1)) == ["second"]
    with file.reading() as connection:
        assert bodies(messages.look(connection, "turns-dead.fifo")) == ["first"]


def test_the_same_message_is_not_added_twice(file: QueueFile) -> None:
    """What is moved from an outbox may be moved again."""
    with file.writing() as connection:
        for _ in range(2):
            messages.send(connection, "orders", "pizza", 1000.0, id="one")
    assert len(receive(file, 1000.0)) == 1


def test_a_clock_that_is_set_back_delays_nothing(file: QueueFile) -> None:
    """What was hidden for half a minute by a clock that was a day ahead comes in half a minute."""
    day = 86400.0
    send(file, "pizza", now=day)
    with file.writing() as connection:
        assert messages.note_time(connection, day) == 0
    receive(file, day)
    with file.writing() as connection:
        assert messages.note_time(connection, 10.0) == day - 10
    assert receive(file, 39.0) == []
    assert len(receive(file, 40.0)) == 1


def test_no_message_has_two_owners(file: QueueFile) -> None:
    """However receiving, deleting and time go, a message is with one at a time, and in the end all have been handled."""
    chance = random.Random(9)
    now, owners, done = 1000.0, dict[str, tuple[str, float]](), set[str]()
    send(file, *(str(number) for number in range(30)))
    while len(done) < 30:
        now += chance.uniform(0, 5)
        for message in receive(file, now, most=chance.randint(1, 4), hidden_for=10.0, dead_after=1000):
            held = owners.get(message.id)
            assert held is None or held[1] <= now
            owners[message.id] = (str(message.receipt), now + 10.0)
            if chance.random() < 0.4:
                with file.writing() as connection:
                    assert messages.delete(connection, [message]) == 1
                done.add(message.id)


def test_a_file_that_is_forgotten_is_closed(tmp_path: Path) -> None:
    """As with an app that a test has made."""
    forgotten = QueueFile(tmp_path / "app.events.sqlite")
    send(forgotten, "pizza")
    with forgotten.reading() as connection:
        pass
    del forgotten
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_all_or_nothing(file: QueueFile) -> None:
    """A block that raises has sent nothing."""
    with pytest.raises(ValueError), file.writing() as connection:
        messages.send(connection, "orders", "pizza", 1000.0)
        raise ValueError
    assert receive(file, 1000.0) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks on Windows")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_has_a_connection_of_its_own(file: QueueFile) -> None:
    """Even if another thread was at it in the moment of the fork: that thread is not there to end it."""
    send(file, "parent")
    at_it, end = Event(), Event()

    def hold() -> None:
        with file.reading():
            at_it.set()
            end.wait(20)

    thread = Thread(target=hold)
    thread.start()
    at_it.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        send(file, "child")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    end.set()
    thread.join()
    assert bodies(receive(file, 1000.0)) == ["parent", "child"]


def test_a_full_disk_is_said_and_may_pass(file: QueueFile) -> None:
    """Nothing of what did not fit is there, and with room again it goes on."""
    send(file, "before")
    with file.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull, match="no room left"):
        send(file, "x" * 100_000)
    with file.reading() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    send(file, "after")
    assert bodies(receive(file, 1000.0)) == ["before", "after"]


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """One that is no database, one of a later version, and one where nothing can be written, are each said to be that."""
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"not a database at all, though it is long enough to have a header" * 20)
    with pytest.raises(StoreDamaged, match="no database"):
        send(QueueFile(path), "pizza")
    later = sqlite3.connect(tmp_path / "b.sqlite")
    later.execute("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(StoreTooNew, match="newer version"):
        send(QueueFile(tmp_path / "b.sqlite"), "pizza")
    (tmp_path / "c.sqlite").mkdir()
    with pytest.raises(StoreReadOnly, match="cannot be opened"):
        send(QueueFile(tmp_path / "c.sqlite"), "pizza")
