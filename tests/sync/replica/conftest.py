"""What the tests of replicas share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A device that has been let in once, and has nothing yet."""
    shelf = Shelf(tmp_path / "shelf.sqlite")
    shelf.welcome()
    yield shelf
    shelf.close()
