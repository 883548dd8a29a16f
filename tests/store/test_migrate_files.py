"""Migrations as files: `hipflask db make`, `migrate`, `try`, `undo` and `show`."""

from __future__ import annotations

import datetime
import decimal
import sqlite3
import textwrap
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column
from versions import Program

from hipflask.core.errors import MigrationFailed, StoreTooNew
from hipflask.store.store import Store
from hipflask.store.types.kinds import Digits


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path)
    yield program
    program.stop()


def first(db: Store) -> Any:
    class Player(db.Model):
        name: Mapped[str] = mapped_column(index=True)
        price: Mapped[Annotated[decimal.Decimal, Digits(8, 2)]] = decimal.Decimal(1)

    return Player


def second(db: Store) -> Any:
    class Player(db.Model):
        nick: Mapped[str] = mapped_column(index=True)
        price: Mapped[Annotated[decimal.Decimal, Digits(8, 2)]] = decimal.Decimal(1)
        base: Mapped[Literal["first", "it's: second"]] = "first"
        due: Mapped[datetime.date | None]

    return Player


def needing(db: Store) -> Any:
    class Player(db.Model):
        name: Mapped[str] = mapped_column(index=True)
        price: Mapped[Annotated[decimal.Decimal, Digits(8, 2)]] = decimal.Decimal(1)
        base: Mapped[str]

    return Player


def rows(file: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql).fetchall()


def tables(file: Path) -> list[Any]:
    return rows(
        file,
        "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_hipflask%' ESCAPE '\\' ORDER BY name",
    )


def begun(program: Program) -> None:
    _, player = program.start(first)
    player.create(name="Who", price=decimal.Decimal("2.5"))
    program.stop()


def made(program: Program, define: Any, title: str, *words: str) -> Path:
    """A migration that leads to those models."""
    program.version(define)
    result = program.command("make", title, *words)
    assert result.exit_code == 0, result.output
    return sorted(program.migrations.glob("*.py"))[-1]


def test_a_team_ships_a_rename(program: Program) -> None:
    """The developer says what was renamed, once; everybody's file is migrated by the file that says so, and can go back."""
    begun(program)
    made(program, first, "first")
    path = made(program, second, "Call them by nick", "--rename", "player.name=nick")
    assert path.name == "0002_call_them_by_nick.py"
    text = path.read_text()
    assert 'op.alter_column("player", "name", new_column_name="nick")' in text
    assert "base IN ('first', 'it''s: second')" in text.replace("\\:", ":")
    compile(text, str(path), "exec")
    before = tables(program.file)
    (number,) = rows(program.file, "SELECT id FROM _hipflask_column WHERE name = 'name'")
    db, player = program.start(second)
    assert [(who.nick, who.price, who.base) for who in db.all(player)] == [
        ("Who", decimal.Decimal("2.50"), "first")
    ]
    assert rows(program.file, "SELECT id FROM _hipflask_column WHERE name = 'nick'") == [number]
    player.create(nick="What", base="it's: second", due=datetime.date(2026, 1, 1))
    result = program.command("undo", answers="y\n")
    assert result.exit_code == 0, result.output
    assert (
        "rows stay, but for what is only there since then: player.base (1 row), player.due (1 row)"
        in result.output
    )
    assert tables(program.file) == before or [name for name, _ in tables(program.file)] == [
        name for name, _ in before
    ]
    path.unlink()  # the source goes back, too
    db, player = program.start(first)
    assert sorted(who.name for who in db.all(player)) == ["What", "Who"]


def test_the_file_of_whoever_wrote_the_models_goes_the_same_way(program: Program) -> None:
    """It has the new column since the last start, without a migration; what the migration does to rows is done all the same."""

    def with_base(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[str] = mapped_column(index=True)
            price: Mapped[Annotated[decimal.Decimal, Digits(8, 2)]] = decimal.Decimal(1)
            base: Mapped[str | None]

        return Player

    begun(program)
    made(program, first, "first")
    program.start(with_base)
    path = made(program, with_base, "add base")
    path.write_text(
        path.read_text().replace(
            "\n\n\ndef downgrade", "\n    op.execute(\"UPDATE player SET base = 'third'\")\n\n\ndef downgrade"
        )
    )
    db, player = program.start(with_base)
    assert [who.base for who in db.all(player)] == ["third"]


def test_what_a_migration_does_to_rows_is_logged(program: Program) -> None:
    """Windows and other computers hear of it as of any other change."""
    begun(program)
    made(program, first, "first")
    path = made(program, first, "shout", "--empty")
    body = "    op.create_index('by_price', 'player', ['price'])\n    op.execute(\"UPDATE player SET name = upper(name)\")"
    path.write_text(path.read_text().replace("    pass", body, 1))
    db, player = program.start(first)
    assert [who.name for who in db.all(player)] == ["WHO"]
    (bit,) = rows(program.file, "SELECT 1 << id FROM _hipflask_column WHERE name = 'name'")[0]
    assert (bit,) in rows(program.file, "SELECT mask FROM _hipflask_log")


def test_what_was_there_before_a_migration_is_not_undone_with_it(program: Program) -> None:
    """Its downgrade() would drop an index that it had found: so the backup is brought back."""
    begun(program)
    made(program, first, "first")
    path = made(program, first, "index and shout", "--empty")
    up = "    op.create_index('by_price', 'player', ['price'])\n    op.execute(\"UPDATE player SET name = upper(name)\")"
    down = "    op.drop_index('by_price', 'player')\n    op.execute(\"UPDATE player SET name = lower(name)\")"
    path.write_text(path.read_text().replace("    pass", up, 1).replace("    pass", down, 1))
    with closing(sqlite3.connect(program.file)) as connection:
        connection.execute("CREATE INDEX by_price ON player (price)")
        connection.commit()
    program.start(first)
    assert rows(program.file, "SELECT name FROM player") == [("WHO",)]
    result = program.command("undo", "--yes")
    assert "because 0002_index_and_shout had been done in part before" in result.output
    assert rows(program.file, "SELECT name FROM player") == [("Who",)]
    assert rows(program.file, "SELECT count(*) FROM sqlite_schema WHERE name = 'by_price'") == [(1,)]


def test_what_a_migration_wrote_is_undone_by_its_downgrade(program: Program) -> None:
    """Rows that were written since stay."""
    begun(program)
    made(program, first, "first")
    program.start(first)
    path = made(program, first, "shout", "--empty")
    up, down = (f'    op.execute("UPDATE player SET name = {word}(name)")' for word in ("upper", "lower"))
    path.write_text(path.read_text().replace("    pass", up, 1).replace("    pass", down, 1))
    _, player = program.start(first)
    player.create(name="WHAT")
    result = program.command("undo")
    assert result.exit_code == 0, result.output
    assert "Step by step: all rows stay." in result.output
    assert sorted(rows(program.file, "SELECT name FROM player")) == [("what",), ("who",)]


def test_a_value_that_nobody_has_said_is_left_open(program: Program) -> None:
    """The migration says where to fill in what is missing, and refuses to run until somebody has."""
    begun(program)
    made(program, first, "first")
    path = made(program, needing, "add base")
    (line,) = [line for line in path.read_text().splitlines() if "←" in line]
    with pytest.raises(
        MigrationFailed, match=r"0002_add_base\.py failed in line \d+ .*Nothing has been changed"
    ):
        program.start(needing)
    path.write_text(
        path.read_text().replace(
            line, "    op.execute(\"UPDATE player SET base = 'third' WHERE name = 'Who'\")"
        )
    )
    db, player = program.start(needing)
    assert [who.base for who in db.all(player)] == ["third"]


@pytest.mark.parametrize("is_first", [True, False], ids=["with migrations", "without"])
def test_more_digits_after_the_point_multiply_what_is_there(program: Program, is_first: bool) -> None:
    """The file holds whole numbers of the smallest unit; 250 hundredths are 2500 thousandths."""

    def finer(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[str] = mapped_column(index=True)
            price: Mapped[Annotated[decimal.Decimal, Digits(9, 3)]] = decimal.Decimal(1)

        return Player

    begun(program)
    if is_first:
        made(program, first, "first")
    db, player = program.start(finer)  # before there is a migration for it, as with whoever writes one
    assert [who.price for who in db.all(player)] == [decimal.Decimal("2.500")]
    program.stop()
    if is_first:
        text = made(program, finer, "finer").read_text()
        assert 'op.convert("player", "price", "Decimal(3 after the point)", "price * 10")' in text
    db, player = program.start(finer)  # and not again
    assert [who.price for who in db.all(player)] == [decimal.Decimal("2.500")]


def test_a_program_without_migrations_gets_its_first_two(program: Program) -> None:
    """What only a person can convert needs a migration, and that needs one before it: what there was so far."""

    def dated(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[datetime.date] = mapped_column(index=True)
            price: Mapped[Annotated[decimal.Decimal, Digits(8, 2)]] = decimal.Decimal(1)

        return Player

    begun(program)
    path = made(program, dated, "name by date")
    assert [each.name for each in sorted(program.migrations.glob("*.py"))] == [
        "0001_first.py",
        "0002_name_by_date.py",
    ]
    (line,) = [line for line in path.read_text().splitlines() if "←" in line]
    assert 'SET name = …")  # ← a Date, from the Str that is in name_before for the moment' in line
    path.write_text(path.read_text().replace("…", "CASE name_before WHEN 'Who' THEN '2026-11-22' END"))
    db, player = program.start(dated)
    assert [who.name for who in db.all(player)] == [datetime.date(2026, 11, 22)]
    assert "has no downgrade()" in program.command("undo", "--yes").output
    assert rows(program.file, "SELECT name FROM player") == [("Who",)]


def test_questions_are_asked_in_the_shell(program: Program) -> None:
    """`hipflask db migrate` asks what a start refuses to guess."""
    begun(program)
    program.version(second)
    assert "renamed" in program.command("show").output
    result = program.command("migrate", answers="1\n")
    assert result.exit_code == 0, result.output
    assert "1  It is called nick now." in result.output
    assert rows(program.file, "SELECT nick FROM player") == [("Who",)]


@pytest.mark.parametrize(("answer", "left"), [("d", []), ("k", [("Who",)])])
def test_what_is_gone_is_dropped_or_kept_as_one_says(program: Program, answer: str, left: list[Any]) -> None:
    """Dropped, it is still in the backup; undoing brings it back from there."""
    begun(program)
    program.version(second)
    with closing(sqlite3.connect(program.file)) as connection:
        connection.execute("UPDATE player SET price = 700")
        connection.commit()

    def other(db: Store) -> Any:
        class Player(db.Model):
            nick: Mapped[str] = ""
            price: Mapped[Annotated[decimal.Decimal, Digits(8, 2)]] = decimal.Decimal(1)

        return Player

    program.version(other)
    result = program.command("migrate", answers=f"{answer}\n")
    assert result.exit_code == 0, result.output
    names = [name for (name,) in rows(program.file, "SELECT name FROM pragma_table_info('player')")]
    assert ("name" in names) == bool(left)
    result = program.command("undo", "--yes")
    assert result.exit_code == 0, result.output
    assert ("is brought back, because the migration dropped player.name" in result.output) == (answer == "d")
    assert rows(program.file, "SELECT name, price FROM player") == [("Who", 700)]


def test_trying_touches_nothing(program: Program) -> None:
    """The copy is migrated, looked over, counted and thrown away."""
    begun(program)
    program.version(second)
    before = program.file.read_bytes(), sorted(path.name for path in program.file.parent.iterdir())
    result = program.command("try", "--rename", "player.name=nick")
    assert result.exit_code == 0, result.output
    assert "player: 1 row → 1 row" in result.output
    assert (program.file.read_bytes(), sorted(path.name for path in program.file.parent.iterdir())) == before
    result = program.command("try")
    assert result.exit_code == 1
    assert "--rename player.name=nick" in result.output


def test_a_file_with_unknown_migrations_is_newer(program: Program) -> None:
    """An older version of the program lacks a migration that the file has been through, whatever its models are."""
    begun(program)
    made(program, first, "first")
    path = made(program, first, "rows", "--empty")
    program.start(first)
    program.stop()
    path.unlink()
    with pytest.raises(
        StoreTooNew, match=r"newer version.*0002_rows, which this version does not have in migrations/"
    ):
        program.start(first)
    assert program.command("migrate").exit_code == 1


def test_two_people_may_write_the_same_number(program: Program) -> None:
    """Each file of data remembers what it has seen; what comes in by a merge is run when it comes."""
    begun(program)
    made(program, first, "first")
    made(program, first, "zebra", "--empty")
    program.start(first)
    program.stop()
    (program.migrations / "0002_ant.py").write_text(
        textwrap.dedent('''
        """Ants."""
        from alembic import op


        def upgrade():
            op.execute("UPDATE player SET name = 'Ant'")
        ''')
    )
    db, player = program.start(first)
    assert [who.name for who in db.all(player)] == ["Ant"]


def test_a_new_file_is_made_from_the_models_alone(program: Program) -> None:
    """Nothing that migrations would correct was ever in it."""
    begun(program)
    made(program, first, "first")
    path = made(program, first, "never run", "--empty")
    path.write_text(path.read_text().replace("    pass", "    raise RuntimeError", 1))
    program.file.unlink()
    db, player = program.start(first)
    assert db.count(player) == 0
    assert "done  0002_never_run" in program.command("show").output


def test_plain_alembic_works_in_a_migration(program: Program) -> None:
    """Who knows Alembic writes what its documentation says; tables keep their form."""
    begun(program)
    made(program, first, "first")
    path = made(program, first, "by hand", "--empty")
    path.write_text(
        textwrap.dedent('''
        """By hand."""
        import sqlalchemy as sa
        from alembic import op


        def upgrade():
            with op.batch_alter_table("player") as batch:
                batch.add_column(sa.Column("extra", sa.Integer(), server_default="7"))
                batch.alter_column("name", nullable=True)
            op.get_bind().execute(sa.text("UPDATE player SET extra = extra * 6"))
            op.create_table("other", sa.Column("id", sa.Integer(), primary_key=True))
        ''')
    )
    program.start(first)
    assert rows(program.file, "SELECT name, extra FROM player") == [("Who", 42)]
    assert rows(program.file, "SELECT strict, wr FROM pragma_table_list('player')") == [(1, 1)]
    assert rows(program.file, "SELECT \"notnull\" FROM pragma_table_info('player') WHERE name = 'name'") == [
        (1,)
    ]
    assert rows(program.file, "SELECT count(*) FROM other") == [(0,)]


@pytest.mark.parametrize(
    "ending", ["op.get_bind().connection.driver_connection.commit()", 'op.execute("COMMIT")']
)
def test_a_migration_cannot_end_its_transaction(program: Program, ending: str) -> None:
    """Half of it would stay if the rest failed."""
    begun(program)
    made(program, first, "first")
    path = made(program, first, "half", "--empty")
    body = f"    op.execute(\"UPDATE player SET name = 'half'\")\n    {ending}\n    raise RuntimeError('the rest')"
    path.write_text(path.read_text().replace("    pass", body, 1))
    with pytest.raises(MigrationFailed, match="not authorized"):
        program.start(first)
    assert rows(program.file, "SELECT name FROM player") == [("Who",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def upgrade(:\n", "SyntaxError"),
        ("import nothing_of_that_name\n", "line 1 .ModuleNotFoundError"),
        ("x = 1\n", "has no function upgrade"),
        ("def upgrade():\n    op.nonsense()\n", "line 2 .NameError"),
        (
            "from alembic import op\ndef upgrade():\n    op.drop_table('player')\n    1 / 0\n",
            "line 4 .ZeroDivisionError",
        ),
    ],
)
def test_a_damaged_migration_changes_nothing(program: Program, text: str, said: str) -> None:
    """The sentence names file and line; the program's data is as it was."""
    begun(program)
    before = tables(program.file), rows(program.file, "SELECT * FROM player")
    program.migrations.mkdir()
    (program.migrations / "0001_damaged.py").write_text(text)
    with pytest.raises(MigrationFailed, match=rf"0001_damaged\.py.*{said}"):
        program.start(first)
    assert (tables(program.file), rows(program.file, "SELECT * FROM player")) == before
    assert "0001_damaged" in program.command("make", "next").output


def test_rows_that_would_refer_to_nothing_are_found(program: Program) -> None:
    """References are not looked at while tables are written anew, so all are looked at in the end."""

    def family(db: Store) -> Any:
        class Team(db.Model):
            name: Mapped[str]

        class Player(db.Model):
            team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("team.id"))

        return Team, Player

    _, (team, player) = program.start(family)
    player.create(team_id=team.create(name="A").id)
    program.stop()
    program.migrations.mkdir()
    (program.migrations / "0001_delete.py").write_text(
        "from alembic import op\n\n\ndef upgrade():\n    op.execute('DELETE FROM team')\n    op.drop_table('none')\n"
        "    op.create_index('ix_player_team_id', 'player', ['team_id'])\n"
    )
    with pytest.raises(
        MigrationFailed, match=r"1 rows?, as in player, would refer to rows of team that are not there"
    ):
        program.start(family)
    assert rows(program.file, "SELECT count(*) FROM team") == [(1,)]


def test_a_trigger_that_speaks_of_what_is_gone_is_found(program: Program) -> None:
    """Nobody could write to the table any more, and would learn of it only then."""

    def without(db: Store) -> Any:
        class Player(db.Model):
            name: Mapped[str] = mapped_column(index=True)

        return Player

    begun(program)
    with closing(sqlite3.connect(program.file)) as connection:
        connection.execute(
            "CREATE TRIGGER cheap AFTER UPDATE ON player WHEN NEW.price < 5 BEGIN SELECT 1; END"
        )
    program.version(without)
    result = program.command("migrate", "--drop", "player.price")
    assert result.exit_code == 1
    assert (
        "one of its triggers speaks of what is not there any more (no such column: NEW.price)"
        in result.output
    )
    assert rows(program.file, "SELECT price FROM player") == [(250,)]
