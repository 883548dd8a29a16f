"""What the fault tests share: a team in a store, a disk that breaks, and processes that may be killed."""

from __future__ import annotations

import ctypes
import os
import random
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hipflask import Hipflask, Mapped, Store
from hipflask.store.backup import restore  # noqa: F401, loaded before the process is forked
from hipflask.store.changes.log import Log
from hipflask.store.transfer import (
    export,  # noqa: F401, loaded before the process is forked
    load,  # noqa: F401, loaded before the process is forked
)

KILL, TEAR = -1, -2
IS_LONG = os.environ.get("HIPFLASK_LONG") == "1"


def scratch() -> Path:
    """A folder, in memory if there is such a place: thousands of commits wait for a disk otherwise."""
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="hipflask-faults-", dir=place))


class Team:
    """A store with players, whose state is known as a dict of points by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = Hipflask("team", root_path=str(folder))
        self.app.config.update(STORE=folder / "team.sqlite", STORE_BACKUPS={"newest": 3, "days": 0})
        self.db = db = Store(self.app)

        class Player(db.Model):
            name: Mapped[str]
            points: Mapped[int] = 0

        self.Player = Player

    @property
    def file(self) -> Path:
        return self.folder / "team.sqlite"

    def state(self) -> dict[str, int]:
        return {player.name: player.points for player in self.db.all(self.Player)}

    def fill(self, count: int) -> None:
        self.db.write(
            self.Player, [{"name": f"Player {number}", "points": number} for number in range(count)]
        )

    def assert_sound(self) -> None:
        """Integrity holds, values are of their types, and the log fits the rows."""
        assert self.db.check() == []
        assert folded(self.file, self.Player.__table__) == keys_of(self.file)


def keys_of(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {key for (key,) in connection.execute("SELECT id FROM player")}


def folded(file: Path, table: Any) -> set[str]:
    """The keys that there are by the log, from its beginning or from where it says that all is to be read anew."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        log = Log([table])
        first = connection.execute(
            'SELECT min(sequence) FROM _hipflask_log WHERE mask <> 0 OR "table" <> 0'
        ).fetchone()[0]
        if connection.execute('SELECT 1 FROM _hipflask_log WHERE "table" = 0').fetchone():
            return keys_of(file)  # a restore: whoever follows has read everything
        assert first in (None, 1), first
        batch = log.read(connection, 0)
        assert not batch.has_gap
        there: set[str] = set()
        for change in batch.changes:
            (there.discard if change.kind == "delete" else there.add)(change.key)
        return there


class Disk:
    """The disk that breaks; it is there in a process that was started with `broken_disk.c` before libc."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder.resolve()).encode()
        self._library = ctypes.CDLL(None)
        self._library.fault_count.restype = ctypes.c_long

    def break_at(self, number: int, how: int, stays: bool = False) -> None:
        self._library.fault_arm(ctypes.c_long(number), how, int(stays), self._folder)

    def mend(self) -> int:
        """Let it work again; says how many writes there were."""
        count = int(self._library.fault_count())
        self._library.fault_arm(ctypes.c_long(0), 0, 0, b"")
        return count

    @contextmanager
    def broken(self, number: int, how: int, stays: bool = False) -> Iterator[list[int]]:
        counted: list[int] = []
        self.break_at(number, how, stays)
        try:
            yield counted
        finally:
            counted.append(self.mend())


def in_child(work: Callable[[], None]) -> int:
    """Do it in a process of its own, whose end cannot hurt this one; its exit code, negative if it was killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


# ── what a program does ───────────────────────────────────────────────────────────────────────────

Step = tuple[str, int]


def steps(seed: int, count: int) -> list[Step]:
    """A history of so many steps, always the same for a seed."""
    choose = random.Random(seed)
    kinds = ["create", "update", "several"] * 4 + ["delete", "bulk", "backup", "backup", "restore"]
    return [(choose.choice(kinds), choose.randrange(10**6)) for _ in range(count)]


def take(team: Team, step: Step) -> None:
    """One step, which is there when it returns."""
    kind, number = step
    db, Player = team.db, team.Player
    if kind == "create":
        Player.create(name=f"New {number}", points=number)
    elif kind == "update":
        for player in db.all(db.select(Player).order_by(Player.name))[: 1 + number % 3]:
            player.update(points=number)
    elif kind == "delete":
        first = db.first(db.select(Player).order_by(Player.name))
        if first is not None:
            first.delete()
    elif kind == "several":
        with db.transaction() as session:
            session.execute(sa.update(Player).values(points=Player.points + 1))
            Player.create(name=f"Both {number}", points=number)
            Player.create(name=f"Or none {number}", points=number)
    elif kind == "bulk":
        db.write(Player, [{"name": f"Many {number} {each}", "points": each} for each in range(40)])
    elif kind == "backup":
        db.backup()
    elif kind == "restore":
        backups = [each for each in db.backups() if not each.is_replaced]
        if backups:
            db.restore(backups[number % len(backups)].path)
