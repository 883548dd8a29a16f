"""When one tries again, and what is worth trying at once."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from hipflask.sync.replica.mailbox import MOST_WAITING, OVERSLEPT, Mailbox
from hipflask.sync.replica.waiting import ANYWHERE, Backoff, Surroundings, own_address


def test_waits_grow_to_a_minute() -> None:
    """Half a second after the first failure, twice as long after each further one."""
    backoff = Backoff(chance=lambda: 1.0)
    assert [backoff.next() for _ in range(10)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]


def test_success_begins_anew() -> None:
    """A hub that could be spoken to is asked again soon."""
    backoff = Backoff(chance=lambda: 1.0)
    for _ in range(5):
        backoff.next()
    backoff.worked()
    assert backoff.next() == 0.5


def test_a_thousand_failures_do_no_harm() -> None:
    """A month offline is many tries."""
    backoff = Backoff()
    assert all(0.2 < backoff.next() <= 60.0 for _ in range(5_000))


def test_twenty_devices_do_not_come_back_together() -> None:
    """Waits are between half of what they may be and all of it."""
    waits = {Backoff().next() for _ in range(20)}
    assert len(waits) > 15
    assert all(0.25 <= wait <= 0.5 for wait in waits)


class World:
    """Clocks and a network that a test sets."""

    def __init__(self) -> None:
        self.wall, self.monotonic = 1_000_000.0, 50.0
        self.address: str | None = "10.0.0.7"

    def surroundings(self) -> Surroundings:
        return Surroundings(lambda: self.wall, lambda: self.monotonic, lambda towards: self.address)

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds


def test_time_that_passes_is_nothing() -> None:
    """An hour in which both clocks go on is an hour."""
    world = World()
    around = world.surroundings()
    world.passes(3600)
    assert not around.changed()


def test_sleep_is_noticed_once() -> None:
    """The wall's clock has gone on, and the other has stood still."""
    world = World()
    around = world.surroundings()
    world.passes(2)
    world.wall += 8 * 3600
    assert around.changed()
    world.passes(2)
    assert not around.changed()


def test_another_network_is_noticed() -> None:
    """Also where there was none before; having none is nothing to try."""
    world = World()
    around = world.surroundings()
    world.address = None
    assert not around.changed()
    world.address = "192.168.1.3"
    assert around.changed()
    world.address = "10.0.0.7"
    assert around.changed()
    assert not around.changed()


def test_a_way_to_the_hub_becomes_known() -> None:
    """Looking at another way is no change of network."""
    world = World()
    around = world.surroundings()
    world.address = "127.0.0.1"
    around.move_towards("127.0.0.1")
    assert around.towards == "127.0.0.1"
    assert not around.changed()


def test_one_s_own_address_is_asked_of_the_system() -> None:
    """By a socket that sends nothing."""
    assert own_address("127.0.0.1") == "127.0.0.1"
    assert own_address(ANYWHERE) is None or socket.inet_aton(own_address(ANYWHERE) or "")


# ── the mailbox ───────────────────────────────────────────────────────────────────────────────────


def test_signs_and_messages_are_taken_once() -> None:
    """Signs of the same kind are one."""
    mailbox, connection = Mailbox(), object()
    mailbox.listen_to(connection)
    mailbox.put(connection, b"one")
    mailbox.put(connection, b"two")
    mailbox.sign("written")
    mailbox.sign("written")
    assert mailbox.take(1) == (b"one", {"written"})
    assert mailbox.take(1) == (b"two", set())
    assert mailbox.take(0) == (None, set())


def test_messages_of_a_connection_of_the_past_are_dropped() -> None:
    """They would be taken for answers of the present one."""
    mailbox, past, present = Mailbox(), object(), object()
    mailbox.listen_to(past)
    mailbox.put(past, b"late")
    mailbox.listen_to(present)
    assert not mailbox.put(past, b"later")
    assert mailbox.take(0) == (None, set())
    assert mailbox.put(present, b"new")


def test_a_connection_waits_until_its_messages_are_taken() -> None:
    """What is not read stays with the hub: a page of megabytes is not kept here twice."""
    mailbox, connection = Mailbox(), object()
    mailbox.listen_to(connection)
    put: list[int] = []

    def fill() -> None:
        for number in range(MOST_WAITING + 2):
            mailbox.put(connection, bytes([number]))
            put.append(number)

    filling = threading.Thread(target=fill, daemon=True)
    filling.start()
    filling.join(0.1)
    assert len(put) == MOST_WAITING
    for number in range(MOST_WAITING + 2):
        assert mailbox.take(1)[0] == bytes([number])
    filling.join(1)
    assert not filling.is_alive()


def test_who_waits_to_put_is_let_go_with_the_connection() -> None:
    """A thread that listens to a connection ends with it."""
    mailbox, connection = Mailbox(), object()
    mailbox.listen_to(connection)
    ended: list[bool] = []

    def fill() -> None:
        while mailbox.put(connection, b"x"):
            pass
        ended.append(True)

    filling = threading.Thread(target=fill, daemon=True)
    filling.start()
    time.sleep(0.05)
    mailbox.listen_to(None)
    filling.join(1)
    assert ended == [True]


def test_what_a_connection_ended_by_is_raised_and_signs_are_kept() -> None:
    """Nothing that was written here is overlooked because the connection broke just then."""
    mailbox, connection = Mailbox(), object()
    mailbox.listen_to(connection)
    mailbox.put(connection, OSError("cut"))
    mailbox.sign("written")
    with pytest.raises(OSError, match="cut"):
        mailbox.take(1)
    assert mailbox.take(0) == (None, {"written"})


def test_a_wait_that_took_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """On some systems the monotonic clock goes on while the machine sleeps."""
    mailbox, now = Mailbox(), time.monotonic
    moments = iter([0.0, 0.0, 600.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments, now() + 600))
    assert mailbox.take(0.01) == (None, {OVERSLEPT})
