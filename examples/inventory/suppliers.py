"""Who delivers."""

from msgspec import Struct
from sqlalchemy import func

from hipflask import ui

from .data import Item, Supplier, counted, db

CODE = {"flex": "0 0 5rem"}
COUNT = {"flex": "0 0 7rem", "text-align": "end"}


class NewSupplier(Struct):
    code: str
    name: str
    email: str = ""


def add(new):
    if db.get(Supplier, new.code):
        raise ValueError(f"There is a {new.code} already.")
    Supplier.create(code=new.code, name=new.name, email=new.email)


@ui.component
def draw_suppliers():
    by_code = db.select(Item.supplier_code, func.count()).group_by(Item.supplier_code)
    delivers = dict(db.all(by_code))
    ui.heading("Suppliers")
    with ui.card(), ui.column(gap="s"):
        for supplier in db.all(db.select(Supplier).order_by(Supplier.name)):
            line(supplier, delivers.get(supplier.code, 0), key=supplier.code)
    with ui.card("Another one"):
        ui.form(NewSupplier, on_submit=add, submit="Add", clears=True)


@ui.component
def line(supplier, count):
    code = supplier.code
    with ui.row(gap="s", wrap=False):
        ui.text(code, tone="quiet", size="s", style=CODE)
        ui.input(bind=(supplier, Supplier.name), attrs={"aria-label": f"Name of {code}"})
        email = {"placeholder": "orders@…", "attrs": {"aria-label": f"Address of {code}"}}
        ui.input(bind=(supplier, Supplier.email), kind="email", **email)
        ui.text(counted(count), tone="quiet", style=COUNT)
        look = {"icon": "trash-2", "icon_only": True, "appearance": "plain", "disabled": count > 0}
        ui.button(f"Delete {code}", on_click=supplier.delete, **look)
