"""The desk as its traders use it: orders that are checked and filled, alerts that ring, and a feed whose absence is seen everywhere."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from desk_feeds import Running
from websockets.sync.client import connect

from hipflask.testing import User

EXAMPLES = Path(__file__).parents[2] / "examples"
CODE = "ACOE"


@pytest.fixture
def trader(desk: ModuleType) -> Iterator[User]:
    """Somebody at the window of orders, with prices to be seen."""
    with User(desk.app, patience=20) as user:
        user.open("/orders")
        user.see("Feed live")
        until(lambda: desk.db.count(data(desk).Trade) == 300 and price_of(desk))
        yield user


def data(desk: ModuleType) -> Any:
    """Its models."""
    return sys.modules["desk.data"]


def dealing(desk: ModuleType) -> Any:
    """What its window of orders calls."""
    return sys.modules["desk.orders"]


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "that did not happen"
        time.sleep(0.01)


def price_of(desk: ModuleType, code: str = CODE) -> Any:
    return desk.db.get(data(desk).Price, code)


def newest_order(desk: ModuleType) -> Any:
    order = data(desk).Order
    return desk.db.first(desk.db.select(order).order_by(order.placed.desc()))


def short(row: Any) -> str:
    """What a row is called on the telephone."""
    return sys.modules["desk.data"].short(row.id)


def set_limit(user: User, limit: str, quantity: str = "100") -> None:
    user.type("Quantity", quantity)
    user.type("Limit", limit)


# ── orders ────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_at_the_market_is_filled_at_once(desk: ModuleType, trader: User) -> None:
    """From the form to a fill, a trade in the blotter and another position."""
    models = data(desk)
    trader.type("Quantity", "300")
    trader.click("Send")
    until(lambda: newest_order(desk).status == "Filled")
    order = newest_order(desk)
    assert (order.code, order.side, order.quantity, order.filled, order.limit) == (
        CODE,
        "Buy",
        300,
        300,
        None,
    )
    fills = desk.db.all(models.Fill, order_id=order.id)
    assert sum(fill.quantity for fill in fills) == 300
    until(lambda: desk.db.count(models.Trade) == 300 + len(fills))
    held = desk.db.all(models.Fill, code=CODE)
    signed = sum(fill.quantity * (1 if fill.side == "Buy" else -1) for fill in held)
    until(lambda: desk.db.get(models.Position, CODE).quantity == signed)
    assert f"Order {short(order)}: buy 300 {CODE} at the market." in trader.notes()


def test_an_order_waits_for_its_price(desk: ModuleType, trader: User) -> None:
    """One that nobody meets is working; once the market comes there it is filled, and never at a worse price."""
    desk.feed.rest()
    limit = Decimal(f"{price_of(desk).bid:.2f}") - Decimal("0.05")
    set_limit(trader, str(limit))
    trader.click("Send")
    order = newest_order(desk)
    time.sleep(0.2)
    assert newest_order(desk).status == "Working"

    place = desk.engine.mirror.places[CODE]
    book = desk.feed.feed.market.books[place]
    ask = int(limit * 100)
    updates = [(place, 1, ask - 1, 60), (place, 1, ask, 500)]
    for _, _, price, size in updates:
        book.asks[price] = size
    desk.feed.say(updates)
    until(lambda: newest_order(desk).status == "Filled")
    fills = desk.db.all(data(desk).Fill, order_id=order.id)
    assert [(fill.price, fill.quantity) for fill in fills] == [(limit - Decimal("0.01"), 60), (limit, 40)]


def test_an_order_that_looks_like_a_slip_is_refused(desk: ModuleType, trader: User) -> None:
    """With a sentence, and nothing is sent."""
    before = desk.db.count(data(desk).Order)
    for quantity, limit, words in [
        ("0", "", "a whole number from 1 to 100000, got"),
        ("200000", "", "a whole number from 1 to 100000, got"),
        ("100", "0.01", "away from the market"),
        ("100", "-3", "above zero"),
        ("100", "many", "a decimal number such as"),
        ("100000", "", "is the most for one order"),
    ]:
        set_limit(trader, limit, quantity)
        trader.click("Send")
        trader.see(words)
    assert desk.db.count(data(desk).Order) == before


def test_an_instrument_that_does_not_exist_is_refused(desk: ModuleType, trader: User) -> None:
    trader.type("Code", "NONE")
    trader.click("Send")
    trader.see("There is no instrument NONE.")


def test_what_is_cancelled_is_not_filled_any_more(desk: ModuleType, trader: User) -> None:
    """Even if the market comes to it in the same moment: the exchange looks again before it writes."""
    desk.feed.rest()
    set_limit(trader, f"{price_of(desk).bid - 0.05:.2f}")
    trader.click("Send")
    order = newest_order(desk)
    until(lambda: any(each.id == order.id for each in desk.engine.trading._orders))
    desk.engine.trading.is_stale = False
    desk.db.unlisten(desk.engine._written)  # the engine does not hear of it in time
    try:
        with desk.app.app_context():
            dealing(desk).cancel(order)
            desk.db.session.commit()
        place = desk.engine.mirror.places[CODE]
        desk.feed.say([(place, 1, int(order.limit * 100), 500)])
        time.sleep(0.3)
    finally:
        desk.db.listen(desk.engine._written)
    assert newest_order(desk).status == "Cancelled"
    assert desk.db.count(data(desk).Fill, order_id=order.id) == 0


def test_a_working_order_cannot_be_made_smaller_than_what_is_filled(desk: ModuleType, trader: User) -> None:
    order = data(desk).Order.create(
        desk=data(desk).here(), code=CODE, side="Buy", quantity=500, limit=Decimal("0.02"), filled=200
    )
    with pytest.raises(ValueError, match="at least 200"):
        order.update(quantity=100)
    assert desk.db.get(data(desk).Order, order.id).quantity == 500


# ── alerts ────────────────────────────────────────────────────────────────────────────────────────


def test_an_alert_rings_in_every_window_until_it_is_seen(desk: ModuleType, trader: User) -> None:
    desk.feed.rest()
    with User(desk.app, patience=20) as other:
        other.open("/health")
        trader.type("Level", f"{price_of(desk).last - 0.01:.2f}")
        trader.click("Watch")
        other.see(f"{CODE} rises to")
        trader.see(f"{CODE} rises to")
        other.click("Seen")
        trader.see_not(f"{CODE} rises to")


def test_an_alert_rings_once(desk: ModuleType, trader: User) -> None:
    """Prices that go to and fro over its level ring no more."""
    models = data(desk)
    alert = models.Alert.create(code=CODE, direction="falls to", level=Decimal("9999.00"))
    until(lambda: desk.db.get(models.Alert, alert.id).rang)
    rang = desk.db.get(models.Alert, alert.id).rang
    time.sleep(0.3)
    assert desk.db.get(models.Alert, alert.id).rang == rang


def test_an_alert_that_could_never_ring_is_refused(desk: ModuleType, trader: User) -> None:
    watch, alerts = dealing(desk), desk.db.count(data(desk).Alert)
    for code, level, sentence in [
        (CODE, "-1", "The level must be above zero."),
        ("NONE", "1", "There is no instrument NONE."),
    ]:
        with pytest.raises(ValueError, match=sentence):
            watch.watch(watch.Watch(code, level=Decimal(level)))
    assert desk.db.count(data(desk).Alert) == alerts


# ── the feed ──────────────────────────────────────────────────────────────────────────────────────


def test_cutting_the_feed_is_seen_at_once_in_every_window(desk: ModuleType, trader: User) -> None:
    """Prices become grey, orders are refused; put back, everything goes on."""
    with User(desk.app, patience=20) as other:
        other.open("/health")
        other.click("Feed")
        trader.see("The feed has been cut here.")
        trader.see("Feed cut")
        before = desk.db.count(data(desk).Order)
        trader.click("Send")
        trader.see("Orders wait until it is back.")
        assert desk.db.count(data(desk).Order) == before
        other.click("Feed")
        trader.see("Feed live")
        trader.see_not("The feed has been cut here.")
        trader.click("Send")
        until(lambda: desk.db.count(data(desk).Order) == before + 1)


def test_healing_catches_up(desk: ModuleType, trader: User) -> None:
    """After a while without the feed, the store says what the market says."""
    desk.engine.connection.cut(True)
    trader.see("Feed cut")
    time.sleep(0.5)
    desk.engine.connection.cut(False)
    trader.see("Feed live")
    desk.feed.rest()
    until(lambda: says_the_truth(desk))


def says_the_truth(desk: ModuleType) -> bool:
    """Whether the store has the prices of the market itself."""
    truth, prices = desk.feed.feed.market, {each.code: each for each in desk.db.all(data(desk).Price)}
    for about, book in zip(truth.instruments, truth.books, strict=True):
        price = prices[about.code]
        if (price.bid, price.ask) != (max(book.bids) / about.unit, min(book.asks) / about.unit):
            return False
        if price.volume != book.volume:
            return False
    return True


def test_what_could_not_be_written_is_written_later(
    desk: ModuleType, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that fails for a while leaves no old price behind, not even of an instrument to which nothing happens any more."""
    with monkeypatch.context() as broken:
        broken.setattr(desk.db, "write", lambda *args: 1 / 0)
        time.sleep(0.5)
        desk.feed.rest()
        time.sleep(0.3)
    until(lambda: says_the_truth(desk))


def test_another_run_of_the_feed_is_written_anew(desk: ModuleType, trader: User) -> None:
    """Nothing of the old one is left, and nothing of the new one is missing, also where it says the same."""
    other, run = Running(rate=200), desk.engine.mirror.run
    desk.engine.connection.url = other.url
    desk.feed.misbehave("hang up")
    until(lambda: desk.engine.mirror.run == other.feed.run != run)
    until(lambda: desk.db.count(data(desk).Price) == 500)
    until(lambda: desk.db.count(data(desk).Trade) >= 300)
    desk.engine.stop()
    other.stop()


# ── what stays ────────────────────────────────────────────────────────────────────────────────────


def test_orders_fills_and_alerts_survive_and_prices_do_not(desk: ModuleType, trader: User) -> None:
    """A desk that is started again knows what it holds, from its fills."""
    models = data(desk)
    trader.click("Send")
    until(lambda: newest_order(desk).status == "Filled")
    models.Alert.create(code=CODE, direction="rises to", level=Decimal("9999.00"))
    until(lambda: desk.db.get(models.Position, CODE))
    lasting = [desk.db.count(model) for model in (models.Order, models.Fill, models.Alert)]
    time.sleep(0.2)
    held = {each.code: each.quantity for each in desk.db.all(models.Position)}
    desk.engine.stop()
    desk.db.close()

    assert [desk.db.count(model) for model in (models.Order, models.Fill, models.Alert)] == lasting
    assert desk.db.count(models.Price) == desk.db.count(models.Position) == 0
    again = desk.engine.__class__()
    again.start(desk.app)
    until(lambda: {each.code: each.quantity for each in desk.db.all(models.Position)} == held)
    again.stop()


@pytest.mark.skipif(os.name == "nt", reason="ends by a signal that Windows does not have")
def test_a_desk_without_a_feed_brings_its_own_and_takes_it_along(tmp_path: Path) -> None:
    """However the program ends: a feed that went on would be there for ever."""
    script = "import sys, time; from desk.nearby import NearbyFeed; feed = NearbyFeed(); print(feed.url, flush=True); time.sleep(60)"
    program = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=EXAMPLES,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert program.stdout is not None
    with program:
        url = program.stdout.readline().strip()
        with connect(url) as line:
            line.send('["hello", "", 0]')
            assert "welcome" in str(line.recv(timeout=10))[:20]
        program.kill()
    port = int(url.rpartition(":")[2])

    def is_gone() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    until(is_gone)


def test_what_the_desk_measures_can_be_asked_for(desk: ModuleType, trader: User) -> None:
    """By whoever watches it from outside."""
    until(lambda: "updates" in trader.client.get("/measured").json)
    until(lambda: trader.client.get("/measured").json["updates"] > 0)
    assert {"committed_p99", "painted", "memory"} <= set(trader.client.get("/measured").json)


# ── tables ────────────────────────────────────────────────────────────────────────────────────────


def test_a_trade_is_closed_from_its_menu(desk: ModuleType, trader: User) -> None:
    """The opposite order goes to the market; the blotter has both then."""
    trader.open("/")
    trades = trader.table("Trades")
    code, side, quantity = (trades.cell(0, heading) for heading in ("Code", "Side", "Quantity"))
    trades.act("Close trade", 0)
    until(lambda: newest_order(desk).status == "Filled")
    order = newest_order(desk)
    assert (order.code, order.quantity) == (code, int(quantity.replace(",", "")))
    assert {order.side, side} == {"Buy", "Sell"}
    until(lambda: trades.total > 300)


def test_the_blotter_adds_up_by_sector(desk: ModuleType, trader: User) -> None:
    """What stands below the trades is what the positions earn, and groups have their own share."""
    desk.feed.rest()
    trader.open("/")
    trades, models = trader.table("Trades"), data(desk)
    until(lambda: not desk.engine.mirror._touched)
    trades.group("Sector")
    trades.sort("No.")
    assert trades.total == len({trade.sector for trade in desk.db.all(models.Trade)})
    in_all = sum(trade.pnl for trade in desk.db.all(models.Trade))
    until(lambda: trades.totals["P&L €"] == f"{in_all:+,.2f}")


def test_choosing_an_instrument_in_one_window_shows_it_in_all(desk: ModuleType, trader: User) -> None:
    with User(desk.app, patience=20) as other:
        other.open("/prices")
        other.table("Prices").select("BIRE")
        until(lambda: trader.find("Code", "textbox").value == "BIRE")
        other.see("BIRE Birch Energy")
        until(lambda: desk.db.count(data(desk).Bar) >= 119)
        until(lambda: desk.db.get(data(desk).Level, 0).bid == price_of(desk, "BIRE").bid)
        other.table("Prices").select()
        assert sys.modules["desk.engine"].chosen.value == "BIRE", (
            "letting go of a row does not leave nothing to look at"
        )


def test_a_working_order_is_edited_and_cancelled_in_its_table(desk: ModuleType, trader: User) -> None:
    desk.feed.rest()
    set_limit(trader, f"{price_of(desk).bid - 0.05:.2f}")
    trader.click("Send")
    order = newest_order(desk)
    working = trader.table("Working orders")
    until(lambda: short(order) in working.column("No."))
    working.edit(short(order), "Quantity", "250")
    assert newest_order(desk).quantity == 250
    working.edit(short(order), "Quantity", "0")
    assert newest_order(desk).quantity == 250
    assert any("at least 1" in each for each in working.refusals())
    working.act("Cancel order", short(order))
    assert newest_order(desk).status == "Cancelled"
    until(lambda: short(order) not in working.column("No."))


def test_a_working_order_is_checked_like_a_new_one(desk: ModuleType, trader: User) -> None:
    """Whoever changes it: what would be refused as an order cannot be made of one. Nothing is sent while the feed is away."""
    desk.feed.rest()
    bid = price_of(desk).bid
    set_limit(trader, f"{bid - 0.05:.2f}")
    trader.click("Send")
    order = newest_order(desk)
    working = trader.table("Working orders")
    until(lambda: short(order) in working.column("No."))
    for column, text, words in [
        ("Limit", "0.01", "away from the market"),
        ("Limit", "-3", "above zero"),
        ("Quantity", "200000", "at most 100,000"),
        ("Quantity", "100000", "is the most for one order"),
    ]:
        working.edit(short(order), column, text)
        assert any(words in each for each in working.refusals()), words
    assert (newest_order(desk).quantity, newest_order(desk).limit) == (order.quantity, order.limit)
    desk.engine.connection.cut(True)
    try:
        trader.see("Feed cut")
        working.edit(short(order), "Quantity", "200")
        assert any("Orders wait until it is back" in each for each in working.refusals())
        assert newest_order(desk).quantity == order.quantity
        working.act("Cancel order", short(order))
        assert newest_order(desk).status == "Cancelled", "to take one back is no order"
    finally:
        desk.engine.connection.cut(False)


def test_a_position_is_closed_from_its_menu(desk: ModuleType, trader: User) -> None:
    """All of it, and what it earned stays."""
    desk.feed.rest()
    held = next(
        each for each in desk.db.all(data(desk).Position) if each.quantity and abs(each.value) < 500_000
    )
    trader.table("Positions").filter("Code", "is", held.code)
    trader.table("Positions").act("Close position", held.code)
    order = newest_order(desk)
    assert (order.code, order.quantity) == (held.code, abs(held.quantity))
    time.sleep(0.1)
    for _ in range(20):  # what the books hold is less than that, as a rule
        place = desk.engine.mirror.places[held.code]
        book = desk.feed.feed.market.books[place]
        what, levels = (0, book.bids) if held.quantity > 0 else (1, book.asks)
        best = max(levels) if what == 0 else min(levels)
        desk.feed.say([(place, what, best, levels[best])])
        time.sleep(0.05)
    until(lambda: desk.db.get(data(desk).Position, held.code).quantity == 0)


def test_what_is_below_a_trade_tells_where_it_came_from(desk: ModuleType, trader: User) -> None:
    trader.open("/")
    trades = trader.table("Trades")
    trades.unfold(0)
    newest = desk.db.first(desk.db.select(data(desk).Fill).order_by(data(desk).Fill.at.desc()))
    order = desk.db.get(data(desk).Order, newest.order_id)
    trader.see(f"Order {short(order)} by {order.by}: ")
