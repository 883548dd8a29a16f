"""What SQLite promises of every type, PostgreSQL promises too: the same value back, or refused at write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from kinds import KINDS, assert_kept, table_of
from sqlalchemy.engine import Connection, Engine


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each of the two engines in turn."""
    if request.param == "postgres":
        yield request.getfixturevalue("postgres")
        return
    engine = sa.create_engine("sqlite://")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection whose tables are gone afterwards."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.mark.parametrize("name", KINDS)
def test_every_value_comes_back_as_it_was_or_is_refused(name: str, connection: Connection) -> None:
    _, values, has_order = KINDS[name]
    table = table_of(name, sa.MetaData())
    table.create(connection)
    kept = 0

    @given(st.lists(values, max_size=6))
    def try_them(tried: list[Any]) -> None:
        nonlocal kept
        kept += assert_kept(connection, table, tried, has_order)

    try_them()
    assert kept > 0
