"""Tests that want to be alone are, in a run of several processes; here threads stand in for those, which to `flock` are the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from room import room

pytest.importorskip("fcntl")


def begun(work: Callable[[], None]) -> Thread:
    thread = Thread(target=work)
    thread.start()
    return thread


def test_many_are_in_it_together(tmp_path: Path) -> None:
    with room(tmp_path, is_alone=False), room(tmp_path, is_alone=False):
        pass


def test_who_wants_to_be_alone_waits_for_the_others_and_they_for_them(tmp_path: Path) -> None:
    """The others do not slip in while somebody waits, or they would wait for ever."""
    order: list[str] = []
    may_leave = Event()

    def stay() -> None:
        with room(tmp_path, is_alone=False):
            order.append("first")
            assert may_leave.wait(20)
            order.append("first leaves")

    def be_alone() -> None:
        with room(tmp_path, is_alone=True):
            order.append("alone")
            time.sleep(0.05)
            order.append("alone leaves")

    def come_later() -> None:
        with room(tmp_path, is_alone=False):
            order.append("later")

    threads = [begun(stay)]
    while not order:
        time.sleep(0.001)
    threads.append(begun(be_alone))
    time.sleep(0.05)
    threads.append(begun(come_later))
    time.sleep(0.05)
    assert order == ["first"]
    may_leave.set()
    for thread in threads:
        thread.join()
    assert order == ["first", "first leaves", "alone", "alone leaves", "later"]
