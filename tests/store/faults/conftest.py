"""The disk that breaks, compiled once; without a C compiler, or where it cannot be put before libc, its tests are skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
Script = Callable[..., str]


@pytest.fixture(scope="session")
def on_broken_disk(tmp_path_factory: pytest.TempPathFactory) -> Script:
    """Runs one of the scripts here on the disk that breaks, and gives what it has said."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler (cc), for a disk that breaks when it is told to")
    library = tmp_path_factory.mktemp("disk") / "broken_disk.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "broken_disk.c"), "-ldl"]
    subprocess.run(command, check=True)

    def run(script: str, *args: object) -> str:
        environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONWARNINGS": "error"}
        command = [sys.executable, str(HERE / script), *map(str, args)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=3600)
        assert done.returncode == 0, done.stderr[-6000:]
        return done.stdout

    return run
