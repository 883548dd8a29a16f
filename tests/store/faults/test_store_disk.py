"""A disk that fails, at every write that there is; and one that is really full.

HIPFLASK_LONG=1 tries far more moments, places and seeds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from faulty import IS_LONG

HERE = Path(__file__).parent
# Every write of the short ones; of the long ones every fourth, but for the long run.
WORK = ["create,update,several,export", "backup,start", "bulk,large,load,restore"]
FAULTS = [("EIO", "once"), ("ENOSPC", "stays"), *([("EIO", "stays"), ("ENOSPC", "once")] if IS_LONG else [])]


@pytest.mark.parametrize(("code", "stays"), FAULTS)
@pytest.mark.parametrize("work", WORK)
def test_whichever_write_fails_nothing_is_lost_and_the_app_goes_on(
    on_broken_disk: Callable[..., str], work: str, code: str, stays: str
) -> None:
    step = 4 if work == WORK[-1] and not IS_LONG else 1
    said = [json.loads(line) for line in on_broken_disk("disk.py", work, code, stays, step).splitlines()]
    assert len(said) == len(work.split(","))
    for kinds in said:
        assert kinds["NoneType"] >= 1  # in the end, it succeeded
        assert kinds.get("StoreError", 0) + kinds.get("StoreFull", 0) >= 3, kinds


@pytest.mark.parametrize("what", ["read-only", "full"])
def test_a_place_that_takes_nothing_is_named_and_nothing_is_lost(what: str) -> None:
    command = [sys.executable, str(HERE / "refused.py"), what]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-6000:]
    if json.loads(done.stdout) == "cannot mount":
        pytest.skip("needs the right to mount a small file system (root), to have a disk that is really full")
