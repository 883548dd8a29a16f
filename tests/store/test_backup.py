"""Backups, by hand and by themselves, with the store in use."""

from __future__ import annotations

import datetime
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from teams import Team, names_in

from hipflask.core.errors import StoreDamaged, UsageError
from hipflask.store.backup import backup as backups
from hipflask.store.backup import chores
from hipflask.store.backup.backup import Backup, Keep, is_due, make_backup, superfluous

UTC = datetime.UTC


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team(tmp_path)
    yield team
    team.db.close()


# ── backups ───────────────────────────────────────────────────────────────────────────────────────


def test_a_backup_is_one_file_with_everything_that_was_committed(team: Team) -> None:
    team.add("Who", "What")
    made = team.db.backup()
    team.add("I Don't Know")
    assert names_in(made) == ["What", "Who"]
    assert [each.name for each in made.parent.iterdir()] == [made.name]
    (found,) = team.db.backups()
    assert (found.path, found.reason, found.size) == (made, "by-hand", made.stat().st_size)
    assert abs(found.made - datetime.datetime.now(UTC)) < datetime.timedelta(minutes=1)


def test_a_backup_is_of_one_moment_though_others_write_all_the_time(team: Team) -> None:
    """Every transaction moves points from one to the other: a copy of two moments would have another sum."""
    filler = [{"name": "x" * 500, "points": 0} for _ in range(10_000)]
    team.db.write(team.Player, filler)
    team.db.write(team.Player, [{"name": "From", "points": 10**6}, {"name": "To", "points": 0}])
    done = threading.Event()
    moved = [0]

    def move() -> None:
        with closing(sqlite3.connect(team.db.file, isolation_level=None)) as connection:
            while not done.is_set():
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("UPDATE player SET points = points - 1 WHERE name = 'From'")
                connection.execute("UPDATE player SET points = points + 1 WHERE name = 'To'")
                connection.execute("COMMIT")
                moved[0] += 1

    seen: list[int] = []

    def wait_for_others(_: int, __: int) -> None:
        before = moved[0]
        while moved[0] < before + 2:
            time.sleep(0.001)
        seen.append(moved[0])

    thread = threading.Thread(target=move)
    thread.start()
    try:
        made = make_backup(team.db.file, "test", progress=wait_for_others)
    finally:
        done.set()
        thread.join()
    assert len(seen) > 1  # it was copied in several steps, and others wrote between them
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT sum(points) FROM player").fetchone() == (10**6,)


def test_a_damaged_store_is_not_taken_for_a_backup_and_costs_none(team: Team) -> None:
    team.db.write(team.Player, [{"name": f"Player {number}"} for number in range(2000)])
    good = [team.db.backup() for _ in range(3)]
    file = team.db.file
    team.db.close()
    with file.open("r+b") as out:
        out.seek(file.stat().st_size // 2 // 4096 * 4096)  # where rows are
        out.write(b"\xff" * 4096)
    for _ in range(3):
        with pytest.raises(StoreDamaged, match=r"team\.sqlite is damaged.*hipflask db restore"):
            make_backup(file, "by hand", Keep(newest=1, days=0))
    assert sorted(file.with_name("team.backups").iterdir()) == sorted(good)


def test_a_stopped_backup_leaves_nothing(team: Team) -> None:
    team.add("Who")

    def stop(_: int, __: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        team.db.backup(stop)
    assert team.db.backups() == []
    assert list(team.db.file.with_name("team.backups").iterdir()) == []


def test_what_a_killed_process_left_is_swept_up_later(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = team.db.backup().parent
    stray = folder / "0123.partial"
    stray.write_bytes(b"half")
    team.db.backup()
    assert stray.exists()  # somebody may be writing it just now
    monkeypatch.setattr(backups, "_STRAY_SECONDS", -1.0)
    team.db.backup()
    assert not stray.exists()


def _made(*moments: str, reason: str = "daily") -> list[Backup]:
    return [
        Backup(datetime.datetime.fromisoformat(each).replace(tzinfo=UTC), reason, Path(each))
        for each in moments
    ]


def test_the_newest_of_each_kind_and_the_last_of_each_day_stay() -> None:
    there = _made(
        "2026-11-22T18", "2026-11-22T12", "2026-11-21T18", "2026-11-21T12", "2026-11-19T18", "2026-11-01T18"
    )
    migration = _made("2026-11-21T15", reason="migration")
    given = sorted(there + migration, reverse=True)
    gone = superfluous(given, Keep(newest=1, days=3))
    assert [(each.path.name, each.reason) for each in gone] == [
        ("2026-11-22T12", "daily"),
        ("2026-11-21T12", "daily"),
        ("2026-11-01T18", "daily"),
    ]


def test_a_store_that_nobody_opened_for_long_keeps_its_backups() -> None:
    there = _made("2019-05-03T18", "2019-05-02T18", "2019-05-01T18")
    assert superfluous(there, Keep(newest=1, days=3)) == []


def test_the_backup_just_made_stays_though_the_clock_was_set_back(team: Team) -> None:
    made = team.db.backup()
    future = made.with_name("2099-01-01_00-00-00-000_by-hand.sqlite")
    made.rename(future)
    newest = make_backup(team.db.file, "by hand", Keep(newest=1, days=0))
    assert newest.exists()
    assert {each.path for each in team.db.backups()} == {newest, future}


def test_old_backups_go_once_the_new_one_is_there(tmp_path: Path) -> None:
    team = Team(tmp_path, STORE_BACKUPS={"newest": 2, "days": 0})
    made = [team.db.backup() for _ in range(5)]
    assert [each.path for each in team.db.backups()] == made[:1:-1]  # the one just made, and two more
    team.db.close()


def test_the_configuration_is_checked(tmp_path: Path) -> None:
    for given in ({"newest": 0}, {"weeks": 3}, 7):
        team = Team(tmp_path, STORE_BACKUPS=given)
        with pytest.raises(UsageError, match=r"STORE_BACKUPS takes how many backups to keep"):
            team.names()


# ── by itself ─────────────────────────────────────────────────────────────────────────────────────


def test_a_backup_is_due_once_a_day_and_after_changes_alone(team: Team) -> None:
    file = team.db.file
    assert not is_due(file)  # nothing was ever written
    team.add("Who")
    assert is_due(file)
    made = make_backup(file, "daily")
    assert not is_due(file)
    assert not is_due(file, every=datetime.timedelta(0))
    team.add("What")
    assert not is_due(file)
    assert is_due(file, every=datetime.timedelta(0))
    made.rename(made.with_name("2099-01-01_00-00-00-000_daily.sqlite"))
    assert is_due(file)  # the clock was set back


def test_the_keeper_makes_backups_while_the_app_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "EVERY_SECONDS", 0.02)
    team = Team(tmp_path)
    team.add("Who")
    end = time.monotonic() + 20
    while not team.db.backups():
        assert time.monotonic() < end
        time.sleep(0.01)
    assert [each.reason for each in team.db.backups()] == ["daily"]
    assert names_in(team.db.backups()[0].path) == ["Who"]
    team.db.close()
    assert "hipflask-chores" not in {thread.name for thread in threading.enumerate()}


def test_who_is_not_the_keeper_has_no_chores_and_takes_over_when_the_place_is_free(tmp_path: Path) -> None:
    first, second = Team(tmp_path), Team(tmp_path)
    first.add("Who")
    second.add("What")
    second.db._open().chores.do()
    assert second.db.backups() == []
    first.db.close()
    second.db._open().chores.do()
    assert [names_in(each.path) for each in second.db.backups()] == [["What", "Who"]]
    second.db.close()


def test_no_backups_by_themselves_if_none_are_wanted(tmp_path: Path) -> None:
    team = Team(tmp_path, STORE_BACKUPS=None)
    team.add("Who")
    team.db._open().chores.do()
    assert team.db.backups() == []
    team.db.close()
