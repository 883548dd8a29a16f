"""A small window with two texts that all who look at it share."""

from __future__ import annotations

import gc

from hipflask import Hipflask, ui

app = Hipflask(__name__)
news = ui.State("0 changes")  # bound: the text follows it by itself
headline = ui.State("0 headlines")  # read: the window function is called again


@app.window("/")
def lineup() -> None:
    name = ui.state("")
    ui.heading("Line-up")
    ui.text(news)
    ui.text(headline.value)
    ui.input("Name", bind=name)
    for i in range(20):
        ui.text(f"Player {i}")
    ui.button("Forget", on_click=lambda: name.set(""))


@app.route("/change/<int:number>")
def change(number: int) -> str:
    news.set(f"{number} changes")
    return "changed"


@app.route("/headline/<int:number>")
def change_headline(number: int) -> str:
    headline.set(f"{number} headlines")
    return "changed"


@app.route("/collect")
def collect() -> str:
    return str(gc.collect())
