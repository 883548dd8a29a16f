"""What the tests of the hub share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clubs import Club, club_at


@pytest.fixture
def club(database_url: str) -> Iterator[Club]:
    """A hub's database with tables, and nothing in them."""
    with club_at(database_url) as club:
        yield club
