"""The worker calls functions for what waits: a real worker, its threads, a real file."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest

from hipflask import Hipflask
from hipflask.core.errors import UsageError
from hipflask.surfaces.worker import messages
from hipflask.surfaces.worker.embedded import Embedded
from hipflask.surfaces.worker.file import QueueFile
from hipflask.surfaces.worker.messages import Counts
from hipflask.surfaces.worker.worker import Worker
from hipflask.surfaces.worker.working import working


class Shop:
    """An app, and workers that end with the test."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.app = Hipflask("shop_under_test", root_path=str(folder), instance_path=str(folder / "instance"))
        self.seen: list[Any] = []
        self._stack = stack

    @property
    def embedded(self) -> Embedded:
        """Its queues."""
        found = self.app.resources()
        assert isinstance(found, Embedded)
        return found

    def work(self, **options: Any) -> Worker:
        """Begin to work."""
        worker = self._stack.enter_context(working(self.app, **options))
        assert worker is not None
        return worker

    def counts(self) -> dict[str, Counts]:
        """What is in the queues, seen from another connection."""
        file = QueueFile(self.embedded.file.path)
        try:
            with file.reading() as connection:
                return messages.counts(connection, time.time())
        finally:
            file.close()

    def until(self, is_so: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait for something."""
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, (self.seen, self.counts())
            time.sleep(0.01)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop that is closed afterwards."""
    with ExitStack() as stack:
        yield Shop(tmp_path, stack)


def test_a_message_fills_the_parameters(shop: Shop) -> None:
    """By name and type, soon after it was sent; then it is gone."""
    orders = shop.app.queue("orders")

    @shop.app.on_sqs_message(orders)
    def bake(pizza: str, count: int = 1) -> None:
        shop.seen.append((pizza, count))

    shop.work()
    orders.send({"pizza": "four seasons", "count": 3})
    shop.until(lambda: shop.seen == [("four seasons", 3)])
    shop.until(lambda: shop.counts() == {})


def test_what_was_sent_before_is_worked_on(shop: Shop) -> None:
    """Nobody has to be there when it is sent."""
    orders = shop.app.queue("orders")
    shop.app.on_sqs_message(orders)(lambda_seeing(shop))
    for number in range(20):
        orders.send({"number": number})
    shop.work()
    shop.until(lambda: sorted(shop.seen) == list(range(20)))


def lambda_seeing(shop: Shop) -> Callable[[int], None]:
    """A function that notes a number."""

    def note(number: int) -> None:
        shop.seen.append(number)

    return note


def test_a_poisoned_message_ends_in_the_dead_letters(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """After as many tries as were allowed; the others of its batch are done once, and each failure is in the log once."""
    orders = shop.app.queue("orders", dead_letter_after=2)

    @shop.app.on_sqs_message(orders, batch_size=10)
    def bake(number: int) -> None:
        shop.seen.append(number)
        if number == 13:
            raise ValueError("bad luck")

    for number in (12, 13, 14):
        orders.send({"number": number})
    with caplog.at_level(logging.ERROR):
        shop.work()
        shop.until(lambda: shop.counts() == {"orders-dead": Counts(1, 0)})
    assert sorted(shop.seen) == [12, 13, 13, 14]
    assert len([record for record in caplog.records if record.exc_info]) == 2


def test_a_message_that_does_not_fit_is_dead_in_the_end(shop: Shop) -> None:
    """A hostile one is no reason to stop."""
    orders = shop.app.queue("orders", dead_letter_after=1)
    shop.app.on_sqs_message(orders)(lambda_seeing(shop))
    for body in ("no json", "[]", '{"number": "x"}', '{"number": 1e99}', "[" * 10_000):
        orders.send(body)
    orders.send({"number": 1})
    shop.work()
    shop.until(lambda: shop.counts() == {"orders-dead": Counts(5, 0)})
    assert shop.seen == [1]


def test_what_ends_a_program_does_not_end_the_worker(shop: Shop) -> None:
    """sys.exit() in a function is a failure like any other."""
    orders = shop.app.queue("orders", dead_letter_after=1)

    @shop.app.on_sqs_message(orders)
    def bake(number: int) -> None:
        shop.seen.append(number)
        if number == 1:
            raise SystemExit(3)

    orders.send({"number": 1})
    shop.work()
    shop.until(lambda: shop.seen == [1])
    orders.send({"number": 2})
    shop.until(lambda: shop.counts() == {"orders-dead": Counts(1, 0)})
    assert shop.seen == [1, 2]


@pytest.mark.alone
def test_long_work_keeps_its_message(shop: Shop) -> None:
    """A function that takes three times as long as messages are hidden is called once, though another worker looks on."""
    orders = shop.app.queue("orders", visibility_timeout=1)

    @shop.app.on_sqs_message(orders)
    def bake(number: int) -> None:
        shop.seen.append(number)
        time.sleep(3)
        shop.seen.append("done")

    orders.send({"number": 1})
    shop.work()
    shop.work()
    shop.until(lambda: shop.counts() == {})
    assert shop.seen == [1, "done"]


def test_a_worker_that_stops_gives_back_what_is_not_done(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """What is running has some time; then its messages are as if nobody had had them."""
    orders = shop.app.queue("orders", visibility_timeout=1000)
    hang = Event()

    @shop.app.on_sqs_message(orders, maximum_concurrency=2)
    def bake(number: int) -> None:
        shop.seen.append(number)
        if number == 1:
            hang.wait(20)
        else:
            time.sleep(0.3)
            shop.seen.append("done")

    with working(shop.app, seconds=1.0):
        orders.send({"number": 1})
        orders.send({"number": 2})
        shop.until(lambda: len(shop.seen) == 2)
        began = time.monotonic()
    assert 0.9 < time.monotonic() - began < 5
    assert shop.seen == [1, 2, "done"]
    assert shop.counts() == {"orders": Counts(1, 0)}
    with QueueFile(shop.embedded.file.path).reading() as connection:
        (message,) = messages.look(connection, "orders")
    assert message.receives == 0
    hang.set()
    time.sleep(0.2)
    assert shop.counts() == {"orders": Counts(1, 0)}


def test_no_more_at_once_than_was_said(shop: Shop) -> None:
    """`maximum_concurrency` of one function, and as many threads as there may be in all."""
    orders = shop.app.queue("orders")
    lock, now, most = Lock(), [0], [0]

    @shop.app.on_sqs_message(orders, maximum_concurrency=2)
    def bake(number: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1
        shop.seen.append(number)

    for number in range(12):
        orders.send({"number": number})
    shop.work()
    shop.until(lambda: len(shop.seen) == 12)
    assert most[0] == 2


def test_nobody_waits_for_the_queues_of_others(shop: Shop) -> None:
    """However much waits for two functions that could use every thread, a third has its turn."""
    shop.app.config["HIPFLASK_WORKER_THREADS"] = 2
    queues = [shop.app.queue(name) for name in ("one", "two", "three")]
    for queue in queues:

        @shop.app.on_sqs_message(queue, name=queue.name)
        def work(number: int, name: str) -> None:
            time.sleep(0.02)
            shop.seen.append(name)

    for queue, count in zip(queues, (60, 60, 3), strict=True):
        for number in range(count):
            queue.send({"number": number, "name": queue.name})
    shop.work()
    shop.until(lambda: shop.seen.count("three") == 3)
    assert len(shop.seen) < 60


def test_a_batch_is_waited_for(shop: Shop) -> None:
    """For as long as its window says, or until it is full."""
    from hipflask.surfaces.events.records import SQSEvent

    orders = shop.app.queue("orders")

    def bake(event: SQSEvent) -> None:
        shop.seen.append(sorted(record.body for record in event))

    bake.__annotations__["event"] = SQSEvent
    shop.app.on_sqs_message(orders, batch_size=3, maximum_batching_window_in_seconds=1)(bake)
    shop.work()
    began = time.monotonic()
    for body in "abcd":
        orders.send(body)
    shop.until(lambda: len(shop.seen) == 2)
    assert time.monotonic() - began >= 0.9
    assert shop.seen == [["a", "b", "c"], ["d"]]


def test_messages_in_order(shop: Shop) -> None:
    """In a FIFO queue one waits for the other, also for one that fails at first."""
    turns = shop.app.queue("turns.fifo")

    @shop.app.on_sqs_message(turns)
    def take(number: int) -> None:
        shop.seen.append(number)
        if shop.seen == [0]:
            raise ValueError

    for number in range(5):
        turns.send({"number": number})
    shop.work()
    shop.until(lambda: shop.counts() == {})
    assert shop.seen == [0, 0, 1, 2, 3, 4]


def test_who_waits_behind_a_poisoned_message_is_not_poisoned(shop: Shop) -> None:
    """A batch that keeps its order ends with the first that fails: the others come when that one is dead, and count from then."""
    turns = shop.app.queue("turns.fifo", dead_letter_after=2)

    @shop.app.on_sqs_message(turns, batch_size=5)
    def take(number: int) -> None:
        shop.seen.append(number)
        if number == 0:
            raise ValueError

    for number in range(5):
        turns.send({"number": number})
    shop.work()
    shop.until(lambda: shop.counts() == {"turns-dead.fifo": Counts(1, 0)})
    assert shop.seen == [0, 0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "failures",
    [[{"wrong": 1}], [{"itemIdentifier": "nobody"}], [{"itemIdentifier": []}], [None], "text", 7, [{}]],
)
def test_a_function_that_says_nonsense_has_failed(shop: Shop, failures: Any) -> None:
    """For the whole batch, as on SQS: nothing is deleted that may not have been done, and the next message is worked on."""
    from hipflask.surfaces.events.records import SQSEvent

    orders = shop.app.queue("orders", dead_letter_after=1)

    def bake(event: SQSEvent) -> Any:
        shop.seen.append([record.body for record in event])
        return {"batchItemFailures": failures if shop.seen == [["first"]] else []}

    bake.__annotations__["event"] = SQSEvent
    shop.app.on_sqs_message(orders)(bake)
    worker = shop.work()
    orders.send("first")
    shop.until(lambda: shop.counts() == {"orders-dead": Counts(1, 0)})
    orders.send("second")
    shop.until(lambda: shop.seen == [["first"], ["second"]])
    shop.until(lambda: worker._running == [])
    assert shop.counts() == {"orders-dead": Counts(1, 0)}


def test_a_topic_reaches_all_that_follow(shop: Shop) -> None:
    """Each in its own time; what is published for nobody is nothing."""
    news, quiet = shop.app.topic("news"), shop.app.topic("quiet")

    @shop.app.on_sns_message(news)
    def first(message: str, subject: str | None = None) -> None:
        shop.seen.append(("first", message, subject))

    @shop.app.on_sns_message(news)
    def second(inning: int) -> None:
        shop.seen.append(("second", inning))

    shop.work()
    news.publish({"inning": 9}, subject="Score")
    quiet.publish("nobody")
    shop.until(lambda: len(shop.seen) == 2)
    assert sorted(map(str, shop.seen)) == ["('first', '{\"inning\":9}', 'Score')", "('second', 9)"]
    shop.until(lambda: shop.counts() == {})


def watching(shop: Shop) -> Any:
    """A bucket with two functions."""
    uploads = shop.app.bucket("uploads")

    @shop.app.on_s3_event(uploads, suffix=".txt")
    def put(key: str, size: int, event: str) -> None:
        shop.seen.append((event, key, size))

    @shop.app.on_s3_event(uploads, events=["s3:ObjectRemoved:*"])
    def removed(key: str) -> None:
        shop.seen.append(("removed", key))

    return uploads


def test_what_is_put_into_a_bucket_is_told_once(shop: Shop) -> None:
    """Of its own puts the program need not be told by looking; a suffix leaves others out."""
    uploads = watching(shop)
    uploads.put("a/who is on first.txt", b"who")
    uploads.put("b.png", b"picture")
    uploads.delete("b.png")
    assert shop.counts() == {"on_s3_event:put": Counts(1, 0), "on_s3_event:removed": Counts(1, 0)}
    shop.work()
    shop.until(lambda: len(shop.seen) == 2)
    time.sleep(2.0)
    assert sorted(shop.seen) == [("ObjectCreated:Put", "a/who is on first.txt", 3), ("removed", "b.png")]
    assert [each.key for each in uploads.list()] == ["a/who is on first.txt"]


@pytest.mark.alone
def test_a_file_from_another_program_counts_when_it_is_whole(shop: Shop) -> None:
    """It is copied in bit by bit, and told of once, with all of its bytes; when it goes, that is told as well."""
    watching(shop)
    shop.work()
    folder = shop.embedded.bucket("uploads").path
    shop.until(folder.is_dir)
    with (folder / "film.txt").open("wb") as file:
        for _ in range(6):
            file.write(b"x" * 1000)
            file.flush()
            os.fsync(file.fileno())
            time.sleep(0.25)
            assert shop.seen == []
    shop.until(lambda: shop.seen == [("ObjectCreated:Put", "film.txt", 6000)])
    (folder / "film.txt").unlink()
    shop.until(lambda: shop.seen[1:] == [("removed", "film.txt")])


def test_two_workers_tell_of_a_file_once(shop: Shop) -> None:
    """Both have seen it; also what was put there before any of them ran is told."""
    watching(shop)
    folder = shop.embedded.bucket("uploads").path
    folder.mkdir(parents=True)
    (folder / "early.txt").write_bytes(b"1")
    shop.work()
    shop.work()
    shop.until(lambda: len(shop.seen) == 1)
    time.sleep(2.0)
    assert shop.seen == [("ObjectCreated:Put", "early.txt", 1)]


def test_what_another_process_has_told_is_not_told_again(shop: Shop) -> None:
    """Two that have looked at the same moment both come to tell; the second finds that it is known."""
    watching(shop)
    folder = shop.embedded.bucket("uploads")
    found, etag = folder.put("a.txt", b"1")
    for _ in range(2):
        shop.embedded.tell("uploads", [(found, etag)], [], is_news=False)
    assert shop.counts() == {"on_s3_event:put": Counts(1, 0)}
    for _ in range(2):
        shop.embedded.tell("uploads", [], ["a.txt"], is_news=False)
    assert shop.counts()["on_s3_event:removed"] == Counts(1, 0)


def test_a_schedule_calls_its_function(shop: Shop) -> None:
    """Through the queue, so that it is tried again if it fails."""

    @shop.app.schedule("rate(1 minute)")
    def often() -> None:
        shop.seen.append("fired")

    shop.work()

    def is_due() -> bool:
        with shop.embedded.file.writing() as connection:
            return connection.execute("UPDATE schedule SET next_at = ?", (time.time() - 1,)).rowcount == 1

    shop.until(is_due)
    shop.until(lambda: shop.seen == ["fired"])
    time.sleep(0.6)
    assert shop.seen == ["fired"]


def test_an_app_without_such_functions_has_no_worker(shop: Shop) -> None:
    """And pays nothing for it."""
    shop.app.queue("orders")
    with working(shop.app) as worker:
        assert worker is None
    assert not shop.embedded.file.path.exists()


def test_queues_that_cannot_be_used_keep_no_program_from_starting(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """A window opens although its queues are damaged; the log says so once, and when they are put right it works."""
    orders = shop.app.queue("orders")
    shop.app.on_sqs_message(orders)(lambda_seeing(shop))
    path = shop.embedded.file.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database, but long enough to have a header" * 50)
    with caplog.at_level(logging.ERROR):
        shop.work()
        time.sleep(0.8)
    assert [record.getMessage().partition(str(path))[2] for record in caplog.records] == [
        " cannot be used: it is no database: move it away, and it is made anew."
    ]
    path.unlink()
    orders.send({"number": 1})
    shop.until(lambda: shop.seen == [1])


def test_a_wish_that_is_none_is_refused(shop: Shop) -> None:
    """With the words that there are."""

    @shop.app.schedule("rate(1 minute)")
    def often() -> None:
        """Nothing."""

    shop.app.config["HIPFLASK_MISSED_SCHEDULES"] = "always"
    with pytest.raises(UsageError, match="expected 'once' or 'skip', got 'always'"):
        shop.work()


def test_a_full_disk_passes(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """While nothing can be written nothing is received either; it is said once, and then everything is worked on."""
    orders = shop.app.queue("orders")
    shop.app.on_sqs_message(orders)(lambda_seeing(shop))
    for number in range(50):
        orders.send({"number": number})
    file = shop.embedded.file
    with file.reading() as connection:
        connection.execute("PRAGMA query_only = 1")  # what a disk does that has become read-only
    with caplog.at_level(logging.ERROR):
        worker = Worker(shop.app, shop.embedded)
        worker._go_on(worker._look_around, worker._rest, "hipflask-worker")
        time.sleep(1.0)
    assert shop.seen == []
    assert 1 <= len(caplog.records) <= 3
    with file.reading() as connection:
        connection.execute("PRAGMA query_only = 0")
    shop.until(lambda: sorted(shop.seen) == list(range(50)))
    worker.stop(5)
