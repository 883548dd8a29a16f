"""A hub that ends while others and its devices are busy: killed, stuck, or told to; the others go on soon, and nothing acknowledged is lost."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence

import psycopg
import pytest
from hubs import Hub
from outages import Writer, notes
from test_hub_process import Replica, issue, until

from hipflask.sync.hub.layout import LOCK


def sequencers(url: str) -> Sequence[object]:
    """The session in PostgreSQL that makes versions."""
    with psycopg.connect(url) as psql:
        return psql.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            (LOCK,),
        ).fetchall()


@pytest.mark.parametrize(
    ("number", "within"), [(signal.SIGKILL, 3.0), (signal.SIGSTOP, 4.0 + 3.0)], ids=["killed", "stuck"]
)
def test_another_hub_takes_over(database_url: str, number: signal.Signals, within: float) -> None:
    """At once when the one that made versions is killed; when it is stuck, or its machine is gone without a word, after some seconds."""
    with Hub(database_url, silent=4) as one:
        until(lambda: bool(sequencers(database_url)))
        first = sequencers(database_url)
        with Hub(database_url, silent=4) as two, Replica(two.port, issue(database_url)) as ann:
            ann.push(1, "a")
            ann.news_of("a")
            one.process.send_signal(number)
            begun = time.monotonic()
            ann.push_only(2, "b")
            ann.news_of("b")
            assert time.monotonic() - begun < within
            assert sequencers(database_url) != first
            one.process.send_signal(
                signal.SIGCONT
            )  # it finds out that another one makes versions, and stands by
            ann.push(3, "c")
            ann.news_of("c")
            one.kill()


def test_a_hub_that_is_told_to_end_under_load(database_url: str) -> None:
    """It ends within its time and without an error; devices go to the other one, and what was under way is there, once."""
    with Hub(database_url) as one, Hub(database_url) as two:
        token = issue(database_url)
        devices = [Writer(f"device {n}", [one.port, two.port], token) for n in range(8)]
        for device in devices:
            device.start()
        for device in devices:
            device.goes_on()
        begun = time.monotonic()
        one.terminate()
        assert one.ended(15) == 0, one.said
        assert time.monotonic() - begun < 5
        for device in devices:
            device.goes_on()
        acknowledged = {key for device in devices for key in device.end()}
        there = notes(database_url)
        assert acknowledged <= set(there) and len(there) <= len(acknowledged) + len(devices)
        assert "Traceback" not in one.said and "WARNING" not in one.said, one.said
