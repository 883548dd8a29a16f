"""A process that is killed while it writes, backs up or restores leaves a store that is whole.

HIPFLASK_LONG=1 tries far more moments, places and seeds.
"""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from faulty import IS_LONG, Team

from hipflask.store.live.feed import rows_now

HERE = Path(__file__).parent


@pytest.mark.parametrize("seed", range(20) if IS_LONG else range(1, 3))
def test_killed_at_any_write_everything_that_was_committed_is_there(
    on_broken_disk: Callable[..., str], seed: int
) -> None:
    said = json.loads(on_broken_disk("crash.py", seed, 400 if IS_LONG else 30))
    assert said["writes"] > 100


@pytest.mark.parametrize("seed", range(30) if IS_LONG else range(3))
def test_who_followed_a_process_that_was_killed_has_seen_what_is_there(tmp_path: Path, seed: int) -> None:
    """Killed at a random moment; from outside, with nothing but the log and the rows that it names."""
    team = Team(tmp_path)
    team.state()
    log = team.db._open().logs[0]
    told: list[str] = []
    program = subprocess.Popen(
        [sys.executable, str(HERE / "busy.py"), str(tmp_path), str(seed)], stdout=subprocess.PIPE, text=True
    )
    with closing(sqlite3.connect(team.file, isolation_level=None)) as connection:
        seen, rows = 0, {}  # type: ignore[var-annotated]

        def follow() -> None:
            nonlocal seen
            batch = log.read(connection, seen)
            assert not batch.has_gap
            keys = {change.key for change in batch.changes}
            now = rows_now(connection, ["id"], "player", keys, ["name", "points"])
            for key in keys:
                rows.pop(key, None)
                if key in now:
                    rows[key] = now[key]
            seen = batch.newest

        try:
            assert program.stdout is not None
            told += [program.stdout.readline() for _ in range(5)]
            end = time.monotonic() + random.Random(seed).uniform(0.05, 0.5)
            while time.monotonic() < end:
                follow()
        finally:
            program.send_signal(signal.SIGKILL)
            rest, _ = program.communicate()
        told += rest.splitlines()
        follow()
    assert program.returncode == -signal.SIGKILL
    assert {row["name"]: row["points"] for row in rows.values()} == team.state()
    committed = max(int(line) for line in told if line.strip())
    assert committed > 2
    (newest,) = [max(int(name.partition(" ")[2]) for name in team.state())]
    assert newest >= committed
    assert all(points == int(name.partition(" ")[2]) + 1 for name, points in team.state().items())
    team.assert_sound()
    team.db.close()
