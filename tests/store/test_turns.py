"""The lock that goes round in order."""

from __future__ import annotations

import threading
import time

from hipflask.store.turns import Turns


def test_first_come_first_served() -> None:
    """Also where whoever has it takes it again at once, as often as it likes."""
    turns, order = Turns(), list[int]()
    assert turns.acquire()
    waiting = []
    for number in range(5):
        thread = threading.Thread(target=_take, args=(turns, order, number))
        thread.start()
        waiting.append(thread)
        while len(turns._waiting) <= number:
            time.sleep(0.001)
    turns.release()
    assert turns.acquire(timeout=5.0)
    order.append(-1)
    turns.release()
    for thread in waiting:
        thread.join()
    assert order == [0, 1, 2, 3, 4, -1]
    assert not turns.locked()


def test_who_gives_up_is_passed_over() -> None:
    """And the lock is free when nobody is left."""
    turns = Turns()
    assert turns.acquire()
    assert not turns.acquire(timeout=0.01)
    turns.release()
    assert not turns.locked()
    assert turns.acquire(timeout=0.01)
    turns.release()


def test_a_turn_that_comes_while_somebody_gives_up_goes_on() -> None:
    """Or everybody would wait for one who has gone."""
    turns = Turns()
    assert turns.acquire()
    given_up = threading.Thread(target=turns.acquire, args=(0.02,))
    given_up.start()
    while not turns._waiting:
        time.sleep(0.001)
    with turns._guard:
        time.sleep(0.06)  # it has waited for long enough, and is about to say so
        turns._waiting.popleft().release()
    given_up.join()
    assert not turns.locked()


def test_two_never_have_it_at_once() -> None:
    """However short their patience is."""
    turns, inside, most = Turns(), 0, 0

    def hurry() -> None:
        nonlocal inside, most
        for _ in range(300):
            if turns.acquire(timeout=0.0002):
                inside += 1
                most = max(most, inside)
                time.sleep(0.0002)
                inside -= 1
                turns.release()

    threads = [threading.Thread(target=hurry) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert not turns.locked()


def _take(turns: Turns, order: list[int], number: int) -> None:
    assert turns.acquire(timeout=5.0)
    order.append(number)
    turns.release()
