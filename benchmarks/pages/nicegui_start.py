"""Hello, in a window of NiceGUI's native mode."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

from nicegui import ui


@ui.page("/")
def hello() -> None:
    ui.label("Hello, World!").style("background: rgb(49, 202, 16); padding: 20px")


ui.run(native=True, window_size=(1000, 720), reload=False)
