"""Files that are damaged, somebody else's, or held by others; and a clock that goes back.

HIPFLASK_LONG=1 tries far more moments, places and seeds.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from faulty import IS_LONG, Team

from hipflask.core.errors import StoreDamaged, StoreLocked
from hipflask.store import engine
from hipflask.store.models import base as models

HERE = Path(__file__).parent


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team(tmp_path)
    yield team
    team.db.close()


def damaged(kind: str, count: int, seed: int) -> dict[str, int]:
    command = [sys.executable, str(HERE / "damage.py"), kind, str(count), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, done.stderr[-6000:]
    return dict(json.loads(done.stdout))


def test_a_flipped_bit_is_told_in_words_and_never_hidden(tmp_path: Path) -> None:
    for seed in range(4 if IS_LONG else 1):
        seen = damaged("flipped", 3000 if IS_LONG else 40, seed)
        assert seen["StoreDamaged"] > 5


def test_a_file_that_was_cut_off_is_told_in_words_wherever_that_was(tmp_path: Path) -> None:
    seen = damaged("cut", 1000 if IS_LONG else 10, 1)
    assert seen["StoreDamaged"] > 20
    assert "another value" not in seen


def test_a_file_that_is_no_database_is_left_as_it_is(team: Team) -> None:
    text = b"This is a letter, and somebody may want to read it. " * 100
    team.file.write_bytes(text)
    for _ in range(2):
        with pytest.raises(StoreDamaged, match=r"team\.sqlite is not a database.*hipflask db restore"):
            team.state()
    assert team.file.read_bytes() == text


def test_who_is_kept_waiting_writes_once_the_lock_is_free(team: Team) -> None:
    team.fill(3)
    with closing(sqlite3.connect(team.file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE player SET points = 100")
        waiting = threading.Thread(target=lambda: team.Player.create(name="Waited"))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        other.execute("COMMIT")
        waiting.join(20)
        assert not waiting.is_alive()
    assert team.state() == {"Player 0": 100, "Player 1": 100, "Player 2": 100, "Waited": 0}


def test_who_waits_for_too_long_is_told_and_goes_on_when_the_lock_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.connect, "__kwdefaults__", {"wait": 0.2})
    team = Team(tmp_path)
    team.fill(3)
    with closing(sqlite3.connect(team.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for work in (lambda: team.Player.create(name="New"), lambda: team.fill(1)):
            with pytest.raises(StoreLocked, match=r"has been writing to .*team\.sqlite for too long"):
                work()
        assert len(team.state()) == 3  # reading goes on
        team.db.backup()  # and so do backups
    team.Player.create(name="New")
    assert len(team.state()) == 4
    team.assert_sound()
    team.db.close()


def test_keys_sort_as_they_were_made_though_the_clock_goes_back(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time_ns()
    moments = iter([now + step * 10**9 for step in (0, 1, -3600, -3599, 0, 2, -(10**6), 3)])
    monkeypatch.setattr(models.time, "time_ns", lambda: next(moments))
    keys = [models.uuid7() for _ in range(8)]
    assert keys == sorted(keys)
    assert len(set(keys)) == 8
