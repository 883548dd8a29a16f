"""What the feed and the desk say to each other, as JSON arrays over one web socket.

    desk                                          feed
    ["hello", "", 0]                       →
                                           ←      ["welcome", "7-1732339200", [instruments…], {"USD": 0.92, …}]
                                           ←      ["snapshot", 1200, 1732339201.2, [books…]]
                                           ←      ["batch", 1201, 1732339201.22, [[17, 0, 4031, 900], …]]

Every update has a number: those of a batch are counted on from its first. So whoever was away for a while says up to which
number they know (`hello "7-…" 1290`), and is given what they have missed, or a snapshot if that is too long ago.

Prices are whole numbers of ticks, so that no price is ever rounded.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

BID, ASK, TRADE = 0, 1, 2

# What a feed can be asked to do wrong, and for how many seconds.
FAULTS = {
    "stop": 4.0,  # nothing comes, though the line is open
    "flood": 3.0,  # twenty times as much
    "nonsense": 3.0,  # what is no message, between those that are
    "back in time": 3.0,  # by an hour
    "twice": 3.0,  # everything
    "lost": 3.0,  # every tenth batch
    "hang up": 0.0,
}

Price = Annotated[int, Meta(gt=0, lt=10**9)]
Size = Annotated[int, Meta(ge=0, lt=10**9)]
Signed = Annotated[int, Meta(gt=-(10**9), lt=10**9)]
# Instrument, what, price, size. A level of the book whose size is 0 is gone; a trade that a seller began has a size below 0.
Update = tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0, le=2)], Price, Signed]
Moment = Annotated[float, Meta(gt=0, lt=1e11)]  # seconds since 1970


class Instrument(Struct, array_like=True, frozen=True):
    code: str
    name: str
    sector: str
    currency: str
    unit: Annotated[int, Meta(gt=0, le=10_000)]  # so many ticks are one of its currency


class Book(Struct, array_like=True):
    """One instrument's orders, price by price, and its day so far."""

    bids: dict[Price, Size]
    asks: dict[Price, Size]
    opened: Price
    last: Price
    volume: int
    trades: int


class Candle(Struct, array_like=True):
    """All trades of a few seconds: the first and the last, the dearest and the cheapest, and how much."""

    start: Moment
    opened: Price
    high: Price
    low: Price
    closed: Price
    volume: int


class Hello(Struct, array_like=True, tag="hello"):
    """I have heard everything up to this number of that run; nothing yet if the run is "" or another one."""

    run: str
    number: int


class Ask(Struct, array_like=True, tag="ask"):
    """How has this instrument been traded so far?"""

    place: Annotated[int, Meta(ge=0)]


class Break(Struct, array_like=True, tag="break"):
    """Please misbehave so, which is one of FAULTS. Only a feed that was started with `--breakable` does."""

    fault: str


class Welcome(Struct, array_like=True, tag="welcome"):
    run: str
    instruments: list[Instrument]
    rates: dict[str, float]  # what one of each currency is worth in euros


class Snapshot(Struct, array_like=True, tag="snapshot"):
    number: int
    at: Moment
    books: list[Book]


class Batch(Struct, array_like=True, tag="batch"):
    first: int
    at: Moment
    updates: list[Update]


class Past(Struct, array_like=True, tag="past"):
    place: Annotated[int, Meta(ge=0)]
    candles: list[Candle]


FromFeed = Welcome | Snapshot | Batch | Past

encode = msgspec.json.Encoder().encode
from_feed = msgspec.json.Decoder(FromFeed).decode
from_desk = msgspec.json.Decoder(Hello | Ask | Break).decode
