"""The second window: all prices, and one instrument closely: its ladder, its candles, its last minute."""

from hipflask import ui

from .data import Bar, Level, Price, db
from .engine import chosen, engine, last_minute
from .head import FILLS, signed

column = ui.table_column
WATCHED = [
    column("code", width=80, pinned="start"),
    column("name", width=150),
    column("sector", width=110, hidden=True),
    column("last", digits=2, width=85, flash=True),
    column("change", digits=2, format="percent", tone=signed, width=80),
    column("bid", digits=2, width=85, flash=True),
    column("ask", digits=2, width=85, flash=True),
    column(
        "trend",
        heading="Last minute",
        value=lambda row: engine.quotes.trend(row["code"]),
        format="sparkline",
        width=110,
    ),
    column("volume", format="compact", width=80),
    column("currency", heading="Cur.", width=60),
]
LADDER = [
    column("bid_size", heading="Size", format="bar", align="end", width=90),
    column("bid", digits=2, width=90, flash=True, tone=lambda price: "success"),
    column("ask", digits=2, width=90, flash=True, tone=lambda price: "danger"),
    column("ask_size", heading="Size", format="bar", align="start", width=90),
]
SIDES = {"height": "100%", "min-height": "0"}
PART = {"min-height": "0", "min-width": "0"}


def draw_prices():
    with ui.row(align="stretch", wrap=False, style=SIDES):
        with ui.column(style=PART | {"flex": "1.15 1 0"}):
            ui.table(
                db.select(Price),
                WATCHED,
                label="Prices",
                name="prices",
                sort="code",
                search=True,
                selected=chosen,
                style=FILLS,
            )
        with ui.column(gap="s", style=PART | {"flex": "1 1 0"}):
            one_closely(chosen.value)


@ui.component
def one_closely(code):
    now(code)
    ui.chart(
        db.select(Bar).order_by(Bar.start),
        kind="candlestick",
        x="start",
        y=("opened", "high", "low", "closed"),
        label=f"{code}, five seconds each",
        height="44vh",
        key=f"candles {code}",
    )
    with ui.row(align="stretch", wrap=False, gap="s", style={"flex": "1 1 0", "min-height": "0"}):
        with ui.column(style=PART | {"flex": "0 0 23rem"}):
            ui.table(
                db.select(Level).order_by(Level.step),
                LADDER,
                label=f"The ladder of {code}",
                filters=False,
                select="none",
                export=False,
                style=FILLS,
            )
        with ui.column(style=PART | {"flex": "1 1 0"}):
            ui.chart(
                last_minute,
                window=60,
                label=f"{code}, the last minute",
                height="100%",
                style={"min-height": "0"},
            )


@ui.component
def now(code):
    """A part of its own: it is drawn with every trade, and all else is not."""
    price = db.get(Price, code)
    if price is None:
        ui.heading(code, level=2)
        return
    with ui.row(gap="m"):
        ui.heading(f"{price.code} {price.name}", level=2)
        ui.text(f"{price.last:,.2f} {price.currency}", size="l", strong=True)
        ui.text(f"{price.change:+.2%}", size="l", tone=signed(price.change) or "normal")
        ui.text(f"{price.volume:,} traded", tone="quiet")
