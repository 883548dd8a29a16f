"""A store as an app uses it: rows made, changed and deleted, in handlers, on the web, in the shell and in scripts."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from subprocess import run
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from flask import abort
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import mapped_column, relationship

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.core.errors import DrawingError, RowGone, StoreLocked, UsageError
from hipflask.testing import User
from lacking import lacking

Base = Literal["first", "second", "third"]


class Shop:
    """An app with a store, and its models."""

    def __init__(self, file: Path) -> None:
        self.app = Hipflask("shop", root_path=str(file.parent))
        self.app.config["STORE"] = file
        self.db = db = Store(self.app)

        class Player(db.Model):
            name: Mapped[str] = mapped_column(unique=True)
            base: Mapped[Base] = "first"
            points: Mapped[int] = 0
            games: Mapped[list[Any]] = relationship("Game", back_populates="player")

        class Game(db.Model):
            player_id: Mapped[Any] = mapped_column(sa.Uuid, sa.ForeignKey("player.id"))
            player: Mapped[Any] = relationship("Player", back_populates="games")

        self.Player, self.Game = Player, Game

    def names(self) -> list[str]:
        """What is committed, as another program sees it."""
        with closing(sqlite3.connect(self.db.file)) as connection:
            return [name for (name,) in connection.execute("SELECT name FROM player ORDER BY name")]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path / "shop.sqlite")
    yield shop
    shop.db.close()


# ── in a script: each write by itself ─────────────────────────────────────────────────────────────


def test_rows_are_made_found_changed_and_deleted(shop: Shop) -> None:
    db, Player = shop.db, shop.Player
    who = Player.create(name="Who")
    Player.create(name="What", base="second", points=3)
    assert shop.names() == ["What", "Who"]
    assert [row.name for row in db.all(db.select(Player).order_by(Player.points))] == ["Who", "What"]
    assert db.get(Player, who.id).name == "Who"
    assert db.first(Player, base="third") is None
    assert (db.count(Player), db.count(Player, base="second")) == (2, 1)
    assert db.count(db.select(Player).limit(1)) == 1
    assert db.all(db.select(Player.name).order_by(Player.name)) == ["What", "Who"]
    who.update(name="I Don't Know", points=Player.points + 2)
    assert db.first(Player, name="I Don't Know").points == 2
    who.delete()
    who.delete()
    assert shop.names() == ["What"]


def test_changing_a_row_that_is_gone_says_so(shop: Shop) -> None:
    who = shop.Player.create(name="Who")
    who.delete()
    with pytest.raises(RowGone, match="has been deleted meanwhile"):
        who.update(name="What")


def test_a_row_that_was_never_written_cannot_be_changed_in_the_store(shop: Shop) -> None:
    with pytest.raises(UsageError, match=r"was never written\. Write it: Player\.create"):
        shop.Player(name="Who").update(name="What")


def test_a_snapshot_refuses_assignments_and_says_what_to_write(shop: Shop) -> None:
    who = shop.Player.create(name="Who")
    with pytest.raises(UsageError, match=r"row\.update\(name=…\).*bind=\(row, Player\.name\)"):
        who.name = "What"
    assert who.name == "Who"


def test_a_lazy_load_outside_of_the_work_names_the_fix(shop: Shop) -> None:
    shop.Player.create(name="Who")
    with shop.db.begin():
        who = shop.db.first(shop.Player)
    with pytest.raises(UsageError, match="selectinload"), shop.db.begin():
        _ = who.games


def test_a_transaction_is_whole_or_not_at_all(shop: Shop) -> None:
    db, Player = shop.db, shop.Player
    with pytest.raises(ZeroDivisionError), db.transaction():
        Player.create(name="Who")
        _ = 1 / 0
    assert shop.names() == []
    with db.transaction():
        Player.create(name="Who")
        with pytest.raises(ZeroDivisionError), db.transaction():
            Player.create(name="What")
            _ = 1 / 0
        assert shop.names() == []
    assert shop.names() == ["Who"]


def test_what_is_read_inside_a_transaction_is_what_is_there(shop: Shop) -> None:
    """Read, calculate, write: nobody writes in between, so no count is lost."""
    db, Player = shop.db, shop.Player
    Player.create(name="Who")
    with db.begin():
        row = db.first(Player)
        with closing(sqlite3.connect(db.file)) as other, other:
            other.execute("UPDATE player SET points = 10")
        with db.transaction():
            row.points += 1
    assert db.first(Player).points == 11


def test_the_session_is_sqlalchemys(shop: Shop) -> None:
    db, Player = shop.db, shop.Player
    with shop.app.app_context():
        db.session.add(Player(name="Who"))
        db.session.commit()
        db.session.add(Player(name="What"))  # and forgotten
    assert shop.names() == ["Who"]
    with pytest.raises(UsageError, match="no unit of work is known"):
        _ = db.session


def test_many_rows_at_once(shop: Shop) -> None:
    db, Player = shop.db, shop.Player
    assert db.write(Player, ({"name": f"P{number}", "points": number} for number in range(3000))) == 3000
    assert db.count(Player) == 3000
    some = db.all(db.select(Player).where(Player.points < 2).order_by(Player.points))
    assert db.write(Player, [{"id": row.id, "name": row.name, "points": -1} for row in some]) == 2
    assert db.count(Player, points=-1) == 2
    assert db.count(Player) == 3000
    assert db.write(Player, []) == 0


def test_a_bad_row_among_many_writes_none(shop: Shop) -> None:
    db, Player = shop.db, shop.Player
    with pytest.raises(ValueError, match=r"Player\.points takes .*, got '7'"):
        db.write(Player, [{"name": "A", "points": 7}, {"name": "B", "points": "7"}])
    with pytest.raises(UsageError, match="row 1 is"):
        db.write(Player, [{"name": "A"}, {"name": "B", "points": 1}])
    with pytest.raises(UsageError, match="lacks name"):
        db.write(Player, [{"points": 1}])
    with pytest.raises(UsageError, match="no 'nme'"):
        db.write(Player, [{"nme": "A"}])
    with pytest.raises(ValueError, match=r"Player\.name .*None"):
        db.write(Player, [{"name": None}])
    assert shop.names() == []


def test_a_file_locked_by_somebody_else_is_waited_for_then_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.Player.create(name="Who")
    shop.db.close()
    monkeypatch.setattr("hipflask.store.engine.WAIT_SECONDS", 0.2)
    monkeypatch.setattr("hipflask.store.engine.connect.__kwdefaults__", {"wait": 0.2})
    with closing(sqlite3.connect(shop.app.config["STORE"])) as other:
        shop.db.count(shop.Player)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match="what was to be written now was not"):
            shop.Player.create(name="What")
        other.rollback()
    shop.Player.create(name="What")
    assert shop.names() == ["What", "Who"]


# ── on the web and in the shell: a unit of work ───────────────────────────────────────────────────


def test_a_request_is_a_unit_of_work(shop: Shop) -> None:
    app, Player = shop.app, shop.Player

    @app.route("/add/<name>")
    def add(name: str) -> str:
        Player.create(name=name)
        if name == "aborted":
            abort(409)
        if name == "failed":
            raise KeyError(name)
        return name

    @app.errorhandler(KeyError)
    def failed(error: KeyError) -> tuple[str, int]:
        Player.create(name="noted")  # an error handler's own writes count
        return "noted", 500

    client = app.test_client()
    assert client.get("/add/Who").status_code == 200
    assert client.get("/add/aborted").status_code == 409
    assert client.get("/add/failed").status_code == 500
    assert shop.names() == ["Who", "noted"]


def test_a_write_that_fails_takes_nothing_else_along(shop: Shop) -> None:
    """Whoever catches the error goes on: what was written before it stands, and so does what comes after."""
    with shop.db.begin():
        for name in ("Who", "Who", "What", "Who", "I Don't Know"):
            with suppress(IntegrityError):
                shop.Player.create(name=name)
        with suppress(IntegrityError):
            shop.db.first(shop.Player, name="What").update(name="Who")
        with suppress(IntegrityError):
            shop.db.write(shop.Player, [{"name": "Today"}, {"name": "Who"}])
    assert shop.names() == ["I Don't Know", "What", "Who"]
    with shop.db.begin():
        with suppress(IntegrityError):
            shop.Player.create(name="Who")
        shop.Player.create(name="Tomorrow")
    assert shop.db.count(shop.Player) == 4


def test_a_commit_that_fails_is_answered_as_an_error(shop: Shop) -> None:
    app, db, Player = shop.app, shop.db, shop.Player

    @app.route("/twice")
    def twice() -> str:
        db.session.add_all([Player(name="Who"), Player(name="Who")])
        return "done"

    assert app.test_client().get("/twice").status_code == 500
    assert shop.names() == []


def test_rows_are_results(shop: Shop) -> None:
    app, db, Player = shop.app, shop.db, shop.Player

    @app.api("/players")
    @app.command("players")
    def players() -> list[Any]:
        return list(db.all(Player))

    who = Player.create(name="Who")
    expected = {"id": str(who.id), "name": "Who", "base": "first", "points": 0}
    assert app.test_client().get("/players").get_json() == [expected]
    assert "Who" in app.test_cli_runner().invoke(args=["players"]).output


def test_a_command_is_a_unit_of_work(shop: Shop) -> None:
    @shop.app.command("add")
    def add(name: str) -> str:
        shop.Player.create(name=name)
        if name == "What":
            raise ValueError("not today")
        return "done"

    runner = shop.app.test_cli_runner()
    assert runner.invoke(args=["add", "Who"]).exit_code == 0
    assert runner.invoke(args=["add", "What"]).exit_code == 1
    assert shop.names() == ["Who"]


# ── in a window ───────────────────────────────────────────────────────────────────────────────────


def window(shop: Shop) -> None:
    db, Player = shop.db, shop.Player

    def fail() -> None:
        Player.create(name="never")
        raise KeyError("oh")

    @shop.app.window("/")
    def team() -> None:
        for player in db.all(db.select(Player).order_by(Player.name)):
            with ui.row(key=player.id):
                ui.input(f"Name of {player.base}", bind=(player, Player.name))
                ui.number("Points", bind=(player, Player.points))
                ui.button(f"Out {player.base}", on_click=player.delete)
        ui.button("Add", on_click=Player.create, args={"name": "Who"})
        ui.button("Fail", on_click=fail)


def test_a_window_follows_its_own_writes(shop: Shop) -> None:
    window(shop)
    with User(shop.app) as user:
        user.open("/")
        user.click("Add")
        user.find("Name of first")
        user.type("Name of first", "What")
        user.type("Points", "7")
        assert shop.names() == ["What"]
        assert shop.db.first(shop.Player).points == 7
        user.click("Out first")
        user.see_not("Out first")
        assert shop.names() == []


def test_a_choice_may_be_nothing(app: Hipflask, user: User, tmp_path: Path) -> None:
    """None is an option like any other, of a column of text, too; a line of text shows it as empty."""
    app.config["STORE"] = str(tmp_path / "app.sqlite")
    db = Store(app)

    class Player(db.Model):
        base: Mapped[str | None]

    player = Player.create()

    @app.window("/")
    def window() -> None:
        ui.input("Typed", bind=(player, Player.base))
        ui.select("Chosen", {None: "Nowhere", "first": "First"}, bind=(player, Player.base))

    user.open("/")
    assert user.find("Typed").value == ""
    user.choose("Chosen", "First")
    assert db.again(player).base == "first"
    user.choose("Chosen", "Nowhere")
    assert db.again(player).base is None
    assert user.errors() == []
    db.close()


def test_a_handler_that_raises_has_written_nothing(shop: Shop) -> None:
    window(shop)
    with User(shop.app) as user:
        user.open("/")
        user.click("Fail")
        assert user.errors()
        assert shop.names() == []


def test_a_window_follows_another_window_another_process_and_the_shell(shop: Shop) -> None:
    if shutil.which("sqlite3") is None:
        lacking("The sqlite3 shell")
    window(shop)
    with User(shop.app) as one, User(shop.app) as other:
        one.open("/")
        other.open("/")
        one.click("Add")
        assert other.find("Name of first").below == "" or other.see("Out first")
        script = (
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
            "c.execute(\"UPDATE player SET base = 'second'\"); c.commit()"
        )
        run([sys.executable, "-c", script, str(shop.db.file)], check=True)
        one.see("Out second")
        run(["sqlite3", str(shop.db.file), "UPDATE player SET base = 'third'"], check=True)
        other.see("Out third")


def test_what_does_not_fit_is_said_at_the_field(shop: Shop) -> None:
    window(shop)
    shop.Player.create(name="What", base="second")
    with User(shop.app) as user:
        user.open("/")
        user.click("Add")
        user.type("Name of first", "What")
        user.see("This is taken already.")
        assert user.find("Name of first").shown.props["value"] == "What"  # there to be mended
        assert shop.names().count("What") == 1
        user.type("Name of first", "a\0b")
        user.see("This takes text.")


def test_a_store_that_cannot_be_used_is_told_to_whoever_sits_before_the_window(shop: Shop) -> None:
    window(shop)
    shop.app.config["STORE"].write_bytes(b"a letter to my aunt, of some length, which is no database" * 40)
    answer = shop.app.test_client().get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "shop.sqlite is not a database" in answer.get_data(as_text=True)
    assert "hipflask db restore" in answer.get_data(as_text=True)


def test_what_a_handler_could_not_write_is_told_in_the_window(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    window(shop)
    shop.Player.create(name="Who")
    shop.db.close()
    monkeypatch.setattr("hipflask.store.engine.connect.__kwdefaults__", {"wait": 0.2})
    with User(shop.app) as user, closing(sqlite3.connect(shop.db.file)) as other:
        user.open("/")
        other.execute("BEGIN IMMEDIATE")
        user.click("Out first")
        assert "what was to be written now was not" in str(user.errors())
        other.rollback()
        user.click("Out first")
        user.see_not("Out first")


def test_writing_while_drawing_is_refused(shop: Shop) -> None:
    @shop.app.window("/")
    def wrong() -> None:
        shop.Player.create(name="Who")

    @shop.app.window("/session")
    def wrong_too() -> None:
        shop.db.session.execute(sa.insert(shop.Player).values(name="Who"))

    shop.app.testing = True
    for path in ("/", "/session"):
        with pytest.raises(DrawingError, match="while drawing"):
            shop.app.test_client().get(path)
    assert shop.names() == []


def test_a_drawn_row_loads_more_only_while_it_is_drawn(shop: Shop) -> None:
    db, Player, Game = shop.db, shop.Player, shop.Game
    who = Player.create(name="Who")
    Game.create(player_id=who.id)
    kept: list[Any] = []

    @shop.app.window("/")
    def team() -> None:
        for player in db.all(Player):
            ui.text(f"{len(player.games)} games")
        kept[:] = db.all(Player)
        ui.button("Assign", on_click=lambda: setattr(kept[0], "name", "What"))

    with User(shop.app) as user:
        user.open("/")
        user.see("1 games")
        Game.create(player_id=who.id)
        user.see("2 games")
        user.click("Assign")
        assert user.errors()
        assert shop.names() == ["Who"]


def test_equal_rows_do_not_draw_a_component_again(shop: Shop) -> None:
    drawn: list[str] = []

    @ui.component
    def seat(player: Any) -> None:
        drawn.append(player.name)
        ui.text(player.name)

    @shop.app.window("/")
    def team() -> None:
        for player in shop.db.all(shop.db.select(shop.Player).order_by(shop.Player.base)):
            seat(player, key=player.id)

    rows = [shop.Player.create(name=base, base=base) for base in ("first", "second", "third")]
    with User(shop.app) as user:
        user.open("/")
        assert drawn == ["first", "second", "third"]
        drawn.clear()
        rows[1].update(name="What")
        user.see("What")
        assert drawn == ["What"]


def test_a_store_of_no_app_and_a_second_store_are_refused(shop: Shop) -> None:
    with pytest.raises(UsageError, match="belongs to no app"):
        Store().count(sa.select(1))
    with pytest.raises(UsageError, match="has a store already"):
        Store(shop.app)
