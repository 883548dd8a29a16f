"""Very many trades in a table; BIG_TABLE is the file that they are in."""

from __future__ import annotations

import os

from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store, ui

app = Hipflask(__name__)
app.config["STORE"] = os.environ["BIG_TABLE"]
db = Store(app)


class Trade(db.Model):
    number: Mapped[int] = mapped_column(primary_key=True)
    symbol: Mapped[str]
    price: Mapped[int] = mapped_column(index=True)
    size: Mapped[int]
    note: Mapped[str | None]


@app.window("/", title="Trades")
def trades() -> None:
    table()


@app.window("/later", title="Trades, later")
def later() -> None:
    is_open = ui.state(False)
    ui.button("Show", on_click=is_open.set, args=(True,))
    if is_open.value:
        table()


def table() -> None:
    ui.table(Trade, ["number", "symbol", "price", "size", "note"], label="Trades", height="840px")
