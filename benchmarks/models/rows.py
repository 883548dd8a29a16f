"""The rows that all of them write: the same every time."""

from __future__ import annotations

import datetime
import json
import random
import sys
import time
import uuid
from typing import Any

FILE, ROWS = sys.argv[1], int(sys.argv[2])
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")


def make() -> list[dict[str, Any]]:
    """Rows by name of column."""
    random.seed(7)
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    return [
        {
            "id": uuid.UUID(int=random.getrandbits(128), version=4),
            "name": f"Item {number}",
            "note": "a note of some length",
            "price": random.random() * 100,
            "stock": number % 1000,
            "is_active": number % 2 == 0,
            "changed_at": start + datetime.timedelta(seconds=number),
        }
        for number in range(ROWS)
    ]


class Clock:
    """Times of named steps, in microseconds a row."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = {}

    def lap(self, name: str, began: float) -> None:
        """The step that began then has ended."""
        self.figures[f"{name}_us"] = (time.perf_counter() - began) / ROWS * 1e6

    def tell(self) -> None:
        """Print them as JSON."""
        print(json.dumps(self.figures))
