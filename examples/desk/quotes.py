"""From books to rows: what the store is told of prices. Pure, but for the books that it looks at."""

from collections import deque
from datetime import UTC, datetime

from .candles import Candles
from .exchange import best_ask, best_bid
from .market import DEPTH
from .mirror import Mirror
from .wire import Candle

TREND = 60  # seconds


class Quotes:
    """The rows of `Price` that differ from those of last time."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self._known: dict[int, tuple[int, ...]] = {}
        self._trends: dict[str, deque[float]] = {}

    def rows(self, touched: list[int]) -> dict[int, tuple[object, ...]]:
        """By instrument: what its row of `Price` says now."""
        rows: dict[int, tuple[object, ...]] = {}
        for place in touched:
            book = self.mirror.books[place]
            bid, ask = best_bid(book), best_ask(book)
            now = (bid, book.bids.get(bid, 0), ask, book.asks.get(ask, 0), book.last, book.volume)
            if self._known.get(place) == now:
                continue  # something has changed, deep in the book
            self._known[place] = now
            about = self.mirror.instruments[place]
            unit = about.unit
            rows[place] = (
                about.code, bid / unit, now[1], ask / unit, now[3], book.last / unit, book.last / book.opened - 1, book.volume,
                about.name, about.sector, about.currency,
            )  # fmt: skip
        return rows

    def forget(self) -> None:
        """All rows are to be given again, whether they are others or not."""
        self._known.clear()

    def note_trends(self) -> None:
        """Once a second: where each price is."""
        for about, book in zip(self.mirror.instruments, self.mirror.books, strict=False):
            trend = self._trends.setdefault(about.code, deque(maxlen=TREND))
            trend.append((best_bid(book) + best_ask(book)) / 2 / about.unit)

    def trend(self, code: str) -> list[float]:
        """An instrument's price in each of the last sixty seconds."""
        return [*self._trends.get(code, ())]


def ladder(mirror: Mirror, place: int) -> list[tuple[object, ...]]:
    """The rows of `Level`: the best ten prices on either side."""
    book, unit = mirror.books[place], mirror.instruments[place].unit
    bids, asks = sorted(book.bids.items(), reverse=True)[:DEPTH], sorted(book.asks.items())[:DEPTH]
    bids += [(0, 0)] * (DEPTH - len(bids))
    asks += [(0, 0)] * (DEPTH - len(asks))
    both = enumerate(zip(bids, asks, strict=True))
    return [(step, bid[1], bid[0] / unit, ask[0] / unit, ask[1]) for step, (bid, ask) in both]


def bars(candles: Candles, unit: int) -> list[tuple[object, ...]]:
    """The rows of `Bar`."""
    return [bar(candle, unit) for candle in candles.all()]


def bar(candle: Candle, unit: int) -> tuple[object, ...]:
    prices = (candle.opened / unit, candle.high / unit, candle.low / unit, candle.closed / unit)
    return (datetime.fromtimestamp(candle.start, UTC), *prices, candle.volume)
