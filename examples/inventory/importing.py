"""Tables in and out. An import goes on beside everything else, and says of every line that it left out why."""

from hipflask import ui

from .data import Item, counted, db

SHOWN = 100


@ui.component
def draw_import(is_open):
    name, done, bad = ui.state(""), ui.state(0.0), ui.state([])

    def take(file):
        is_open.set(False)
        name.set(file.name)
        done.set(0.0)
        try:
            loaded = db.load(Item, file.path, lambda now, total: done.set(now / total), skip=True)
            bad.set([str(line) for line in loaded.bad])
            ui.notify(f"{counted(loaded.rows)} from {file.name}.", tone="success")
        except ValueError as error:  # nothing of the file can be read
            ui.notify(str(error), tone="danger", seconds=15.0)
        finally:
            name.set("")

    with ui.dialog("Import items", open=is_open):
        ui.text("A line for each item, the first one with the names of columns: code, name, unit, price…")
        ui.upload("Drop a table here, or choose one", on_upload=take, accept=[".csv", ".jsonl"])
    if name.value:
        with ui.card(), ui.column(gap="s"):
            ui.text(f"Importing {name.value}: go on with what you do.")
            bar(done)
    if bad.value:
        left_out(bad)


@ui.component
def bar(done):
    ui.progress(done.value, label="Importing")


def left_out(bad):
    with ui.callout(title=f"Left out: {len(bad.value):,} of its lines", tone="warning"):
        with ui.scroll_area(
            "Lines that were left out", height="auto", gap="none", style={"max-height": "10rem"}
        ):
            ui.list(bad.value[:SHOWN])
        ui.button("All right", on_click=bad.set, args=([],))


def export():
    file = ui.save_file("items.csv", types={"Tables": [".csv", ".jsonl"]})
    if file is not None:
        ui.notify(f"{counted(db.export(Item, file))} in {file.name}.", tone="success")
