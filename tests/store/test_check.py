"""What `db.check` finds, and the commands of `hipflask db` that look after the file."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from teams import Team, names_in, shell


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team(tmp_path)
    yield team
    team.db.close()


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
