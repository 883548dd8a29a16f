"""A disk that fails at the n-th write, for every n until the work succeeds: run by test_store_disk.py, on the disk that breaks.

Each time the error is one of ours, what was there is still there (or what was to be written is, if it was said to be), the store
is sound, and the app goes on without being started anew.
"""

from __future__ import annotations

import errno
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faulty import Disk, Team, in_child, scratch

from hipflask.core.errors import StoreError, StoreFull
from hipflask.store.backup.backup import flaw

State = dict[str, int]
MOST = 9000


def create(team: Team) -> None:
    team.Player.create(name="New", points=1)


def update(team: Team) -> None:
    team.db.first(team.Player, name="Player 7").update(points=-1)


def several(team: Team) -> None:
    with team.db.transaction():
        for number in range(20):
            team.Player.create(name=f"New {number}")
        team.db.first(team.Player, name="Player 7").delete()


def bulk(team: Team) -> None:
    team.db.write(team.Player, [{"name": f"Many {number}"} for number in range(1500)])


def large(team: Team) -> None:
    """More than SQLite keeps in memory: it writes before it is told to commit."""
    team.db.write(team.Player, [{"name": f"Long {number} {'x' * 3000}"} for number in range(1500)])


def load(team: Team) -> None:
    team.db.load(team.Player, team.folder.parent / "players.csv")


def backup(team: Team) -> None:
    team.db.backup()


def restore(team: Team) -> None:
    team.db.restore(team.db.backups()[-1].path)


def export(team: Team) -> None:
    team.db.export(team.Player, team.folder / "out.csv")


WORK: dict[str, Callable[[Team], None]] = {
    each.__name__: each for each in (create, update, several, bulk, large, load, backup, restore, export)
}


def break_at_every_write(
    work: Callable[[Team], None], how: int, stays: bool, step: int, folder: Path
) -> dict[str, int]:
    """Do the work with the disk failing at its first write, its second, and so on, until it fails at none."""
    (folder.parent / "players.csv").write_text("name\n" + "".join(f"Loaded {n}\n" for n in range(300)))
    kinds: dict[str, int] = {}
    for number in range(1, MOST, step):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        team = Team(folder)
        team.fill(60)
        team.db.backup()
        if work is restore:
            team.db.write(team.Player, [{"name": f"Later {each}"} for each in range(20)])
        before, result = team.state(), None
        with Disk(folder).broken(number, how, stays) as counted:
            try:
                work(team)
            except StoreError as error:
                result = error
        assert_fine(team, before, result, work)
        team.db.close()
        kinds[type(result).__name__] = kinds.get(type(result).__name__, 0) + 1
        if counted[0] < number:
            assert result is None, result
            return kinds
    raise AssertionError("It never succeeded.")


def assert_fine(team: Team, before: State, result: StoreError | None, work: Callable[[Team], None]) -> None:
    now = team.state()
    if result is not None:
        said = str(result)
        assert str(team.folder) in said, said
        assert now == before, (result, len(before), len(now))
    elif work not in (backup, export):
        assert now != before
    for each in team.db.backups():
        assert flaw(each.path) is None, each
    assert any(not each.is_replaced for each in team.db.backups())
    assert not [*team.folder.glob("out.csv")] or (team.folder / "out.csv").read_text().count("\n") == 61
    team.assert_sound()
    team.Player.create(name="Goes on")
    assert "Goes on" in team.state()


def start_at_every_write(how: int, stays: bool, folder: Path) -> dict[str, int]:
    """The same for an app that starts: without a store, and with one."""
    kinds: dict[str, int] = {}
    for is_new in (True, False):
        for number in range(1, MOST):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            if not is_new:
                first = Team(folder)
                first.fill(60)
                first.db.close()
            team = Team(folder)
            result: Any = None
            with Disk(folder).broken(number, how, stays) as counted:
                try:
                    team.db._open()
                except StoreError as error:
                    result = error
            kinds[type(result).__name__] = kinds.get(type(result).__name__, 0) + 1
            team.Player.create(name="Goes on")
            assert len(team.state()) == (1 if is_new else 61)
            team.assert_sound()
            team.db.close()
            if counted[0] < number:
                assert result is None, result
                break
    return kinds


def main(name: str, code: str, stays: bool, step: int) -> None:
    base = scratch()
    folder, how = base / "store", getattr(errno, code)
    try:

        def work() -> None:
            if name == "start":
                kinds = start_at_every_write(how, stays, folder)
            else:
                some = 397 if name == "large" else step
                kinds = break_at_every_write(WORK[name], how, stays, some, folder)
            print(json.dumps(kinds), flush=True)
            if code == "ENOSPC":
                assert StoreFull.__name__ in kinds, kinds

        assert in_child(work) == 0
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    for each in sys.argv[1].split(","):
        main(each, sys.argv[2], sys.argv[3] == "stays", int(sys.argv[4]))
