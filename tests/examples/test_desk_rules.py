"""The desk's arithmetic: orders that meet books, what fills add up to, candles, and the market that it is all tried on."""

from __future__ import annotations

from itertools import pairwise

import pytest
from examples.desk import candles, exchange, ledger, market, meter, mirror, quotes, wire
from hypothesis import given
from hypothesis import strategies as st

BOOK = wire.Book(
    bids={99: 100, 98: 200}, asks={101: 100, 102: 300, 105: 50}, opened=100, last=100, volume=0, trades=0
)


# ── the market ────────────────────────────────────────────────────────────────────────────────────


def test_the_same_seed_is_the_same_market() -> None:
    """So that what was seen once can be seen again."""
    one, other, another = market.Market(3), market.Market(3), market.Market(4)
    assert [one.step(400) for _ in range(5)] == [other.step(400) for _ in range(5)]
    assert one.books == other.books
    assert one.books != another.books


def test_there_are_five_hundred_instruments_with_codes_of_their_own() -> None:
    codes = {each.code for each in market.instruments()}
    assert len(codes) == 500 and "ACOE" in codes


def test_books_keep_their_depth_and_never_cross() -> None:
    """Ten prices on each side, all bids below all asks, and nothing for nothing."""
    moving = market.Market(1)
    for _ in range(200):
        moving.step(1_000)
    for book in moving.books:
        assert len(book.bids) == len(book.asks) == market.DEPTH
        assert max(book.bids) < min(book.asks)
        assert min(*book.bids.values(), *book.asks.values()) > 0
    assert any(book.last != book.opened for book in moving.books)


def test_updates_say_all_that_has_happened() -> None:
    """Whoever applies them to a copy has the same books."""
    moving = market.Market(2)
    copy = mirror.Mirror()
    copy.take(wire.encode(wire.Welcome("run", moving.instruments, market.RATES)))
    copy.take(wire.encode(wire.Snapshot(0, 1.0, moving.books)))
    for _ in range(50):
        copy.take(wire.encode(wire.Batch(copy.number + 1, 1.0, moving.step(400))))
    assert copy.books == moving.books
    assert copy.counts["nonsense"] == 0


# ── orders ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("side", "limit", "quantity", "found"),
    [
        ("Buy", None, 150, [(101, 100), (102, 50)]),
        ("Buy", 101, 150, [(101, 100)]),
        ("Buy", 100, 150, []),
        ("Buy", 200, 1_000, [(101, 100), (102, 300), (105, 50)]),
        ("Sell", 98, 1_000, [(99, 100), (98, 200)]),
        ("Sell", 99, 40, [(99, 40)]),
        ("Sell", 100, 40, []),
        ("Sell", None, 0, []),
    ],
)
def test_an_order_gets_the_best_prices_up_to_its_limit(
    side: str, limit: int | None, quantity: int, found: list[tuple[int, int]]
) -> None:
    assert exchange.matches(side, limit, quantity, BOOK) == found


@given(
    st.sampled_from(["Buy", "Sell"]),
    st.none() | st.integers(90, 110),
    st.integers(0, 2_000),
    st.dictionaries(st.integers(101, 110), st.integers(1, 500)),
    st.dictionaries(st.integers(90, 100), st.integers(1, 500)),
)
def test_no_order_gets_more_than_there_is_nor_a_worse_price(side, limit, quantity, asks, bids) -> None:  # type: ignore[no-untyped-def]
    """And nothing that it could have had is left."""
    book = wire.Book(bids, asks, 100, 100, 0, 0)
    levels = asks if side == "Buy" else bids
    fits = {
        price: size
        for price, size in levels.items()
        if limit is None or (price <= limit if side == "Buy" else price >= limit)
    }
    found = exchange.matches(side, limit, quantity, book)
    assert sum(size for _, size in found) == min(quantity, sum(fits.values()))
    assert all(size <= fits[price] for price, size in found)


@pytest.mark.parametrize(("direction", "last", "is_there"), [
    ("rises to", 99, False), ("rises to", 100, True), ("rises to", 101, True),
    ("falls to", 101, False), ("falls to", 100, True), ("falls to", 99, True),
])  # fmt: skip
def test_an_alert_rings_at_its_level_and_beyond(direction: str, last: int, is_there: bool) -> None:
    assert exchange.rings(direction, 100, last) is is_there


# ── positions ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_sold_dearer_is_earned_for_good() -> None:
    held = ledger.Holding()
    held.take(100, 10.0)
    held.take(100, 12.0)
    assert (held.quantity, held.average) == (200, 11.0)
    held.take(-50, 13.0)
    assert (held.quantity, held.average, held.realised) == (150, 11.0, 100.0)
    assert held.open(9.0) == -300.0


def test_a_position_can_change_sides_in_one_trade() -> None:
    held = ledger.Holding()
    held.take(100, 10.0)
    held.take(-150, 11.0)
    assert (held.quantity, held.average, held.realised) == (-50, 11.0, 100.0)
    held.take(50, 10.0)
    assert (held.quantity, held.average, held.realised) == (0, 0.0, 150.0)


@given(
    st.lists(st.tuples(st.integers(-500, 500).filter(bool), st.integers(1, 1_000)), max_size=40),
    st.integers(1, 1_000),
)
def test_profit_is_what_was_taken_in_less_what_was_paid(trades: list[tuple[int, int]], mark: int) -> None:
    """However it is split into realised and open: all cash that moved, and what is left at today's price."""
    held = ledger.Holding()
    for quantity, price in trades:
        held.take(quantity, float(price))
    cash = -sum(quantity * price for quantity, price in trades)
    left = sum(quantity for quantity, _ in trades)
    assert held.quantity == left
    assert held.realised + held.open(mark) == pytest.approx(cash + left * mark, abs=1e-3)


# ── candles ───────────────────────────────────────────────────────────────────────────────────────


def test_five_seconds_of_trades_are_a_candle() -> None:
    kept = candles.Candles()
    for at, price in [(100.1, 10), (101.0, 14), (103.0, 8), (104.9, 11), (105.0, 20)]:
        kept.add(at, price, 5)
    assert kept.all() == [wire.Candle(100.0, 10, 14, 8, 11, 20), wire.Candle(105.0, 20, 20, 20, 20, 5)]


def test_a_trade_from_the_past_belongs_to_the_newest_candle() -> None:
    """A clock that goes back makes no candle between those that are there."""
    kept = candles.Candles()
    kept.add(1000.0, 10, 1)
    kept.add(50.0, 12, 1)
    assert [candle.start for candle in kept.all()] == [1000.0]


def test_candles_are_kept_for_ten_minutes() -> None:
    """Memory does not grow with the day."""
    kept = candles.Candles()
    for number in range(10_000):
        kept.add(number * 5.0 + 1, 10, 1)
    assert len(kept.all()) == candles.KEPT


def test_the_past_leads_to_the_opening_price() -> None:
    past = candles.some_past(BOOK, 1, 10_000.0)
    assert past[-1].closed == BOOK.opened
    assert all(before.closed == after.opened for before, after in pairwise(past))
    assert all(
        each.low <= min(each.opened, each.closed) <= max(each.opened, each.closed) <= each.high
        for each in past
    )


# ── rows and figures ──────────────────────────────────────────────────────────────────────────────


def a_mirror(book: object) -> object:
    copy = mirror.Mirror()
    copy.take(wire.encode(wire.Welcome("run", market.instruments()[:1], market.RATES)))
    copy.take(wire.encode(wire.Snapshot(0, 1.0, [book])))
    return copy


def test_only_what_looks_different_is_written() -> None:
    """A change deep in a book is no other price; one at its top is."""
    copy = a_mirror(BOOK)
    shown = quotes.Quotes(copy)
    (row,) = shown.rows([0]).values()
    assert row == ("ACOE", 0.99, 100, 1.01, 100, 1.0, 0.0, 0, "Acorn Energy", "Energy", "EUR")
    copy.take(wire.encode(wire.Batch(1, 1.0, [(0, wire.ASK, 105, 999)])))
    assert shown.rows([0]) == {}
    copy.take(wire.encode(wire.Batch(2, 1.0, [(0, wire.ASK, 101, 7)])))
    assert [row[4] for row in shown.rows([0]).values()] == [7]


def test_the_ladder_begins_with_the_best_prices() -> None:
    rows = quotes.ladder(a_mirror(BOOK), 0)
    assert rows[:3] == [(0, 100, 0.99, 1.01, 100), (1, 200, 0.98, 1.02, 300), (2, 0, 0.0, 1.05, 50)]
    assert len(rows) == market.DEPTH


def test_a_second_is_measured_and_then_forgotten() -> None:
    measured = meter.Meter()
    for delay in (0.010, 0.020, 0.030):
        measured.hear(at=100.0, now=100.0 + delay)
    measured.commit(rows=5, now=100.050)
    rows, heard, committed = measured.read()
    assert rows == 5
    assert meter.percentile(heard, 50) == pytest.approx(20)
    assert meter.percentile(committed, 99) == pytest.approx(50)
    assert measured.read() == (0, [], [])
