"""A source of rows that does as it is told: quick or slow, failing, and changed by anybody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from hipflask.core.rows import Answer, Cancelled, Key, Question, RowColumn
from naive_rows import answer

NAMES = ("name", "price", "size")
COLUMNS = (
    RowColumn("name", "text", is_editable=True, is_nullable=False),
    RowColumn("price", "float", is_editable=True),
    RowColumn("size", "integer", is_editable=True),
)


class Trades:
    """Rows by key, in the order in which they came."""

    name = "Trade"
    columns: Sequence[RowColumn] = COLUMNS

    def __init__(self, rows: dict[Key, dict[str, Any]]) -> None:
        self.rows = rows
        self.readers: list[TradesReader] = []
        self.questions: list[Question] = []
        self.gate = threading.Event()  # reads wait for it
        self.gate.set()
        self.fault: BaseException | None = None  # what reads raise
        self.cancelled = 0
        self.overlaps = 0  # reads that were made while another was
        self.is_exact = True
        self.meanwhile: Callable[[], None] = lambda: None  # what happens just before an answer is given

    def open(self, changed: Callable[[], None]) -> TradesReader:
        reader = TradesReader(self, changed)
        self.readers.append(reader)
        return reader

    def row(self, key: Key) -> object:
        return self.rows.get(key)

    def write(self, cells: Iterable[tuple[Key, str, object]]) -> None:
        cells = list(cells)
        for key, name, value in cells:
            if key not in self.rows:
                raise LookupError("Somebody has deleted this row.")
            if name == "price" and isinstance(value, float) and value < 0:
                raise ValueError("A price is not negative.")
        for key, name, value in cells:
            self.rows[key][name] = value
        self.tell()

    def remove(self, keys: Collection[Key]) -> None:
        for key in keys:
            self.rows.pop(key, None)
        self.tell()

    def same_as(self, other: object) -> bool:
        return self is other

    def tell(self) -> None:
        """The rows have changed."""
        for reader in [*self.readers]:
            reader.changed()

    def put(self, key: Key, **values: Any) -> None:
        """Change a row, or add it, as somebody else does."""
        self.rows[key] = {**self.rows.get(key, {}), **values}
        self.tell()


class TradesReader:
    """One view of them."""

    def __init__(self, trades: Trades, changed: Callable[[], None]) -> None:
        self.trades, self.changed = trades, changed
        self.is_called_off = False
        self.reading = threading.Lock()  # whoever reads while another does has broken a promise

    def read(self, question: Question) -> Answer:
        if not self.reading.acquire(blocking=False):
            self.trades.overlaps += 1
            raise AssertionError("two threads read at a time")
        try:
            self.is_called_off = False
            self.trades.questions.append(question)
            while not self.trades.gate.wait(0.002):
                if self.is_called_off:
                    self.trades.cancelled += 1
                    raise Cancelled
            if self.trades.fault is not None:
                raise self.trades.fault
            found = answer(dict(self.trades.rows), question)
            found.is_exact = self.trades.is_exact
            self.trades.meanwhile()
            return found
        finally:
            self.reading.release()

    def cancel(self) -> None:
        self.is_called_off = True

    def close(self) -> None:
        if self in self.trades.readers:
            self.trades.readers.remove(self)
        self.is_called_off = True


def trades(count: int = 3) -> Trades:
    """A few of them: T0 at 0.5 with 0 pieces, T1 at 1.5 with 10, …"""
    return Trades(
        {
            number: {"name": f"T{number}", "price": number + 0.5, "size": number * 10}
            for number in range(count)
        }
    )


def found_by(what: object) -> Trades | None:
    """What `find_rows` of an app, or of a session, knows."""
    return what if isinstance(what, Trades) else None
