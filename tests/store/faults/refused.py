"""Files and folders that may not be written, and a disk that is really full: run by test_store_files.py, as any user."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faulty import Team, in_child, scratch

from hipflask.core.errors import StoreError, StoreFull, StoreReadOnly

NOBODY = 65534


def refused(kind: type[StoreError], work: Callable[[], Any], *names: str) -> None:
    """Expect an error of that kind, which names the place."""
    try:
        work()
    except kind as error:
        assert all(name in str(error) for name in names), error
    else:
        raise AssertionError(f"{work} was not refused")


def as_anybody(base: Path, work: Callable[[], None]) -> None:
    """Do it without root's rights, which would make everything writable."""

    def unprivileged() -> None:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        work()

    for path in [base, *base.rglob("*")]:
        if os.getuid() == 0:
            os.chown(path, NOBODY, NOBODY)
    assert in_child(unprivileged) == 0


def may_read(team: Team) -> None:
    """Whether SQLite can read a file in a folder that it cannot write to depends on what is beside it."""
    try:
        assert len(team.state()) == 5
    except StoreReadOnly as error:
        assert "team.sqlite" in str(error)


def made(folder: Path) -> Team:
    """A store with five players, which was closed."""
    folder.mkdir(exist_ok=True)
    team = Team(folder)
    team.fill(5)
    team.db.backup()
    team.db.close()
    return team


def read_only(base: Path) -> None:
    """Each thing that may be read-only; when it is not any more, all is as it was."""
    team = made(base / "store")
    (base / "new").mkdir()

    def work() -> None:
        folder, file = base / "store", base / "store" / "team.sqlite"
        for file_mode, folder_mode in ((0o444, 0o755), (0o444, 0o555), (0o644, 0o555)):
            file.chmod(file_mode)
            folder.chmod(folder_mode)
            refused(
                StoreReadOnly, lambda: team.Player.create(name="New"), "team.sqlite", "may not be written"
            )
            may_read(team)
            team.db.close()
            folder.chmod(0o755)
            for each in folder.glob("*.sqlite-*"):
                each.unlink()
        file.chmod(0o644)
        folder.chmod(0o755)
        assert len(team.state()) == 5

        backups = base / "store" / "team.backups"
        backups.chmod(0o555)
        refused(StoreReadOnly, team.db.backup, "team.backups")
        assert len(team.db.backups()) == 1
        backups.chmod(0o755)
        team.db.backup()

        (base / "new").chmod(0o555)
        refused(StoreReadOnly, Team(base / "new").state, str(base / "new"))
        refused(StoreReadOnly, lambda: team.db.export(team.Player, base / "new" / "out.csv"), "out.csv")
        (base / "new").chmod(0o755)
        team.Player.create(name="Goes on")
        team.assert_sound()
        team.db.close()

    as_anybody(base, work)


def full(base: Path) -> str:
    """A disk of a few hundred pages."""
    disk = base / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(disk)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        return "cannot mount"
    try:
        assert in_child(lambda: fill_up(disk)) == 0
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return "full"


def fill_up(disk: Path) -> None:
    team = made(disk)
    acknowledged = team.state()
    try:
        for number in range(100_000):
            team.db.write(team.Player, [{"name": f"{number} {each}", "points": number} for each in range(20)])
            acknowledged |= {f"{number} {each}": number for each in range(20)}
    except StoreFull as error:
        assert "no room left" in str(error)
    assert len(acknowledged) > 1000
    assert team.state() == acknowledged
    refused(StoreFull, team.db.backup, "team.backups")
    refused(StoreFull, lambda: team.db.restore(team.db.backups()[0].path), "team.backups")
    refused(StoreFull, lambda: team.db.export(team.Player, disk / "out.csv"), "out.csv")
    assert team.state() == acknowledged
    assert len(team.db.backups()) == 1
    with team.db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
    team.Player.create(name="Goes on")
    assert team.state() == {**acknowledged, "Goes on": 0}
    team.db.backup()
    team.assert_sound()
    team.db.close()


if __name__ == "__main__":
    base = scratch()
    base.chmod(0o755)
    try:
        warm = made(base / "warm")  # whatever is imported on the way is read before rights are given up
        warm.db.export(warm.Player, base / "warm" / "out.csv")
        warm.db.check()
        warm.db.close()
        shutil.rmtree(base / "warm")
        print(json.dumps(full(base) if sys.argv[1] == "full" else read_only(base)))
    finally:
        shutil.rmtree(base, ignore_errors=True)
