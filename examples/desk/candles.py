"""Candles: all trades of five seconds as one, for the last ten minutes."""

import random
from collections import deque
from collections.abc import Iterable

from .wire import Book, Candle

SECONDS = 5
KEPT = 120


class Candles:
    """The newest ones of one instrument."""

    def __init__(self, past: Iterable[Candle] = ()) -> None:
        self._kept: deque[Candle] = deque(past, maxlen=KEPT)

    def add(self, at: float, price: int, size: int) -> Candle:
        """Take in one trade; returns the candle that it belongs to. One that comes late belongs to the newest."""
        start = at - at % SECONDS
        newest = self._kept[-1] if self._kept else None
        if newest is None or start > newest.start:
            self._kept.append(newest := Candle(start, price, price, price, price, size))
            return newest
        newest.high = max(newest.high, price)
        newest.low = min(newest.low, price)
        newest.closed = price
        newest.volume += size
        return newest

    def all(self) -> list[Candle]:
        """From the oldest to the newest."""
        return list(self._kept)


def some_past(book: Book, seed: int, now: float) -> list[Candle]:
    """What might have been traded before the market of this feed began: a walk that ends where the book opens."""
    chance = random.Random(seed)
    start = now - now % SECONDS - SECONDS
    candles: list[Candle] = []
    price = book.opened
    for _ in range(KEPT - 1):  # from the newest to the oldest
        opened = max(2, price + chance.randint(-3, 3))
        high = max(price, opened) + chance.randint(0, 2)
        low = max(1, min(price, opened) - chance.randint(0, 2))
        candles.append(Candle(start, opened, high, low, price, 100 * chance.randint(20, 90)))
        start, price = start - SECONDS, opened
    return candles[::-1]
