"""What the tests have computed in other processes: functions at the top level of a module."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path


def add(a: int, b: int = 1) -> int:
    return a + b


def pid() -> int:
    return os.getpid()


def count(to: int, pause: float = 0.0) -> Iterator[int]:
    for number in range(to):
        yield number
        time.sleep(pause)


def forever(marks: str) -> Iterator[int]:
    """Counts until it is closed, and says so."""
    number = 0
    try:
        while True:
            yield number
            number += 1
    finally:
        Path(marks).write_text("closed")


def stubborn(marks: str) -> Iterator[int]:
    """Yields once and computes ever after."""
    yield os.getpid()
    while True:
        Path(marks).write_text(str(time.monotonic()))
        time.sleep(0.01)


def fail(words: str) -> None:
    raise LookupError(words)


def fail_after(items: int) -> Iterator[int]:
    yield from range(items)
    raise LookupError("enough")


class Awkward(Exception):
    """An error that pickle can write and not read."""

    def __init__(self, a: str, b: str) -> None:
        super().__init__(f"{a} and {b}")


def fail_awkwardly() -> None:
    raise Awkward("this", "that")


def unsendable() -> object:
    return threading.Lock()


def unsendable_items() -> Iterator[object]:
    yield 1
    yield threading.Lock()
    yield 2


def kill_yourself(after: int = 0) -> Iterator[int]:
    yield from range(after)
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    sys.exit(3)


def print_nothing_of(value: object) -> object:
    return type(value).__name__
