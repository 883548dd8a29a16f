"""One process at a time keeps a store, and no end of a process leaves it locked."""

from __future__ import annotations

import errno
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hipflask.store.keeper import Keeper

PROGRAM = """
import sys
from hipflask.store.keeper import Keeper
keeper = Keeper(sys.argv[1])
print(keeper.acquire(), flush=True)
sys.stdin.readline()
"""

Start = Callable[[Path], "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a process that tries to become a store's keeper, and says in its first line whether it is."""
    processes: list[subprocess.Popen[str]] = []

    def start(path: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PROGRAM, str(path)]
        process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        with process:
            process.wait()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store would be."""
    return tmp_path / "store.db"


def said(process: subprocess.Popen[str]) -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == "True\n"


def test_of_several_processes_one_is_the_keeper(path: Path, start: Start) -> None:
    assert sorted(said(process) for process in [start(path) for _ in range(3)]) == [False, False, True]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_killed_process_gives_it_back(path: Path, start: Start) -> None:
    process = start(path)
    assert said(process)
    keeper = Keeper(path)
    assert not keeper.acquire()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert keeper.acquire()


def test_waiting_ends_when_the_other_one_does(path: Path, start: Start) -> None:
    process, keeper = start(path), Keeper(path)
    assert said(process)
    assert not keeper.wait(0.1)
    assert process.stdin is not None
    process.stdin.close()
    assert keeper.wait(30)
    assert not said(start(path))


def test_two_in_one_process_exclude_each_other(path: Path) -> None:
    one, other = Keeper(path), Keeper(str(path))
    assert one.acquire() and one.acquire()
    assert not other.acquire()
    assert one.is_held and not other.is_held
    one.release()
    one.release()
    assert other.acquire()
    assert not one.acquire()


def test_a_store_is_the_same_by_another_path(path: Path) -> None:
    one, link = Keeper(path), path.with_name("link.db")
    try:
        link.symlink_to(path)
    except OSError:  # Windows lets only some do it
        pytest.skip("no links can be made here")
    assert one.acquire()
    assert not Keeper(link).acquire()
    assert Keeper(path.with_name("other.db")).acquire()


def test_a_forgotten_one_holds_nothing(path: Path) -> None:
    assert Keeper(path).acquire()
    gc.collect()
    assert Keeper(path).acquire()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_keeps_nothing(path: Path) -> None:
    keeper = Keeper(path)
    assert keeper.acquire()
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(told, b"y" if keeper.is_held or keeper.acquire() else b"n")
        time.sleep(60)
        os._exit(0)
    try:
        assert os.read(heard, 1) == b"n"
        assert not Keeper(path).acquire()
        keeper.release()
        assert Keeper(path).acquire()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(heard)
        os.close(told)


def test_where_nothing_can_be_locked_it_says_so(path: Path) -> None:
    with pytest.raises(OSError) as error:
        Keeper(path.parent / "nowhere" / "store.db").acquire()
    assert error.value.errno == errno.ENOENT
