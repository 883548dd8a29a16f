"""The first window: every trade, and what it would bring or cost to close it this moment."""

from sqlalchemy import func

from hipflask import ui

from .data import Fill, Order, Position, Trade, db, short
from .engine import chosen, engine
from .head import FILLS, figure, signed
from .placing import close_trade

column = ui.table_column
COLUMNS = [
    column("number", heading="No.", value=lambda row: short(row["id"]), width=75, pinned="start"),
    column("code", width=80, pinned="start"),
    column("name", width=160),
    column("sector", width=110),
    column("side", width=70, tone={"Buy": "primary", "Sell": "warning"}),
    column("quantity", width=95),
    column("currency", heading="Cur.", width=60),
    column("price", digits=2, width=95),
    column("mark", digits=2, width=95, flash=True),
    column(
        "trend",
        heading="Last minute",
        value=lambda row: engine.quotes.trend(row["code"]),
        format="sparkline",
        width=130,
    ),
    column("value", heading="Value €", digits=0, width=115),
    column(
        "pnl", heading="P&L €", digits=2, format="signed", tone=signed, flash=True, width=115, pinned="end"
    ),
    column("gain", heading="P&L %", digits=2, format="percent", tone=signed, width=90),
    column("at", heading="Traded", width=200),
]


def draw_blotter():
    summary()
    ui.table(
        db.select(Trade),
        COLUMNS,
        label="Trades",
        name="blotter",
        sort="-at",
        search=True,
        totals={"value": "sum", "pnl": "sum"},
        select="many",
        on_select=look_at,
        details=details,
        menu=[
            ui.table_action("Close trade", close, icon="x"),
        ],
        style=FILLS,
    )


def look_at(trades):
    """Show the instrument of what was chosen, in all windows."""
    if trades:
        chosen.set(trades[0].code)


def close(trade):
    order = close_trade(trade)
    ui.notify(f"{order.side} {order.quantity:,} {order.code} at the market.", tone="success")


@ui.component
def summary():
    sums = map(func.sum, (Position.pnl, Position.open, Position.realised, func.abs(Position.value)))
    pnl, unsold, realised, value = (each or 0 for each in db.first(db.select(*sums)))
    with ui.row(gap="xl"):
        figure("Profit and loss", f"{pnl:+,.0f} €", signed(pnl))
        figure("Open", f"{unsold:+,.0f} €", signed(unsold))
        figure("Realised", f"{realised:+,.0f} €", signed(realised))
        figure("Exposure", f"{value:,.0f} €")
        figure("Trades", f"{db.count(Trade):,}")


def details(trade):
    """What is below a trade when it is unfolded: the order that it came from, and all others of the instrument."""
    fill = db.get(Fill, trade.id)
    order = db.get(Order, fill.order_id) if fill else None
    position = db.get(Position, trade.code)
    with ui.row(gap="xl", align="start"):
        if order:
            limit = f"{order.limit:,.2f}" if order.limit is not None else "the market"
            ui.text(
                f"Order {short(order.id)} by {order.by}: {order.side.lower()} {order.quantity:,} at {limit}, "
                f"{order.status.lower()}."
            )
        if position:
            ui.text(
                f"In all {position.quantity:+,} {position.code}, {position.average:,.2f} each on average."
            )
        ui.button("Close trade", on_click=close, args=(trade,), tone="danger")
