"""Schedules fire once when they are due, whoever looks, and what was missed is made up for once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread, current_thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.surfaces.events.schedules import parse
from hipflask.surfaces.worker import firing, messages
from hipflask.surfaces.worker.file import QueueFile
from hipflask.surfaces.worker.firing import Missed, Planned

NIGHTLY = Planned("nightly", "cron(0 2 * * ? *)", "schedule:nightly")
EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=UTC).timestamp()
HOUR, DAY = 3600.0, 86400.0


@pytest.fixture
def file(tmp_path: Path) -> Iterator[QueueFile]:
    """An empty file of queues."""
    file = QueueFile(tmp_path / "app.events.sqlite")
    yield file
    file.close()


def plan(file: QueueFile, now: float, *schedules: Planned) -> None:
    """What a worker does when it starts."""
    with file.writing() as connection:
        firing.plan(connection, schedules or [NIGHTLY], now)


def fire(file: QueueFile, now: float, *schedules: Planned, missed: Missed = "once") -> list[str]:
    """What it does when it looks around."""
    with file.writing() as connection:
        return firing.fire(connection, schedules or [NIGHTLY], now, missed)


def times(file: QueueFile, queue: str = "schedule:nightly") -> list[str]:
    """The times of the events that wait."""
    with file.reading() as connection:
        return [json.loads(each.body)["time"] for each in messages.look(connection, queue)]


def done(file: QueueFile, queue: str = "schedule:nightly") -> None:
    """Its function has been called."""
    with file.writing() as connection:
        messages.purge(connection, queue)


def test_it_fires_when_it_is_due_and_not_before(file: QueueFile) -> None:
    """A new schedule waits for its time; then it waits for the next."""
    plan(file, EVENING)
    assert fire(file, EVENING) == []
    assert fire(file, EVENING + 8 * HOUR - 1) == []
    assert fire(file, EVENING + 8 * HOUR + 0.2) == ["nightly"]
    assert fire(file, EVENING + 8 * HOUR + 0.4) == []
    assert times(file) == ["2026-11-24T02:00:00Z"]
    done(file)
    assert fire(file, EVENING + 32 * HOUR + 0.2) == ["nightly"]


def test_what_was_missed_is_made_up_for_once(file: QueueFile) -> None:
    """A laptop that was closed for a week does its nightly work when it is opened, once, for the last night."""
    plan(file, EVENING)
    morning = EVENING + 7 * DAY + 14 * HOUR
    plan(file, morning)
    assert fire(file, morning) == ["nightly"]
    assert times(file) == ["2026-12-01T02:00:00Z"]
    done(file)
    assert fire(file, morning + 1) == []
    assert fire(file, EVENING + 8 * DAY + 8 * HOUR + 1) == ["nightly"]


def test_what_was_missed_may_be_left_out(file: QueueFile) -> None:
    """As it is at Amazon's: nothing is made up for, and the next time comes as always."""
    plan(file, EVENING)
    morning = EVENING + 14 * HOUR
    assert fire(file, morning, missed="skip") == []
    assert times(file) == []
    assert fire(file, EVENING + 32 * HOUR + 30, missed="skip") == ["nightly"]


def test_restarting_forgets_nothing(file: QueueFile) -> None:
    """A program that starts again shortly before the time still does its work then, and not a second time after it."""
    plan(file, EVENING)
    plan(file, EVENING + 8 * HOUR - 5)
    assert fire(file, EVENING + 8 * HOUR + 1) == ["nightly"]
    done(file)
    plan(file, EVENING + 8 * HOUR + 2)
    assert fire(file, EVENING + 8 * HOUR + 3) == []


def test_another_expression_counts_from_now(file: QueueFile) -> None:
    """What the program says today is what holds."""
    plan(file, EVENING)
    hourly = Planned("nightly", "rate(1 hour)", NIGHTLY.queue)
    plan(file, EVENING + 60, hourly)
    assert fire(file, EVENING + HOUR, hourly) == ["nightly"]


def test_no_second_time_while_the_first_is_at_work(file: QueueFile) -> None:
    """A function that takes longer than the time between two would otherwise be called ever more often at once."""
    often = Planned("often", "rate(1 minute)", "schedule:often")
    plan(file, EVENING, often)
    assert fire(file, EVENING + 60, often) == ["often"]
    assert fire(file, EVENING + 120, often) == []
    done(file, "schedule:often")
    assert fire(file, EVENING + 180, often) == ["often"]


def test_many_workers_fire_it_once(tmp_path: Path) -> None:
    """However many look at the same moment, through connections of their own, one of them takes it, each time."""
    path = tmp_path / "app.events.sqlite"
    minutes = Planned("often", "rate(1 minute)", "schedule:often")
    plan(QueueFile(path), EVENING, minutes)
    rounds, workers = 40, 6
    together = Barrier(workers)
    outcomes: list[list[str] | Exception] = []

    def look() -> None:
        mine = QueueFile(path)
        for turn in range(1, rounds + 1):
            together.wait()
            try:
                outcomes.append(fire(mine, EVENING + 60 * turn, minutes))
            except Exception as error:
                outcomes.append(error)
            together.wait()
            if threads[0] is current_thread():
                done(mine, "schedule:often")
        mine.close()

    threads = [Thread(target=look) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == rounds * workers
    assert [each for each in outcomes if each] == [["often"]] * rounds


def test_a_clock_that_is_put_right(file: QueueFile) -> None:
    """Planned by a clock that was a year ahead, it would be silent for a year."""
    year = EVENING + 365 * DAY
    plan(file, year)
    with file.writing() as connection:
        messages.note_time(connection, year)
    with file.writing() as connection:
        assert messages.note_time(connection, EVENING) > firing.LATE_SECONDS
        firing.plan_anew(connection, [NIGHTLY], EVENING)
    assert fire(file, EVENING + 8 * HOUR + 1) == ["nightly"]
    assert times(file) == ["2026-11-24T02:00:00Z"]


def test_daylight_saving_is_nothing_to_it(file: QueueFile) -> None:
    """Times are in UTC: in the night in which Berlin's clocks are put forward, it is due once, 24 hours later."""
    before = datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp()
    plan(file, before)
    due = []
    for minute in range(0, 3 * 24 * 60, 10):
        if fire(file, before + 60.0 * minute + 1):
            due += times(file)
            done(file)
    assert due == ["2026-03-29T02:00:00Z", "2026-03-30T02:00:00Z", "2026-03-31T02:00:00Z"]


@given(
    st.sampled_from(
        [
            "rate(1 minute)",
            "rate(7 hours)",
            "cron(0 2 * * ? *)",
            "cron(30 9 1 * ? *)",
            "cron(0 0 ? * MON#1 *)",
        ]
    ),
    st.integers(0, 90 * 1440),
)
def test_the_last_time_before_now(expression: str, minutes: int) -> None:
    """Found from the near end, it is the one that stepping from the beginning finds."""
    schedule = parse(expression)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    due = schedule.next_after(start)
    assert due is not None
    now = due + timedelta(minutes=minutes if expression != "rate(1 minute)" else minutes % 3000, seconds=5)
    last = due
    while (following := schedule.next_after(last)) is not None and following <= now:
        last = following
    assert firing.last_until(schedule, due.timestamp(), now.timestamp()) == last.timestamp()
