"""Two desks with one book: a real hub between them, a PostgreSQL of its own behind it, and a feed for each."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from desk_feeds import Running

from hipflask.core.ports import Sync
from hipflask.sync.hub.embedded import embedded
from hipflask.testing import User

EXAMPLES = Path(__file__).parents[2] / "examples"
HIPFLASK = (sys.executable, "-m", "hipflask.cli", "--app", str(EXAMPLES / "desk" / "app.py"), "hub")
FAR = Decimal("0.05")


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "that did not happen"
        time.sleep(0.02)


class Hub:
    """The desk's own, as `hipflask hub` starts it."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database, self._environment = (
            database,
            {**os.environ, "HIPFLASK_STORE": str(folder / "hub.sqlite")},
        )
        self._process = subprocess.Popen(
            [*HIPFLASK, "--database", database, "--port", "0"],
            env=self._environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        said = next(line for line in self._process.stderr if "listens on" in line)
        self.url = re.findall(r"http://\S+", said)[0]

    def token(self, person: str) -> str:
        command = [*HIPFLASK, "--database", self.database, "token", "issue", person]
        said = subprocess.run(
            command, env=self._environment, check=True, capture_output=True, text=True
        ).stdout
        return re.findall(r"hft_\S+", said)[0]

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)


class Desk:
    """A desk as a program of its own would be: its modules, its store, its feed."""

    def __init__(self, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, hub: Hub) -> None:
        self.feed = Running(rate=200)
        values = {
            "HUB_URL": hub.url,
            "HUB_TOKEN": hub.token(name),
            "DESK_FEED": self.feed.url,
            "DESK_NAME": name,
        }
        for variable, value in {**values, "HIPFLASK_STORE": str(folder / f"{name}.sqlite")}.items():
            monkeypatch.setenv(variable, value)
        for known in [each for each in sys.modules if each == "desk" or each.startswith("desk.")]:
            monkeypatch.delitem(sys.modules, known)
        self.app: Any = importlib.import_module("desk.app")
        self.data: ModuleType = sys.modules["desk.data"]
        self.placing: ModuleType = sys.modules["desk.placing"]
        self.engine: Any = self.app.engine
        self.db: Any = self.data.db
        self.user = User(self.app.app, patience=30)
        self.user.open("/orders")
        self.user.see("Feed live")
        self.user.see("Synced")

    @property
    def sync(self) -> Sync:
        sync: Sync = self.db.sync
        return sync

    def order(self, code: str, quantity: int, limit: Decimal | None = None) -> Any:
        """Buy so many."""
        return self.placing.place(self.placing.Ticket(code, "Buy", quantity, limit))

    def known(self, order: Any) -> Any:
        """What this desk knows of an order."""
        return self.db.get(self.data.Order, order.id)

    def held(self, code: str) -> int:
        """How much there is of it, by this desk."""
        position = self.db.get(self.data.Position, code)
        return position.quantity if position else 0

    def bid(self, code: str) -> Decimal:
        return Decimal(f"{self.db.get(self.data.Price, code).bid:.2f}")

    def stop(self) -> None:
        self.user.close()
        self.engine.stop()
        self.db.close()
        self.feed.stop()


@contextmanager
def hub_at(folder: Path) -> Iterator[Hub]:
    with embedded(folder / "postgres") as database:
        hub = Hub(database, folder)
        try:
            yield hub
        finally:
            hub.stop()


@pytest.fixture(scope="module")
def desks() -> Iterator[tuple[Hub, Desk, Desk]]:
    """Ann's and Bob's, and the hub between them; each test trades in another instrument."""
    with pytest.MonkeyPatch.context() as monkeypatch, ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hipflask-desks-")))
        folder.chmod(0o755)  # as root, PostgreSQL runs as somebody else
        monkeypatch.syspath_prepend(str(EXAMPLES))
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
        hub = stack.enter_context(hub_at(folder))
        both = []
        for name in ("Ann", "Bob"):
            both.append(Desk(name, folder, monkeypatch, hub))
            stack.callback(both[-1].stop)
        assert [desk.db.count(desk.data.Order) for desk in both] == [0, 0]  # nothing made up in a common book
        yield hub, both[0], both[1]


def test_two_desks_have_one_book(desks: tuple[Hub, Desk, Desk]) -> None:
    """What one of them trades is in the positions of both, once; a working order waits at the desk that placed it, and a colleague may cancel it."""
    hub, ann, bob = desks
    done = ann.order("ACOE", 300)
    until(lambda: bob.held("ACOE") == ann.held("ACOE") == 300)
    until(lambda: bob.known(done).status == "Filled")
    assert bob.known(done).by == "Ann"
    bob.order("ACOE", 200)
    until(lambda: bob.held("ACOE") == ann.held("ACOE") == 500)
    until(lambda: bob.db.count(bob.data.Trade, code="ACOE") == ann.db.count(ann.data.Fill, code="ACOE"))

    waits = ann.order("ACOE", 100, ann.bid("ACOE") - FAR)
    until(lambda: bob.known(waits))
    bob.placing.cancel(bob.known(waits))
    until(lambda: ann.known(waits).status == "Cancelled")
    until(lambda: not ann.engine.trading._orders)

    with psycopg.connect(hub.database) as connection:  # ordinary tables, with ordinary sums
        assert connection.execute("SELECT sum(quantity) FROM fill WHERE code = 'ACOE'").fetchone() == (500,)
        assert connection.execute("SELECT count(*) FROM \"order\" WHERE code = 'ACOE'").fetchone() == (3,)


def test_an_order_is_taken_to_the_market_by_its_own_desk_alone(desks: tuple[Hub, Desk, Desk]) -> None:
    """Also where a colleague changes it: two desks that both did would buy twice."""
    _, ann, bob = desks
    order = ann.order("DOVE", 100, ann.bid("DOVE") - FAR)
    until(lambda: bob.known(order))
    ann.sync.pause()  # her desk does not hear of it, and Bob's sees the market
    bob.known(order).update(limit=bob.bid("DOVE") + 1)
    time.sleep(0.5)
    assert bob.db.count(bob.data.Fill, order_id=order.id) == 0
    ann.sync.resume()
    until(lambda: ann.held("DOVE") == bob.held("DOVE") == 100)


def test_what_was_done_apart_is_one_book_again(desks: tuple[Hub, Desk, Desk]) -> None:
    """Both trade, and one order is filled here and cancelled there, later: what has been filled stays filled."""
    _, ann, bob = desks
    both = ann.order("BIRE", 400, ann.bid("BIRE") - FAR)
    until(lambda: bob.known(both))
    ann.sync.pause()
    bob.sync.pause()
    with ann.db.transaction():  # the market came to it
        ann.known(both).update(filled=400, status="Filled")
        ann.data.Fill.create(order_id=both.id, code="BIRE", side="Buy", quantity=400, price=ann.bid("BIRE"))
    time.sleep(0.05)
    bob.placing.cancel(bob.known(both))
    ann.order("BIRE", 100)
    bob.order("BIRE", 200)
    until(lambda: ann.held("BIRE") == 500)
    until(lambda: bob.held("BIRE") == 200)
    ann.sync.resume()
    bob.sync.resume()
    until(lambda: ann.held("BIRE") == bob.held("BIRE") == 700)
    until(lambda: (ann.known(both).status, bob.known(both).status) == ("Filled", "Filled"))
    assert bob.known(both).filled == 400
    assert ann.sync.refused() == bob.sync.refused() == []


def test_the_hub_lets_nobody_change_what_was_done(desks: tuple[Hub, Desk, Desk]) -> None:
    """Whatever program did it: it goes to the inbox with its reason, and the fill is here as it was."""
    _, ann, bob = desks
    done = ann.order("CEDE", 100)
    until(lambda: bob.held("CEDE") == 100)
    fill = bob.db.first(bob.data.Fill, order_id=done.id)
    fill.update(price=fill.price / 2)
    bob.user.see("1 refused")
    [change] = bob.sync.refused()
    assert change.sentence == "What was bought or sold stays so."
    until(lambda: bob.db.get(bob.data.Fill, fill.id).price == ann.db.get(ann.data.Fill, fill.id).price)
    bob.sync.drop(change.id)
