"""Backups, restoring and checking, with the store in use."""

from __future__ import annotations

import datetime
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store
from hipflask.core.errors import StoreDamaged, StoreError, StoreLocked, StoreReadOnly, UsageError
from hipflask.store import backup as backups
from hipflask.store import chores, restore
from hipflask.store.backup import REPLACED, Backup, Keep, is_due, make_backup, superfluous
from hipflask.store.log import Batch

UTC = datetime.UTC


class Team:
    """A store with players."""

    def __init__(self, folder: Path, **config: Any) -> None:
        self.app = Hipflask("team", root_path=str(folder))
        self.app.config.update(STORE=folder / "team.sqlite", **config)
        self.db = db = Store(self.app)

        class Player(db.Model):
            name: Mapped[str]
            points: Mapped[int] = 0
            captain: Mapped[Any] = mapped_column(sa.Uuid, sa.ForeignKey("player.id"), nullable=True)

        self.Player = Player

    def add(self, *names: str) -> None:
        for name in names:
            self.Player.create(name=name)

    def names(self) -> list[str]:
        return sorted(player.name for player in self.db.all(self.Player))


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team(tmp_path)
    yield team
    team.db.close()


def names_in(file: Path) -> list[str]:
    """What another program sees in a file."""
    with closing(sqlite3.connect(file)) as connection:
        return sorted(name for (name,) in connection.execute("SELECT name FROM player"))


def shell(file: Path, statement: str) -> None:
    """Somebody else's connection, which knows nothing of Hipflask."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


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


# ── restoring ─────────────────────────────────────────────────────────────────────────────────────


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


# ── checking ──────────────────────────────────────────────────────────────────────────────────────


def test_values_that_no_type_would_have_written_are_found(team: Team) -> None:
    team.add("Who")
    assert team.db.check() == []
    key = "00000000-0000-7000-8000-000000000001"
    shell(
        team.db.file,
        f"INSERT INTO player (id, name, points, captain) VALUES ('{key}', 'A' || char(0) || 'b', 3, NULL)",
    )
    (found,) = team.db.check()
    assert found == f"player, id '{key}': name holds 'A\\x00b', and takes text."
    with closing(sqlite3.connect(team.db.file)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM player WHERE name <> 'Who'")
        connection.execute("UPDATE player SET captain = '00000000-0000-7000-8000-000000000002'")
        connection.commit()
    assert team.db.check() == ["player: 1 row refers to a row of player that is not there."]


def test_text_that_is_no_utf8_is_found(team: Team) -> None:
    team.add("Who")
    shell(team.db.file, "UPDATE player SET name = CAST(X'4bff' AS TEXT)")
    (found,) = team.db.check()
    assert "name holds 'K\\udcff', and takes text" in found


def test_many_odd_values_are_counted(team: Team) -> None:
    team.add(*(f"Player {number}" for number in range(50)))
    shell(team.db.file, "UPDATE player SET name = name || char(0)")
    found = team.db.check()
    assert len(found) == 21
    assert found[-1] == "player: name does not fit in 30 more rows."


def test_a_broken_check_is_found_and_is_still_backed_up(team: Team) -> None:
    team.add("Who")
    with closing(sqlite3.connect(team.db.file)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE player SET id = 'me'")
        connection.commit()
    assert team.db.check() == [
        "SQLite finds: CHECK constraint failed in player.",
        "player, id 'me': id holds 'me', and takes a UUID.",
    ]
    assert names_in(team.db.backup()) == ["Who"]


def test_a_log_that_was_tampered_with_is_found(team: Team) -> None:
    team.add("Who")
    shell(team.db.file, "DROP TRIGGER _hipflask_log_update_player")
    (found,) = team.db.check()
    assert found.startswith("Not all changes are logged")
    team.db.close()
    team.add("What")  # the app starts
    assert team.db.check() == []
    shell(team.db.file, "UPDATE _hipflask_state SET floor = 0")
    assert team.db.check() == ["The change log's clock is behind its newest row."]


def test_damage_is_told_in_words(team: Team) -> None:
    file = team.db.file
    team.db.close()
    shutil.copy(__file__, file)
    (found,) = team.db.check()
    assert found.startswith(f"{file} is not a database.")


# ── the command line ──────────────────────────────────────────────────────────────────────────────


def test_the_commands_do_what_they_say(team: Team, tmp_path: Path) -> None:
    run = team.app.test_cli_runner().invoke
    (tmp_path / "players.csv").write_text("name,points\nWho,3\nWhat,4\n")
    (tmp_path / "bad.csv").write_text("name,points\nWhy,x\nBecause,1\n")
    assert "There are none yet" in run(args=["db", "backups"]).output
    assert run(args=["db", "import", "Player", str(tmp_path / "players.csv")]).output.endswith(
        f"2 rows of Player from {tmp_path / 'players.csv'}\n"
    )
    made = Path(run(args=["db", "backup"]).output.splitlines()[-1])
    assert names_in(made) == ["What", "Who"]
    assert made.name in run(args=["db", "backups"]).output

    refused = run(args=["db", "import", "player", str(tmp_path / "bad.csv")])
    assert refused.exit_code == 1
    assert "line 2, points: expected a whole number, got 'x'" in refused.output
    assert team.names() == ["What", "Who"]
    skipped = run(args=["db", "import", "player", str(tmp_path / "bad.csv"), "--skip"])
    assert skipped.exit_code == 1
    assert "Left out: line 2, points" in skipped.output
    assert team.names() == ["Because", "What", "Who"]

    out = tmp_path / "out.jsonl"
    assert run(args=["db", "export", "Player", str(out)]).exit_code == 0
    assert out.read_text().count("\n") == 3
    assert run(args=["db", "restore"], input="n\n").exit_code == 1
    assert team.names() == ["Because", "What", "Who"]
    assert "Brought back" in run(args=["db", "restore", made.name, "--yes"]).output
    assert team.names() == ["What", "Who"]
    assert run(args=["db", "check"]).output.endswith("All is well.\n")
    shell(team.db.file, "UPDATE player SET name = name || char(0)")
    checked = run(args=["db", "check"])
    assert checked.exit_code == 1
    assert "and takes text" in checked.output
    unknown = run(args=["db", "export", "Umpire", str(out)])
    assert (unknown.exit_code, "There are: Player." in unknown.output) == (2, True)


def test_the_commands_run_as_a_program(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "from hipflask import Hipflask, Mapped, Store\n"
        "app = Hipflask(__name__)\n"
        "db = Store(app)\n"
        "class Player(db.Model):\n"
        "    name: Mapped[str]\n"
    )
    (tmp_path / "players.csv").write_text("name\nWho\n")

    def hipflask(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from hipflask.cli import main; main()", "db", *args]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert hipflask("import", "Player", "players.csv").stdout == "1 row of Player from players.csv\n"
    assert hipflask("backup").returncode == 0
    (store,) = (tmp_path / "instance").glob("*.sqlite")
    store.write_bytes(b"rubbish" * 1000)
    checked = hipflask("check")
    assert (checked.returncode, "is not a database" in checked.stdout) == (1, True)
    exported = hipflask("export", "Player", "out.csv")
    assert exported.returncode == 1
    assert exported.stderr.splitlines()[-1].startswith(f"Error: {store} is not a database.")
    assert "Brought back" in hipflask("restore", "--yes").stdout
    assert hipflask("check").stdout == "All is well.\n"
    assert names_in(store) == ["Who"]
