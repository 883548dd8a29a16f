"""On start: a file of older models is backed up and brought up to date, or refused with a sentence."""

from __future__ import annotations

import datetime
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from versions import Program

from hipflask.core.errors import MigrationNeeded, StoreTooNew
from hipflask.store.changes.log import Log
from hipflask.store.store import Store
from hipflask.store.types.kinds import Length


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path)
    yield program
    program.stop()


def first(db: Store) -> Any:
    class Player(db.Model):
        name: Mapped[str]

    return Player


def with_age(db: Store) -> Any:
    class Player(db.Model):
        name: Mapped[str]
        age: Mapped[int | None]

    return Player


def rows(file: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql).fetchall()


def begun(program: Program, define: Any = first, **values: Any) -> None:
    """A file of the first version with a row in it."""
    _, player = program.start(define)
    player.create(**(values or {"name": "Who"}))
    program.stop()


def test_a_new_column_is_added_and_the_file_as_it_was_is_kept(program: Program) -> None:
    """The beginner adds a line to a model and runs again."""
    begun(program)
    db, player = program.start(with_age)
    assert [(who.name, who.age) for who in db.all(player)] == [("Who", None)]
    db.first(player).update(age=41)
    assert rows(program.file, "SELECT name, age FROM player") == [("Who", 41)]
    (backup,) = program.backups
    assert rows(backup, "SELECT name FROM player") == [("Who",)]
    assert "age" not in rows(backup, "SELECT sql FROM sqlite_schema WHERE name = 'player'")[0][0]


def test_a_file_that_is_up_to_date_needs_no_alembic(program: Program) -> None:
    """A start on which nothing has changed does not pay for what it does not need, and neither does the very first."""
    source = program.folder / "app.py"
    source.write_text(
        "import sys\nfrom hipflask import Hipflask\nfrom hipflask.store.store import Store\nfrom sqlalchemy.orm import Mapped\n"
        "app = Hipflask('program', root_path=sys.argv[1])\napp.config['STORE'] = 'instance/program.sqlite'\ndb = Store(app)\n"
        "class Player(db.Model):\n    name: Mapped[str]\n"
        "print(db.count(Player), 'alembic' in sys.modules, 'hipflask.store.migrate.run' in sys.modules)\n"
    )
    words = [sys.executable, str(source), str(program.folder)]
    for _ in range(2):
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["0", "False", "False"]
    assert program.backups == []


def test_a_needed_column_without_a_default_is_refused_while_there_are_rows(program: Program) -> None:
    """The sentence says what to write; nothing is changed."""

    def second(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[str]
            base: Mapped[str]

        return Player

    begun(program)
    with pytest.raises(
        MigrationNeeded, match=r"player\.base is new and has to have a value, and 1 row .* Give it a default"
    ):
        program.start(second)
    assert "base" not in rows(program.file, "SELECT sql FROM sqlite_schema WHERE name = 'player'")[0][0]
    with closing(sqlite3.connect(program.file)) as connection:
        connection.execute("DELETE FROM player")
        connection.commit()
    db, player = program.start(second)  # without rows there is nothing to say
    player.create(name="What", base="second")
    assert db.count(player) == 1


def test_a_choice_more_and_a_longer_text_just_work(program: Program) -> None:
    """Checks are part of the file, and change with the models."""

    def short(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[Annotated[str, Length(5)]]
            base: Mapped[Literal["first", "it's"]] = "first"

        return Player

    def long(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[Annotated[str, Length(50)]]
            base: Mapped[Literal["first", "it's", "a, (b): c"]] = "it's"

        return Player

    begun(program, short)
    db, player = program.start(long)
    player.create(name="Tomorrow", base="a, (b): c")
    player.create(name="Today")
    assert db.all(db.select(player.base).order_by(player.id)) == ["first", "a, (b): c", "it's"]
    assert rows(program.file, "SELECT strict, wr FROM pragma_table_list('player')") == [(1, 1)]


def test_a_choice_less_is_refused_while_rows_have_it(program: Program) -> None:
    """Rows would break what the models want: how many, and what."""

    def fewer(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[Literal["What", "Which"]]

        return Player

    def more(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[Literal["What", "Which", "Who"]]

        return Player

    begun(program, more)
    with pytest.raises(MigrationNeeded, match="1 row of player would break"):
        program.start(fewer)


def test_a_rename_is_not_guessed(program: Program) -> None:
    """Something gone and something new may be one and the same, or not: only a person knows."""

    def renamed(db: Store) -> Any:
        class Player(db.Model):
            nick: Mapped[str] = ""

        return Player

    begun(program)
    with pytest.raises(MigrationNeeded) as refused:
        program.start(renamed)
    for words in (
        "--rename player.name=nick",
        "--drop player.name",
        "`hipflask db migrate`",
        "Nothing has been changed",
    ):
        assert words in str(refused.value)
    assert rows(program.file, "SELECT name FROM player") == [("Who",)]


def test_a_renamed_model_is_not_guessed_either(program: Program) -> None:
    """An empty table beside the full one would look as if all was lost."""

    def renamed(db: Store) -> Any:
        class Person(db.Model):
            name: Mapped[str]

        return Person

    begun(program)
    with pytest.raises(MigrationNeeded, match="--rename player=person"):
        program.start(renamed)


def test_what_is_only_gone_from_the_models_stays_in_the_file(program: Program) -> None:
    """A column and a table that no model has any more are kept, and rows can be written without them."""

    def both(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[str]
            base: Mapped[str]

        class Team(db.Model):
            name: Mapped[str]

        return Player, Team

    _, (player, team) = program.start(both)
    player.create(name="Who", base="first")
    team.create(name="A")
    _, player = program.start(first)
    player.create(name="What")
    assert rows(program.file, "SELECT name, base FROM player ORDER BY id") == [
        ("Who", "first"),
        ("What", None),
    ]
    assert rows(program.file, "SELECT name FROM team") == [("A",)]


def test_what_was_kept_is_there_again_when_the_models_want_it_again(program: Program) -> None:
    """It was not forgotten what the column holds, and it is not taken for renamed."""
    begun(program, with_age, name="Who", age=41)

    def without(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[str]
            base: Mapped[str] = "first"

        return Player

    def without_any(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[str]

        return Player

    program.start(without_any)
    program.start(without)

    def again(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[str]
            base: Mapped[str] = "first"
            age: Mapped[int | None]

        return Player

    db, player = program.start(again)
    assert [(who.age, who.base) for who in db.all(player)] == [(41, "first")]


def test_an_older_program_is_refused_and_says_what_to_do(program: Program) -> None:
    """Who goes back to an older version is told so, and how to go on."""
    begun(program)
    program.start(with_age)
    with pytest.raises(
        StoreTooNew, match=r"newer version.*player\.age: added.*hipflask db undo.*_migration\.sqlite"
    ):
        program.start(first)
    db, player = program.start(with_age)
    assert db.count(player) == 1


def test_another_kind_of_value_is_refused(program: Program) -> None:
    """Both are text in the file, and no date was ever in it."""

    def dated(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[datetime.date]

        return Player

    begun(program)
    with pytest.raises(
        MigrationNeeded, match=r"player\.name holds Str, and the models want Date.*hipflask db make"
    ):
        program.start(dated)


def test_a_column_to_be_calculated_does_not_lose_what_it_holds(program: Program) -> None:
    """SQLite calculates it from then on, and what was in it is nowhere else."""

    def calculated(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[str]
            age: Mapped[int | None] = mapped_column(sa.Computed("length(name)"))

        return Player

    begun(program, with_age, name="Who", age=41)
    with pytest.raises(
        MigrationNeeded, match=r"player\.age holds values, and in the models it is calculated"
    ):
        program.start(calculated)
    assert rows(program.file, "SELECT age FROM player") == [(41,)]


def test_parents_written_anew_keep_their_children(program: Program) -> None:
    """SQLite would delete the children with the old table, did it look at foreign keys meanwhile."""

    def family(limit: int) -> Any:
        def define(db: Store) -> Any:
            class Team(db.Model):
                name: Mapped[str] = mapped_column(sa.String(limit))

            class Player(db.Model):
                team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("team.id", ondelete="CASCADE"))

            return Team, Player

        return define

    _, (team, player) = program.start(family(10))
    player.create(team_id=team.create(name="A").id)
    db, (team, player) = program.start(family(20))
    assert db.count(player) == db.count(team) == 1
    with closing(sqlite3.connect(program.file)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM team")
        assert connection.execute("SELECT count(*) FROM player").fetchone() == (0,)


def test_what_others_have_put_into_the_file_survives(program: Program) -> None:
    """Triggers, views, partial indexes and indexes of expressions come through a table that is written anew."""

    def limited(limit: int) -> Any:
        def define(db: Store) -> Any:
            class Player(db.Model):
                name: Mapped[str] = mapped_column(sa.String(limit), index=True)

            return Player

        return define

    begun(program, limited(10))
    with closing(sqlite3.connect(program.file)) as connection:
        connection.executescript(
            "CREATE TABLE note (text TEXT); CREATE TRIGGER noted AFTER INSERT ON player BEGIN INSERT INTO note VALUES (NEW.name); END;"
            "CREATE VIEW names AS SELECT name FROM player; CREATE INDEX long ON player (name) WHERE length(name) > 3;"
            "CREATE INDEX low ON player (lower(name));"
        )
    _, player = program.start(limited(20))
    player.create(name="Because")
    assert rows(program.file, "SELECT text FROM note") == [("Because",)]
    assert sorted(rows(program.file, "SELECT name FROM names")) == [("Because",), ("Who",)]
    there = {
        name
        for (name,) in rows(
            program.file, "SELECT name FROM sqlite_schema WHERE tbl_name = 'player' AND type = 'index'"
        )
    }
    assert {"long", "low", "ix_player_name"} <= there


def test_changes_are_logged_as_before(program: Program) -> None:
    """The log follows the new shape, columns keep their numbers, and readers are told to read anew."""
    begun(program)
    numbers = rows(program.file, "SELECT * FROM _hipflask_column ORDER BY 1, 2")
    (seen,) = rows(program.file, "SELECT max(sequence) FROM _hipflask_log")[0]
    db, player = program.start(with_age)
    assert set(numbers) < set(rows(program.file, "SELECT * FROM _hipflask_column"))
    db.first(player).update(age=3)
    (mask,) = rows(program.file, "SELECT mask FROM _hipflask_log ORDER BY sequence DESC LIMIT 1")[0]
    (number,) = rows(program.file, "SELECT id FROM _hipflask_column WHERE name = 'age'")[0]
    assert mask == 1 << number
    with closing(sqlite3.connect(program.file, isolation_level=None)) as connection:
        assert Log(db.metadata.sorted_tables).read(connection, seen).has_gap


def test_volatile_tables_are_made_anew(program: Program) -> None:
    """They hold nothing that would have to be taken along."""

    def numbers(db: Store) -> Any:
        class Tick(db.Model, volatile=True):
            value: Mapped[int]

        return Tick

    def texts(db: Store) -> Any:
        class Tick(db.Model, volatile=True):
            value: Mapped[str]

        return Tick

    program.start(numbers)
    db, tick = program.start(texts)
    tick.create(value="text")
    assert db.count(tick) == 1
    assert program.backups == []


def test_what_is_searched_is_found_after_a_migration(program: Program) -> None:
    """The words of a renamed column, and those of one that is not searched any more."""

    def searched(db: Store) -> Any:
        class Player(db.Model, search=("name", "notes")):
            name: Mapped[str]
            notes: Mapped[str]

        return Player

    def renamed(db: Store) -> Any:
        class Player(db.Model, search=("nick",)):
            nick: Mapped[str]

        return Player

    begun_with = program.start(searched)[1]
    begun_with.create(name="Who", notes="first base")
    program.version(renamed)
    result = program.command("migrate", "--rename", "player.name=nick", "--drop", "player.notes")
    assert result.exit_code == 0, result.output
    db, player = program.start(renamed)
    player.create(nick="Whoever")
    assert [who.nick for who in db.all(player.search("who").order_by(player.id))] == ["Who", "Whoever"]
    assert db.count(player.search("base")) == 0
    program.stop()


def test_a_file_that_is_not_there_is_made(program: Program) -> None:
    """`hipflask db migrate` in a new place is what a first start is."""
    program.version(first)
    assert "is made" in program.command("migrate").output
    assert rows(program.file, "SELECT count(*) FROM player") == [(0,)]
    assert program.backups == []
