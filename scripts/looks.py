"""Takes docs/images/looks.png: one window in each of our looks, in light and in dark.

python scripts/looks.py
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import get_args

from hipflask import Hipflask, ui
from hipflask.testing import Screen
from hipflask.ui.theme import Look

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "looks.png"
PLAYERS = [("Who", "first", 0.301), ("What", "second", 0.277), ("I Don't Know", "third", 0.254)]
WIDTH, HEIGHT = 640, 550


def line_up() -> None:
    """A window with something of everything that a look changes."""
    with ui.row(justify="between"):
        ui.heading("Line-up")
        with ui.row(gap="s"):
            ui.button("Add", icon="plus", tone="primary")
            ui.button("Export", appearance="outlined")
    with ui.card("Tonight"):
        ui.table(PLAYERS, ["Player", "Base", "Average"])
        with ui.row():
            ui.input("Name", value="Tomorrow")
            ui.select("Base", ["first", "second", "third"], value="first")
        with ui.row():
            ui.checkbox("Plays", value=True)
            ui.switch("Floodlights", value=True)
            ui.badge("on first", tone="success")
            ui.badge("late", tone="warning")
        ui.slider("Volume", value=60)
    ui.callout("Who is on first.", tone="primary")


def main() -> None:
    """Take six pictures and put them side by side."""
    rows = ["".join(_shot(look, scheme) for look in get_args(Look)) for scheme in ("light", "dark")]
    with Screen(_app("plain"), width=WIDTH * 3, height=HEIGHT * 2).open("/") as screen:
        screen.on_page(lambda page: page.goto("about:blank"))
        screen.on_page(
            lambda page: page.set_content(
                f"<body style='margin:0'>{''.join(f'<div style=display:flex>{row}</div>' for row in rows)}"
            )
        )
        screen.on_page(lambda page: page.screenshot(path=PICTURE))
    print(PICTURE, PICTURE.stat().st_size)


def _app(look: Look) -> Hipflask:
    app = Hipflask("looks", theme=ui.Theme(look=look))
    app.window("/")(line_up)
    return app


def _shot(look: Look, scheme: str) -> str:
    with Screen(_app(look), width=WIDTH, height=HEIGHT, scheme=scheme).open("/") as screen:  # type: ignore[arg-type]
        data = screen.on_page(lambda page: page.screenshot())
    return f"<img width={WIDTH} src='data:image/png;base64,{b64encode(data).decode()}'>"


if __name__ == "__main__":
    main()
