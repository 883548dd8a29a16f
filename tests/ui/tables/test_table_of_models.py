"""A table over a model of the store: live, edited with validation, undone in one step, whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store, ui
from hipflask.store.browse import writing
from hipflask.testing import User
from hipflask.ui.tables import working


@pytest.fixture
def db(app: Hipflask, tmp_path: Path) -> Iterator[Store]:
    app.config["STORE"] = str(tmp_path / "trades.sqlite")
    db = Store(app)
    yield db
    db.close()


@pytest.fixture
def trade(db: Store) -> Any:
    class Trade(db.Model):  # type: ignore[name-defined, misc]
        name: Mapped[str] = mapped_column(unique=True)
        price: Mapped[Decimal | None]
        size: Mapped[int] = 0

    return Trade


@pytest.fixture
def window(app: Hipflask, db: Store, trade: Any) -> None:
    @app.window("/")
    def trades() -> None:
        ui.table(trade, editable=True, removable=True, sort="name", label="Trades")

    with app.app_context(), db.transaction():
        for number in range(30):
            trade.create(name=f"T{number:02}", price=Decimal(number), size=number * 10)


pytestmark = pytest.mark.usefixtures("window")


def test_what_others_commit_is_seen(user: User, db: Store, trade: Any, app: Hipflask) -> None:
    table = user.open().table()
    assert table.cell("T03", "Price") == "3"
    with app.app_context(), db.transaction():
        db.first(trade, name="T03").price = Decimal("7.5")
    db.catch_up()
    assert table.cell("T03", "Price") == "7.5"


def test_an_edit_is_written_and_can_be_taken_back(user: User, db: Store, trade: Any, app: Hipflask) -> None:
    table = user.open().table()
    table.edit("T03", "Price", "1,234.5")
    with app.app_context():
        assert db.first(trade, name="T03").price == Decimal("1234.5")
    user.press("Ctrl+Z")
    assert table.cell("T03", "Price") == "3"


def test_a_paste_is_one_step_to_undo(user: User) -> None:
    table = user.open().table()
    table.paste("T03", "Price", [["1", "10"], ["2", "20"], ["3", "30"]])
    assert table.column("Size")[3:6] == ["10", "20", "30"]
    user.press("Ctrl+Z")
    assert table.column("Price")[3:6] == ["3", "4", "5"]


def test_a_paste_that_is_called_off_while_the_store_takes_it_leaves_no_trace(
    user: User, db: Store, trade: Any, app: Hipflask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "_EVERY", 1)
    table = user.open().table()
    fitting, taken = writing._fitting, []

    def call_off_then(*args: Any) -> Any:
        taken.append(args)
        if len(taken) == 3:
            user.screen.event(table._node, "cancel", "working")
        return fitting(*args)

    monkeypatch.setattr(writing, "_fitting", call_off_then)
    table.paste("T03", "Price", [["91", "10"], ["92", "20"], ["93", "30"]])
    assert len(taken) == 3
    assert user.screen.calls[-1][1:] == ("told", ["That was called off. Nothing was changed."])
    assert table.column("Price")[3:6] == ["3", "4", "5"]
    with app.app_context():
        assert db.first(trade, name="T03").price == Decimal(3)
    user.press("Ctrl+Z")
    assert table.column("Price")[3:6] == ["3", "4", "5"], "there was nothing to take back"


def test_what_the_model_refuses_is_said_at_the_cell_and_nothing_is_written(
    user: User, db: Store, trade: Any, app: Hipflask
) -> None:
    table = user.open().table()
    table.edit("T03", "Name", "T04")
    (sentence,) = table.refusals()
    assert "taken" in sentence
    table.paste("T03", "Name", [["New"], ["T05"]])
    assert len(table.refusals()) == 2
    assert table.column("Name")[3:5] == ["T03", "T04"]
    assert user.errors() == []


def test_rows_deleted_elsewhere_while_edited_are_a_sentence(
    user: User, db: Store, trade: Any, app: Hipflask
) -> None:
    table = user.open().table()
    number = table._id("T03")
    with app.app_context(), db.transaction():
        db.first(trade, name="T03").delete()
    user.screen.event(table._node, "edit", {"id": number, "column": "price", "value": "7"})
    assert len(table.refusals()) == 1, table.refusals()
    assert user.errors() == []
    table.erase("T04")
    assert table.total == 28
    user.press("Ctrl+Z")
    assert table.total == 29


def test_many_cells_are_pasted_in_seconds(user: User, db: Store, trade: Any, app: Hipflask) -> None:
    """20,000 here; the limit is 100,000."""
    with app.app_context():
        db.write(trade, [{"name": f"U{number:05}", "price": None, "size": 1} for number in range(10_000)])
    db.catch_up()
    table = user.open().table()
    began = time.monotonic()
    table.paste("U00000", "Price", [[str(number), str(number)] for number in range(10_000)])
    assert time.monotonic() - began < 20
    assert table.refusals() == []
    with app.app_context():
        assert db.first(trade, name="U09999").size == 9999
