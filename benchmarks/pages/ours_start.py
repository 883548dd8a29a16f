"""Hello, in a window of ours."""

from __future__ import annotations

from hipflask import Hipflask, ui

app = Hipflask(__name__)


@app.window("/")
def hello() -> None:
    ui.text("Hello, World!", style={"background": "rgb(49, 202, 16)", "padding": "20px"})


app.run()
