"""A small exchange: an order meets a book. Pure; prices in ticks."""

from typing import Protocol

from .data import Direction, Side


class Levels(Protocol):
    bids: dict[int, int]
    asks: dict[int, int]


def matches(side: Side, limit: int | None, quantity: int, book: Levels) -> list[tuple[int, int]]:
    """What an order for so many gets from the book as it stands: (price, quantity), the best price first."""
    levels = sorted(book.asks.items()) if side == "Buy" else sorted(book.bids.items(), reverse=True)
    found = []
    for price, size in levels:
        is_worse = limit is not None and (price > limit if side == "Buy" else price < limit)
        if is_worse or quantity <= 0:
            break
        found.append((price, min(size, quantity)))
        quantity -= size
    return found


def rings(direction: Direction, level: int, last: int) -> bool:
    """Whether a price has got where somebody wants to know of it."""
    return last >= level if direction == "rises to" else last <= level


def best_bid(book: Levels) -> int:
    """The dearest price at which somebody buys; 0 if nobody does."""
    return max(book.bids, default=0)


def best_ask(book: Levels) -> int:
    """The cheapest price at which somebody sells; 0 if nobody does."""
    return min(book.asks, default=0)
