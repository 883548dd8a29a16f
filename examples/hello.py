"""The smallest live window."""

from hipflask import Hipflask, ui

app = Hipflask(__name__)


@app.window("/")
def hello():
    clicks = ui.state(0)
    ui.button(f"{clicks.value} clicks", on_click=lambda: clicks.update(lambda n: n + 1))


app.run()
