"""What all tables here show, and what becomes of it: the same numbers, at the same pace, for every framework.

    market = Market()                      100,000 instruments of ten columns
    pace = Pace(market, write)             a thread that calls write([(row, {column: value}), …]) fifty times a second
    pace.serve(port)                       /rate/20000: so many cells a second from now on; answered with what was done before

Half of the cells are in the first rows, which are those in sight. Every batch has a number, which stands in the first row as
"beat 17"; when it was committed is written down. So whoever sees the number on the screen knows how old it is.
"""

from __future__ import annotations

import http.server
import json
import random
import threading
import time
from collections.abc import Callable, Sequence

ROWS, IN_SIGHT = 100_000, 25
BATCHES = 50  # a second
NUMBERS = ("bid", "ask", "last", "high", "low", "change", "volume")
COLUMNS = ("id", "symbol", "note", *NUMBERS)
PLACES = len(NUMBERS)

Value = int | float | str
Batch = list[tuple[int, dict[str, Value]]]


class Market:
    """Instruments that never stand still."""

    def __init__(self, rows: int = ROWS) -> None:
        self._random = random.Random(7)
        self.rows: list[dict[str, Value]] = [self._instrument(number) for number in range(rows)]
        self.beat = 0
        self._prepared: list[dict[int, dict[str, Value]]] = []

    def _instrument(self, number: int) -> dict[str, Value]:
        values = {name: self._value(name) for name in NUMBERS}
        return {"id": number, "symbol": f"S{number:06}", "note": "", **values}

    def _value(self, name: str) -> Value:
        if name == "volume":
            return self._random.randrange(1_000_000)
        return round(self._random.uniform(1, 1000), 2)

    def prepare(self, cells: int) -> None:
        """Make up a second of batches of so many cells, half of them in sight; what follows goes round in them."""
        self._prepared = [self._changes(cells) for _ in range(BATCHES)]

    def batch(self) -> Batch:
        """The next batch; its number is one of the cells."""
        self.beat += 1
        changes = self._prepared[self.beat % BATCHES]
        changes[0]["note"] = f"beat {self.beat}"
        for row, values in changes.items():
            self.rows[row].update(values)
        return list(changes.items())

    def _changes(self, cells: int) -> dict[int, dict[str, Value]]:
        changes: dict[int, dict[str, Value]] = {0: {}}
        in_sight = min(cells // 2, IN_SIGHT * PLACES)
        for place in self._random.sample(range(IN_SIGHT * PLACES), in_sight):
            self._change(changes, place // PLACES, NUMBERS[place % PLACES])
        for _ in range(cells - in_sight - 1):
            row = self._random.randrange(IN_SIGHT, len(self.rows))
            self._change(changes, row, NUMBERS[self._random.randrange(PLACES)])
        return changes

    def _change(self, changes: dict[int, dict[str, Value]], row: int, name: str) -> None:
        changes.setdefault(row, {})[name] = self._value(name)


class Pace:
    """Writes batches when they are due; one that comes late does not make the others late."""

    def __init__(
        self, market: Market, write: Callable[[Batch], object], seen: Callable[[], object] = lambda: None
    ) -> None:
        self._market, self._write, self.seen = market, write, seen
        self._rate = 0
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self.begun, self.cells = time.time(), 0
        self.beats: list[tuple[int, float]] = []

    def run(self) -> None:
        """For ever, in a thread of its own."""
        due = time.monotonic()
        while True:
            due += 1 / BATCHES
            time.sleep(max(0.0, due - time.monotonic()))
            due = max(
                due, time.monotonic() - 1
            )  # what is a second late is left out, and so counts as not done
            with self._lock:
                if self._rate:
                    self._take(self._rate // BATCHES)

    def _take(self, cells: int) -> None:
        self._write(self._market.batch())
        self.beats.append((self._market.beat, time.time()))
        self.cells += cells

    def set(self, rate: int) -> dict[str, object]:
        """So many cells a second from now on, 0 for none; returns what was done at the rate before."""
        with self._lock:
            said = self.said()
            self._rate = rate
            self._market.prepare(rate // BATCHES)
            self._forget()
        return said

    def said(self) -> dict[str, object]:
        """How many cells were written since the rate was set, in how many seconds, and when each beat was committed.

        `seen` is what was painted meanwhile, where the program itself is asked for that.
        """
        seconds = time.time() - self.begun
        return {
            "cells": self.cells,
            "begun": self.begun,
            "seconds": seconds,
            "beats": self.beats,
            "seen": self.seen(),
        }

    def start(self) -> None:
        """Begin, at a rate of 0."""
        threading.Thread(target=self.run, name="market", daemon=True).start()

    def serve(self, port: int) -> None:
        """Take orders on a port of this computer: /rate/<cells a second>, answered with what was done before."""
        pace = self

        class Orders(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = json.dumps(pace.set(int(self.path.rpartition("/")[2]))).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Orders)
        threading.Thread(target=server.serve_forever, name="orders", daemon=True).start()


def values_of(rows: Sequence[dict[str, Value]]) -> dict[str, list[Value]]:
    """The same rows, column by column."""
    return {name: [row[name] for row in rows] for name in COLUMNS}
