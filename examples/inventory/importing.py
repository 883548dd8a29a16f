"""Tables in and out: an import goes on beside everything else, and says of every line that it left out why."""

from hipflask import ui

from .data import Item, db

SHOWN = 100


@ui.component
def draw_import(is_open):
    progress, bad = ui.state(None), ui.state([])

    def take(file):
        is_open.set(False)
        bad.set([])
        progress.set(0.0)
        try:
            loaded = db.load(Item, file.path, lambda done, total: progress.set(done / total), skip=True)
        finally:
            progress.set(None)
        bad.set([str(line) for line in loaded.bad])
        ui.notify(f"{loaded.rows:,} items from {file.name}", tone="success")

    with ui.dialog("Import items", open=is_open):
        ui.upload("Drop a table here, or choose one", on_upload=take, accept=[".csv", ".jsonl"])
    if progress.value is not None:
        ui.progress(progress.value, label="Import")
    if bad.value:
        with ui.callout(title=f"{len(bad.value):,} lines were left out", tone="warning"):
            ui.list(bad.value[:SHOWN])
            ui.button("Close", on_click=bad.set, args=([],))


def export():
    file = ui.save_file("items.csv", types={"Tables": [".csv", ".jsonl"]})
    if file is not None:
        ui.notify(f"{db.export(Item, file):,} items to {file.name}", tone="success")
