"""An update that is cut off at its n-th step, for every n until it succeeds.

Run by test_update_power_cuts.py, with power.c before libc. Each time what is left must be whole, old or new; the real
launcher must start it; and a later update must succeed.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from shop import FOR_LAUNCHER, Program, Shop, layers

from hipflask.build.current import HEALTHY, TRIED, Current
from hipflask.build.update.installation import Installation
from hipflask.build.update.switching import roll_back
from hipflask.core.errors import UpdateError

POWER = -1
MOST = 3000


class Computer:
    """Version 1.0 of a program is installed, and 1.1 published: with a new app, and a delta of the packages."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.shop = Shop(base / "shop")
        old, new = layers("1.0"), layers("1.1")
        old["packages"]["big.py"] = new["packages"]["big.py"] = os.urandom(20_000)
        new["packages"]["sub/more.py"] = b"more = 1"
        installed = Program.install(base / "template", self.shop, "1.0", old)
        self.shop.sell("1.0", old)
        installed.updater().check()
        offer = self.shop.sell("1.1", new, former=installed.installation.release)
        assert len(offer.deltas) == 2
        self.key = installed.installation.key
        self.library = ctypes.CDLL(None)
        self.library.power_count.restype = ctypes.c_long
        self.folder = base / "Stock 苹果"

    def program(self, *, is_updated: bool) -> Program:
        """A fresh one."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.base / "template", self.folder)
        program = Program(Installation.at(self.folder, self.key), self.shop.root, self.shop.folder.as_uri())
        if is_updated:
            program.update()
            new = program.current.release
            Current(new, self.key, HEALTHY).write(self.folder)
            program = program.restarted()
        return program

    def arm(self, number: int, how: int, stays: bool) -> None:
        self.library.power_arm(ctypes.c_long(number), how, int(stays), str(self.folder).encode())

    def mend(self) -> int:
        count = int(self.library.power_count())
        self.library.power_arm(ctypes.c_long(0), 0, 0, b"")
        return count


def update(program: Program) -> None:
    program.update()


def well(program: Program) -> None:
    """The first start of the new version: it says that it is well, and what is not needed goes."""
    now = program.current
    Current(now.release, now.previous, TRIED).write(program.folder)
    old = program.folder / "layers" / "0123456789abcdef"
    old.mkdir(exist_ok=True)
    (old / "file").write_text("of a release that is no more")
    program.installation.healthy()
    for thread in threading.enumerate():
        if thread.name == "hipflask-cleaning":
            thread.join()


def back(program: Program) -> None:
    roll_back(program.installation)


WORK: dict[str, Callable[[Program], None]] = {each.__name__: each for each in (update, well, back)}


def assert_fine(program: Program, *, may_go_on: bool) -> str:
    """It is whole, it starts, and it can be updated; gives the version that is there."""
    there = program.version
    assert there in ("1.0", "1.1")
    was = program.current
    if FOR_LAUNCHER.is_file():
        # A first start that ended before its window had painted is taken back, whatever ended it.
        assert program.start() == ("1.0" if was.state == TRIED else there)
    now = program.current
    if now.state == TRIED:  # it has painted its window
        Current(now.release, now.previous, HEALTHY, now.refused).write(program.folder)
    if may_go_on and not now.refused:
        program.restarted().update()
        assert program.version == "1.1", "a later update did not succeed"
    return there


def cut(computer: Computer, name: str, step: int) -> dict[str, int]:
    """Let the power fail at each step."""
    seen: dict[str, int] = {}
    for number in range(1, MOST, step):
        program = computer.program(is_updated=name != "update")
        child = os.fork()
        if child == 0:
            work(computer, program, name, number)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (0, -signal.SIGKILL), (code, number)
        try:
            there = assert_fine(program, may_go_on=name != "back")
        except BaseException:
            print(f"at step {number} of {name}", file=sys.stderr)
            raise
        seen[there] = seen.get(there, 0) + 1
        if code == 0:
            return seen | {"steps": number}
    raise AssertionError("It never succeeded.")


def work(computer: Computer, program: Program, name: str, number: int) -> None:
    """In a process of its own, which may be killed."""
    try:
        computer.arm(number, POWER, False)
        WORK[name](program)
        computer.mend()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def refuse(computer: Computer, name: str, step: int, how: int, stays: bool) -> dict[str, int]:
    """Let the disk refuse each step."""
    seen: dict[str, int] = {}
    for number in range(1, MOST, step):
        program = computer.program(is_updated=name != "update")
        before = program.outside()
        said = "done"
        computer.arm(number, how, stays)
        try:
            WORK[name](program)
        except UpdateError as error:
            said = "no room" if "there is no room left on the disk" in str(error) else str(error)
        finally:
            count = computer.mend()
        there = program.version
        left_over = [*program.folder.glob("layers/.*")] if said != "done" and not stays else []
        assert not left_over, (number, left_over)
        if said != "done" and there == "1.0" and not stays:
            same = {path for path in before if path.startswith("layers/") or path == "current"}
            assert {path: program.outside()[path] for path in same} == {path: before[path] for path in same}
        assert_fine(program, may_go_on=name != "back")
        seen[said] = seen.get(said, 0) + 1
        if count < number:
            assert said == "done"
            return seen | {"steps": number}
    raise AssertionError("It never succeeded.")


def main(folder: str, name: str, how: str, stays: bool, step: int) -> None:
    computer = Computer(Path(folder))
    if how == "power":
        print(json.dumps(cut(computer, name, step)))
    else:
        print(json.dumps(refuse(computer, name, step, getattr(errno, how), stays)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4] == "stays", int(sys.argv[5]))
