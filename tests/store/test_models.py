"""A model that says nothing special: its table, its key, its types, its defaults."""

from __future__ import annotations

import enum
import sqlite3
import time
import uuid
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import mapped_column, relationship
from sqlalchemy.schema import CreateTable

from hipflask import Digits, Length, Mapped, Store
from hipflask.core.errors import UnsupportedType, UsageError
from hipflask.store.models.base import uuid7


def ddl(model: Any) -> str:
    return str(CreateTable(model.__table__).compile(dialect=sa.create_engine("sqlite://").dialect))


def test_a_model_is_a_strict_table_with_a_key() -> None:
    db = Store()

    class LineUp(db.Model):
        name: Mapped[str]

    assert LineUp.__tablename__ == "line_up"
    assert [column.name for column in LineUp.__table__.primary_key] == ["id"]
    assert "WITHOUT ROWID" in ddl(LineUp)
    assert "STRICT" in ddl(LineUp)


def test_a_table_by_whole_numbers_keeps_its_rowid() -> None:
    db = Store()

    class Game(db.Model):
        id: Mapped[int] = mapped_column(primary_key=True)

    assert "WITHOUT ROWID" not in ddl(Game)


def test_keys_sort_as_they_were_made_and_tell_when() -> None:
    keys = [uuid7() for _ in range(10_000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert {(key.version, key.variant) for key in keys} == {(7, uuid.RFC_4122)}
    assert abs((keys[-1].int >> 80) - time.time() * 1000) < 5000


class Base(enum.Enum):
    FIRST = "first"
    SECOND = "second"


def test_extras_within_annotated_reach_the_column() -> None:
    db = Store()

    class Item(db.Model):
        name: Mapped[Annotated[str, Length(3)]]
        price: Mapped[Annotated[Decimal, Digits(9, 2)] | None]
        rate: Mapped[Annotated[Decimal, Digits(9, 4)]] = Decimal("0.1")
        base: Mapped[Base]
        kind: Mapped[Literal["a", "b"]]

    with pytest.raises(ValueError, match=r"Item\.name takes text of at most 3 characters, got 'long'"):
        Item(name="long", base=Base.FIRST, kind="a")
    with pytest.raises(ValueError, match=r"Item\.price"):
        Item(name="i", price=Decimal("1.234"), base=Base.FIRST, kind="a")
    with pytest.raises(ValueError, match=r"Item\.kind takes one of 'a' or 'b'|Item\.kind takes 'a' or 'b'"):
        Item(name="i", base=Base.FIRST, kind="c")
    assert "CHECK" in ddl(Item)
    assert Item(name="i", price=Decimal("1.2"), base=Base.SECOND, kind="a").price == Decimal("1.20")


def test_sqlalchemys_own_types_become_exact_ones() -> None:
    db = Store()

    class Item(db.Model):
        name: Mapped[str] = mapped_column(sa.String(3))
        price = mapped_column(sa.Numeric(9, 2))
        count = mapped_column(sa.Integer, nullable=False)

    with pytest.raises(ValueError, match=r"Item\.name .*at most 3"):
        Item(name="long", count=1)
    with pytest.raises(ValueError, match=r"Item\.count"):
        Item(name="i", count="1")
    assert Item(name="i", count=1, price=Decimal("1.5")).price == Decimal("1.50")


def test_a_default_stands_in_the_class_as_in_a_dataclass_and_in_the_file() -> None:
    db = Store()

    class Player(db.Model):
        name: Mapped[str]
        points: Mapped[int] = 3
        is_on: Mapped[bool] = True
        note: Mapped[str] = "it's"

    assert (Player(name="Who").points, Player(name="Who").is_on) == (3, True)
    connection = sqlite3.connect(":memory:")
    connection.execute(ddl(Player))
    connection.execute("INSERT INTO player (id, name) VALUES (?, 'Who')", (str(uuid7()),))
    assert connection.execute("SELECT points, is_on, note FROM player").fetchone() == (3, 1, "it's")
    connection.close()


def test_the_constructor_says_what_is_missing_unknown_or_too_much() -> None:
    db = Store()

    class Player(db.Model):
        name: Mapped[str]
        base: Mapped[str]
        note: Mapped[str | None]

    assert Player("Who", "first").base == "first"
    assert Player(name="Who", base="first").note is None
    with pytest.raises(UsageError, match=r"Player needs base: write `Player\(base=…\)`"):
        Player(name="Who")
    with pytest.raises(UsageError, match=r"Player has no 'bse'\. It has: id, name, base, note"):
        Player(name="Who", bse="first")
    with pytest.raises(UsageError, match="name twice"):
        Player("Who", name="What", base="first")
    with pytest.raises(UsageError, match="3 columns to fill, got 4"):
        Player("a", "b", "c", "d")


def test_a_type_that_no_column_has_is_refused_with_its_place() -> None:
    db = Store()
    with pytest.raises(UnsupportedType, match=r"Player\.when"):

        class Player(db.Model):
            when: Mapped[complex]


def test_a_missing_value_is_refused_where_it_is_assigned() -> None:
    db = Store()

    class Player(db.Model):
        name: Mapped[str]

    player = Player(name="Who")
    with pytest.raises(ValueError, match=r"Player\.name .* got None"):
        player.name = None


def test_a_volatile_model_may_not_refer_to_a_lasting_one() -> None:
    db = Store()

    class Instrument(db.Model):
        name: Mapped[str]

    with pytest.raises(UsageError, match="different files"):

        class Price(db.Model, volatile=True):
            instrument_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("instrument.id"))


def test_a_model_may_derive_from_another_in_the_same_table() -> None:
    db = Store()

    class Person(db.Model):
        kind: Mapped[str]
        __mapper_args__: ClassVar = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

    class Player(Person):
        base: Mapped[str | None]
        __mapper_args__: ClassVar = {"polymorphic_identity": "player"}

    assert Player.__table__ is Person.__table__
    assert Player(base="first").kind == "player"


def test_a_mixin_brings_columns_to_each_model() -> None:
    db = Store()

    class Noted:
        note: Mapped[str | None]

    class Player(Noted, db.Model):
        name: Mapped[str]

    class Team(Noted, db.Model):
        players: Mapped[list[str]]

    assert Player(name="Who", note="n").note == "n"
    with pytest.raises(ValueError, match=r"Team\.note"):
        Team(players=[], note=3)


def test_relationships_are_sqlalchemys() -> None:
    db = Store()

    class Team(db.Model):
        name: Mapped[str]
        players: Mapped[list[Any]] = relationship("Player", back_populates="team")

    class Player(db.Model):
        name: Mapped[str]
        team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("team.id"))
        team: Mapped[Any] = relationship("Team", back_populates="players")

    team = Team(name="A", players=[Player(name="Who")])
    assert team.players[0].team is team


def test_a_collation_of_its_own_is_refused() -> None:
    db = Store()
    with pytest.raises(UsageError, match=r"Player\.name has a collation"):

        class Player(db.Model):
            name: Mapped[str] = mapped_column(sa.String(collation="NOCASE"))
