"""New orders, and what must be right about them before they go to the market. Sentences here are for the person at the desk."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import event, inspect

from .data import Order, Side, Trade, db, here
from .engine import engine, line

MOST_QUANTITY = 100_000
MOST_VALUE = Decimal(1_000_000)  # euros, in one order
FURTHEST = Decimal("0.1")  # a limit that is further from the market is more likely to be a slip than a plan


class Ticket(Struct):
    """An order as it is filled in."""

    code: str
    side: Side = "Buy"
    quantity: Annotated[int, Meta(ge=1, le=MOST_QUANTITY)] = 100
    limit: Annotated[Decimal | None, Meta(description="Empty: at the market.")] = None


def place(ticket: Ticket) -> Order:
    """Send an order to the market; raises ValueError where it should not go there."""
    code = ticket.code.strip().upper()
    check(code, ticket.side, ticket.quantity, ticket.limit)
    return Order.create(
        desk=here(), code=code, side=ticket.side, quantity=ticket.quantity, limit=ticket.limit
    )


@event.listens_for(Order, "before_update")
def check_again(_mapper: object, _connection: object, order: Order) -> None:
    """An order that somebody changes while it works must be as right as a new one, wherever they change it."""
    was = inspect(order).attrs
    if was.quantity.history.has_changes() or was.limit.history.has_changes():
        check(order.code, order.side, order.quantity, order.limit)


def check(code: str, side: Side, quantity: int, limit: Decimal | None) -> None:
    """Whether such an order may go to the market now; raises ValueError where it may not."""
    if line.value != "live":
        raise ValueError("The feed is not there, and nobody knows the prices. Orders wait until it is back.")
    if code not in engine.mirror.places:
        raise ValueError(f"There is no instrument {code}.")
    if quantity > MOST_QUANTITY:
        raise ValueError(f"The quantity must be at most {MOST_QUANTITY:,}.")
    market = Decimal(str(engine.offered(code, side)))
    check_limit(limit, market)
    value = quantity * (limit or market) * Decimal(str(engine.rate(code)))
    if value > MOST_VALUE:
        raise ValueError(f"This is worth {value:,.0f} €, and {MOST_VALUE:,.0f} € is the most for one order.")


def check_limit(limit: Decimal | None, market: Decimal) -> None:
    """Whether a limit is near enough to where the market is."""
    if limit is None or not market:
        return
    if limit <= 0:
        raise ValueError("The limit must be above zero.")
    if abs(limit / market - 1) > FURTHEST:
        raise ValueError(
            f"{limit:,.2f} is {abs(limit / market - 1):.0%} away from the market at {market:,.2f}; {FURTHEST:.0%} are allowed."
        )


def close_trade(trade: Trade) -> Order:
    """The opposite of a trade, at the market."""
    return place(Ticket(trade.code, "Sell" if trade.side == "Buy" else "Buy", trade.quantity))


def close_position(code: str, quantity: int) -> Order:
    """All that is held of an instrument, at the market."""
    if not quantity:
        raise ValueError(f"Nothing is held of {code}.")
    return place(Ticket(code, "Sell" if quantity > 0 else "Buy", abs(quantity)))


def cancel(order: Order) -> None:
    """Take back what is still working; what has been filled meanwhile stays."""
    with db.transaction():
        fresh = db.get(Order, order.id)
        if fresh is not None and fresh.status == "Working":
            fresh.update(status="Cancelled")
