from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .stage import Site, Stage


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def perform() -> Iterator[Callable[..., Stage]]:
    """Starts players with real shells, and ends those that a test left."""
    stages: list[Stage] = []

    def start(*arguments: str, **environment: str) -> Stage:
        stages.append(Stage(*arguments, **environment))
        return stages[-1]

    yield start
    for stage in stages:
        stage.close()


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder with a short name: a socket's address has at most 107 letters, and Chromium makes one below TMPDIR."""
    with tempfile.TemporaryDirectory(prefix="hipflask-test-") as folder:
        yield Path(folder)
