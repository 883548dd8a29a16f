"""The desk's own business: working orders meet the market, alerts ring, and every trade is worth something else each moment.

All of it in the one thread that follows the feed. What people do at their windows reaches it by way of the store, so it does not matter
which window, or which program, it was: what colleagues do comes from the hub into the same store.
"""

import random
from collections import Counter, defaultdict, deque
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from operator import attrgetter
from uuid import UUID, uuid4

from sqlalchemy import func

from .data import Alert, Fill, Order, db, here, now
from .exchange import best_ask, best_bid, matches, rings
from .ledger import Holding
from .mirror import Mirror

MOST_TRADES = 500  # that the blotter shows; positions count them all
SIGN = {"Buy": 1, "Sell": -1}
TRADES, WAITING = 300, 12  # that a desk begins with
IN_TIME = (Fill.at, Fill.id)


class Trading:
    """What is ordered, held and watched."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.is_stale = True  # somebody has written orders or alerts since we read them
        self._orders: list[Order] = []
        self._alerts: list[Alert] = []
        self._fills: dict[int, list[Fill]] = defaultdict(list)
        self._newest: deque[Fill] = deque()
        self._holdings: dict[int, Holding] = defaultdict(Holding)
        self._counted: Counter[str] = Counter()  # fills, by code
        self._desk: UUID | None = None  # whose orders we take to the market

    def begin(self) -> None:
        """Read what was done before; the first time ever, let there be something, unless colleagues have a book already."""
        self._desk = here()
        if not db.count(Order) and db.find_sync() is None:
            self._open_with_something()
        self._fills.clear()
        self._newest.clear()
        self._holdings.clear()
        self._counted.clear()
        for fill in db.all(db.select(Fill).order_by(*IN_TIME)):
            self._count(fill)

    def settle(self, touched: list[int]) -> set[int]:
        """Let orders meet the books that something has happened to, and alerts ring; returns what was traded."""
        places, caught_up = self.mirror.places, set()
        if self.is_stale:
            self.is_stale = False
            self._orders = db.all(Order, status="Working", desk=self._desk)
            self._alerts = db.all(db.select(Alert).where(Alert.rang.is_(None)))
            caught_up = self._catch_up()
            looked_at = set(range(len(self.mirror.books)))
        else:
            looked_at = set(touched)
        for alert in self._alerts:
            if places.get(alert.code) in looked_at:
                self._ring(alert)
        return caught_up | {
            places[order.code]
            for order in self._orders
            if places.get(order.code) in looked_at and self._match(order)
        }

    def rows(self, places: set[int]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        """The rows of `Trade` and of `Position` of some instruments, at what the market offers now."""
        held = [place for place in places if place in self._holdings]
        trades = [self._trade(place, fill) for place in held for fill in self._fills[place]]
        return trades, [self._position(place) for place in held]

    def forget_old_trades(self) -> list[UUID]:
        """The keys of those that have left the blotter since the last time."""
        gone = []
        while len(self._newest) > MOST_TRADES:
            fill = self._newest.popleft()
            self._fills[self.mirror.places[fill.code]].remove(fill)
            gone.append(fill.id)
        return gone

    # ── orders and alerts ─────────────────────────────────────────────────────────────────────────

    def _match(self, order: Order) -> bool:
        place = self.mirror.places[order.code]
        book = self.mirror.books[place]
        if not matches(order.side, self._limit(order), order.quantity - order.filled, book):
            return False
        unit = self.mirror.instruments[place].unit
        with db.transaction():  # nobody changes or cancels it in between
            fresh = db.get(Order, order.id)
            if fresh is None or fresh.status != "Working":
                return False
            found = matches(fresh.side, self._limit(fresh), fresh.quantity - fresh.filled, book)
            fills = [
                Fill.create(
                    order_id=fresh.id,
                    code=fresh.code,
                    side=fresh.side,
                    quantity=quantity,
                    price=Decimal(price) / unit,
                )
                for price, quantity in found
            ]
            filled = fresh.filled + sum(quantity for _, quantity in found)
            status = "Filled" if filled >= fresh.quantity else "Working"
            fresh.update(filled=filled, status=status)
        for fill in fills:
            self._count(fill)
        return bool(fills)

    def _limit(self, order: Order) -> int | None:
        """In ticks; one that lies between two of them becomes the worse one, for whoever ordered nothing else."""
        if order.limit is None:
            return None
        ticks = order.limit * self.mirror.instruments[self.mirror.places[order.code]].unit
        return int(ticks.to_integral_value(ROUND_FLOOR if order.side == "Buy" else ROUND_CEILING))

    def _ring(self, alert: Alert) -> None:
        place = self.mirror.places[alert.code]
        book, unit = self.mirror.books[place], self.mirror.instruments[place].unit
        if rings(alert.direction, alert.level * unit, book.last):
            with db.transaction():
                fresh = db.get(Alert, alert.id)
                if fresh is not None and fresh.rang is None:
                    fresh.update(rang=now())

    # ── what it is worth ──────────────────────────────────────────────────────────────────────────

    def _catch_up(self) -> set[int]:
        """Count anew what colleagues have traded meanwhile: an average price depends on what came before what."""
        counts = dict(map(tuple, db.all(db.select(Fill.code, func.count()).group_by(Fill.code))))
        others = [code for code, count in counts.items() if count != self._counted[code]]
        places = {self.mirror.places[code] for code in others if code in self.mirror.places}
        if others:
            for place in places:
                self._fills.pop(place, None)
                self._holdings.pop(place, None)
            kept = [fill for fill in self._newest if fill.code not in others]
            self._newest.clear()
            for code in others:
                del self._counted[code]
            for fill in db.all(db.select(Fill).where(Fill.code.in_(others)).order_by(*IN_TIME)):
                self._count(fill)
            self._newest = deque(sorted([*kept, *self._newest], key=attrgetter("at")))
        return places

    def _count(self, fill: Fill) -> None:
        self._counted[fill.code] += 1
        place = self.mirror.places.get(fill.code)
        if place is None:  # it is not traded any more
            return
        self._fills[place].append(fill)
        self._newest.append(fill)
        self._holdings[place].take(SIGN[fill.side] * fill.quantity, float(fill.price))

    def _mark(self, place: int, quantity: int) -> float:
        """What one would get, or pay, for closing it now."""
        book, unit = self.mirror.books[place], self.mirror.instruments[place].unit
        return (best_bid(book) if quantity >= 0 else best_ask(book)) / unit

    def _trade(self, place: int, fill: Fill) -> tuple[object, ...]:
        about = self.mirror.instruments[place]
        rate, quantity = self.mirror.rates[about.currency], SIGN[fill.side] * fill.quantity
        price, mark = float(fill.price), self._mark(place, quantity)
        return (
            fill.id, fill.at, fill.code, fill.side, fill.quantity, price, mark,
            mark * quantity * rate, (mark - price) * quantity * rate, (mark / price - 1) * SIGN[fill.side],
            about.name, about.sector, about.currency,
        )  # fmt: skip

    def _position(self, place: int) -> tuple[object, ...]:
        about, held = self.mirror.instruments[place], self._holdings[place]
        rate, mark = self.mirror.rates[about.currency], self._mark(place, held.quantity)
        earned, realised = held.open(mark) * rate, held.realised * rate
        return (
            about.code, held.quantity, held.average, mark, mark * held.quantity * rate, earned, realised, earned + realised,
            about.name, about.sector, about.currency,
        )  # fmt: skip

    def _open_with_something(self) -> None:
        """Trades of the last hours, some orders that wait, and some alerts: an empty desk shows nothing."""
        chance = random.Random(3)
        places = chance.sample(range(len(self.mirror.books)), 120)
        orders, fills = [], []
        for number in range(1, TRADES + WAITING + 1):
            is_done = number <= TRADES
            place, at = chance.choice(places), now() - timedelta(seconds=45 * (TRADES + WAITING - number))
            side, quantity = chance.choice(["Buy", "Buy", "Sell"]), 100 * chance.randint(1, 40)
            away = chance.randint(-12, 12) if is_done else chance.randint(10, 40) * -SIGN[side]
            about, last = self.mirror.instruments[place], self.mirror.books[place].last
            price = Decimal(max(1, last + away)) / about.unit
            filled, status = (quantity, "Filled") if is_done else (0, "Working")
            order = Order(
                id=uuid4(), desk=self._desk, placed=at, code=about.code, side=side, quantity=quantity, limit=price,
                filled=filled, status=status,
            )  # fmt: skip
            orders.append(order)
            if is_done:
                fills.append(
                    Fill(at=at, order_id=order.id, code=order.code, side=side, quantity=quantity, price=price)
                )
        with db.transaction():
            db.session.add_all(orders)
            db.session.flush()
            db.session.add_all(fills)
            for place, direction, away in zip(
                places, ("rises to", "falls to") * 3, (25, -25) * 3, strict=False
            ):
                about, last = self.mirror.instruments[place], self.mirror.books[place].last
                Alert.create(
                    code=about.code, direction=direction, level=Decimal(max(1, last + away)) / about.unit
                )
