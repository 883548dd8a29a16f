"""Every kind of value and key as PostgreSQL writes it down for us: to the letter what the exact types would make of it."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from hipflask import Digits
from hipflask.core.errors import UsageError
from hipflask.store.types.kinds import type_of
from hipflask.sync.hub import ddl
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.forms import form_of
from hipflask.sync.hub.keys import key_form


class Status(enum.Enum):
    OPEN = "open"
    DONE = "it's: %d"


_whole = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 2**63 - 1, -(2**63), 10**18])
_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.sampled_from(
    ["", "\x01\x1f\x7f\u2028", "it's", '"\\/', "é\U0001f600", "7", "null", "\b\f\n\r\t"]
)
_moments = st.datetimes(timezones=st.just(datetime.UTC)) | st.sampled_from(
    [datetime.datetime.min.replace(tzinfo=datetime.UTC), datetime.datetime.max.replace(tzinfo=datetime.UTC)]
)
_durations = st.integers(-(2**63), 2**63 - 1).map(lambda each: datetime.timedelta(microseconds=each))
_floats = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([-0.0, 5e-324, 1e16, 1e300, 0.1])
_leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | _floats | _text
_json = st.dictionaries(_text, _leaves | st.lists(_leaves, max_size=3), max_size=4)

#: hint, values, whether it may be a key
KINDS: dict[str, tuple[Any, st.SearchStrategy[Any], bool]] = {
    "bool": (bool, st.booleans(), True),
    "int": (int, _whole, True),
    "float": (float, _floats, False),
    "money": (Annotated[decimal.Decimal, Digits(12, 2)], st.decimals(-(10**9), 10**9, places=2), True),
    "wide": (
        Annotated[decimal.Decimal, Digits(18, 18)],
        st.integers(-(10**18) + 1, 10**18 - 1).map(lambda each: decimal.Decimal(each).scaleb(-18)),
        True,
    ),
    "text": (str, _text, True),
    "bytes": (bytes, st.binary() | st.just(b""), True),
    "datetime": (datetime.datetime, _moments, True),
    "date": (datetime.date, st.dates() | st.sampled_from([datetime.date.min, datetime.date.max]), True),
    "time": (datetime.time, st.times() | st.just(datetime.time.max), True),
    "timedelta": (datetime.timedelta, _durations, True),
    "uuid": (uuid.UUID, st.uuids(), True),
    "enum": (Status, st.sampled_from(Status), True),
    "literal": (Literal[3, -1], st.sampled_from([3, -1]), True),
    "json": (dict[str, Any], _json, False),
}


@pytest.fixture(scope="module")
def connection(server: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the hub makes them, whose tables are gone afterwards."""
    with Database(server) as database:
        connection = database.alone()
        yield connection
        connection.close()


def table_of(name: str, hints: list[Any]) -> sa.Table:
    columns = [sa.Column(f"k{place}", type_of(hint), primary_key=True) for place, hint in enumerate(hints)]
    return sa.Table(f"forms_{name}", sa.MetaData(), *columns)


def made(connection: psycopg.Connection[Any], table: sa.Table) -> None:
    connection.execute(f'DROP TABLE IF EXISTS "{table.name}"')
    for statement in ddl.create_table(ddl.there([table])[0]):
        connection.execute(statement)


@pytest.mark.parametrize("name", KINDS)
def test_sql_gives_the_form_that_sqlite_keeps(name: str, connection: psycopg.Connection[Any]) -> None:
    """By SQL alone where that is possible, because a page has thousands of them."""
    hint, values, _ = KINDS[name]
    table = sa.Table(
        f"forms_{name}",
        sa.MetaData(),
        sa.Column("id", type_of(int), primary_key=True),
        sa.Column("v", type_of(hint)),
    )
    made(connection, table)
    kind, form = table.c.v.type, form_of(table.c.v)
    read = kind.reader(True) or (lambda value: value)

    @given(st.lists(values, max_size=8))
    def try_them(tried: list[Any]) -> None:
        connection.execute(f"DELETE FROM {table.name}")
        for place, value in enumerate(tried):
            connection.execute(f"INSERT INTO {table.name} VALUES (%s, %s)", (place, kind.writer(True)(value)))
        connection.execute(f"INSERT INTO {table.name} VALUES (-1, NULL)")
        for binary in (False, True):
            cursor = connection.cursor(binary=binary)
            found = [
                row
                for (row,) in cursor.execute(f"SELECT {form.of('v', 't')} FROM {table.name} t ORDER BY id")
            ]
            kept = [form.convert(value) for value in found] if form.convert else found
            python = [row for (row,) in connection.execute(f"SELECT v FROM {table.name} ORDER BY id")]
            expected = [None if value is None else kind.writer(False)(read(value)) for value in python]
            assert kept == expected
            assert list(map(repr, kept)) == list(map(repr, expected))
            if name != "json":  # JSONB may write 1e300 as a number of 300 digits; equal all the same
                assert kept[1:] == [kind.writer(False)(value) for value in tried]

    try_them()


_KEYS = [[name] for name, (_, _, may_be) in KINDS.items() if may_be] + [
    ["uuid", "text"],
    ["date", "int", "bytes"],
    ["text", "text"],
    ["bool", "datetime", "money"],
]


@pytest.mark.parametrize("names", _KEYS, ids=" and ".join)
def test_a_key_is_the_same_text_in_sql_and_in_python(
    names: list[str], connection: psycopg.Connection[Any]
) -> None:
    """And the row is found by it again, and the key comes back from it."""
    table = table_of("_".join(names), [KINDS[name][0] for name in names])
    made(connection, table)
    key, kinds = key_form(table), [column.type for column in table.columns]
    holes = ", ".join(["%s"] * len(kinds))

    @settings(max_examples=settings().max_examples // 3)
    @given(st.tuples(*(KINDS[name][1] for name in names)))
    def try_one(values: tuple[Any, ...]) -> None:
        connection.execute(f"DELETE FROM {table.name}")
        connection.execute(
            f"INSERT INTO {table.name} VALUES ({holes})",
            [kind.writer(True)(value) for kind, value in zip(kinds, values, strict=True)],
        )
        kept = [kind.writer(False)(value) for kind, value in zip(kinds, values, strict=True)]
        text = key.text(kept[0] if len(kept) == 1 else kept)
        found = connection.execute(
            f"SELECT {key.of('t')}, (SELECT count(*) FROM {table.name} t WHERE {key.find('t', '%s::text')}) FROM {table.name} t",
            [text] * len(names),
        ).fetchone()
        assert found == (text, 1)
        assert key.key(text) == (kept[0] if len(kept) == 1 else kept)

    try_one()


def test_a_key_that_has_no_plain_text_is_refused() -> None:
    """Floats and JSON: two programs would write them differently."""
    for hint in (float, dict[str, Any]):
        with pytest.raises(UsageError, match="cannot be told apart by a"):
            key_form(table_of("wrong", [hint]))


def test_a_type_of_somebodys_own_is_read_by_what_it_says_itself(connection: psycopg.Connection[Any]) -> None:
    """As SQLAlchemy would read it from PostgreSQL and write it to SQLite."""

    class Shouted(sa.types.TypeDecorator[str]):
        impl = sa.Text
        cache_ok = True

        def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
            return value and value.upper()

        def process_result_value(self, value: str | None, dialect: Any) -> str | None:
            return value and value.lower()

    form = form_of(sa.Column("word", Shouted()))
    assert form.convert is not None
    assert form.convert("TEA") == "TEA"
    assert form.convert("tea") == "TEA"
    assert form.of("word", "t") == 't."word"'
