"""Full-text search: what anybody has written is found, and whatever people type is a question."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Mapped, mapped_column

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.store.search import index as search
from hipflask.store.search.words import MOST_WORDS, wanted
from hipflask.store.store import Store
from hipflask.testing import User

Make = Callable[..., Store]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes stores on one file, each of a program of its own."""
    stores: list[Store] = []

    def store() -> Store:
        app = Hipflask("shop", root_path=str(tmp_path))
        app.config["STORE"] = str(tmp_path / "shop.sqlite")
        stores.append(Store(app))
        return stores[-1]

    yield store
    for each in stores:
        each.close()


def items(db: Store, search: Any = ("name", "notes")) -> Any:
    class Maker(db.Model):
        id: Mapped[str] = mapped_column(primary_key=True)

    class Item(db.Model, search=search):
        name: Mapped[str] = mapped_column(unique=True)
        notes: Mapped[str | None] = None
        price: Mapped[int] = 0
        maker_id: Mapped[str | None] = mapped_column(sa.ForeignKey("maker.id", ondelete="CASCADE"))

    return Item


def names(db: Store, query: Any) -> list[str]:
    return [item.name for item in db.all(query)]


def shell(db: Store) -> Any:
    """Another program on the file, which knows nothing of us."""
    return closing(sqlite3.connect(db.file, isolation_level=None))


def assert_sound(db: Store, model: Any) -> None:
    with shell(db) as connection:
        assert search.flaws(connection, model.__table__) == []


# ── asking ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shop(make: Make) -> tuple[Store, Any]:
    db = make()
    item = items(db)
    for name, notes in {
        "Hex bolt": "M8, galvanised",
        "Wing nut": None,
        "Bolt and nut set": "M8",
        "Bólt cutter": "Größe 60",
        "Müller’s C++ book": "NOT rusty",
    }.items():
        item.create(name=name, notes=notes)
    return db, item


ASKED = {
    "bolt": ["Bolt and nut set", "Bólt cutter", "Hex bolt"],
    "BOLT m8": ["Bolt and nut set", "Hex bolt"],
    "m8 bol": ["Bolt and nut set", "Hex bolt"],
    "bol m8": [],
    "bol* m8": ["Bolt and nut set", "Hex bolt"],
    '"nut set"': ["Bolt and nut set"],
    '"set nut"': [],
    '"and nu': ["Bolt and nut set"],
    "bolt -hex": ["Bolt and nut set", "Bólt cutter"],
    "-bolt": ["Müller’s C++ book", "Wing nut"],
    '-"nut set" bolt -hex': ["Bólt cutter"],
    "not rusty": ["Müller’s C++ book"],
    "muller": ["Müller’s C++ book"],
    "grosse": [],
    "größe": ["Bólt cutter"],
    "c++": ["Bólt cutter", "Müller’s C++ book"],
    "name:bolt": [],
    "": ["Bolt and nut set", "Bólt cutter", "Hex bolt", "Müller’s C++ book", "Wing nut"],
    "* ( - ^": ["Bolt and nut set", "Bólt cutter", "Hex bolt", "Müller’s C++ book", "Wing nut"],
}


@pytest.mark.parametrize("text", ASKED)
def test_what_people_type_finds_what_they_mean(shop: tuple[Store, Any], text: str) -> None:
    """Words, phrases, beginnings and exclusions, whatever their capitals and accents."""
    db, item = shop
    assert sorted(names(db, item.search(text))) == ASKED[text]


def test_the_best_come_first(shop: tuple[Store, Any]) -> None:
    """A row that says it more often, in fewer words, is before the others."""
    db, item = shop
    item.create(name="bolt bolt", notes="bolt")
    assert names(db, item.search("bolt"))[0] == "bolt bolt"


def test_a_search_is_a_query_like_any_other(shop: tuple[Store, Any]) -> None:
    """It takes conditions, limits and orders, and can be counted."""
    db, item = shop
    db.first(item, name="Hex bolt").update(price=5)
    assert names(db, item.search("bolt").where(item.price > 3)) == ["Hex bolt"]
    assert db.first(item.search("bolt"), price=5).name == "Hex bolt"
    assert names(db, item.search("bolt").order_by(None).order_by(item.name).limit(2)) == [
        "Bolt and nut set",
        "Bólt cutter",
    ]
    assert [db.count(item.search(text)) for text in ("bolt", "-bolt", "")] == [3, 2, 5]
    assert db.count(item.search("bolt").limit(2)) == 2
    assert db.count(item.search("bolt"), price=5) == 1


@given(
    st.text(max_size=30)
    | st.lists(st.sampled_from(['"', "-", "*", "a", " ", "OR", "NEAR(", "^", "'"])).map("".join)
)
@example('a\0"b')
def test_no_text_is_an_error(text: str) -> None:
    """FTS5 takes whatever comes out of it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(name)")
        for asked in wanted(text):
            if asked:
                connection.execute("SELECT * FROM words WHERE words MATCH ?", (asked,)).fetchall()


def test_a_whole_book_as_a_question_is_cut() -> None:
    """What is pasted by mistake does not keep the program busy."""
    assert len(wanted("word " * 10_000).present.split()) == MOST_WORDS


def test_only_text_can_be_searched(make: Make) -> None:
    """The error says which columns there are; a model that declares nothing says what to declare."""
    db = make()
    with pytest.raises(UsageError, match=r"price is no column with text\. It has: name, notes, maker_id\."):
        items(db, search=("name", "price"))
    other = make()
    plain = items(other, search=())
    with pytest.raises(UsageError, match="class Item"):
        plain.search("bolt")


# ── whoever writes ────────────────────────────────────────────────────────────────────────────────

OUTSIDE = [
    "INSERT INTO item (id, name, notes) VALUES ({key}, 'fresh', 'tea')",
    "UPDATE item SET notes = 'tea' WHERE name = 'Hex bolt'",
    "UPDATE item SET id = {key}, notes = 'tea' WHERE name = 'Hex bolt'",
    "INSERT OR REPLACE INTO item (id, name, notes) SELECT id, 'tea', notes FROM item WHERE name = 'Hex bolt'",
    "REPLACE INTO item (id, name, notes) VALUES ({key}, 'Hex bolt', 'tea')",
    "INSERT OR IGNORE INTO item (id, name, notes) VALUES ({key}, 'Hex bolt', 'tea')",
    "INSERT INTO item (id, name) SELECT id, 'x' FROM item WHERE name = 'Hex bolt' ON CONFLICT DO UPDATE SET notes = 'tea'",
    "UPDATE OR REPLACE item SET name = 'Hex bolt', notes = 'tea' WHERE name = 'Wing nut'",
    "DELETE FROM item WHERE name = 'Hex bolt'",
    "DELETE FROM item",
]


@pytest.mark.parametrize("statement", OUTSIDE)
def test_what_another_program_writes_is_found(shop: tuple[Store, Any], statement: str) -> None:
    """Also what pushes other rows out without a word, on a connection without recursive triggers."""
    db, item = shop
    with shell(db) as connection:
        connection.execute(statement.format(key="'00000000-0000-7000-8000-000000000001'"))
    for word in ("tea", "hex", "m8", "fresh"):
        there = [
            each.name
            for each in db.all(item)
            if word in f"{each.name} {each.notes}".lower().replace(",", " ").split()
        ]
        assert sorted(names(db, item.search(f'"{word}"'))) == sorted(there)


def test_cascades_and_an_apps_own_triggers_are_followed(shop: tuple[Store, Any]) -> None:
    """What stands in the table in the end is what is found."""
    db, item = shop
    with shell(db) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("INSERT INTO maker VALUES ('m')")
        connection.execute("UPDATE item SET maker_id = 'm' WHERE name = 'Hex bolt'")
        connection.execute(
            "CREATE TRIGGER tidy AFTER INSERT ON item BEGIN UPDATE item SET notes = 'tidied' WHERE id = NEW.id; END"
        )
        connection.execute("DELETE FROM maker")
        connection.execute(
            "CREATE TRIGGER keep AFTER DELETE ON item BEGIN INSERT INTO item (id, name) VALUES (OLD.id, 'kept'); END"
        )
        connection.execute("DELETE FROM item WHERE name = 'Wing nut'")
    assert names(db, item.search("galvanised")) == []
    assert (names(db, item.search("wing")), names(db, item.search("kept"))) == ([], ["kept"])
    item.create(name="New", notes="untidy")
    assert (names(db, item.search("untidy")), names(db, item.search("tidied"))) == ([], ["kept", "New"])
    assert_sound(db, item)


def test_undo_brings_back_what_can_be_found(shop: tuple[Store, Any]) -> None:
    """Rows that come back are found again."""
    db, item = shop
    history = db.history()
    with history.deed("Delete").under_way(), db.begin():
        db.first(item, name="Hex bolt").delete()
    assert names(db, item.search("hex")) == []
    history.undo()
    assert names(db, item.search("hex")) == ["Hex bolt"]
    assert_sound(db, item)


WORD = st.sampled_from(["tea", "bolt", "nut", "ä"])
WRITES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "INSERT OR {policy} INTO item (id, name, notes) VALUES (:key, :name, :notes)",
                "UPDATE OR {policy} item SET name = :name WHERE id = :key",
                "UPDATE item SET notes = :notes WHERE id = :key",
                "UPDATE OR {policy} item SET id = :other WHERE id = :key",
                "DELETE FROM item WHERE id = :key",
            ]
        ),
        st.sampled_from(["REPLACE", "IGNORE", "ABORT", "FAIL"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.lists(WORD, min_size=1, max_size=2),
        st.lists(WORD, max_size=2),
    ),
    max_size=12,
)


@given(WRITES, st.booleans())
@settings(max_examples=1000 if os.environ.get("HIPFLASK_LONG") == "1" else 40)
def test_any_writes_leave_exactly_what_is_there_to_be_found(writes: list[Any], is_recursive: bool) -> None:
    """Random statements of any conflict policy: each word finds the rows that have it."""
    with tempfile.TemporaryDirectory() as folder:
        app = Hipflask("shop", root_path=folder)
        app.config["STORE"] = f"{folder}/shop.sqlite"
        db = Store(app)
        item = items(db)
        with shell(db) as connection:
            connection.execute(f"PRAGMA recursive_triggers = {is_recursive}")
            for statement, policy, key, other, name, notes in writes:
                values = {
                    "key": f"00000000-0000-7000-8000-00000000000{key}",
                    "other": f"00000000-0000-7000-8000-00000000000{other}",
                    "name": " ".join(name),
                    "notes": " ".join(notes) or None,
                }
                with suppress(sqlite3.IntegrityError):
                    connection.execute(statement.format(policy=policy), values)
        rows = db.all(item)
        for word in ("tea", "bolt", "nut", "ä"):
            there = [row.id for row in rows if word in f"{row.name} {row.notes}".split()]
            assert sorted(row.id for row in db.all(item.search(f'"{word}"'))) == sorted(there)
        assert_sound(db, item)
        db.close()


# ── the index ─────────────────────────────────────────────────────────────────────────────────────


def test_rows_that_were_there_before_are_found(make: Make) -> None:
    """The index is made at the first start that declares it, and anew when it is declared otherwise."""
    before = make()
    items(before, search=()).create(name="Hex bolt", notes="galvanised")
    before.close()
    for columns, found in ((("name",), 0), (("name", "notes"), 1), (("notes",), 1), (("name",), 0)):
        db = make()
        item = items(db, search=columns)
        assert db.count(item.search("galvanised")) == found
        item.create(name=f"{len(columns)} {db.count(item)}")
        assert_sound(db, item)
        db.close()
    after = make()
    items(after, search=()).create(name="Not searched")
    with shell(after) as connection:
        left = connection.execute(
            "SELECT name FROM sqlite_schema WHERE name GLOB '_hipflask_search*'"
        ).fetchall()
    assert left == []


def test_an_index_as_declared_is_not_made_anew(make: Make) -> None:
    """A second start writes nothing."""
    for _ in range(3):
        db = make()
        item = items(db)
        with shell(db) as connection:
            versions = connection.execute("PRAGMA schema_version").fetchone()
        db.close()
    again = make()
    items(again)
    with shell(again) as connection:
        assert connection.execute("PRAGMA schema_version").fetchone() == versions
    assert item is not None


def test_a_damaged_index_is_noticed_and_made_anew(shop: tuple[Store, Any]) -> None:
    """Words that are missing and an index that does not hold together are told apart from nothing."""
    db, item = shop
    table = item.__table__
    with shell(db) as connection:
        connection.execute("DELETE FROM _hipflask_search_item_words WHERE rowid = 1")
        assert search.flaws(connection, table) == [
            "The search index of item lacks 1 of its rows. Call `db.reindex(…)` with its model."
        ]
        assert any("db.reindex" in problem for problem in db.check())
        db.reindex(item)
        assert search.flaws(connection, table) == db.check() == []
        connection.execute("UPDATE _hipflask_search_item_words_content SET c0 = 'other' WHERE id = 2")
        assert "is damaged" in search.flaws(connection, table)[0]
        assert any("db.reindex" in problem for problem in db.check())
        db.reindex(item)
        assert search.flaws(connection, table) == db.check() == []
    assert names(db, item.search("hex")) == ["Hex bolt"]


def test_every_kind_of_key_is_found(make: Make) -> None:
    """Whole numbers, several columns, and volatile tables."""
    db = make()

    class Number(db.Model, search="name"):
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    class Place(db.Model, search=("name",)):
        row: Mapped[int] = mapped_column(primary_key=True)
        seat: Mapped[str] = mapped_column(primary_key=True)
        name: Mapped[str]

    class Fleeting(db.Model, volatile=True, search=("name",)):
        name: Mapped[str]

    Number.create(name="tea"), Number.create(name="nut")
    Place.create(row=1, seat="a", name="tea"), Place.create(row=1, seat="b", name="nut")
    Fleeting.create(name="tea"), Fleeting.create(name="nut")
    for model in (Number, Place, Fleeting):
        assert names(db, model.search("tea")) == ["tea"]
        assert names(db, model.search("-tea")) == ["nut"]
        row = db.first(model, name="tea")
        row.update(name="bolt")
        assert names(db, model.search("bolt")) == ["bolt"]
        db.again(row).delete()
        assert names(db, model.search("bolt")) == []
    for model in (Number, Place):
        assert_sound(db, model)


# ── windows ───────────────────────────────────────────────────────────────────────────────────────


def test_a_drawn_search_follows(app: Hipflask, user: User, tmp_path: Path) -> None:
    """What another program writes appears in the window that searches for it, and goes again."""
    app.config["STORE"] = str(tmp_path / "shop.sqlite")
    db = Store(app)
    item = items(db)

    @app.window("/")
    def window() -> None:
        words = ui.state("")
        ui.input("Search", bind=words)
        for each in db.all(item.search(words.value)):
            ui.text(each.name, key=each.id)
        ui.text(f"{db.count(item.search(words.value))} found")

    item.create(name="Hex bolt")
    item.create(name="Wing nut")
    user.open("/")
    user.type("Search", "bol")
    user.see("Hex bolt")
    user.see("1 found")
    with shell(db) as connection:
        connection.execute("UPDATE item SET name = 'Bolt and nut' WHERE name = 'Wing nut'")
    user.see("Bolt and nut")
    user.see("2 found")
    with shell(db) as connection:
        connection.execute("DELETE FROM item WHERE name = 'Hex bolt'")
    user.see("1 found")
    db.close()
