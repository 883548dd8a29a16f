"""What an action sends is held back until what it writes is sure to stay."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from contextvars import copy_context

import pytest

from hipflask.core import outgoing
from hipflask.core.action import Registry


def test_outside_of_a_unit_of_work_nothing_is_held() -> None:
    """Whoever sends is told to send at once."""
    assert not outgoing.hold(lambda: pytest.fail("delivered"))


def test_deliveries_follow_the_commit() -> None:
    """What is sent first arrives after the last unit of work has committed, in the order of sending."""
    told: list[str] = []

    class Work:
        @contextmanager
        def begin(self):  # type: ignore[no-untyped-def]
            yield
            told.append("committed")

    registry = Registry()
    registry.add_work(Work())  # type: ignore[arg-type]
    with registry.unit_of_work():
        assert outgoing.hold(lambda: told.append("first"))
        assert outgoing.hold(lambda: told.append("second"))
        told.append("worked")
    assert told == ["worked", "committed", "first", "second"]


def test_what_is_rolled_back_is_not_sent() -> None:
    """Neither when the block raises, nor when an error that was caught has had everything taken back."""
    told: list[str] = []
    registry = Registry()
    with suppress(ValueError), registry.unit_of_work():
        outgoing.hold(lambda: told.append("raised"))
        raise ValueError
    with registry.unit_of_work():
        outgoing.hold(lambda: told.append("taken back"))
        registry.roll_back()
        outgoing.hold(lambda: told.append("afterwards"))
    assert told == ["afterwards"]


def test_one_that_cannot_be_sent_keeps_no_other_back() -> None:
    """What they tell of has been committed; the error is raised in the end."""
    told: list[str] = []

    def fail() -> None:
        raise OSError("the network is gone")

    with pytest.raises(OSError, match="the network is gone"), Registry().unit_of_work():
        for deliver in (fail, lambda: told.append("second"), fail, lambda: told.append("fourth")):
            outgoing.hold(deliver)
    assert told == ["second", "fourth"]


def test_a_task_that_outlives_its_action_sends_at_once() -> None:
    """It still knows the action, whose list nobody looks at any more."""
    registry = Registry()
    with registry.unit_of_work():
        outlives = copy_context()
    assert outlives.run(outgoing.hold, lambda: None) is False
