"""Values of every kind that only one engine keeps, or none, pushed by somebody who says whatever he likes.

For each column and each value there are two ends: it is refused with the column's name, or it is in PostgreSQL, and what a device is sent of it
is what its own SQLite keeps.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import uuid
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import pytest
import sqlalchemy as sa
from msgspec import Meta
from pushers import NOW, Shop, insert, key, shop_at
from sqlalchemy.orm import mapped_column

from hipflask import Digits, Mapped, Store
from hipflask.store.types.exact import Exact
from hipflask.sync.hub.forms import form_of
from hipflask.sync.messages import Change, Changes, MessageRefused, Push, Refused, pack, unpack

db = Store()


class Status(enum.Enum):
    OPEN = "open"
    DONE = "done"


class Thing(db.Model):
    flag: Mapped[bool | None]
    whole: Mapped[int | None]
    real: Mapped[float | None]
    money: Mapped[Annotated[decimal.Decimal, Digits(12, 2)] | None]
    text: Mapped[str | None]
    short: Mapped[Annotated[str, Meta(max_length=5)] | None]
    varchar: Mapped[str | None] = mapped_column(sa.String(5))
    data: Mapped[bytes | None]
    moment: Mapped[datetime.datetime | None]
    day: Mapped[datetime.date | None]
    time: Mapped[datetime.time | None]
    span: Mapped[datetime.timedelta | None]
    unique: Mapped[uuid.UUID | None]
    status: Mapped[Status | None]
    json: Mapped[dict[str, Any] | None]


HOSTILE: list[Any] = [
    True, False, 0, 1, 2, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1,
    0.0, -0.0, 0.1, 1e308, 5e-324, math.nan, math.inf, -math.inf, 1e16,
    "", " ", "0", "1", "NaN", "Infinity", "1e400", "7.5", "-0.00", "1234567890.12", "12345678901.12", "1" * 4000, "9" * 200_000,
    "a\0b", "\0", "\u2028\uffff", "\U0010ffff", "éé", "sixsix", "x" * 100_000,
    b"", b"\0", b"\xff\xfe", bytes(100_000), bytes(16),
    "2026-11-23", "2026-11-23T08:00:00.000000Z", "2026-11-23T08:00:00", "2026-11-23T08:00:00.000000+05:30", "0000-01-01", "0001-01-01",
    "9999-12-31", "10000-01-01", "-4713-01-01", "294277-01-01", "infinity", "-infinity", "now", "epoch", "2026-02-30",
    "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:60.000000Z",
    "24:00:00.000000", "23:59:60.000000", "12:00:00.000000", "12:00", "allballs",
    "open", "OPEN", "'; DROP TABLE thing; --",
    "00000000-0000-0000-0000-000000000000", "{00000000000000000000000000000000}", "0" * 32, "zzzzzzzz-0000-0000-0000-000000000000",
    "null", "{}", '{"a":NaN}', '{"a":1e400}', '{"a":1e300}', '{"a":9007199254740993}', '{"a":"\\u0000"}', '{"\\u0000":1}', '{"a":"\\ud800"}',
    '{"a":1,"a":2}', "{" * 100_000, '{"a":' * 5_000 + "1" + "}" * 5_000, '{"a": 1.0}', '{"b":1,"a":2}', "[1]", '{"a":' + "9" * 5_000 + "}",
]  # fmt: skip

COLUMNS = [column for column in Thing.__table__.columns if column.name != "id"]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def things(server: str) -> Iterator[Shop]:
    with shop_at(server, db, {}) as shop:
        yield shop


@pytest.mark.parametrize("column", COLUMNS, ids=[column.name for column in COLUMNS])
def test_it_is_refused_or_the_same_everywhere(things: Shop, column: sa.Column[Any]) -> None:
    """Nothing is taken that changes on its way, nothing fails the push, and a good value beside it is written."""
    ann, kind, form = things.device(), column.type, form_of(column)
    assert isinstance(kind, Exact)
    taken = 0
    for value in HOSTILE:
        one, other = key(), key()
        ann.number += 1
        push = [
            Change("thing", one, "insert", [column.name], [value], [NOW], 0),
            insert("thing", other, whole=1),
        ]
        answer = things.pushes.push(ann.visitor, [Push(ann.number, 0, 1, pack(Changes(NOW, push)))])
        assert not isinstance(answer, Refused), (value, answer)
        assert len(things.sql("SELECT 1 FROM thing WHERE id = %s", uuid.UUID(other))) == 1
        found = things.sql(f"SELECT {form.of(column.name, 't')} FROM thing t WHERE id = %s", uuid.UUID(one))
        if answer.outcomes:
            ((place, code),) = [(each.place, each.code) for each in answer.outcomes]
            assert (place, code) == (0, "value") and column.name in answer.outcomes[0].sentence, value
            assert len(answer.outcomes[0].sentence) < 600  # however long it was
            assert found == []
            continue
        ((sent,),) = found
        kept = form.convert(sent) if form.convert else sent
        read = kind.reader(False)
        expected = kind.writer(False)(read(value) if read else value)
        assert repr(kept) == repr(expected), value
        assert here(column, kept) == kept
        taken += 1
    assert taken >= 1


def here(column: sa.Column[Any], kept: Any) -> Any:
    """What the SQLite of a device makes of a value that it is sent."""
    import sqlite3

    from sqlalchemy.dialects import sqlite
    from sqlalchemy.schema import CreateTable

    with sqlite3.connect(":memory:") as connection:
        statement = CreateTable(Thing.__table__)  # type: ignore[attr-defined]
        connection.execute(str(statement.compile(dialect=sqlite.dialect())))  # type: ignore[no-untyped-call]
        connection.execute(f'INSERT INTO thing (id, "{column.name}") VALUES (?, ?)', (key(), kept))
        return connection.execute(f'SELECT "{column.name}" FROM thing').fetchone()[0]


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_half_a_letter_does_not_travel(text: str) -> None:
    """No program of ours can say it, and bytes that claim to be one are refused before anybody looks at them."""
    with pytest.raises(UnicodeEncodeError):
        pack(Changes(NOW, [insert("thing", key(), text=text)]))
    import zlib

    body = zlib.decompress(pack(Changes(NOW, [insert("thing", key(), text="XYZ")])))
    assert b"XYZ" in body
    forged = zlib.compress(body.replace(b"XYZ", "\ud800".encode("utf-8", "surrogatepass")))
    with pytest.raises(MessageRefused):
        unpack(forged, Changes)
    assert msgspec.msgpack.decode(body)
