"""What the tests of the hub share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clubs import Club, club_at
from pushers import Device, Shop, emptied, shop_at
from shops import RULES, db


@pytest.fixture
def club(database_url: str) -> Iterator[Club]:
    """A hub's database with tables, and nothing in them."""
    with club_at(database_url) as club:
        yield club


@pytest.fixture(scope="module")
def full_shop(server: str) -> Iterator[Shop]:
    """The part of a hub that takes pushes, with whatever was left by the test before."""
    with shop_at(server, db, RULES) as shop:
        yield shop


@pytest.fixture
def shop(full_shop: Shop) -> Shop:
    """The same, empty."""
    return emptied(full_shop)


@pytest.fixture
def ann(shop: Shop) -> Device:
    """A device of ann's."""
    return shop.device("ann")


@pytest.fixture
def bob(shop: Shop) -> Device:
    """A device of bob's."""
    return shop.device("bob")
