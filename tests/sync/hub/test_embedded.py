"""The hub's own PostgreSQL: shared by the hubs of one machine, and gone with the last of them, however they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hipflask.core.errors import HubError
from hipflask.sync.hub.embedded import embedded

_USER = """
import sys
from pathlib import Path
from hipflask.sync.hub.embedded import embedded

with embedded(Path(sys.argv[1])) as address:
    print(address, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One for all tests, since making the data takes longest; not one of pytest's: as root, PostgreSQL runs as another user, to whom those are closed."""
    with tempfile.TemporaryDirectory(prefix="hipflask-embedded-") as name:
        yield Path(name) / "hub"


class User:
    """A process that uses the server in a folder."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _USER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        assert self.address.startswith("postgresql://")

    def leave(self) -> None:
        self._process.communicate("\n", timeout=30)
        assert self._process.returncode == 0

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate(timeout=30)


def answers(address: str) -> bool:
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_it_is_there_while_anybody_uses_it(folder: Path) -> None:
    """The first starts it, the second finds it, the last stops it; data stay."""
    first, second = User(folder), User(folder)
    assert first.address == second.address
    with psycopg.connect(first.address) as connection:
        connection.execute("CREATE TABLE kept (id bigint)")
    first.leave()
    assert answers(second.address)
    second.leave()
    assert not answers(second.address)
    with embedded(folder) as address, psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert not answers(address)


def test_a_process_that_was_killed_does_not_count(folder: Path) -> None:
    """Whoever is left is the last; and if nobody is, the next one finds the server running, and stops it in the end."""
    first, second = User(folder), User(folder)
    first.kill()
    assert answers(second.address)
    second.leave()
    assert not answers(second.address)
    third = User(folder)
    third.kill()
    assert answers(third.address)
    with embedded(folder) as address:
        assert answers(address)
    assert not answers(address)


def test_a_server_that_crashed_is_started_again(folder: Path) -> None:
    """What its processes left behind is in nobody's way."""
    with embedded(folder) as address:
        postmaster = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGQUIT)
        end = time.monotonic() + 10
        while answers(address):
            assert time.monotonic() < end
            time.sleep(0.05)
    with embedded(folder) as address:
        assert answers(address)


def test_a_server_that_does_not_start_is_told_with_its_log(folder: Path) -> None:
    """With where its own words are, and how to use another one."""
    with embedded(folder):
        pass
    settings = folder / "data" / "postgresql.conf"
    before = settings.read_bytes()
    settings.write_bytes(before + b"\nno_such_setting = 1\n")
    try:
        with pytest.raises(HubError, match="--database"), embedded(folder):
            pass
    finally:
        settings.write_bytes(before)
