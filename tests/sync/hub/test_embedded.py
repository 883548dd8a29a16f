"""The hub's own PostgreSQL: shared by the hubs of one machine, and gone with the last of them, however they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from hipflask.core.errors import HubError
from hipflask.sync.hub import embedded as module
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


def postmaster(folder: Path) -> int:
    """The first process of the server there."""
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


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


def test_a_server_that_crashed_is_found_as_it_is(folder: Path) -> None:
    """What its processes left behind, when all who used it have gone as well, is in nobody's way."""
    user = User(folder)
    user.kill()
    os.kill(postmaster(folder), signal.SIGKILL)
    until(lambda: not answers(user.address))
    with embedded(folder) as address:
        assert answers(address)


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGKILL], ids=["crash", "killed"])
def test_a_server_that_ends_under_a_hub_is_started_again(
    folder: Path, number: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    """Within seconds, with what had been committed; the log says so, and whoever uses it last still stops it."""
    with embedded(folder) as address:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (id bigint)")
            before = connection.execute(
                "INSERT INTO kept VALUES (1) RETURNING (SELECT count(*) FROM kept)"
            ).fetchone()
        os.kill(postmaster(folder), number)
        until(lambda: not answers(address))
        until(lambda: answers(address))
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT count(*) - 1 FROM kept").fetchone() == before
    assert not answers(address)
    assert caplog.text.count("has ended by itself") == 1


def test_a_server_that_cannot_run_is_tried_less_and_less(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With what it has against it; once that is put right, it runs."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.2)
    settings = folder / "data" / "postgresql.conf"
    with embedded(folder) as address:
        before = settings.read_bytes()
        settings.write_bytes(before + b"\nno_such_setting = 1\n")
        try:
            os.kill(postmaster(folder), signal.SIGKILL)
            until(lambda: caplog.text.count("does not start") == 3)
        finally:
            settings.write_bytes(before)
        until(lambda: answers(address))
    pauses = [record.args[1] for record in caplog.records if "next try" in record.message]  # type: ignore[index]
    assert pauses[:3] == [0.2, 0.4, 0.8]


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
