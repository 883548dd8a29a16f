"""A database made ready for a store: what can be added is added, what is there is kept, and all else is refused with what to do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

import psycopg
import pytest
import sqlalchemy as sa
from clubs import TABLES, Club
from sqlalchemy import ForeignKey
from sqlalchemy.orm import mapped_column

from hipflask import Digits, Mapped, Store
from hipflask.core.errors import HubError, HubGone, HubReadOnly, UsageError
from hipflask.store.models.shared import shared_tables
from hipflask.sync.hub.database import Database
from hipflask.sync.hub.install import install
from hipflask.sync.hub.scopes import Grants
from hipflask.sync.hub.sequencer import Sequencer
from hipflask.sync.hub.watch import check


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(database_url) as database:
        yield database


@pytest.fixture
def psql(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def shop() -> list[sa.Table]:
    """The tables of another, smaller store."""
    db = Store()

    class Shelf(db.Model):
        code: Mapped[str] = mapped_column(primary_key=True)

    class Item(db.Model):
        number: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(unique=True)
        price: Mapped[Annotated[Decimal, Digits(9, 2)]] = Decimal(0)
        shelf: Mapped[str | None] = mapped_column(ForeignKey("shelf.code"))

    return shared_tables(db.metadata)


ITEM = "CREATE TABLE item (number int PRIMARY KEY, name varchar(80) NOT NULL UNIQUE, price numeric(9,2) NOT NULL, shelf text REFERENCES shelf)"
SHELF = "CREATE TABLE shelf (code text PRIMARY KEY)"


def test_tables_are_ordinary_ones(club: Club) -> None:
    """Of PostgreSQL's own types, with defaults, CHECKs of PostgreSQL's form, and keys that can be deferred."""
    columns = dict(
        club.sql(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'task' AND table_schema = 'public'"
        )
    )
    assert columns == {
        "id": "uuid", "team_id": "uuid", "title": "text", "price": "numeric", "done": "boolean", "notes": "text",
    }  # fmt: skip
    checks = [
        text
        for (text,) in club.sql(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'task'::regclass AND contype = 'c'"
        )
    ]
    assert len(checks) == 1
    assert "9999999999.99" in checks[0]
    deferrable = club.sql(
        "SELECT condeferrable, condeferred FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    )
    assert set(deferrable) == {(True, False)}
    club.sql("INSERT INTO task (id, title) VALUES (gen_random_uuid(), 'tea')")
    assert club.sql("SELECT price, done, notes FROM task") == [(Decimal("0.00"), False, "")]
    assert club.sql("SELECT to_regclass('draft')") == [(None,)]


def test_a_second_time_changes_nothing(club: Club) -> None:
    """Numbers stay, and no row is looked at again."""
    club.sql("INSERT INTO country VALUES ('de', 80)")
    club.sql("DELETE FROM hipflask.outbox")
    again = install(club.database, TABLES)
    assert {table.name: (table.number, table.numbers) for table in again} == {
        table.name: (table.number, table.numbers) for table in club.tables
    }
    assert club.sql("SELECT * FROM hipflask.outbox") == []


def test_several_processes_may_start_at_once(database_url: str) -> None:
    """On an empty database: one makes it ready, and the others find it so."""
    errors: list[BaseException] = []

    def start() -> None:
        try:
            with Database(database_url) as database:
                install(database, TABLES)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_tables_that_are_there_are_adopted_with_their_rows(
    database: Database, psql: psycopg.Connection[Any]
) -> None:
    """Somebody else's names of types are good enough where every value can be read; what lacks and can be added is added."""
    psql.execute(
        f"{SHELF}; {ITEM}; INSERT INTO shelf VALUES ('A3'); INSERT INTO item VALUES (7, 'tea', 1.5, 'A3')"
    )
    tables = install(database, shop())
    sequencer = Sequencer(database, tables, Grants([]))
    assert sequencer.step() == 1
    sequencer.close()
    assert psql.execute("SELECT scope, key FROM hipflask.feed ORDER BY key").fetchall() == [
        ("", "7"),
        ("", "A3"),
    ]
    assert psql.execute(
        "SELECT condeferrable FROM pg_constraint WHERE conname = 'item_shelf_fkey'"
    ).fetchall() == [(True,)]
    with pytest.raises(psycopg.errors.CheckViolation):
        psql.execute("UPDATE item SET price = 'NaN'")


def test_what_the_models_have_more_is_added(database: Database, psql: psycopg.Connection[Any]) -> None:
    """Columns with their defaults and keys, tables, indexes."""
    psql.execute(
        "CREATE TABLE item (number bigint PRIMARY KEY, name text NOT NULL UNIQUE); INSERT INTO item VALUES (7, 'tea')"
    )
    install(database, shop())
    assert psql.execute("SELECT * FROM item").fetchall() == [(7, "tea", Decimal("0.00"), None)]
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        psql.execute("UPDATE item SET shelf = 'nowhere'")


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        (
            ITEM.replace("number int", "number text"),
            r"its column 'number' is text, and the model's is bigint.*ALTER TABLE \"item\" ALTER",
        ),
        (ITEM.replace("(9,2)", "(12,2)"), r"'price' is numeric\(12,2\), and the model's is numeric\(9,2\)"),
        (ITEM.replace(" PRIMARY KEY", ""), r"its primary key is .*, and the model's is 'number'"),
        (
            ITEM.replace(" UNIQUE", ""),
            r"nothing keeps 'name' unique. Add it: ALTER TABLE item ADD CONSTRAINT uq_item_name UNIQUE",
        ),
        (
            ITEM.replace(" REFERENCES shelf", ""),
            r"'shelf' refers to nothing. Add it: ALTER TABLE item ADD CONSTRAINT fk_item_shelf",
        ),
        (ITEM[:-1] + ", size int NOT NULL)", r"'size' is NOT NULL without a default.*DROP NOT NULL"),
        (
            ITEM.replace(", name varchar(80) NOT NULL UNIQUE", "")
            + "; INSERT INTO item VALUES (7, 1.5, NULL)",
            r"its rows have no 'name'.*Give the column a default",
        ),
        (
            ITEM + "; INSERT INTO item VALUES (7, 'tea', 'NaN', NULL)",
            r"some of its rows are not \"price\" BETWEEN",
        ),
    ],
)
def test_anything_else_is_refused_with_what_to_do(
    database: Database, psql: psycopg.Connection[Any], there: str, sentence: str
) -> None:
    """And nothing is done by halves."""
    psql.execute(f"{SHELF}; {there}")
    with pytest.raises(HubError, match=sentence):
        install(database, shop())
    assert psql.execute("SELECT to_regclass('hipflask.state')").fetchall() == [(None,)]


def test_a_column_that_only_others_know_stays_captured(
    database: Database, psql: psycopg.Connection[Any]
) -> None:
    """A program of last week starts beside one of today: it must not make the new column's changes invisible."""
    db = Store()

    class Country(db.Model):
        code: Mapped[str] = mapped_column(primary_key=True)
        people: Mapped[int] = 0
        anthem: Mapped[str] = ""

    install(database, shared_tables(db.metadata))
    old = Store()

    class Country_(old.Model):
        __tablename__ = "country"
        code: Mapped[str] = mapped_column(primary_key=True)
        people: Mapped[int] = 0

    install(database, shared_tables(old.metadata))
    psql.execute("INSERT INTO country VALUES ('de', 80, '')")
    psql.execute("DELETE FROM hipflask.outbox")
    psql.execute("UPDATE country SET anthem = 'la la'")
    assert psql.execute("SELECT kind, mask FROM hipflask.outbox").fetchall() == [("u", 0b100)]


def test_a_shared_table_cannot_refer_to_one_that_stays_here(database: Database) -> None:
    db = Store()

    class Mine(db.Model, local=True):
        name: Mapped[str]

    class Theirs(db.Model):
        mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"))

    with pytest.raises(UsageError, match=r"theirs.mine_id refers to mine, which is not exchanged"):
        install(database, shared_tables(db.metadata))


def test_another_layout_is_refused(club: Club) -> None:
    club.sql("UPDATE hipflask.state SET layout = 99")
    with pytest.raises(HubError, match="has layout 99"):
        install(club.database, TABLES)


def test_a_database_that_is_gone_or_read_only_is_told_in_words(database_url: str, server: str) -> None:
    """Without the address, which may have a password in it."""
    with Database(database_url) as database:
        with pytest.raises(HubGone, match="cannot be reached"), database.connection() as connection:
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        with database.connection() as connection:
            assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
    with psycopg.connect(server, autocommit=True) as admin:
        name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with Database(database_url) as database, pytest.raises(HubReadOnly, match="may not be written"):
        install(database, TABLES)


@pytest.mark.parametrize(
    "harm", ["ALTER TABLE country DISABLE TRIGGER ALL", "DROP TRIGGER hipflask_insert ON country"]
)
def test_missing_triggers_are_noticed_and_what_they_missed_is_found(club: Club, harm: str) -> None:
    """Rows that came, changed and went without a word are all looked at again."""
    sequencer = Sequencer(club.database, club.tables, Grants([]))
    club.sql("INSERT INTO country VALUES ('de', 80), ('fr', 60)")
    sequencer.step()
    assert check(club.database, club.tables) == []
    club.sql(harm)
    club.sql("INSERT INTO country VALUES ('nl', 17)")
    club.sql("DELETE FROM country WHERE code = 'fr'")
    sentences = check(club.database, club.tables)
    assert sentences
    assert all("'country'" in sentence and "gone or disabled" in sentence for sentence in sentences)
    assert check(club.database, club.tables) == []
    version = sequencer.step()
    sequencer.close()
    assert dict(club.sql("SELECT key, is_gone FROM hipflask.feed WHERE version = %s", version)) == {
        "de": False,
        "fr": True,
        "nl": False,
    }
    club.sql("INSERT INTO country VALUES ('es', 48)")
    assert club.sql("SELECT keys FROM hipflask.outbox") == [(["es"],)]
