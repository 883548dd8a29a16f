"""What an action sends arrives if, and only if, what it has written stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hipflask import Hipflask, Mapped, Store
from hipflask.core import context
from hipflask.core.errors import DrawingError, UsageError
from hipflask.surfaces.worker import firing, messages
from hipflask.surfaces.worker.embedded import Embedded
from hipflask.surfaces.worker.outbox import relay


class Shop:
    """An app with a queue, and perhaps a store."""

    def __init__(self, folder: Path, has_store: bool) -> None:
        self.app = Hipflask("shop_under_test", root_path=str(folder), instance_path=str(folder / "instance"))
        self.orders = self.app.queue("orders")
        self.db = Store(self.app) if has_store else None
        self.Order: Any = None
        if self.db is not None:

            class Order(self.db.Model):  # type: ignore[misc, name-defined]
                what: Mapped[str]

            self.Order = Order
        embedded = self.app.resources()
        assert isinstance(embedded, Embedded)
        self.embedded = embedded

    def order(self, what: str) -> None:
        """Write an order down, and send it."""
        if self.Order is not None:
            self.Order.create(what=what)
        self.orders.send(what)

    def arrived(self) -> list[str]:
        """What waits in the queue."""
        relay(self.app, self.embedded.file)
        with self.embedded.file.reading() as connection:
            return [each.body for each in messages.look(connection, "orders")]


@pytest.fixture(params=[True, False], ids=["with a store", "without a store"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """A shop that is closed afterwards."""
    shop = Shop(tmp_path, request.param)
    yield shop
    shop.embedded.file.close()
    if shop.db is not None:
        shop.db.close()


def test_committed_is_sent(shop: Shop) -> None:
    """When the action has ended, not before."""
    with shop.app.actions.unit_of_work():
        shop.order("pizza")
        assert shop.arrived() == []
    assert shop.arrived() == ["pizza"]
    assert shop.arrived() == ["pizza"]


def test_rolled_back_is_not_sent(shop: Shop) -> None:
    """An action that raises has ordered nothing."""
    with suppress(ValueError), shop.app.actions.unit_of_work():
        shop.order("pizza")
        raise ValueError
    assert shop.arrived() == []


def test_a_view_that_fails_has_sent_nothing(shop: Shop) -> None:
    """Also where Flask makes an answer of the error."""

    @shop.app.route("/fails")
    def fails() -> str:
        shop.order("pizza")
        raise ValueError

    @shop.app.errorhandler(ValueError)
    def sorry(_: ValueError) -> str:
        return "Sorry"

    assert shop.app.test_client().get("/fails").text == "Sorry"
    assert shop.arrived() == []


def test_outside_of_an_action_it_is_sent_at_once(shop: Shop) -> None:
    """As at a prompt."""
    shop.order("pizza")
    assert shop.arrived() == ["pizza"]


def test_a_batch_that_is_taken_back_takes_its_messages_along(tmp_path: Path) -> None:
    """Long work writes in batches, and each has sent its own."""
    shop = Shop(tmp_path, True)
    assert shop.db is not None
    with shop.app.actions.unit_of_work():
        with shop.db.transaction():
            shop.order("first")
        with suppress(ValueError), shop.db.transaction():
            shop.order("second")
            raise ValueError
        with shop.db.transaction():
            shop.order("third")
            with suppress(ValueError), shop.db.transaction():
                shop.order("inside")
                raise ValueError
    assert shop.arrived() == ["first", "third"]
    assert sorted(each.what for each in shop.db.all(shop.Order)) == ["first", "third"]
    shop.db.close()


def test_the_outbox_is_nothing_to_the_store(tmp_path: Path) -> None:
    """A file with one opens again without a migration, and is sound."""
    shop = Shop(tmp_path, True)
    with shop.app.actions.unit_of_work():
        shop.order("pizza")
    assert shop.db is not None
    shop.db.close()
    again = Shop(tmp_path, True)
    assert again.db is not None
    assert again.db.check() == []
    assert again.arrived() == ["pizza"]
    again.db.close()


def test_a_relay_that_dies_between_its_two_commits_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """The messages are still in the outbox, and the same when they are moved again."""
    shop = Shop(tmp_path, True)
    with shop.app.actions.unit_of_work():
        shop.order("pizza")
    assert shop.db is not None
    with shop.db.transaction() as session:  # as if it had been moved, and not yet been deleted
        import sqlalchemy as sa

        rows = list(session.execute(sa.text("SELECT id, queue, body FROM _hipflask_outbox")))
    with shop.embedded.file.writing() as connection:
        for id, queue, body in rows:
            messages.send(connection, queue, body, 1000.0, id=id)
    assert shop.arrived() == ["pizza"]


def test_what_was_sent_survives_a_power_cut(shop: Shop) -> None:
    """Every message that is added, whoever adds it, waits for the disk; what was received need not."""
    uploads = shop.app.bucket("uploads")
    shop.app.on_s3_event(uploads)(lambda_of_key)
    said: list[str] = []
    with shop.embedded.file.reading() as connection:
        connection.set_trace_callback(said.append)
    shop.order("pizza")
    shop.arrived()
    uploads.put("a.txt", b"1")
    with shop.embedded.file.writing() as connection:
        firing.post(connection, firing.Planned("often", "rate(1 minute)", "schedule:often"), 0.0, 0.0)
    with shop.embedded.file.writing(outlives_power_cut=False) as connection:
        messages.receive(connection, "orders", 1e10, most=1, hidden_for=1.0, dead_after=1)
    waits, added = "", 0
    for statement in said:
        if statement.startswith("PRAGMA synchronous"):
            waits = statement.rpartition(" ")[2]
        if "INTO message" in statement:
            added += 1
            assert waits == "FULL"
    assert (added, waits) == (3, "NORMAL")


def lambda_of_key(key: str) -> None:
    """Nothing is done for it."""


def test_nothing_is_sent_while_drawing(shop: Shop) -> None:
    """A window draws itself again and again."""

    class Drawing:
        def record(self, source: object) -> None:
            """Nothing."""

    token = context.recorder.set(Drawing())  # type: ignore[arg-type]
    try:
        with pytest.raises(DrawingError, match="drawing"):
            shop.orders.send("pizza")
    finally:
        context.recorder.reset(token)


def test_what_no_queue_takes_is_refused(shop: Shop) -> None:
    """As SQS would, but with advice."""
    with pytest.raises(UsageError, match="into a bucket"):
        shop.orders.send("x" * (1 << 20) + "y")
    with pytest.raises(UsageError, match="valid Unicode"):
        shop.orders.send("half \ud83d")
