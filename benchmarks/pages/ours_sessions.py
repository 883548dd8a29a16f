"""A small window with one text that all who look at it share."""

from __future__ import annotations

import gc

from hipflask import Hipflask, ui

app = Hipflask(__name__)
news = ui.State("0 changes")


@app.window("/")
def lineup() -> None:
    name = ui.state("")
    ui.heading("Line-up")
    ui.text(news.value)
    ui.input("Name", bind=name)
    for i in range(20):
        ui.text(f"Player {i}")
    ui.button("Forget", on_click=lambda: name.set(""))


@app.route("/change/<int:number>")
def change(number: int) -> str:
    news.set(f"{number} changes")
    return "changed"


@app.route("/collect")
def collect() -> str:
    return str(gc.collect())
