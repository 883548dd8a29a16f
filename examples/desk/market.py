"""A market that nobody trades at: five hundred instruments whose orders and prices move by chance, the same for the same seed.

    market = Market(seed=7)
    market.step(400)            # [(instrument, what, price, size), …]: what has happened
    market.books[17].last       # in ticks

Each book has ten prices with orders on either side, and no price between them has none. A step changes how much is there,
trades at the best price, and now and then moves the whole book by a tick.
"""

import random

from .wire import ASK, BID, TRADE, Book, Instrument

DEPTH = 10
ROOTS = """
    Acorn Birch Cedar Dover Ember Fable Garnet Harbour Ivory Juniper Kestrel Lantern Maple Nimbus Orchid Pebble Quarry
    Raven Saffron Thistle Umber Velvet Willow Xenon Yarrow Zephyr Amber Breeze Copper Dune Echo Falcon Glacier Hollow
    Indigo Jasper Kindle Lumen Meadow Northgate Opal Prairie Quill Rowan Sable Tundra Upland Vesper Wharf Yonder
""".split()  # noqa: SIM905  (fifty lines of quotation marks say no more)
SECTORS = {"E": "Energy", "B": "Banks", "F": "Foods", "S": "Software", "M": "Metals",
           "T": "Transport", "H": "Health", "R": "Retail", "D": "Media", "C": "Chemicals"}  # fmt: skip
RATES = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17, "CHF": 1.05, "JPY": 0.0061}
CURRENCIES = ("EUR", "USD", "GBP", "EUR", "USD", "CHF", "EUR", "USD", "GBP", "JPY")
UNITS = {"JPY": 1}  # else prices go by cents

# How often a step is what; the rest changes the size of one level.
MOVES, TRADES = 0.04, 0.14


def instruments() -> list[Instrument]:
    """All of them: "Acorn Energy" is ACOE."""
    return [
        Instrument(
            f"{root[:3].upper()}{letter}", f"{root} {sector}", sector, currency, UNITS.get(currency, 100)
        )
        for letter, sector in SECTORS.items()
        for root, currency in zip(ROOTS, CURRENCIES * 5, strict=True)
    ]


class Market:
    """All books, as they are now."""

    def __init__(self, seed: int = 7) -> None:
        self.instruments = instruments()
        self._chance = random.Random(seed)
        self.books = [self._begin() for _ in self.instruments]
        # Some are traded much more than others.
        self._popular = [1 / (place + 8) ** 0.6 for place in range(len(self.books))]
        self._chance.shuffle(self._popular)
        self._bounds = [0.0]
        for weight in self._popular:
            self._bounds.append(self._bounds[-1] + weight)
        del self._bounds[0]

    def step(self, count: int) -> list[tuple[int, int, int, int]]:
        """So many updates, or a few more; the books have taken them in."""
        happened: list[tuple[int, int, int, int]] = []
        places = self._chance.choices(range(len(self.books)), cum_weights=self._bounds, k=count)
        for place in places:
            what = self._chance.random()
            if what < MOVES:
                self._move(place, happened)
            elif what < MOVES + TRADES:
                self._trade(place, happened)
            else:
                self._resize(place, happened)
            if len(happened) >= count:
                break
        return happened

    def _begin(self) -> Book:
        bid = round(self._chance.lognormvariate(8.4, 0.7)) + 200
        bids = {bid - depth: self._size() for depth in range(DEPTH)}
        asks = {bid + 2 + depth: self._size() for depth in range(DEPTH)}
        return Book(bids, asks, opened=bid + 1, last=bid + 1, volume=0, trades=0)

    def _size(self) -> int:
        return 100 * (1 + int(self._chance.expovariate(0.08)))

    def _resize(self, place: int, happened: list[tuple[int, int, int, int]]) -> None:
        """Somebody has put in an order, or has taken one back."""
        book, chance = self.books[place], self._chance.random()
        side = BID if chance < 0.5 else ASK
        depth = int(chance * 2 * DEPTH) % DEPTH
        price = max(book.bids) - depth if side == BID else min(book.asks) + depth
        levels = book.bids if side == BID else book.asks
        levels[price] = size = self._size()
        happened.append((place, side, price, size))

    def _trade(self, place: int, happened: list[tuple[int, int, int, int]]) -> None:
        """Somebody buys at the best price, or sells; what was there becomes less."""
        book = self.books[place]
        is_bought = self._chance.random() < 0.5
        levels, price = (book.asks, min(book.asks)) if is_bought else (book.bids, max(book.bids))
        size = min(levels[price], 100 * (1 + int(self._chance.expovariate(0.4))))
        book.last, book.volume, book.trades = price, book.volume + size, book.trades + 1
        happened.append((place, TRADE, price, size if is_bought else -size))
        levels[price] = left = levels[price] - size or self._size()  # others stand in line
        happened.append((place, ASK if is_bought else BID, price, left))

    def _move(self, place: int, happened: list[tuple[int, int, int, int]]) -> None:
        """The whole book goes up or down by a tick: sooner back to where it began than further away."""
        book = self.books[place]
        drift = (book.last - book.opened) / book.opened
        step = 1 if self._chance.random() < 0.5 - 2 * drift else -1
        if min(book.bids) + step < 1:
            return
        for side, levels, first, beyond in (
            (BID, book.bids, max(book.bids), min(book.bids)),
            (ASK, book.asks, min(book.asks), max(book.asks)),
        ):
            # One end of the ladder loses a price and the other gets one; which is which depends on the way it goes.
            best_moves_on = (step > 0) == (side == BID)
            gone, new = (beyond, first + step) if best_moves_on else (first, beyond + step)
            del levels[gone]
            levels[new] = size = self._size()
            happened.append((place, side, gone, 0))
            happened.append((place, side, new, size))
