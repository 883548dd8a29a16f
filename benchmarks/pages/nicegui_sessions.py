"""A small page with one text that all who look at it share, bound to a bindable property."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import gc
import sys

from nicegui import app, binding, ui


@binding.bindable_dataclass
class News:
    text: str = "0 changes"


news = News()


@ui.page("/")
def lineup() -> None:
    ui.label("Line-up").classes("text-h4")
    ui.label().bind_text_from(news, "text")
    ui.label("0 headlines")
    name = ui.input("Name")
    for i in range(20):
        ui.label(f"Player {i}")
    ui.button("Forget", on_click=lambda: name.set_value(""))


@app.get("/change/{number}")
def change(number: int) -> str:
    news.text = f"{number} changes"
    return "changed"


@app.get("/collect")
def collect() -> int:
    return gc.collect()


ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)
