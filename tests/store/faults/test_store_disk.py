"""A disk that fails, at every write that there is; and one that is really full."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

OnDisk = Callable[..., str]


@pytest.mark.parametrize("stays", ["once", "stays"])
@pytest.mark.parametrize("code", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("work", ["create,update,several", "bulk,load", "backup,restore,export", "start"])
def test_whichever_write_fails_nothing_is_lost_and_the_app_goes_on(
    on_broken_disk: OnDisk, work: str, code: str, stays: str
) -> None:
    for said in on_broken_disk("disk.py", work, code, stays).splitlines():
        kinds = json.loads(said)
        assert kinds["NoneType"] >= 1
        assert sum(kinds.values()) > 3, said
