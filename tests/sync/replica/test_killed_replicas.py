"""A process that is killed at any statement, also while it gets up again: nothing is lost, doubled, or there by half."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from meeting import meet
from shelf import Shelf, models

from hipflask.store.engine import connect
from hipflask.store.models.shared import shared_tables
from hipflask.sync.replica import inbox, receiving
from hipflask.testing.devices.memory import MemoryHub

IS_LONG = os.environ.get("HIPFLASK_LONG") == "1"


DB = models()
EMPTY = {"kind": None, "price": 0, "stock": 0, "notes": "", "street": "", "town": ""}


def _beginning() -> tuple[MemoryHub, Any]:
    hub = MemoryHub(shared_tables(DB.metadata))
    kind = {"code": "k", "title": ""}
    item = EMPTY | {"kind": "k", "stock": 10, "notes": "one two"}
    hub.write(
        [("insert", "kind", "k", kind)]
        + [("insert", "item", key, item | {"id": key, "name": key}) for key in "abcdef"]
    )
    return hub, hub.backup()


HUB, BEGINNING = _beginning()


class Killed(BaseException):
    """The process is no more."""


class Mortal:
    """A connection that is killed at its n-th statement, and does nothing from then on."""

    left: int | None = None  # statements, of all of them together; None: for ever
    count = 0

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("PRAGMA synchronous = OFF")  # no test here cuts the power

    def _live(self) -> None:
        Mortal.count += 1
        if Mortal.left is not None:
            Mortal.left -= 1
            if Mortal.left < 0:
                raise Killed

    def execute(self, *args: Any) -> sqlite3.Cursor:
        self._live()
        return self._connection.execute(*args)

    def executemany(self, *args: Any) -> sqlite3.Cursor:
        self._live()
        return self._connection.executemany(*args)

    def close(self) -> None:
        self._connection.close()

    def __getattr__(self, name: str) -> Any:
        if name == "in_transaction" and Mortal.left is not None and Mortal.left < 0:
            return False  # the dead roll nothing back
        return getattr(self._connection, name)


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    Mortal.left = None


class World:
    """A device and a hub, and what happens to them."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.hub = HUB
        self.hub.restore(BEGINNING)
        file = folder / "killed.sqlite"
        shutil.copyfile(template, file)
        Mortal.left = None
        self.shelf = Shelf(file, DB, lambda file: Mortal(connect(file)))  # type: ignore[arg-type, return-value]
        self.steps: list[Callable[[], None]] = [
            self.meet,
            self.write_here,
            self.write_there,
            self.meet,
            self.write_more,
            self.write_there_again,
            self.meet,
        ]

    def meet(self) -> None:
        meet(self.shelf, self.hub)

    def write_here(self) -> None:
        self.shelf.write(
            "UPDATE item SET stock = stock - 2, notes = 'one two three' WHERE id = 'a'",
            "UPDATE item SET name = 'other' WHERE id = 'b'",
            "DELETE FROM item WHERE id = 'c'",
            "INSERT INTO item (id, name, stock) VALUES ('n', 'new', 7)",
            "INSERT INTO item (id, name) VALUES ('t', 'taken')",
        )

    def write_there(self) -> None:
        self.hub.write(
            [
                ("update", "item", "a", {"price": 5, "stock": 110}),
                ("update", "item", "b", {"price": 5}),
                ("insert", "item", "u", EMPTY | {"id": "u", "name": "taken", "price": 5}),
            ]
        )

    def write_more(self) -> None:
        self.shelf.write(
            "UPDATE item SET stock = stock + 5 WHERE id IN ('a', 'n')",
            "UPDATE item SET town = 'York' WHERE id = 'd'",
        )

    def write_there_again(self) -> None:
        self.hub.write(
            [
                ("update", "item", "a", {"price": 6}),
                ("update", "item", "b", {"price": 6}),
                ("delete", "item", "e", {}),
            ]
        )

    def go(self) -> None:
        """All of it, however often the process is killed meanwhile."""
        for step in self.steps:
            try:
                step()
            except Killed:
                self.get_up()
                meet(self.shelf, self.hub)

    def get_up(self) -> None:
        Mortal.left = None
        self.shelf.replica.close()
        self.look()
        self.shelf.reopened()

    def look(self) -> None:
        """No transaction of the hub is here by half."""
        prices = {row["id"]: row["price"] for row in self.shelf.rows()}
        assert prices.get("a") == prices.get("b"), "half of a checkpoint"
        assert self.shelf.own.execute("SELECT origin FROM _hipflask_state").fetchone() == (0,)

    def check(self) -> None:
        """Both have the same, and it is what was written."""
        Mortal.left = None
        here = {row["id"]: row for row in self.shelf.rows()}
        there = {key: dict(row) for key, row in self.hub.state.rows["item"].items()}
        assert here == there
        assert (here["a"]["stock"], here["a"]["notes"], here["a"]["price"]) == (113, "one two three", 6)
        assert (here["b"]["name"], here["d"]["town"], here["n"]["stock"]) == ("other", "York", 12)
        assert {*here} == {"a", "b", "d", "f", "n", "u"}
        assert [(each.code, each.key) for each in inbox.refusals(self.shelf.own)] == [("unique", "t")]
        assert self.shelf.replica.situation().waiting == 0

    def close(self) -> None:
        self.shelf.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a store that has never taken part."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite"
    shelf = Shelf(file)
    shelf.close()
    return file


def statements(folder: Path, template: Path) -> int:
    """How many there are if nobody is killed."""
    world = World(folder, template)
    Mortal.count = 0
    world.go()
    world.check()
    world.close()
    return Mortal.count


@pytest.mark.parametrize("is_direct", [False, True], ids=["at once", "page by page"])
def test_killed_at_every_statement(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch, is_direct: bool
) -> None:
    """Whichever it is, after another start all is well; of a checkpoint there is all or nothing."""
    if is_direct:
        monkeypatch.setattr(receiving, "MOST_AT_ONCE", 0)
        monkeypatch.setattr(World, "look", lambda self: None)  # pages are seen as they come then
    count = statements(tmp_path, template)
    assert count > 100
    for left in range(0, count, 1 if IS_LONG else 5):
        world = World(tmp_path, template)
        Mortal.left = left
        world.go()
        world.check()
        world.close()


def test_killed_again_while_getting_up(tmp_path: Path, template: Path) -> None:
    """Twice, at the most different moments."""
    count = statements(tmp_path, template)
    for left in range(5, count, 7 if IS_LONG else 41):
        for again in range(0, count - left, 7 if IS_LONG else 61):
            world = World(tmp_path, template)
            Mortal.left = left

            def get_up(world: World = world, again: int = again) -> None:
                World.get_up(world)
                Mortal.left = again
                try:
                    meet(world.shelf, world.hub)
                except Killed:
                    World.get_up(world)
                Mortal.left = None

            world.get_up = get_up  # type: ignore[method-assign]
            world.go()
            world.check()
            world.close()
