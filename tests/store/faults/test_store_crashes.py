"""A process that is killed while it writes, backs up or restores leaves a store that is whole."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from faulty import IS_LONG


@pytest.mark.parametrize("seed", range(200) if IS_LONG else range(1, 3))
def test_killed_at_any_write_everything_that_was_committed_is_there(
    on_broken_disk: Callable[..., str], seed: int
) -> None:
    said = json.loads(on_broken_disk("crash.py", seed, 400 if IS_LONG else 40))
    assert said["writes"] > 100
