"""What the desk keeps. Orders, fills and alerts survive; prices, trades and positions at those prices are written anew all the time.

How much there is of a position is kept nowhere: it is always what its fills add up to (see `ledger`).
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import mapped_column, validates

from hipflask import Digits, Mapped, Store

db = Store()

Money = Annotated[Decimal, Digits(14, 2)]
Side = Literal["Buy", "Sell"]
Status = Literal["Working", "Filled", "Cancelled"]
Direction = Literal["rises to", "falls to"]


def now() -> datetime:
    return datetime.now(UTC)


class Order(db.Model):
    """So many are to be bought or sold: at `limit` or better or, without one, at whatever the market asks."""

    id: Mapped[int] = mapped_column(primary_key=True)
    placed: Mapped[datetime] = now
    code: Mapped[str] = mapped_column(index=True)
    side: Mapped[Side]
    quantity: Mapped[int]
    limit: Mapped[Money | None]
    filled: Mapped[int] = 0
    status: Mapped[Status] = mapped_column(default="Working", index=True)

    @validates("quantity")
    def _check_quantity(self, _: str, quantity: int) -> int:
        if quantity < max(1, self.filled or 0):
            raise ValueError(f"The quantity must be at least {max(1, self.filled or 0):,}.")
        return quantity

    @validates("limit")
    def _check_limit(self, _: str, limit: Decimal | None) -> Decimal | None:
        if limit is not None and limit <= 0:
            raise ValueError("The limit must be above zero.")
        return limit


class Fill(db.Model):
    """A part of an order, done."""

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = now
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    code: Mapped[str] = mapped_column(index=True)
    side: Mapped[Side]
    quantity: Mapped[int]
    price: Mapped[Money]


class Alert(db.Model):
    """Somebody wants to know when a price gets there."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    direction: Mapped[Direction]
    level: Mapped[Money]
    rang: Mapped[datetime | None]
    seen: Mapped[bool] = False


class Listed:
    """What the exchange says of an instrument, in each row that is about one: its last columns."""

    name: Mapped[str]
    sector: Mapped[str] = mapped_column(index=True)
    currency: Mapped[str]


class Price(Listed, db.Model, volatile=True):
    """The top of one instrument's book."""

    code: Mapped[str] = mapped_column(primary_key=True)
    bid: Mapped[float]
    bid_size: Mapped[int]
    ask: Mapped[float]
    ask_size: Mapped[int]
    last: Mapped[float]
    change: Mapped[float]  # since it opened: 0.01 is 1 %
    volume: Mapped[int]


class Level(db.Model, volatile=True):
    """One step of the ladder of the instrument that is looked at: the best bid and the best ask are step 0."""

    step: Mapped[int] = mapped_column(primary_key=True)
    bid_size: Mapped[int]
    bid: Mapped[float]
    ask: Mapped[float]
    ask_size: Mapped[int]


class Bar(db.Model, volatile=True):
    """One candle of the instrument that is looked at."""

    start: Mapped[datetime] = mapped_column(primary_key=True)
    opened: Mapped[float]
    high: Mapped[float]
    low: Mapped[float]
    closed: Mapped[float]
    volume: Mapped[int]


class Trade(Listed, db.Model, volatile=True):
    """A fill, and what it would bring to close it now; profit and loss in euros."""

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(index=True)
    side: Mapped[Side]
    quantity: Mapped[int]
    price: Mapped[float]
    mark: Mapped[float]
    value: Mapped[float]
    pnl: Mapped[float]
    gain: Mapped[float]  # of what it cost: 0.01 is 1 %


class Position(Listed, db.Model, volatile=True):
    """All fills of one instrument together; all money in euros but for the two prices."""

    code: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    average: Mapped[float]
    mark: Mapped[float]
    value: Mapped[float]
    open: Mapped[float]
    realised: Mapped[float]
    pnl: Mapped[float]
