"""Every kind of column, with values at its borders and beyond them, and what a column of either engine promises."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import uuid
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import strategies as st

from hipflask.core.errors import ValueRefused
from hipflask.store.types.json_type import Json
from hipflask.store.types.kinds import Digits, Length, type_of


class Status(enum.Enum):
    OPEN = "open"
    DONE = "it's done"


class Level(enum.IntEnum):
    LOW = -(2**63)
    HIGH = 7


_EDGES = [0, 1, -1, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**18 - 1, 10**18]
_FLOATS = [
    0.0,
    -0.0,
    1e300,
    5e-324,
    1e16,
    2**53 + 0.0,
    1.7976931348623157e308,
    float("nan"),
    float("inf"),
    -float("inf"),
]
_ODD = ("a:b", " :b", "::", "\\:c", "%d", "%%", "it's", '"', "\\")
_zones = st.sampled_from([datetime.UTC, ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Amsterdam")]) | st.builds(
    lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes, seconds=7)),
    st.integers(-1439, 1438),
)
_whole = st.integers() | st.sampled_from(_EDGES)
_text = (
    st.text()
    | st.text("aAäÄzé\U0001f600 '\\%\x01")
    | st.sampled_from(["", "a\0", "\ud800", "null", "7", "\\u0000"])
)
_decimals = (
    st.decimals()
    | st.decimals(-(10**13), 10**13, places=2)
    | st.integers(-(10**12), 10**12).map(decimal.Decimal)
    | st.sampled_from(
        [
            decimal.Decimal(each)
            for each in ("-0", "1e3", "9.99", "10", "0.005", "1E+999999", "-sNaN", "1e-99999")
        ]
    )
)
_moments = st.datetimes(timezones=_zones) | st.sampled_from(
    [
        datetime.datetime.min.replace(tzinfo=datetime.UTC),
        datetime.datetime.max.replace(tzinfo=datetime.UTC),
        datetime.datetime.max.replace(tzinfo=datetime.timezone(-datetime.timedelta(hours=1))),
        datetime.datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam")),
        datetime.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Amsterdam")),
    ]
)
_numbers = st.floats() | st.sampled_from(_FLOATS)
_leaves = st.none() | st.booleans() | _whole | _numbers | _text
_nested = _leaves | st.lists(_leaves, max_size=3) | st.dictionaries(_text, _leaves, max_size=3)
_json = _nested | st.lists(_nested, max_size=3) | st.dictionaries(_text, _nested, max_size=3)

#: name → (hint, what may be tried, whether it has the order that Python has)
KINDS: dict[str, tuple[Any, st.SearchStrategy[Any], bool]] = {
    "bool": (bool, st.booleans(), True),
    "int": (int, _whole, True),
    "float": (float, _numbers | _whole, True),
    "decimal": (decimal.Decimal, _decimals, True),
    "money": (Annotated[decimal.Decimal, Digits(12, 2)], _decimals | _whole, True),
    "wide": (Annotated[decimal.Decimal, Digits(18, 18)], _decimals | st.decimals(-1, 1, places=18), True),
    "text": (str, _text, True),
    "short_text": (Annotated[str, Length(3)], _text, True),
    "bytes": (bytes, st.binary(), True),
    "datetime": (datetime.datetime, _moments, True),
    "date": (datetime.date, st.dates() | st.sampled_from([datetime.date.min, datetime.date.max]), True),
    "time": (
        datetime.time,
        st.times() | st.sampled_from([datetime.time.max, datetime.time(1, fold=1)]),
        True,
    ),
    "timedelta": (
        datetime.timedelta,
        st.timedeltas() | _whole.map(lambda each: datetime.timedelta(0, 0, each % 2**66)),
        True,
    ),
    "uuid": (uuid.UUID, st.uuids(), True),
    "enum": (Status, st.sampled_from(Status), False),
    "int_enum": (Level, st.sampled_from(Level), True),
    "literal": (Literal["b", "a", ""], st.sampled_from(["b", "a", "", "c"]), True),
    "odd_literal": (Literal[*_ODD], st.sampled_from([*_ODD, ""]), True),
    "int_literal": (Literal[3, -1], st.sampled_from([3, -1, 4]), True),
    "json": (dict[str, Any], st.dictionaries(_text, _json, max_size=3), False),
    "list": (list[Any], st.lists(_json, max_size=3), False),
    "any_json": (Any, _json.filter(lambda value: value is not None), False),
}


def table_of(name: str, metadata: sa.MetaData) -> sa.Table:
    """A table with one column of a kind, under the CHECK constraint that it asks for."""
    exact = type_of(KINDS[name][0]).at(f"Thing.{name}")
    checks = [
        sa.CheckConstraint(text).ddl_if(dialect=dialect)
        for dialect in ("sqlite", "postgresql")
        if (text := exact.checks("value", dialect))
    ]
    return sa.Table(
        f"thing_{name}",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("value", exact, nullable=True),
        *checks,
        sqlite_strict=True,
    )


def assert_kept(connection: sa.Connection, table: sa.Table, tried: list[Any], has_order: bool) -> int:
    """Write values, and expect of each that it is refused, or comes back and sorts and compares as in Python."""
    connection.execute(table.delete())
    kept = []
    for value in tried:
        try:
            kept.append(table.c.value.type.check(value))
        except ValueRefused:
            assert_refused(connection, table, value)
            continue
        connection.execute(table.insert(), {"id": len(kept), "value": value})
    column, by_id = table.c.value, table.c.id
    back = list(connection.scalars(sa.select(column).order_by(by_id)))
    assert back == kept
    assert [_form(value, column) for value in back] == [_form(value, column) for value in kept]
    for number, value in enumerate(kept, 1):
        found = list(connection.scalars(sa.select(by_id).where(column == value).order_by(by_id)))
        same = [other for other, each in enumerate(kept, 1) if _form(each, column) == _form(value, column)]
        assert found == same or (isinstance(column.type, Json) and number in found)
    if has_order and kept:
        assert list(connection.scalars(sa.select(column).order_by(column))) == sorted(kept)
        if table.name != "thing_bool" and table.name not in _NO_MINIMUM:
            smallest = connection.execute(sa.select(sa.func.min(column), sa.func.max(column))).one()
            assert tuple(smallest) == (min(kept), max(kept))
    return len(kept)


def _form(value: Any, column: sa.Column[Any]) -> str:
    """All that can be seen of a value; but JSONB has keys in an order of its own and no -0.0, which Python calls equal."""
    if isinstance(column.type, Json):
        return json.dumps(value, sort_keys=True).replace("-0.0", "0.0")
    return repr(value)


_NO_MINIMUM = ("thing_uuid", "thing_bytes")  # PostgreSQL before 18 has none of a UUID


def assert_refused(connection: sa.Connection, table: sa.Table, value: Any) -> None:
    """Expect that nothing is written, whichever way is tried."""
    before = connection.scalar(sa.select(sa.func.count()).select_from(table))
    try:
        connection.execute(table.insert(), {"id": 1000, "value": value})
    except ValueRefused as error:
        assert str(error).startswith(f"Thing.{table.name.removeprefix('thing_')} takes ")
    else:
        raise AssertionError(f"{value!r} was written")
    assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == before
