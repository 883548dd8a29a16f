"""A program that is installed, updated, broken, rolled back and mended, with the real launcher, publisher and client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.build.whole.program import Installed, Program, served


@pytest.fixture
def place(tmp_path: Path, screen: None) -> Iterator[tuple[Program, list[int]]]:
    """A project whose releases are served, and the sizes of what was."""
    folder = tmp_path / "publisher"
    with served(folder / "public") as (url, sizes):
        program = Program(folder, url)
        program.make_keys()
        yield program, sizes


def test_a_life(place: tuple[Program, list[int]], tmp_path: Path) -> None:
    """In one piece, because each step stands on the one before, and publishing a whole Python takes long."""
    program, sizes = place
    installed = Installed(program.build("1.0.0"), tmp_path / "home")
    program.publish()
    assert installed.run("--headless", "--screenshot", installed.home / "1.png").returncode == 0
    data = installed.home / ".local/share/com.example.stock/stock.sqlite"
    assert data.is_file()

    # A line changes: some kilobytes, all told.
    program.build("1.0.1")
    assert "bytes" in program.publish()
    sizes.clear()
    updated = installed.run("--update")
    assert "Version 1.0.1 is installed" in updated.stderr
    assert sum(sizes) <= 8_000
    before = data.read_bytes()
    assert installed.current()["state"] == "new"
    assert installed.run("--headless", "--screenshot", installed.home / "2.png").returncode == 0
    assert installed.current()["state"] == "healthy"
    assert "1.0.1 drawn" in installed.noted()
    assert data.is_file() and len(data.read_bytes()) >= len(before)
    assert "1.0.1 is the newest version" in installed.run("--update").stderr

    # A release that does not start is left again by itself, and not taken a second time.
    program.build("1.0.2", "raise RuntimeError('broken')")
    program.publish()
    assert "Version 1.0.2 is installed" in installed.run("--update").stderr
    assert installed.run("--selftest", HIPFLASK_NO_DIALOG="1").returncode == 1
    assert installed.run("--selftest").returncode == 0
    assert installed.current()["state"] == "healthy"
    assert installed.noted()[-1] == "1.0.1 drawn"
    assert "Version" not in installed.run("--update").stderr

    # The next one mends it.
    program.build("1.0.3")
    program.publish()
    assert "Version 1.0.3 is installed" in installed.run("--update").stderr
    assert installed.run("--selftest").returncode == 0
    assert installed.noted()[-1] == "1.0.3 drawn"

    # Where an administrator installs, nothing of this happens.
    (installed.root / "managed").write_text("dpkg\n")
    refused = installed.run("--update", HIPFLASK_NO_DIALOG="1")
    assert refused.returncode == 1
    assert "installed by dpkg" in refused.stderr
