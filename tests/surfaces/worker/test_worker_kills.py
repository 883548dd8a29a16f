"""Processes are killed with -9 in the middle of everything, again and again: nothing is lost, and nothing comes that was taken back."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from hipflask.surfaces.worker import messages
from hipflask.surfaces.worker.file import QueueFile

IS_LONG = os.environ.get("HIPFLASK_LONG") == "1"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked, which Windows cannot")


class Kitchen:
    """The program that starts children, and what they have done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._children: list[int] = []
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("kitchen.py")), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def start(self, what: str, number: int = 0) -> int:
        """Start a child."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what} {number}\n")
        self._process.stdin.flush()
        self._children.append(child := int(self._process.stdout.readline()))
        return child

    def kill(self, child: int) -> None:
        """As when the power goes, but for the disk; returns when it is dead, since a commit under way is not ended at once."""
        self._children.remove(child)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
            while True:
                os.kill(child, 0)
                time.sleep(0.001)

    def close(self) -> None:
        """Let nobody live on."""
        for child in list(self._children):
            self.kill(child)
        self._process.kill()
        self._process.communicate()

    def baked(self) -> Counter[int]:
        """How often each number was baked."""
        file = self.folder / "baked.txt"
        return Counter(map(int, file.read_text().split())) if file.exists() else Counter()

    def written(self) -> set[int]:
        """The orders in the store."""
        with closing(sqlite3.connect(self.folder / "instance" / "kitchen.sqlite")) as connection:
            return {number for (number,) in connection.execute('SELECT number FROM "order"')}


@pytest.fixture
def kitchen(tmp_path: Path) -> Iterator[Kitchen]:
    """A kitchen that is closed afterwards."""
    kitchen = Kitchen(tmp_path)
    yield kitchen
    kitchen.close()


def left(file: QueueFile) -> int:
    """How many messages are not done."""
    with file.reading() as connection:
        return sum(
            counts.waiting + counts.hidden for counts in messages.counts(connection, time.time()).values()
        )


def test_a_worker_that_is_killed_loses_nothing(kitchen: Kitchen) -> None:
    """Every message is worked on in the end; more than once only what a killed one had in its hands."""
    chance = random.Random(9)
    file = QueueFile(kitchen.folder / "instance" / "kitchen.events.sqlite")
    numbers = range(1, 5001 if IS_LONG else 301)
    with file.writing() as connection:
        for number in numbers:
            messages.send(connection, "orders", f'{{"number": {number}}}', time.time())
    workers = [kitchen.start("work") for _ in range(2)]
    kills = 0
    end = time.monotonic() + (900 if IS_LONG else 40)
    while left(file) and time.monotonic() < end:
        time.sleep(chance.uniform(0.1, 0.4))
        if kills < (200 if IS_LONG else 12):
            kitchen.kill(workers.pop(chance.randrange(2)))
            workers.append(kitchen.start("work"))
            kills += 1
    baked = kitchen.baked()
    assert set(baked) == set(numbers)
    assert kills >= 3
    # So many threads, with so many messages each; and some whose worker was held up for longer than they were hidden.
    assert sum(baked.values()) - len(baked) <= kills * 2 * 3 + 30
    file.close()


def test_a_sender_that_is_killed_has_sent_what_it_has_written(kitchen: Kitchen) -> None:
    """No order without its message, no message without its order, whenever the process dies, and none that was taken back."""
    chance = random.Random(9)
    worker = kitchen.start("work")
    for turn in range(200 if IS_LONG else 10):
        sender = kitchen.start("order", turn * 100_000)
        time.sleep(chance.uniform(0.2, 0.5))
        kitchen.kill(sender)
        if turn % 3 == 2:  # also while messages are moved from the outbox
            kitchen.kill(worker)
            worker = kitchen.start("work")
    written = kitchen.written()
    assert len(written) > 50
    end = time.monotonic() + 30
    while set(kitchen.baked()) != written and time.monotonic() < end:
        time.sleep(0.1)
    assert set(kitchen.baked()) == written
    assert all(number > 0 for number in written)
