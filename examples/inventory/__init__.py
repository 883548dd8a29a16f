"""A stockroom: items, their suppliers, and everything that comes in and goes out.

    hipflask --app examples/inventory sample 50000       something to look at
    hipflask --app examples/inventory run                a window
    hipflask --app examples/inventory stock "hex bolt"   the shell: how many there are
    hipflask --app examples/inventory serve              as many windows as you like, and the two routes below

`data` says what is kept; `listing`, `item`, `suppliers` and `importing` each draw a part; here it is put together. No line
says when something is to be drawn again: every window follows the store, whoever changes it.
"""

from datetime import date

from hipflask import Hipflask, ui

from .data import Movement, db, found, with_stock
from .importing import draw_import, export
from .item import draw_item, new_item
from .listing import PAGE, draw_list
from .sample import fill
from .suppliers import draw_suppliers

app = Hipflask(__name__, theme=ui.Theme(primary="#0f766e"))
db.init_app(app)

SIDE = {"flex": "1 1 24rem", "min-width": "0"}
MAIN = {"flex": "1.4 1 24rem", "min-width": "0"}
AT_END = {"margin-inline-start": "auto"}


# ── without a window ──────────────────────────────────────────────────────────────────────────────


@app.command()
def sample(count: int) -> str:
    """Fill the store with COUNT items, and with what became of them."""
    return fill(count)


@app.api("/stock/<name>")
@app.command()
def stock(name: str) -> dict[str, int]:
    """How many there are of the items that are called so."""
    return {item.name: count for item, count in db.all(with_stock(found(name)).limit(PAGE))}


@app.api("/items/<code>/move", methods=["POST"])
@app.command()
def move(code: str, quantity: int, note: str = "") -> Movement:
    """Book what came in or, with a quantity below zero, went out: for a scanner at the door, say."""
    return Movement.create(item_code=code, quantity=quantity, note=note, day=date.today())


# ── windows ───────────────────────────────────────────────────────────────────────────────────────


@app.window("/", title="Inventory", width=1240, height=900)
def inventory(code: str = ""):
    chosen = ui.state(code)
    adding, importing = ui.state(False), ui.state(False)

    with ui.row():
        ui.heading("Inventory")
        with ui.row(gap="xs", style=AT_END):
            ui.sync_status()  # nothing, until HUB_URL names a hub
            ui.button("Undo", icon="undo-2", icon_only=True, on_click=ui.undo, disabled=not ui.can_undo())
            ui.button("Redo", icon="redo-2", icon_only=True, on_click=ui.redo, disabled=not ui.can_redo())
            ui.button("Suppliers", icon="truck", on_click=ui.open_window, args=(suppliers,))
            ui.button("Import", icon="upload", on_click=importing.set, args=(True,))
            ui.button("Export", icon="download", on_click=export)
            ui.button("New item", icon="plus", tone="primary", on_click=adding.set, args=(True,))
    draw_import(importing)
    with ui.row(align="start", gap="l"):
        with ui.column(style=SIDE):
            draw_list(chosen)
        with ui.column(style=MAIN):
            draw_item(chosen.value, key=chosen.value)
    with ui.dialog("New item", open=adding):
        new_item(adding, chosen)


@app.window("/items/<code>", title="Item", width=640, height=820)
def item(code: str):
    draw_item(code)


@app.window("/suppliers", title="Suppliers", width=860, height=640)
def suppliers():
    draw_suppliers()
