"""A shop and a program that updates from it; their files are in memory if they can, since they wait for the disk often."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from shop import Program, Server, Shop, layers, serving

MEMORY = Path("/dev/shm")


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory; the usual one, if there is none that programs can be started from."""
    if not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="hipflask-update-", dir=MEMORY))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


@pytest.fixture
def program(tmp_path: Path, shop: Shop) -> Program:
    """Version 1.1 of three; it has seen that 1.1 is the newest."""
    installed = Program.install(tmp_path / "Stock", shop, "1.1", layers("1.1"))
    shop.sell("1.0", layers("1.0"))
    shop.sell("1.1", layers("1.1"))
    installed.updater().check()
    return installed


@pytest.fixture
def server(shop: Shop) -> Iterator[Server]:
    with serving(shop.folder) as server:
        yield server
