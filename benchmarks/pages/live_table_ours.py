"""A hundred thousand instruments in a table over a volatile model, written by a thread of the app."""

from __future__ import annotations

import os
import tempfile

from live_table_market import Batch, Market, Pace
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store, ui

app = Hipflask(__name__)
app.config["STORE"] = os.path.join(tempfile.mkdtemp(), "prices.sqlite")
db = Store(app)


class Price(db.Model, volatile=True):
    id: Mapped[int] = mapped_column(primary_key=True)
    symbol: Mapped[str]
    note: Mapped[str]
    bid: Mapped[float]
    ask: Mapped[float]
    last: Mapped[float]
    high: Mapped[float]
    low: Mapped[float]
    change: Mapped[float]
    volume: Mapped[int]


@app.window("/", title="Prices")
def prices() -> None:
    ui.table(Price, label="Prices", height="840px")


market = Market()
db.write(Price, market.rows)


def write(batch: Batch) -> None:
    db.write(Price, [market.rows[row] for row, _ in batch])


pace = Pace(market, write)
pace.start()
pace.serve(int(os.environ["ORDERS"]))
