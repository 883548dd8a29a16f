"""One item: what is known of it, how many there are, and what came and went."""

from datetime import date
from decimal import Decimal
from typing import Annotated, get_args

from msgspec import Meta, Struct, field

from hipflask import ui

from .data import Item, Movement, Supplier, Unit, db, with_stock

NEWEST = 50
CENT = Decimal("0.01")

AT_END = {"margin-inline-start": "auto"}
QUANTITY = {"flex": "0 0 3rem", "text-align": "end", "font-variant-numeric": "tabular-nums"}
DAY = {"flex": "0 0 6.5rem", "white-space": "nowrap"}
NOTE = {"flex": "1 1 6rem"}

LOW = "Fewer than this are too few."


class NewItem(Struct):
    code: str
    name: str
    unit: Unit = "pcs"
    price: Decimal = Decimal(0)
    low_at: Annotated[int, Meta(ge=0, description=LOW)] = 0


class Move(Struct):
    quantity: Annotated[int, Meta(ge=1)]
    day: date = field(default_factory=date.today)
    note: str = ""


@ui.component
def new_item(is_open, chosen):
    def add(new):
        if db.get(Item, new.code):
            raise ValueError(f"There is a {new.code} already.")
        Item.create(code=new.code, name=new.name, unit=new.unit, price=new.price, low_at=new.low_at)
        chosen.set(new.code)
        is_open.set(False)

    ui.form(NewItem, on_submit=add, submit="Add", clears=True)


@ui.component
def draw_item(code):
    item, count = db.first(with_stock(db.select(Item)), code=code) or (None, 0)
    if item is None:
        ui.callout("Choose an item to see what came and went.")
        return
    ui.title(item.name)
    with ui.row(wrap=False):
        ui.heading(item.name, level=2)
        with ui.row(gap="xs", wrap=False, style=AT_END):
            ui.button(
                "Own window",
                icon="app-window",
                icon_only=True,
                on_click=ui.open_window,
                args=(f"/items/{code}",),
            )
            ui.button("Delete", icon="trash-2", icon_only=True, on_click=item.delete)
    if count < item.low_at:
        ui.callout(f"{count:,} {item.unit} are left, and there should be {item.low_at:,}.", tone="warning")
    with ui.grid(columns=3):
        figure("In stock", f"{count:,} {item.unit}")
        figure("Each", f"{item.price:,.2f} €")
        figure("Worth", f"{item.price * count:,.2f} €")
    with ui.card("About"):
        about(item)
    with ui.card("In and out"):
        movements(code)


def figure(name, value):
    with ui.card(), ui.column(gap="none"):
        ui.text(name, tone="quiet", size="s")
        ui.text(value, size="l", strong=True)


def about(item):
    names = {each.code: each.name for each in db.all(db.select(Supplier).order_by(Supplier.name))}
    ui.input("Name", bind=(item, Item.name))
    with ui.grid(columns=2):
        ui.number("Price in €", min=0, step=CENT, bind=(item, Item.price))
        ui.select("Unit", get_args(Unit), bind=(item, Item.unit))
        ui.number("Low at", min=0, bind=(item, Item.low_at), tooltip=LOW)
        ui.select("Supplier", {None: "Nobody"} | names, bind=(item, Item.supplier_code))


@ui.component
def movements(code):
    sign = ui.state(0)

    def book(move):
        Movement.create(item_code=code, quantity=sign.value * move.quantity, day=move.day, note=move.note)
        sign.set(0)

    with ui.row():
        ui.button("Came in", icon="package-plus", on_click=sign.set, args=(1,))
        ui.button("Went out", icon="package-minus", on_click=sign.set, args=(-1,))
    with ui.dialog("Went out" if sign.value < 0 else "Came in", open=sign):
        ui.form(Move, on_submit=book, submit="Book", clears=True)
    newest = db.select(Movement).order_by(Movement.day.desc(), Movement.id.desc()).limit(NEWEST)
    with ui.column(gap="xs"):
        for movement in db.all(newest, item_code=code):
            draw_movement(movement, key=movement.id)


@ui.component
def draw_movement(movement):
    what, day = f"{movement.quantity:+,}", f"{movement.day:%d %b %Y}"
    with ui.row(gap="s", wrap=False):
        ui.text(what, strong=True, style=QUANTITY)
        ui.text(day, tone="quiet", style=DAY)
        ui.input(bind=(movement, Movement.note), attrs={"aria-label": f"Note on {what}, {day}"}, style=NOTE)
        ui.button(
            f"Take back {what}, {day}", on_click=movement.delete, icon="x", icon_only=True, appearance="plain"
        )
