"""The market as the desk knows it: the feed's books, kept in step by what it says, however badly it says it.

    mirror = Mirror()
    mirror.take(message)                  # what has come over the socket
    mirror.books[17].bids                 # {price in ticks: size}
    mirror.drain()                        # which instruments are to be looked at, and all trades, since the last drain

Each update counts once: what comes twice is passed over, and where some are missing `take` raises `Gap`. What is no message, or
speaks of things that cannot be, is counted and changes nothing. No I/O here.
"""

import time
from collections import Counter
from collections.abc import Callable

import msgspec

from .wire import ASK, BID, Batch, Book, FromFeed, Hello, Instrument, Past, Snapshot, Welcome, from_feed

# A moment that is further ahead of our own clock than this is a mistake, and would hold up all that come after it.
MOST_AHEAD = 300.0
# A book of more prices than these is not one that we keep in memory; those furthest away go.
MOST_LEVELS = 50

Trades = list[tuple[int, int, int]]  # instrument, price, size


class Gap(Exception):
    """Something that the feed has said did not arrive."""


class Mirror:
    """All books, up to update `number` of one `run` of the feed."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.run = ""
        self.number = 0
        self.at = 0.0  # the newest moment that the feed has named; it never goes back
        self.instruments: list[Instrument] = []
        self.places: dict[str, int] = {}
        self.rates: dict[str, float] = {}
        self.books: list[Book] = []
        self.counts: Counter[str] = Counter()
        self.complaint = ""  # about the newest nonsense
        self._clock = clock
        self._touched: set[int] = set()
        self._trades: Trades = []

    def hello(self) -> Hello:
        """How far we have come: what the feed is told when we (re)connect."""
        return Hello(self.run, self.number) if self.books else Hello("", 0)

    def take(self, data: str | bytes) -> FromFeed | None:
        """Take one message in; returns it, or None if it made no sense. Raises Gap where one before it is missing."""
        self.counts["messages"] += 1
        try:
            message = from_feed(data)
            self._refuse_nonsense(message)
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
            self.counts["nonsense"] += 1
            self.complaint = f"{error} in {data[:60]!r}"
            return None
        match message:
            case Welcome():
                self._welcome(message)
            case Snapshot():
                self._begin(message)
            case Batch():
                self._go_on(message)
        return message

    def drain(self) -> tuple[list[int], Trades]:
        """The instruments that something has happened to since the last drain, each once; and what was traded."""
        touched, self._touched = list(self._touched), set()
        trades, self._trades = self._trades, []
        return touched, trades

    def touch_all(self) -> None:
        """Have every instrument be looked at with the next drain."""
        self._touched = set(range(len(self.books)))

    def _refuse_nonsense(self, message: FromFeed) -> None:
        if isinstance(message, Welcome):
            if any(each.currency not in message.rates for each in message.instruments):
                raise ValueError("a currency without a rate")
            return
        known = len(self.instruments)
        if isinstance(message, Past):
            if message.place >= known:
                raise ValueError("the past of an instrument that does not exist")
            return
        if message.at > self._clock() + MOST_AHEAD:
            raise ValueError(f"{message.at} is in the future")
        if isinstance(message, Snapshot):
            if len(message.books) != known or not all(book.bids and book.asks for book in message.books):
                raise ValueError(f"{len(message.books)} books for {known} instruments, or some are empty")
        elif any(each[0] >= known for each in message.updates):
            raise ValueError("an instrument that does not exist")

    def _welcome(self, message: Welcome) -> None:
        if message.run != self.run or message.instruments != self.instruments:
            self.run, self.number, self.at, self.books = message.run, 0, 0.0, []
        self.instruments, self.rates = message.instruments, message.rates
        self.places = {each.code: place for place, each in enumerate(message.instruments)}

    def _begin(self, message: Snapshot) -> None:
        self.books, self.number = message.books, message.number
        self.at = max(self.at, message.at)
        self.touch_all()
        self.counts["snapshots"] += 1

    def _go_on(self, message: Batch) -> None:
        if not self.books or message.first > self.number + 1:
            self.counts["gaps"] += 1
            raise Gap(f"updates {self.number + 1} to {message.first - 1} have not come")
        if message.at < self.at:
            self.counts["back in time"] += 1
        self.at = max(self.at, message.at)
        known_already = self.number + 1 - message.first
        if known_already:
            self.counts["twice"] += min(known_already, len(message.updates))
        fresh = message.updates[known_already:] if known_already else message.updates
        self._apply(fresh)
        self.number += len(fresh)
        self.counts["updates"] += len(fresh)

    def _apply(self, updates: list[tuple[int, int, int, int]]) -> None:
        books, touched, trades = self.books, self._touched, self._trades
        for place, what, price, size in updates:
            book = books[place]
            if what == BID:
                levels = book.bids
            elif what == ASK:
                levels = book.asks
            else:
                book.last = price
                book.volume += abs(size)
                book.trades += 1
                trades.append((place, price, size))
                touched.add(place)
                continue
            if size > 0:
                levels[price] = size
                if len(levels) > MOST_LEVELS:
                    del levels[min(levels) if what == BID else max(levels)]
            else:
                levels.pop(price, None)
            touched.add(place)
