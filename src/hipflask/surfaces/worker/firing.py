"""When schedules fire here: what is planned stands in the file, and whichever process comes first when it is due takes it.

    nightly, cron(0 2 * * ? *), next at 2:00        it is 2:00: next is tomorrow's 2:00, and an event waits for the function
    nightly, cron(0 2 * * ? *), next at 2:00        it is 9:00, the laptop was closed: the same, once, for the last 2:00 that passed

Amazon's machines are always on, so that nothing is ever missed there. A laptop is closed at night: what was missed while no program ran is
made up for once, however often it was missed, unless `HIPFLASK_MISSED_SCHEDULES` is "skip". A schedule whose last event is still waiting or
being worked on does not fire a second time.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Literal

from ..events.schedules import Schedule, parse
from . import messages, shapes

Missed = Literal["once", "skip"]
LATE_SECONDS = 60.0  # a schedule that is due for longer than this was missed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Planned:
    """One function's schedule."""

    name: str
    expression: str
    queue: str


def plan(connection: Connection, schedules: Iterable[Planned], now: float) -> None:
    """Note from now on when each is due next: those that are new, and those that read differently than before."""
    for each in schedules:
        row = connection.execute("SELECT expression FROM schedule WHERE name = ?", (each.name,)).fetchone()
        if row is None or row[0] != each.expression:
            values = (each.name, each.expression, next_at(parse(each.expression), now))
            connection.execute("INSERT OR REPLACE INTO schedule VALUES (?, ?, ?)", values)


def plan_anew(connection: Connection, schedules: Iterable[Planned], now: float) -> None:
    """Plan all of them from now: the clock was wrong when they were planned."""
    for each in schedules:
        values = (next_at(parse(each.expression), now), each.name)
        connection.execute("UPDATE schedule SET next_at = ? WHERE name = ?", values)


def fire(connection: Connection, schedules: Iterable[Planned], now: float, missed: Missed) -> list[str]:
    """Put an event into the queue of each schedule that is due, and plan its next; returns their names."""
    due = dict(connection.execute("SELECT name, next_at FROM schedule WHERE next_at <= ?", (now,)))
    return [
        each.name
        for each in schedules
        if each.name in due and _fire(connection, each, due[each.name], now, missed)
    ]


def _fire(connection: Connection, planned: Planned, due: float, now: float, missed: Missed) -> bool:
    schedule = parse(planned.expression)
    last = last_until(schedule, due, now)
    connection.execute(
        "UPDATE schedule SET next_at = ? WHERE name = ?", (next_at(schedule, now), planned.name)
    )
    if missed == "skip" and now - last > LATE_SECONDS:
        log.info("The schedule %s was missed, as nothing ran here at %s.", planned.name, _shown(last))
        return False
    if connection.execute("SELECT 1 FROM message WHERE queue = ?", (planned.queue,)).fetchone():
        log.warning(
            "The schedule %s is due, and still at work on the last time; it is left out once.", planned.name
        )
        return False
    post(connection, planned, last, now)
    return True


def post(connection: Connection, planned: Planned, at: float, now: float) -> str:
    """Put an event into the queue of a schedule, whether it is due or not; returns its id."""
    id = str(uuid.uuid4())
    event = shapes.of_schedule(planned.name, id, at)
    return messages.send(connection, planned.queue, json.dumps(event), now, id=id)


def soonest(connection: Connection) -> float | None:
    """When the next schedule is due, None if none ever is."""
    found: tuple[float | None] = connection.execute("SELECT min(next_at) FROM schedule").fetchone()
    return found[0]


def next_at(schedule: Schedule, now: float) -> float | None:
    """When a schedule is due next, None if it never is again."""
    moment = schedule.next_after(datetime.fromtimestamp(now, UTC))
    return None if moment is None else moment.timestamp()


def last_until(schedule: Schedule, due: float, now: float) -> float:
    """The last time at which it was due until now; `due` is one that has passed.

    What is due every minute was so half a million times in a year of sleep, so it looks back from now, ever further.
    """
    last, back = due, 60.0
    while now - back > due:
        if (at := next_at(schedule, now - back)) is not None and at <= now:
            last = at
            break
        back *= 2
    while (following := next_at(schedule, last)) is not None and following <= now:
        last = following
    return last


def _shown(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
