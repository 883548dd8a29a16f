"""Bringing backups back, with the store in use and without."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from teams import Team, names_in, shell

from hipflask.core.errors import StoreDamaged, StoreError, StoreLocked, StoreReadOnly
from hipflask.store.backup import backup as backups
from hipflask.store.backup import restore
from hipflask.store.backup.backup import REPLACED
from hipflask.store.changes.log import Batch


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team(tmp_path)
    yield team
    team.db.close()


def test_a_backup_is_brought_back_under_a_running_app_which_hears_of_it(team: Team) -> None:
    team.add("Who")
    made = team.db.backup()
    team.add("What")
    heard: list[Batch] = []
    team.db.listen(lambda _, batch: heard.append(batch))
    aside = team.db.restore(made)
    assert team.names() == ["Who"]
    assert aside is not None
    assert names_in(aside) == ["What", "Who"]
    end = time.monotonic() + 20
    while not heard:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert heard[-1].has_gap
    team.add("I Don't Know")
    assert team.db.check() == []


def test_a_reader_of_the_log_never_takes_the_new_log_for_the_old_one(team: Team) -> None:
    team.add("Who")
    made = team.db.backup()
    team.add("What", "Why")
    log = team.db._open().logs[0]
    with closing(sqlite3.connect(team.db.file)) as reader:
        seen = log.newest(reader)
        team.db.restore(made)
        team.add("Because", "Since")  # as many as were lost
        assert log.read(reader, seen).has_gap


def test_another_process_with_the_store_open_goes_on_with_what_was_brought_back(team: Team) -> None:
    team.add("Who")
    made = team.db.backup()
    team.add("What")
    with closing(sqlite3.connect(team.db.file)) as other:
        assert other.execute("SELECT count(*) FROM player").fetchone() == (2,)
        team.db.restore(made)
        assert other.execute("SELECT name FROM player").fetchall() == [("Who",)]
        other.execute("UPDATE player SET points = 7")
        other.commit()
    assert team.db.first(team.Player).points == 7
    assert team.db.check() == []


def test_who_reads_while_a_backup_is_brought_back_sees_one_or_the_other(team: Team) -> None:
    team.db.write(team.Player, [{"name": "x" * 400, "points": 1} for _ in range(20_000)])
    made = team.db.backup()
    with team.db.transaction() as session:
        session.execute(sa.update(team.Player).values(points=2))
    seen: list[Any] = []

    def look(done: int, total: int) -> None:
        with closing(sqlite3.connect(team.db.file)) as reader:
            seen.append(reader.execute("SELECT count(*), min(points), max(points) FROM player").fetchone())

    team.db.restore(made, look)
    assert len(seen) > 2
    assert set(seen[:-1]) == {(20_000, 2, 2)}
    assert seen[-1] in {(20_000, 2, 2), (20_000, 1, 1)}
    assert team.db.count(team.Player, points=1) == 20_000


def test_restoring_waits_for_who_writes_and_then_gives_up(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "WAIT_SECONDS", 0.3)
    team.add("Who")
    made = team.db.backup()
    team.add("What")
    with closing(sqlite3.connect(team.db.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match=r"team\.sqlite"):
            team.db.restore(made)
    assert team.names() == ["What", "Who"]
    team.db.restore(made)
    assert team.names() == ["Who"]


def test_a_damaged_backup_changes_nothing(team: Team, tmp_path: Path) -> None:
    team.add("Who")
    team.db.write(team.Player, [{"name": f"Player {number}"} for number in range(2000)])
    made = team.db.backup()
    before = team.names()
    holed = tmp_path / "holed.sqlite"
    holed.write_bytes(made.read_bytes()[: 4096 * 40] + b"\xff" * 4096 + made.read_bytes()[4096 * 41 :])
    rubbish = tmp_path / "rubbish.sqlite"
    rubbish.write_bytes(b"not a database" * 500)
    torn = tmp_path / "torn.sqlite"
    torn.write_bytes(made.read_bytes()[:-4096])
    other = tmp_path / "other.sqlite"
    shell(other, "CREATE TABLE player (name)")
    for bad in (rubbish, torn, holed):
        with pytest.raises(StoreDamaged, match=bad.name):
            team.db.restore(bad)
    with pytest.raises(StoreError, match=r"other\.sqlite is a database, but not a store's"):
        team.db.restore(other)
    with pytest.raises(StoreReadOnly, match=r"nowhere\.sqlite"):
        team.db.restore(tmp_path / "nowhere.sqlite")
    assert team.names() == before
    assert [each.reason for each in team.db.backups()] == ["by-hand"]


@pytest.mark.parametrize("damage", ["rubbish", "empty", "gone", "torn", "header"])
def test_whatever_is_in_the_store_s_place_a_backup_can_be_brought_back(team: Team, damage: str) -> None:
    team.db.write(team.Player, [{"name": f"Player {number}"} for number in range(2000)])
    made = team.db.backup()
    file = team.db.file
    before = team.names()
    team.db.close()
    whole = file.read_bytes()
    broken = {
        "rubbish": b"rubbish" * 1000,
        "empty": b"",
        "torn": whole[: len(whole) // 2],
        "header": b"\0" * 100 + whole[100:],
    }
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(broken[damage])
    aside = team.db.restore(made)
    assert (aside is None) is (damage == "gone")
    if aside is not None and damage in ("rubbish", "header"):
        assert aside.read_bytes() == broken[damage]
    assert team.names() == before
    assert team.db.check() == []


def test_what_the_old_file_had_beside_it_is_not_taken_for_the_new_one_s(team: Team) -> None:
    team.add("Who")
    made = team.db.backup()
    file = team.db.file
    team.add("What")
    log = Path(f"{file}-wal").read_bytes()  # of a program that was killed
    team.db.close()
    Path(f"{file}-wal").write_bytes(log)
    restore._replace(made, file)
    assert names_in(file) == ["Who"]


def test_what_was_set_aside_is_never_rotated_away(tmp_path: Path) -> None:
    team = Team(tmp_path, STORE_BACKUPS={"newest": 1, "days": 0})
    team.add("Who")
    for _ in range(3):
        team.db.restore(team.db.backup())
    team.db.backup()
    assert [each.reason for each in team.db.backups()].count(REPLACED) == 3
    team.db.close()


def test_other_tables_are_not_put_under_a_running_program(team: Team) -> None:
    team.add("Who")
    made = team.db.backup()
    shell(made, "CREATE TABLE umpire (name TEXT)")
    with pytest.raises(StoreLocked, match=r"has other tables than .*, and a program has it open"):
        team.db.restore(made)
    file = team.db.file
    team.db.close()
    team.db.restore(made)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM umpire").fetchone() == (0,)


def test_a_store_with_pages_of_another_size_is_brought_back(team: Team, tmp_path: Path) -> None:
    team.add("Who")
    made = team.db.backup()
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")
    team.add("What")
    team.db.restore(made)
    assert team.names() == ["Who"]
