"""The third window: what is held, what is ordered, what was done, and what somebody wants to be told of."""

from decimal import Decimal

from msgspec import Struct

from hipflask import ui

from .data import Alert, Direction, Fill, Order, Position, Price, db, short
from .engine import chosen, engine
from .head import FILLS, signed
from .placing import Ticket, cancel, close_position, place

column = ui.table_column
NUMBER = column("number", heading="No.", value=lambda row: short(row["id"]), width=75)
WORKING = [
    NUMBER,
    column("code", width=80),
    column("side", width=70, tone={"Buy": "primary", "Sell": "warning"}),
    column("quantity", width=95),
    column("limit", digits=2, width=95),
    column("filled", width=95),
    column("by", width=95),
    column("placed", width=190),
]
HELD = [
    column("code", width=80, pinned="start"),
    column("name", width=108),
    column("sector", width=100, hidden=True),
    column("quantity", width=80, format="signed"),
    column("average", digits=2, width=85),
    column("mark", digits=2, width=85, flash=True),
    column("value", heading="Value €", digits=0, width=95),
    column(
        "open", heading="Open €", digits=2, format="signed", tone=signed, flash=True, width=95, pinned="end"
    ),
    column("realised", heading="Realised €", digits=2, format="signed", tone=signed, width=95),
]
DONE = [
    NUMBER,
    column("at", width=190),
    column("code", width=80),
    column("side", width=70, tone={"Buy": "primary", "Sell": "warning"}),
    column("quantity", width=95),
    column("price", digits=2, width=95),
]
WATCHED = [
    column("code", width=80),
    column("direction", heading="When it", width=90),
    column("level", digits=2, width=95),
    column("rang", heading="Rang at", width=190),
]
SIDES = {"height": "100%", "min-height": "0"}
PART = {"min-height": "0", "min-width": "0", "flex": "1 1 0"}
FORMS = {"flex": "0 0 17rem", "overflow": "auto", "min-height": "0"}
CARD = {"flex": "1 1 0", "min-height": "0"}


class Watch(Struct):
    """An alert as it is filled in."""

    code: str
    direction: Direction = "rises to"
    level: Decimal = Decimal(0)


def draw_orders():
    close_it = ui.table_action("Close position", close, icon="x")
    cancel_it = ui.table_action("Cancel order", cancel, icon="x")
    delete_it = ui.table_action("Delete", Alert.delete, icon="trash-2")
    totals = {"value": "sum", "open": "sum", "realised": "sum"}
    working = db.select(Order).where(Order.status == "Working")
    with ui.row(align="stretch", wrap=False, style=SIDES):
        with ui.column(style=FORMS):
            forms(chosen.value)
        with ui.column(style=PART | {"flex-grow": "1.3"}):
            table("Positions", Position, HELD, sort="-value", totals=totals, menu=[close_it], selected=chosen)
            table("Fills", Fill, DONE, sort="-at")
        with ui.column(style=PART):
            table(
                "Working orders",
                working,
                WORKING,
                sort="-placed",
                editable=["quantity", "limit"],
                menu=[cancel_it],
            )
            table("Alerts", Alert, WATCHED, sort="code", menu=[delete_it])


def table(label, source, columns, **options):
    with ui.column(gap="xs", style=CARD):
        ui.heading(label, level=3)
        ui.table(source, columns, label=label, name=label, style=FILLS, **options)


@ui.component
def forms(code):
    level = Decimal(f"{engine.last(code):.2f}")  # where it is now, to begin with
    with ui.card("New order"):
        ui.form(Ticket, on_submit=order, value=Ticket(code), submit="Send", label="New order", key=code)
    with ui.card("New alert"):
        ui.form(
            Watch,
            on_submit=watch,
            value=Watch(code, level=level),
            submit="Watch",
            label="New alert",
            key=code,
        )


def order(ticket):
    placed = place(ticket)
    at = "the market" if placed.limit is None else f"{placed.limit:,.2f}"
    ui.notify(
        f"Order {short(placed.id)}: {placed.side.lower()} {placed.quantity:,} {placed.code} at {at}.",
        tone="success",
    )


def watch(alert):
    code = alert.code.strip().upper()
    if db.get(Price, code) is None:
        raise ValueError(f"There is no instrument {code}.")
    if alert.level <= 0:
        raise ValueError("The level must be above zero.")
    Alert.create(code=code, direction=alert.direction, level=alert.level)


def close(position):
    close_position(position.code, position.quantity)
