"""Thirty times a second: what the feed has said becomes rows, orders meet the market, and every window follows the store.

    feed ──▶ connection ──▶ mirror ──beat──▶ quotes, trading ──▶ store ──▶ tables and charts of all windows

The windows know nothing of all this. They read the store, and the few values that are shared at the end of this file.
"""

import atexit
import os
import time
from datetime import UTC, datetime
from threading import Lock

from sqlalchemy import delete

from hipflask import Hipflask, ui

from .candles import KEPT, Candles
from .connection import Connection, Line
from .data import Bar, Level, Position, Price, Side, Trade, db
from .exchange import best_ask, best_bid
from .meter import Meter, memory_mb, percentile
from .mirror import Mirror
from .nearby import NearbyFeed
from .quotes import Quotes, bar, bars, ladder
from .trading import Trading
from .wire import Batch, FromFeed, Past, Snapshot


class Chosen(ui.State[str]):
    """The instrument that is looked at: there is always one, also when a row is let go of."""

    def set(self, value: str | None, /) -> None:
        if value:
            super().set(value)


# What all windows share, and the engine below.
chosen = Chosen("ACOE")  # the instrument that is looked at, in every window
line = ui.State[Line]("connecting")  # to the feed
last_minute = ui.Series("time", "price", most=5_000)  # of the chosen one
FIGURES = (
    "time", "updates", "rows", "frames", "heard", "committed", "committed_p99", "painted", "painted_p99", "memory",
)  # fmt: skip
# Of the desk itself, second by second; times in milliseconds, memory in MB.
health = ui.Series(*FIGURES, most=3_600)


class Engine:
    """The desk, without its windows."""

    def __init__(self) -> None:
        self.mirror = Mirror()
        self.quotes = Quotes(self.mirror)
        self.trading = Trading(self.mirror)
        self.meter = Meter()
        self.connection = Connection(self.mirror, heard=self._heard, beat=self._beat, line=line.set)
        self._app: Hipflask | None = None
        self._nearby: NearbyFeed | None = None
        self._starting = Lock()
        self._run = ""
        self._looking = ""  # at the code whose ladder and candles are in the store
        self._candles: Candles | None = None
        self._second = 0
        self._counted = (0, 0)

    def start(self, app: Hipflask) -> None:
        """Begin to follow the feed that DESK_FEED names, or one of our own; once is enough."""
        with self._starting:
            if self._app is None:
                self._app = app
                db.listen(self._written)
                url = os.environ.get("DESK_FEED")
                if not url:
                    self._nearby = NearbyFeed()
                    url = self._nearby.url
                self.connection.start(url)
                atexit.register(self.stop)  # before the store closes, which was opened before this line

    def stop(self) -> None:
        """Let go of the feed, for good."""
        if self._app is not None:
            self._app = None
            atexit.unregister(self.stop)
            self.connection.stop()
            if self._nearby is not None:
                self._nearby.stop()
            db.unlisten(self._written)

    # ── what comes in ─────────────────────────────────────────────────────────────────────────────

    def last(self, code: str) -> float:
        """The newest price of an instrument, without following it; 0 if nobody knows."""
        place = self.mirror.places.get(code)
        if place is None or not self.mirror.books:
            return 0.0
        return self.mirror.books[place].last / self.mirror.instruments[place].unit

    def offered(self, code: str, side: Side) -> float:
        """The best price at which one can buy or sell an instrument now; 0 if nobody offers any."""
        place = self.mirror.places[code]
        best = best_ask if side == "Buy" else best_bid
        return best(self.mirror.books[place]) / self.mirror.instruments[place].unit

    def rate(self, code: str) -> float:
        """What one of the money that an instrument is traded in is in euros."""
        return self.mirror.rates[self.mirror.instruments[self.mirror.places[code]].currency]

    def _heard(self, message: FromFeed) -> None:
        match message:
            case Batch():
                self.meter.hear(message.at, time.time())
            case Snapshot():
                self._begin()
            case Past() if message.place == self.mirror.places.get(self._looking):
                self._candles = Candles(message.candles)
                self._write_bars(self._candles)

    def _begin(self) -> None:
        """We were away for long, or this is another run of the feed, whose instruments may be others."""
        self._looking = ""
        if self._run != self.mirror.run:
            self._run = self.mirror.run
            with db.transaction():
                for model in (Price, Trade, Position):
                    db.session.execute(delete(model))
            self.quotes.forget()
            self.trading.begin()

    def _written(self, schema: str, _: object) -> None:
        if schema == "main":
            self.trading.is_stale = True

    # ── what goes out ─────────────────────────────────────────────────────────────────────────────

    def _beat(self) -> None:
        if self.mirror.books:
            try:
                self._write_news()
            except (
                BaseException
            ):  # the disk is full, say; what could not be written is written with the next beat
                self.mirror.touch_all()
                self.quotes.forget()
                self._looking = ""
                raise
        if (second := int(time.time())) != self._second:
            self._second = second
            self.quotes.note_trends()
            self._note_health()

    def _write_news(self) -> None:
        touched, trades = self.mirror.drain()
        prices = self.quotes.rows(touched)
        filled = self.trading.settle(touched)
        mine, held = self.trading.rows(filled | prices.keys())
        with db.transaction():
            db.write(Price, prices.values())
            db.write(Trade, mine)
            db.write(Position, held)
            looked = self._look(touched, trades)
            for fill in self.trading.forget_old_trades():
                db.session.execute(delete(Trade).where(Trade.id == fill))
        self.meter.commit(len(prices) + len(mine) + len(held) + looked, time.time())

    def _look(self, touched: list[int], trades: list[tuple[int, int, int]]) -> int:
        """Write what the prices window shows of the chosen instrument; returns how many rows that were."""
        place = self.mirror.places.get(chosen.value)
        if place is None:
            return 0
        if self._looking != chosen.value:
            self._look_elsewhere(place)
        elif place not in touched:
            return 0
        book, unit = self.mirror.books[place], self.mirror.instruments[place].unit
        last_minute.append(time.time(), (best_bid(book) + best_ask(book)) / 2 / unit)
        if self._candles is not None:
            newest = [
                self._candles.add(self.mirror.at, price, abs(size))
                for at, price, size in trades
                if at == place
            ]
            if newest:
                db.write(Bar, {candle.start: bar(candle, unit) for candle in newest}.values())
                oldest = self._candles.all()[0].start
                db.session.execute(delete(Bar).where(Bar.start < datetime.fromtimestamp(oldest, UTC)))
        return db.write(Level, ladder(self.mirror, place))

    def _look_elsewhere(self, place: int) -> None:
        self._looking, self._candles = chosen.value, None
        db.session.execute(delete(Bar))
        last_minute.clear()
        trend = self.quotes.trend(self._looking)
        last_minute.extend([time.time() - back for back in range(len(trend), 0, -1)], trend)
        self.connection.ask(place)

    def _write_bars(self, candles: Candles) -> None:
        unit = self.mirror.instruments[self.mirror.places[self._looking]].unit
        with db.transaction():
            db.session.execute(delete(Bar))
            db.write(Bar, bars(candles, unit)[-KEPT:])

    # ── how it is ─────────────────────────────────────────────────────────────────────────────────

    def _note_health(self) -> None:
        paces = self._app.paces() if self._app is not None else []
        counts = self.mirror.counts
        counted = (counts["updates"], sum(pace.frames for pace in paces))
        updates, frames = (max(0, now - before) for now, before in zip(counted, self._counted, strict=True))
        self._counted = counted
        paints = [seconds * 1000 for pace in paces for seconds in pace.seconds[-30:]]
        rows, heard, committed = self.meter.read()
        health.append(
            float(self._second), updates, rows, frames, percentile(heard, 50), percentile(committed, 50),
            percentile(committed, 99), percentile(paints, 50), percentile(paints, 99), memory_mb(),
        )  # fmt: skip


engine = Engine()
