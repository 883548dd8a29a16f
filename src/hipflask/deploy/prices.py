"""What AWS asks for things: one table of list prices, with the day and the region that they are from.

They were read from AWS's public pages, not from a bill, and other regions differ by up to a third. A project may have its own:
`[tool.hipflask.deploy] prices = { sqs-requests = 0.48 }`, each in US dollars for as much as the table says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..core.errors import DeployError

AS_OF = "June 2026"
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for so many of a unit, after what is free every month for good."""

    amount: float
    per: float
    unit: str
    free: float = 0

    def of(self, count: float) -> float:
        """For so many, if nothing were free."""
        return count / self.per * self.amount


PRICES: Mapping[str, Price] = {
    "lambda-requests": Price(0.20, 1e6, "requests", free=1e6),
    "lambda-arm64": Price(0.0000133334, 1, "GB-seconds", free=400_000),
    "lambda-x86-64": Price(0.0000166667, 1, "GB-seconds", free=400_000),
    "http-api-requests": Price(1.00, 1e6, "requests"),
    "sqs-requests": Price(0.40, 1e6, "requests", free=1e6),
    "sqs-fifo-requests": Price(0.50, 1e6, "requests"),
    "sns-publishes": Price(0.50, 1e6, "messages", free=1e6),
    "s3-storage": Price(0.023, 1, "GB"),
    "s3-puts": Price(0.005, 1e3, "puts"),
    "logs": Price(0.50, 1, "GB", free=5),
    "alarms": Price(0.10, 1, "alarms", free=10),
    "secrets": Price(0.40, 1, "secrets"),
    "traces": Price(5.00, 1e6, "traces", free=100_000),
    "data-out": Price(0.09, 1, "GB", free=100),
}


def prices_with(own: Mapping[str, float]) -> Mapping[str, Price]:
    """The table with a project's own prices in it."""
    for name, amount in own.items():
        if name not in PRICES or amount < 0:
            raise DeployError(
                f"prices.{name} = {amount} cannot be: a number of US dollars for one of {', '.join(PRICES)}."
            )
    return {name: replace(price, amount=own.get(name, price.amount)) for name, price in PRICES.items()}
