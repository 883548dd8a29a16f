"""Where the tests of the update client keep their files: in memory if they can, since they wait for the disk often."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

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
