"""What a check needs and this machine lacks: it fails where all must be there, and is passed over elsewhere."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from hipflask.core.errors import MissingPart
from hipflask.surfaces.window.browser import find


def lacking(what: str) -> None:
    """Fail or skip the present test."""
    if os.environ.get("HIPFLASK_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is not installed, and HIPFLASK_REQUIRE_ALL=1 allows no skipping")
    pytest.skip(f"{what} is not installed")


def needs_browser() -> None:
    """The present test opens a `Screen`."""
    if find_spec("playwright") is None:
        lacking("Playwright")
    try:
        find()
    except MissingPart:
        lacking("A Chromium-like browser")
