"""What the desk keeps. Orders, fills and alerts survive; prices, trades and positions at those prices are written anew all the time.

How much there is of a position is kept nowhere: it is always what its fills add up to (see `ledger`).

With a hub, what survives is exchanged with the desks of colleagues: one book for all of them. An order belongs to the desk that placed
it, which alone takes it to the market; others see it and may change or cancel it.
"""

import os
import socket
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal, get_args
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import mapped_column, validates

from hipflask import Digits, Mapped, Merge, Store

db = Store()

Money = Annotated[Decimal, Digits(14, 2)]
Side = Literal["Buy", "Sell"]
Status = Literal["Working", "Cancelled", "Filled"]
Direction = Literal["rises to", "falls to"]
PERSON = os.environ.get("DESK_NAME") or socket.gethostname()  # what this desk is called in front of others


def now() -> datetime:
    return datetime.now(UTC)


def further(theirs: str, ours: str) -> str:
    """Of two things that became of an order the later in its life: what has been filled while somebody cancelled it is filled."""
    return max(theirs, ours, key=get_args(Status).index)


class Here(db.Model, local=True):
    """Which desk this is: one row, whose key is the desk's, and which never leaves it."""


def here() -> UUID:
    """The key of this desk, which it keeps for good."""
    return (db.first(db.select(Here).order_by(Here.id)) or Here.create()).id


def short(id: UUID) -> str:
    """A number that can be said on the telephone; keys are made on every desk, so nobody could count them up."""
    return id.hex[-5:].upper()


class Order(db.Model):
    """So many are to be bought or sold: at `limit` or better or, without one, at whatever the market asks.

    Quantity and limit are changed together or not at all: what one person made of the one was never checked with what another made of
    the other.
    """

    desk: Mapped[UUID]  # that takes it to the market
    by: Mapped[str] = PERSON
    placed: Mapped[datetime] = now
    code: Mapped[str] = mapped_column(index=True)
    side: Mapped[Side]
    quantity: Mapped[Annotated[int, Merge.together("terms")]]
    limit: Mapped[Annotated[Money | None, Merge.together("terms")]]
    filled: Mapped[Annotated[int, Merge.max]] = 0
    status: Mapped[Annotated[Status, Merge.by(further)]] = mapped_column(default="Working", index=True)

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

    at: Mapped[datetime] = now
    order_id: Mapped[UUID] = mapped_column(ForeignKey("order.id"), index=True)
    code: Mapped[str] = mapped_column(index=True)
    side: Mapped[Side]
    quantity: Mapped[int]
    price: Mapped[Money]


class Alert(db.Model):
    """Somebody wants to know when a price gets there."""

    code: Mapped[str]
    direction: Mapped[Direction]
    level: Mapped[Money]
    rang: Mapped[Annotated[datetime | None, Merge.server]]  # on every desk; the first says when
    seen: Mapped[bool] = False


@db.before_push(Fill)
def done_is_done(change) -> None:
    """At the hub: what was bought or sold stays so, whatever program says otherwise."""
    if change.kind != "insert":
        raise ValueError("What was bought or sold stays so.")


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

    id: Mapped[UUID] = mapped_column(primary_key=True)
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
