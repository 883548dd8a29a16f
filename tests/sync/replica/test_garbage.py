"""No search for circles of garbage falls into the taking of a page; and it goes on afterwards, whoever else was at it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
from shelf import Shelf, page, whole

from hipflask.sync.messages import Checkpoint
from hipflask.sync.replica.garbage import unsearched

MANY = 5_000


@contextmanager
def searches() -> Iterator[list[int]]:
    """The generations that were searched meanwhile."""
    found: list[int] = []

    def note(phase: str, told: dict[str, int]) -> None:
        if phase == "start":
            found.append(told["generation"])

    gc.callbacks.append(note)
    try:
        yield found
    finally:
        gc.callbacks.remove(note)


def test_rows_that_come_and_go_are_not_searched_for_garbage(shelf: Shelf) -> None:
    """Thousands of rows are taken, and pushed, with hardly a search at the edges, where there would be dozens."""
    come = page(whole(*({"id": f"i{number}", "name": f"Item {number}"} for number in range(MANY))))
    with searches() as found:
        shelf.replica.page(come)
        shelf.replica.checkpoint(Checkpoint(b"seal", 1, 70, 0))
    assert len(found) <= 6, found
    shelf.write("UPDATE item SET price = 6")
    with searches() as found:
        shelf.replica.push()
    assert len(found) <= 6, found
    assert gc.isenabled()


def test_who_searches_for_no_garbage_at_all_is_left_alone() -> None:
    """A program may have switched it off for good."""
    gc.disable()
    try:
        with unsearched():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_after_several_threads_and_errors_the_search_is_on() -> None:
    """Whoever was first out, whoever was first in."""
    for _ in range(200):
        barrier = Barrier(3)

        def one(barrier: Barrier = barrier) -> None:
            barrier.wait()
            with pytest.raises(ZeroDivisionError), unsearched():
                raise ZeroDivisionError

        threads = [Thread(target=one) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert gc.isenabled()
