"""Who delivers."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import func

from hipflask import ui

from .data import Item, Supplier, db


class NewSupplier(Struct):
    code: Annotated[str, Meta(min_length=1)]
    name: Annotated[str, Meta(min_length=1)]
    email: str = ""


def add(new):
    if db.get(Supplier, new.code):
        raise ValueError(f"There is a {new.code} already.")
    Supplier.create(code=new.code, name=new.name, email=new.email)


@ui.component
def draw_suppliers():
    counted = db.select(Item.supplier_code, func.count()).group_by(Item.supplier_code)
    delivers = dict(db.all(counted))
    ui.heading("Suppliers")
    for supplier in db.all(db.select(Supplier).order_by(Supplier.name)):
        draw_supplier(supplier, delivers.get(supplier.code, 0), key=supplier.code)
    with ui.card("Another one"):
        ui.form(NewSupplier, on_submit=add, submit="Add", clears=True)


@ui.component
def draw_supplier(supplier, count):
    with ui.row(wrap=False):
        ui.badge(supplier.code)
        ui.input(bind=(supplier, Supplier.name), attrs={"aria-label": f"Name of {supplier.code}"})
        ui.input(
            bind=(supplier, Supplier.email), kind="email", attrs={"aria-label": f"Address of {supplier.code}"}
        )
        ui.text(f"{count:,} items", tone="quiet")
        ui.button(
            f"Delete {supplier.code}",
            icon="trash-2",
            icon_only=True,
            on_click=supplier.delete,
            disabled=count > 0,
        )
