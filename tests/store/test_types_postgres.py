"""What SQLite promises of every type, PostgreSQL promises too: the same value back, or refused at write."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import enum
from collections.abc import Iterator
from decimal import Decimal as D
from typing import Annotated, Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from kinds import KINDS, assert_kept, table_of
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from hipflask.core.errors import UnreadableValue, ValueRefused
from hipflask.store.types.kinds import Digits, Length, type_of


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


Money = Annotated[decimal.Decimal, Digits(12, 2)]
DAY = datetime.timedelta(days=1)
NOON = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)


class Status(enum.Enum):
    OPEN = "open"
    DONE = "done"


@pytest.fixture(scope="module")
def items(connection: Connection) -> sa.Table:
    """Two rows of everything that can be calculated with."""
    hints = {
        "price": Money,
        "rate": decimal.Decimal,
        "number": int,
        "score": float,
        "name": str,
        "took": datetime.timedelta,
        "made": datetime.datetime,
        "status": Status,
        "is_on": bool,
        "data": dict[str, Any],
    }
    columns = [sa.Column(name, type_of(hint | None).at(f"Item.{name}")) for name, hint in hints.items()]
    table = sa.Table("item", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *columns)
    table.create(connection)
    rows = [
        (D("12.50"), D("0.195"), 5, 1.5, "Ann", DAY, NOON, Status.OPEN, True, {"a": [1, 1e300], "b": "x"}),
        (D("-3.25"), D("2"), 7, -2.5, "bob", -DAY / 2, NOON + DAY, Status.DONE, False, {"a": [2], "b": "y"}),
    ]
    connection.execute(table.insert(), [dict(zip(hints, row, strict=True)) for row in rows])
    return table


CALCULATIONS: list[tuple[Any, list[Any]]] = [
    (lambda c: c.price * 2, [D("25.00"), D("-6.50")]),
    (lambda c: 2 * c.price, [D("25.00"), D("-6.50")]),
    (lambda c: c.price + 1, [D("13.50"), D("-2.25")]),
    (lambda c: 10 - c.price, [D("-2.50"), D("13.25")]),
    (lambda c: c.price * c.number, [D("62.50"), D("-22.75")]),
    (lambda c: c.price * D("1.195"), [D("14.93750"), D("-3.88375")]),
    (lambda c: c.price * c.rate, [D("2.43750000"), D("-6.50000000")]),
    (lambda c: c.price + c.rate, [D("12.695000"), D("-1.250000")]),
    (lambda c: c.rate - c.price * 2, [D("-24.805000"), D("8.500000")]),
    (lambda c: c.number * D("1.5"), [D("7.5"), D("10.5")]),
    (lambda c: c.number + D("0.5"), [D("5.5"), D("7.5")]),
    (lambda c: D("0.5") - c.number, [D("-4.5"), D("-6.5")]),
    (lambda c: c.price / 2, [D("6.25"), D("-1.625")]),
    (lambda c: c.price / D("0.5"), [D("25"), D("-6.5")]),
    (lambda c: c.price % 5, [D("2.50"), D("-3.25")]),
    (lambda c: -c.price, [D("-12.50"), D("3.25")]),
    (lambda c: c.price > c.number, [True, False]),
    (lambda c: c.number > c.price, [False, True]),
    (lambda c: c.price == D("12.5"), [True, False]),
    (lambda c: c.price > D("12.495"), [True, False]),
    (lambda c: c.price + D("0.005"), [D("12.505"), D("-3.245")]),
    (lambda c: c.price / c.rate > 1, [True, False]),
    (lambda c: c.price / c.rate > D("64.1"), [True, False]),
    (lambda c: c.score.in_(sa.select(c.number)), [False, False]),
    (lambda c: c.price.between(0, c.number * 3), [True, False]),
    (lambda c: c.price.in_([D("12.5"), 3]), [True, False]),
    (lambda c: c.number > 5.5, [False, True]),
    (lambda c: c.number > D("5.5"), [False, True]),
    (lambda c: c.number + 1, [6, 8]),
    (lambda c: c.number / 2, [2.5, 3.5]),
    (lambda c: c.number // 2, [2, 3]),
    (lambda c: c.number * 1.5, [7.5, 10.5]),
    (lambda c: c.score * c.number, [7.5, -17.5]),
    (lambda c: c.score > 1, [True, False]),
    (lambda c: c.took + DAY, [2 * DAY, DAY / 2]),
    (lambda c: c.took * 2, [2 * DAY, -DAY]),
    (lambda c: c.took > datetime.timedelta(0), [True, False]),
    (lambda c: c.made >= NOON + DAY, [False, True]),
    (lambda c: c.name + "!", ["Ann!", "bob!"]),
    (lambda c: "<" + c.name, ["<Ann", "<bob"]),
    (lambda c: c.name.like("A%"), [True, False]),
    (lambda c: c.name.ilike("B%"), [False, True]),
    (lambda c: c.name.startswith("b"), [False, True]),
    (lambda c: sa.func.lower(c.name), ["ann", "bob"]),
    (lambda c: c.status == Status.OPEN, [True, False]),
    (lambda c: c.status.in_(list(Status)), [True, True]),
    (lambda c: c.is_on, [True, False]),
    (lambda c: ~c.is_on, [False, True]),
    (lambda c: c.data["b"], ["x", "y"]),
    (lambda c: c.data["b"] == "x", [True, False]),
    (lambda c: c.data["a"], [[1, 1e300], [2]]),
    (lambda c: c.data[("a", 0)], [1, 2]),
    (lambda c: c.data["b"].as_string() == "y", [False, True]),
    (lambda c: c.data[("a", 0)].as_integer() > 1, [False, True]),
    (lambda c: c.data == {"b": "x", "a": [1, 1e300]}, [True, False]),
    (lambda c: sa.func.abs(c.price), [D("12.50"), D("3.25")]),
    (lambda c: sa.func.coalesce(sa.null(), c.price, 5), [D("12.50"), D("-3.25")]),
    (lambda c: sa.func.coalesce(sa.func.nullif(c.number, 5), c.price), [D("12.50"), D("7.00")]),
    (lambda c: sa.func.coalesce(c.status, Status.DONE), [Status.OPEN, Status.DONE]),
]
TOTALS: list[tuple[Any, Any]] = [
    (lambda c: sa.func.sum(c.price), D("9.25")),
    (lambda c: sa.func.sum(c.price * c.number), D("39.75")),
    (lambda c: sa.func.coalesce(sa.func.sum(c.price).filter(c.number > 9), 5), D("5.00")),
    (lambda c: sa.func.max(c.price), D("12.50")),
    (lambda c: sa.func.avg(c.price), D("4.625")),
    (lambda c: sa.func.sum(c.number), 12),
    (lambda c: sa.func.avg(c.number), 6.0),
    (lambda c: sa.func.sum(c.score), -1.0),
    (lambda c: sa.func.sum(c.took), DAY / 2),
    (lambda c: sa.func.avg(c.took), DAY / 4),
    (lambda c: sa.func.max(c.made), NOON + DAY),
    (lambda c: sa.func.min(c.status), Status.DONE),
    (lambda c: sa.func.count(c.price), 2),
]


@pytest.mark.parametrize(("calculate", "results"), CALCULATIONS)
def test_sql_calculates_the_same_on_both_engines(
    calculate: Any, results: list[Any], items: sa.Table, connection: Connection
) -> None:
    found = list(connection.scalars(sa.select(calculate(items.c)).order_by(items.c.id)))
    assert found == results
    assert [type(value) for value in found] == [type(value) for value in results]


@pytest.mark.parametrize(("calculate", "result"), TOTALS)
def test_totals_are_the_same_on_both_engines(
    calculate: Any, result: Any, items: sa.Table, connection: Connection
) -> None:
    found = connection.scalar(sa.select(calculate(items.c)))
    assert found == result
    assert type(found) is type(result)


def test_a_sum_of_decimals_has_no_rounding(connection: Connection) -> None:
    """As floats, a million times 0.1 beside 2 ** 50 would be off by hundreds."""
    columns = sa.Column("id", sa.Integer, primary_key=True), sa.Column("value", type_of(Money))
    table = sa.Table("thing_sum", sa.MetaData(), *columns)
    table.create(connection)
    connection.execute(table.insert(), [{"value": D("0.10")}] * 1000 + [{"value": D("9999999999.99")}] * 9)
    assert connection.scalar(sa.select(sa.func.sum(table.c.value))) == D("90000000099.91")


@pytest.mark.parametrize("name", KINDS)
def test_a_value_may_stand_in_the_text_of_a_statement(name: str, connection: Connection) -> None:
    """As the default of a column does."""
    hint, values, _ = KINDS[name]
    exact = type_of(hint)
    defaults: list[Any] = []

    @given(values)
    def collect(value: Any) -> None:
        with contextlib.suppress(ValueRefused):
            defaults.append(exact.check(value))

    collect()
    for number, value in enumerate(defaults[:10]):
        default = sa.Column("value", exact, server_default=sa.literal(value, exact))
        table = sa.Table(
            f"default_{name}_{number}", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), default
        )
        table.create(connection)
        connection.execute(table.insert(), {"id": 1})
        assert connection.scalar(sa.select(table.c.value)) == value
        written = sa.bindparam("written", value, exact, literal_execute=True)
        assert connection.scalar(sa.select(table.c.id).where(table.c.value == written)) == 1


def test_the_columns_of_postgres(postgres: Engine) -> None:
    types = {
        name: str(type_of(hint).dialect_impl(postgres.dialect).compile(postgres.dialect))
        for name, (hint, *_) in KINDS.items()
    }
    assert types == {
        "bool": "BOOLEAN",
        "int": "BIGINT",
        "float": "DOUBLE PRECISION",
        "decimal": "NUMERIC(18, 6)",
        "money": "NUMERIC(12, 2)",
        "wide": "NUMERIC(18, 18)",
        "text": 'TEXT COLLATE "C"',
        "short_text": 'TEXT COLLATE "C"',
        "bytes": "BYTEA",
        "datetime": "TIMESTAMP WITH TIME ZONE",
        "date": "DATE",
        "time": "TIME WITHOUT TIME ZONE",
        "timedelta": "BIGINT",
        "uuid": "UUID",
        "enum": 'TEXT COLLATE "C"',
        "int_enum": "BIGINT",
        "literal": 'TEXT COLLATE "C"',
        "odd_literal": 'TEXT COLLATE "C"',
        "int_literal": "BIGINT",
        "json": "JSONB",
        "list": "JSONB",
        "any_json": "JSONB",
    }


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (float, "NaN"),
        (float, "-Infinity"),
        (Money, "NaN"),
        (datetime.datetime, "infinity"),
        (datetime.datetime, "4713-01-01 BC"),
        (datetime.date, "10000-01-01"),
        (datetime.time, "24:00"),
        (Status, "OPEN"),
        (Annotated[str, Length(3)], "four"),
    ],
)
def test_another_program_cannot_write_what_python_could_not_read(
    hint: Any, text: str, postgres: Engine
) -> None:
    exact = type_of(hint)
    check = sa.CheckConstraint(exact.checks("value", "postgresql") or "no check")
    table = sa.Table("foreign_value", sa.MetaData(), sa.Column("value", exact), check)
    with postgres.connect() as connection:
        table.create(connection)
        with pytest.raises(IntegrityError, match="violates check constraint"):
            connection.exec_driver_sql(f"INSERT INTO foreign_value VALUES ('{text}')")


@pytest.mark.parametrize(
    ("hint", "text"), [(float, "NaN"), (Money, "NaN"), (Status, "OPEN"), (dict[str, Any], "[1]")]
)
def test_reading_what_no_type_could_have_written_names_the_column(
    hint: Any, text: str, postgres: Engine
) -> None:
    """A table made by somebody else has no CHECK constraints."""
    column = sa.Column("value", type_of(hint).at("Item.value"))
    table = sa.Table("foreign_value", sa.MetaData(), column)
    with postgres.connect() as connection:
        table.create(connection)
        connection.exec_driver_sql(f"INSERT INTO foreign_value VALUES ('{text}')")
        with pytest.raises(UnreadableValue, match=r"^Item\.value takes .*, but the database holds"):
            connection.scalar(sa.select(column))


def test_a_session_in_another_time_zone_reads_the_same_moment(postgres: Engine) -> None:
    moment = datetime.datetime(2026, 3, 29, 1, 30, tzinfo=datetime.UTC)
    with postgres.connect() as connection:
        connection.exec_driver_sql("SET TIME ZONE 'Europe/Amsterdam'")
        back = connection.scalar(sa.select(sa.literal(moment, type_of(datetime.datetime))))
    assert repr(back) == repr(moment)
