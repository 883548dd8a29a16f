"""Exact types: what each hint becomes, what is refused with which sentence, and what other programs can write."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypedDict

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from hipflask.core.errors import EntryError, UnreadableValue, UnsupportedType, UsageError, ValueRefused
from hipflask.store.types.kinds import Digits, Length, type_of

Base = Literal["first", "second", "third"]
Money = Annotated[decimal.Decimal, Digits(12, 2)]
NOON = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)


class Status(enum.Enum):
    OPEN = "open"
    DONE = "done"


class Tone(enum.StrEnum):
    LOUD = "loud"


class Point(TypedDict):
    x: int
    y: int


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    """A SQLite database in memory."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def players(connection: sa.Connection, **hints: Any) -> sa.Table:
    """A table `player` with a column for each hint, as a model would make it."""
    exact = {name: type_of(hint).at(f"Player.{name}") for name, hint in hints.items()}
    checks = [sa.CheckConstraint(text) for name, kind in exact.items() if (text := kind.checks(name))]
    columns = [sa.Column(name, kind) for name, kind in exact.items()]
    table = sa.Table(
        "player",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        *columns,
        *checks,
        sqlite_strict=True,
    )
    table.create(connection)
    return table


@pytest.mark.parametrize(
    ("hint", "value", "sentence"),
    [
        (bool, 1, "takes true or false, got 1."),
        (int, "7", "takes a whole number, got '7'."),
        (int, True, "takes a whole number, got True."),
        (int, 7.0, "takes a whole number, got 7.0."),
        (int, 2**63, "takes a whole number, got 9223372036854775808: it has more than 64 bits."),
        (float, float("nan"), "takes a number, got nan: a database cannot calculate with it."),
        (float, 2**53 + 1, "takes a number, got 9007199254740993: it would be rounded."),
        (float, 10**400, f"takes a number, got {str(10**400)[:79]}…: it would be rounded."),
        (float, "1.5", "takes a number, got '1.5'."),
        (
            Money,
            12.5,
            "takes a decimal number of at most 12 digits, 2 of them after the point, got 12.5:"
            " a float is rarely what it seems; write Decimal('12.5').",
        ),
        (
            decimal.Decimal,
            decimal.Decimal("0.1234567"),
            "takes a decimal number of at most 18 digits, 6 of them after the point, got Decimal('0.1234567'):"
            " it would be rounded; declare Digits(most, after_point).",
        ),
        (str, 7, "takes text, got 7."),
        (str, "a\0", "takes text, got 'a\\x00': it has a NUL character in it, which PostgreSQL cannot keep."),
        (
            str,
            "\ud800",
            "takes text, got '\\ud800': it has half of a surrogate pair in it, which no database can keep.",
        ),
        (Annotated[str, Length(3)], "four", "takes text of at most 3 characters, got 'four': it has 4."),
        (Annotated[bytes, Length(3)], b"four", "takes at most 3 bytes, got b'four': it has 4."),
        (bytes, bytearray(b"a"), "takes bytes, got bytearray(b'a'): write bytes(bytearray)."),
        (
            datetime.datetime,
            datetime.datetime(2026, 1, 1),
            "takes a datetime with a time zone, got datetime.datetime(2026, 1, 1, 0, 0):"
            " without one nobody elsewhere could tell when that is; write datetime.now(UTC).",
        ),
        (
            datetime.datetime,
            datetime.datetime.max.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-1), "W")),
            "takes a datetime with a time zone, got datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone(da…:"
            " in UTC it is outside of the years 1 to 9999.",
        ),
        (datetime.date, "2026-11-22", "takes a date, got '2026-11-22'."),
        (
            datetime.timedelta,
            5,
            "takes a duration of at most 292,000 years, got 5: write timedelta(seconds=…).",
        ),
        (uuid.UUID, "x", "takes a UUID, got 'x': write UUID('x')."),
        (Status, "open", "takes one of Status.OPEN or Status.DONE, got 'open'."),
        (Base, "nine", "takes one of 'first', 'second' or 'third', got 'nine'."),
        (Literal[1, 2], True, "takes 1 or 2, got True."),
        (
            dict[str, Any],
            {"a": (1,)},
            "takes dict[str, Any] as JSON, got {'a': (1,)}: it would come back as {'a': [1]}.",
        ),
        (
            list[Any],
            ["\0"],
            "takes list[Any] as JSON, got ['\\x00']: it has a NUL character in it, which PostgreSQL cannot keep.",
        ),
        (
            dict[str, int],
            {"a": "b"},
            "takes dict[str, int] as JSON, got {'a': 'b'}: Expected `int`, got `str` - at `$[...]`.",
        ),
    ],
)
def test_the_sentence_names_the_place_the_value_and_what_fits(hint: Any, value: Any, sentence: str) -> None:
    exact = type_of(hint).at("Player.base")
    with pytest.raises(ValueRefused) as refused:
        exact.check(value)
    assert str(refused.value) == f"Player.base {sentence}"
    assert isinstance(refused.value, EntryError | ValueError)


@pytest.mark.parametrize(
    ("hint", "value", "kept"),
    [
        (float, 3, 3.0),
        (float, -0.0, 0.0),
        (Money, 5, decimal.Decimal("5.00")),
        (Money, decimal.Decimal("-0"), decimal.Decimal("0.00")),
        (decimal.Decimal, decimal.Decimal("1E+3"), decimal.Decimal("1000")),
        (decimal.Decimal, decimal.Decimal("12.50"), decimal.Decimal("12.5")),
        (str, Tone.LOUD, "loud"),
        (int, enum.IntEnum("Two", {"TWO": 2}).TWO, 2),
        (
            datetime.datetime,
            NOON.astimezone(datetime.timezone(datetime.timedelta(hours=5, minutes=30))),
            NOON,
        ),
        (datetime.time, datetime.time(1, 30, fold=1), datetime.time(1, 30)),
        (list[Any], [2**64, 10**300], [2**64, 10**300]),
        (Point, {"x": 1, "y": 2}, {"x": 1, "y": 2}),
        (list[datetime.date], [datetime.date(2026, 1, 1)], [datetime.date(2026, 1, 1)]),
    ],
)
def test_equal_values_have_one_form(hint: Any, value: Any, kept: Any) -> None:
    assert repr(type_of(hint).check(value)) == repr(kept)


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (complex, "complex is no type that a column can have. Columns take bool, bytes, date,"),
        (int | str, "is not one type"),
        (None, "is not one type"),
        (Literal["a", 1], "have to be all text or all whole numbers, not int and str"),
        (Literal[True], "not bool"),
        (enum.Enum("Odd", {"A": (1, 2)}), "not tuple"),
        (enum.Flag("Rights", "READ WRITE"), "a set of flags"),
        (Literal["a\0"], "'a\\x00' cannot be kept"),
        (Literal[2**63], "more than 64 bits"),
        (Annotated[decimal.Decimal, Digits(30, 2)], "at most 18 digits in all"),
        (Annotated[decimal.Decimal, Digits(2, 3)], "at most 18 digits in all"),
    ],
)
def test_a_hint_that_cannot_be_kept_is_refused_at_declaration(hint: Any, words: str) -> None:
    with pytest.raises(UnsupportedType) as refused:
        type_of(hint)
    assert words in str(refused.value)


def test_a_type_knows_the_hint_that_it_was_made_of() -> None:
    hint = Annotated[str, Length(80)] | None
    exact = type_of(hint)
    assert exact.hint == hint
    assert exact.at("Player.name").hint == hint
    assert exact.expected == "text of at most 80 characters"


def test_an_optional_column_keeps_none_in_every_kind(connection: sa.Connection) -> None:
    table = players(
        connection, base=Base | None, price=Money | None, data=dict[str, Any] | None, at=datetime.time | None
    )
    connection.execute(table.insert(), {"base": None, "price": None, "data": None, "at": None})
    assert connection.exec_driver_sql("SELECT base, price, data, at FROM player").one() == (None,) * 4
    assert connection.execute(sa.select(table.c["base", "price", "data", "at"])).one() == (None,) * 4


def test_a_statement_used_again_blames_the_column_at_hand(connection: sa.Connection) -> None:
    """A compiled statement keeps the types it was compiled with: the same text must not stand for another column."""
    first, second = (type_of(int).at(place) for place in ("Player.points", "Team.points"))
    assert connection.scalar(sa.select(sa.literal(1, first))) == 1
    with pytest.raises(ValueRefused, match=r"^Team\.points takes"):
        connection.scalar(sa.select(sa.literal("1", second)))
    _ = first._static_cache_key  # kept by SQLAlchemy in the type, and not to be taken over by a copy
    with pytest.raises(ValueRefused, match=r"^Coach\.points takes"):
        connection.scalar(sa.select(sa.literal("1", first.at("Coach.points"))))


def test_statements_are_compiled_once(connection: sa.Connection) -> None:
    table = players(connection, points=int, price=Money, base=Base, data=dict[str, Any])
    keys = {
        sa.select(table)
        .where(
            table.c.points > points,
            table.c.price * 2 > points,
            table.c.base == "first",
            table.c.data["a"] == points,
        )
        ._generate_cache_key()
        .key
        for points in (1, 2)
    }
    assert len(keys) == 1
    assert None not in keys


def test_nothing_is_written_when_one_of_many_rows_is_refused(connection: sa.Connection) -> None:
    table = players(connection, points=int)
    with pytest.raises(ValueRefused, match=r"^Player\.points takes a whole number, got '7'\.$"):
        connection.execute(table.insert(), [{"points": 6}, {"points": "7"}])
    assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


@pytest.mark.parametrize(
    ("hint", "sql"),
    [
        (bool, "2"),
        (float, "9e999"),
        (Money, "1000000000000"),
        (Annotated[str, Length(3)], "'four'"),
        (Annotated[bytes, Length(3)], "x'00000000'"),
        (datetime.datetime, "'2026-11-22 12:00:00'"),
        (datetime.date, "'22.11.2026'"),
        (datetime.time, "'12:00'"),
        (uuid.UUID, "'6F1C2D3E-4B5A-4C7D-8E9F-0A1B2C3D4E5F'"),
        (Base, "'nine'"),
        (Status, "'OPEN'"),
        (dict[str, Any], "'{a'"),
    ],
)
def test_another_program_cannot_write_another_form(hint: Any, sql: str, connection: sa.Connection) -> None:
    players(connection, base=hint)
    with pytest.raises(IntegrityError, match="CHECK"):
        connection.exec_driver_sql(f"INSERT INTO player (base) VALUES ({sql})")


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        (bool, 2),
        (datetime.datetime, "2026-11-22 12:00:00.000000Z"),
        (datetime.datetime, "2026-13-22T12:00:00.000000Z"),
        (datetime.date, "2026-W47-1"),
        (datetime.date, "20261122"),
        (datetime.time, "12:00"),
        (datetime.time, "12:00:00.000000+01:00"),
        (uuid.UUID, "{6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f}"),
        (Base, "nine"),
        (Status, "OPEN"),
        (dict[str, Any], "[1]"),
        (dict[str, Any], "{a"),
    ],
)
def test_reading_what_another_program_wrote_in_its_own_form_names_the_column(
    hint: Any, kept: Any, connection: sa.Connection
) -> None:
    """A table made by somebody else has no CHECK constraints."""
    column = sa.Column("base", type_of(hint).at("Player.base"))
    sa.Table("player", sa.MetaData(), column).create(connection)
    connection.exec_driver_sql("INSERT INTO player VALUES (?)", (kept,))
    with pytest.raises(UnreadableValue) as unreadable:
        connection.scalar(sa.select(column))
    assert str(unreadable.value).startswith("Player.base takes ")
    assert f"but the database holds {kept!r} there." in str(unreadable.value)


def test_other_programs_find_plain_values(connection: sa.Connection) -> None:
    table = players(
        connection,
        id_=uuid.UUID,
        base=Base,
        status=Status,
        made=datetime.datetime,
        price=Money,
        data=dict[str, Any],
    )
    identity = uuid.UUID("6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f")
    data = {"b": 1, "a": [1.5, None]}
    values = {
        "id_": identity,
        "base": "first",
        "status": Status.OPEN,
        "made": NOON,
        "price": decimal.Decimal("12.5"),
        "data": data,
    }
    connection.execute(table.insert(), values)
    assert tuple(connection.exec_driver_sql("SELECT * FROM player").one()) == (
        1,
        "6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f",
        "first",
        "open",
        "2026-11-22T12:00:00.000000Z",
        1250,
        '{"a":[1.5,null],"b":1}',
    )


def test_what_is_searched_for_may_be_longer_than_what_is_kept(connection: sa.Connection) -> None:
    name = players(connection, name=Annotated[str, Length(3)], code=Annotated[bytes, Length(3)]).c.name
    connection.execute(name.table.insert(), {"name": "Ann", "code": b"abc"})
    assert connection.scalar(sa.select(name).where(name.like("%A%n%n%"))) == "Ann"
    assert connection.scalar(sa.select(name).where(name == "Annabel")) is None
    assert connection.scalar(sa.select(name).where(name.table.c.code == b"abcd")) is None


def test_the_columns_of_sqlite(connection: sa.Connection) -> None:
    hints = [
        bool,
        int,
        float,
        Money,
        str,
        bytes,
        datetime.datetime,
        datetime.timedelta,
        uuid.UUID,
        Base,
        list[Any],
    ]
    table = players(connection, **{f"c{number}": hint for number, hint in enumerate(hints)})
    types = [
        line.split()[1].strip(",")
        for line in str(CreateTable(table).compile(connection)).splitlines()
        if "\tc" in line
    ]
    assert types == [
        "INTEGER",
        "INTEGER",
        "REAL",
        "INTEGER",
        "TEXT",
        "BLOB",
        "TEXT",
        "INTEGER",
        *["TEXT"] * 3,
    ]


@pytest.mark.parametrize(
    "calculate",
    [
        lambda c: c.made + datetime.timedelta(1),
        lambda c: NOON - c.made,
        lambda c: c.price + c.score,
        lambda c: c.score * c.price,
        lambda c: c.price > c.score,
        lambda c: c.base + "x",
        lambda c: c.points + c.name,
        lambda c: c.price // 2,
        lambda c: c.score % 2,
    ],
)
def test_what_the_engines_would_not_agree_about_is_refused(calculate: Any, connection: sa.Connection) -> None:
    table = players(
        connection, made=datetime.datetime, price=Money, score=float, base=Base, name=str, points=int
    )
    with pytest.raises(UsageError, match=r"^Player\.\w+ .*in SQL.* Calculate in Python"):
        calculate(table.c)


@pytest.mark.parametrize(
    "call", [lambda price: sa.func.round(price, 1), lambda price: sa.cast(price, sa.Float)]
)
def test_a_function_that_would_see_a_scaled_number_is_refused(call: Any, connection: sa.Connection) -> None:
    table = players(connection, price=Money)
    with pytest.raises(UsageError, match=r"\(Player\.price\) would not be the same in SQLite and PostgreSQL"):
        connection.execute(sa.select(call(table.c.price)))


@pytest.mark.parametrize(
    "select",
    [
        lambda c: sa.case((c.points > 5, c.price), else_=7),
        lambda c: sa.case((c.points > 5, 7), else_=c.price),
        lambda c: sa.case((c.points > 5, c.points), (c.points > 4, c.price)),
        lambda c: c.price.in_(sa.select(c.points)),
        lambda c: c.points.not_in(sa.select(c.price)),
    ],
)
def test_numbers_of_other_digits_are_refused_where_they_cannot_be_scaled(
    select: Any, connection: sa.Connection
) -> None:
    table = players(connection, price=Money, points=int)
    with pytest.raises(UsageError, match="different digits after the point"):
        connection.execute(sa.select(select(table.c)))


def test_a_case_of_the_same_digits_is_a_decimal(connection: sa.Connection) -> None:
    table = players(connection, price=Money, points=int)
    connection.execute(table.insert(), {"price": decimal.Decimal(3), "points": 5})
    price, points = table.c.price, table.c.points
    plain = sa.literal(decimal.Decimal(7), price.type)
    for result in (sa.case((points > 5, price), else_=plain), sa.case((points < 5, price), else_=price + 4)):
        assert connection.scalar(sa.select(result)) == decimal.Decimal("7.00")
    assert connection.scalar(sa.select(sa.case((points > 5, price)))) is None
    assert connection.scalar(sa.select(points).where(price.in_(sa.select(price)))) == 5
    assert connection.scalar(sa.select(sa.case((points > 5, 1), else_=2))) == 2


def test_a_product_that_sqlite_would_round_is_an_error(connection: sa.Connection) -> None:
    """Beyond 64 bits SQLite goes on with a float, and says nothing."""
    table = players(connection, price=Money)
    connection.execute(table.insert(), {"price": decimal.Decimal("9999999999.99")})
    with pytest.raises(
        UnreadableValue, match=r"^A result calculated from Player\.price has more than 64 bits"
    ):
        connection.scalar(sa.select(table.c.price * table.c.price))
