"""What is open on each laptop: the inventory, in a window that has room beside two others.

    LAPTOP=Ann hipflask --app examples/network/laptop.py run --start /laptop

It is the app of `examples/inventory` with one window more; tables, merge rules and the exchange are its own.
"""

import os
from datetime import date

from inventory import app
from inventory.data import STOCK, Item, Movement, db

from hipflask import ui

NAME = os.environ.get("LAPTOP", "Somebody")
PLACE = int(os.environ.get("LAPTOP_PLACE", "0"))

PAGE = {"position": "fixed", "inset": "0", "padding": "0.9rem 1.1rem", "box-sizing": "border-box"}
FILLS = {"flex": "1 1 0", "min-height": "0"}
AT_END = {"margin-inline-start": "auto"}
COLUMNS = [
    ui.table_column("name", width=350),
    ui.table_column("price", heading="Price €", digits=2, width=110, flash=True),
    ui.table_column("stock", heading="In stock", width=110, flash=True),
]


@app.window("/laptop", title=f"{NAME}'s laptop", area=(PLACE / 3, 0.5, 1 / 3, 0.5))
def laptop():
    with ui.column(gap="s", style=PAGE):
        with ui.row():
            ui.heading(f"{NAME}'s laptop")
            with ui.row(style=AT_END):
                ui.sync_status()
        items = db.select(Item.code, Item.name, Item.price, STOCK.label("stock"))
        take = ui.table_action("Take 5 out", take_out, icon="package-minus")
        ui.table(
            items, COLUMNS, label="The stockroom", sort="name", filters=False, select="one", menu=[take],
            style=FILLS,
        )  # fmt: skip


def take_out(item):
    Movement.create(item_code=item["code"], quantity=-5, day=date.today(), note=f"{NAME}, at the window")
