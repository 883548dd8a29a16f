"""The company in one window: who has what, what waits on either side, and wires that can be cut. Its story is told by `make demo-sync`."""

from __future__ import annotations

import importlib
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from hipflask.store.models.base import uuid7

TABLES = """
CREATE TABLE item (code TEXT PRIMARY KEY, name TEXT, unit TEXT, price INTEGER, low_at INTEGER, supplier_code TEXT);
CREATE TABLE movement (id TEXT PRIMARY KEY, item_code TEXT, day TEXT, quantity INTEGER, note TEXT);
INSERT INTO item VALUES ('B-1', 'Bolt', 'pcs', 120, 0, NULL);
"""


def network(name: str) -> ModuleType:
    return importlib.import_module(f"examples.network.{name}")


def laptop(folder: Path, name: str) -> Path:
    """The file of a laptop with one item in it."""
    store = folder / f"{name}.sqlite"
    with sqlite3.connect(store) as connection:
        connection.executescript(TABLES)
    connection.close()
    return store


def test_what_waits_and_what_is_to_come_is_told_apart(tmp_path: Path) -> None:
    """By what both had when they last had the same; what was changed on both sides is in both."""
    compare, people = network("compare"), network("people")
    here, there = laptop(tmp_path, "here"), laptop(tmp_path, "there")
    base = compare.of_laptop(here)
    assert base == compare.of_laptop(there)
    people.rename(here, "Ann", "B-1")
    people.price(here, "B-1")
    people.book(here, "Ann", "B-1", -5)
    people.price(there, "B-1")
    up, down = base.changed(compare.of_laptop(here)), base.changed(compare.of_laptop(there))
    assert down == {("B-1", "price")}
    assert up > down
    assert {column for _, column in up} == {"name", "price", "movement"}
    assert network("watching").rows(up) == 2
    assert compare.of_laptop(here).of("B-1")["In stock"] == "-5"
    assert compare.of_laptop(here).of("B-1")["Name"] == "Bolt, says Ann"


def test_nothing_yet_is_not_everything(tmp_path: Path) -> None:
    """A file that is not there has nothing, and is not the same as a database in which nothing is."""
    assert network("compare").of_laptop(tmp_path / "none.sqlite") is None
    assert not network("watching").Seen(None).is_same
    assert not network("watching").Seen(network("compare").Looked([], [])).is_same


@pytest.mark.parametrize(
    ("column", "mine", "sentence"),
    [
        ("name", "Theirs", "The name of B-1 was changed on both sides: Ann's stays."),
        ("name", "Mine", "The name of B-1 was changed on both sides: PostgreSQL's stays."),
        (
            "price",
            "Mine",
            "The price of B-1 was changed on both sides: PostgreSQL's stays, for the office decides on prices (Merge.server).",
        ),
    ],
)
def test_who_won_is_said(column: str, mine: str, sentence: str) -> None:
    """And why, where a rule of the model says so."""
    has: Any = SimpleNamespace(cells={("B-1", column): mine})
    database: Any = SimpleNamespace(cells={("B-1", column): "Theirs"})
    assert network("watching").met("Ann", has, database, "B-1", column) == sentence


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says what it hears."""

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(near,), daemon=True).start()

    def answer(near: socket.socket) -> None:
        with near:
            while data := near.recv(100):
                near.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def heard(port: int) -> bytes:
    """What comes back over a new connection; nothing if it is cut."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as end:
        try:
            end.sendall(b"Who?")
            return end.recv(100)
        except ConnectionError:
            return b""


def test_a_wire_is_cut_and_healed(echo: int) -> None:
    """What was open breaks off, what is new gets nowhere, and afterwards all is as before; a dead hub is passed over."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        dead = gone.getsockname()[1]
    wire = network("wires").Wire(lambda: (dead, echo))
    try:
        assert heard(wire.port) == b"Who?"
        with socket.create_connection(("127.0.0.1", wire.port), timeout=5) as open_before:
            open_before.sendall(b"Still?")
            assert open_before.recv(100) == b"Still?"
            wire.cut()
            assert open_before.recv(100) == b""
        assert heard(wire.port) == b""
        wire.heal()
        assert heard(wire.port) == b"Who?"
        assert wire.passed == 4 * len(b"Who?") + 2 * len(b"Still?")
    finally:
        wire.close()


def test_somebody_keeps_working_although_something_fails() -> None:
    """A file that is locked, a hub that is down: the next time."""
    calls: list[object] = []
    done = threading.Event()

    def work() -> None:
        calls.append(uuid7())
        if len(calls) == 1:
            raise OSError("locked")
        done.set()

    busy = network("people").Busy(work, 0.01)
    assert not done.wait(0.1)  # switched off
    busy.is_on = True
    assert done.wait(10)
    busy.close()
