"""What one's fills add up to. Pure; prices in the instrument's own money.

holding = Holding()
holding.take(100, 10.0)      # bought 100 at 10
holding.take(-40, 12.0)      # sold 40 at 12: 80 are earned for good
holding.open(11.0)           # the other 60 would earn 60 more, if they were sold at 11
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Holding:
    """So many of one instrument (below zero: sold without having them), and what they cost each."""

    quantity: int = 0
    average: float = 0.0
    realised: float = 0.0

    def take(self, quantity: int, price: float) -> None:
        """Add what was bought or, below zero, sold."""
        if self.quantity * quantity >= 0:
            total = self.quantity + quantity
            self.average = (self.average * self.quantity + price * quantity) / total if total else 0.0
            self.quantity = total
            return
        closed = min(abs(quantity), abs(self.quantity)) * (1 if self.quantity > 0 else -1)
        self.realised += closed * (price - self.average)
        self.quantity -= closed
        if self.quantity == 0:
            self.average = 0.0
        if rest := quantity + closed:
            self.take(rest, price)

    def open(self, mark: float) -> float:
        """What would be earned on top if all were closed at this price."""
        return self.quantity * (mark - self.average)
