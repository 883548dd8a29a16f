"""Where things stand."""

from typing import Literal

from hipflask import ui

from .samples import Gap, sample

NAMES = ["Who", "What", "I Don't Know", "Why", "Because", "Tomorrow"]


@sample("Layout")
def row(
    gap: Gap = "m",
    align: Literal["start", "center", "end", "stretch"] = "center",
    justify: Literal["start", "center", "end", "between"] = "start",
    wrap: bool = True,
):
    with ui.row(gap=gap, align=align, justify=justify, wrap=wrap):
        ui.button("First", size="s")
        ui.button("Second")
        ui.button("Third", size="l")


@sample("Layout")
def column(gap: Gap = "s", align: Literal["start", "center", "end", "stretch"] = "stretch"):
    with ui.column(gap=gap, align=align):
        for name in NAMES[:3]:
            ui.button(name, appearance="outlined")


@sample("Layout")
def grid(columns: int = 3, gap: Gap = "s"):
    with ui.grid(columns=columns or None, gap=gap):
        for name in NAMES:
            ui.button(name, appearance="outlined")


@sample("Layout")
def card(title: str = "Line-up"):
    with ui.card(title):
        ui.text("Who is on first.")
        ui.button("Play ball", tone="primary")


@sample("Layout")
def scroll_area(height: str = "8rem"):
    with ui.scroll_area("Innings", height=height):
        for number in range(1, 10):
            ui.text(f"Inning {number}")


@sample("Layout")
def split_panel(stacked: bool = False):
    share = ui.state(40)
    with ui.split_panel(bind=share, stacked=stacked, style={"height": "9rem"}):
        with ui.pane():
            ui.text("Line-up", strong=True)
        with ui.pane():
            ui.text("Score", strong=True)
            ui.text(f"{100 - share.value:.0f} % of the room", tone="quiet")


@sample("Layout")
def pane():
    with ui.split_panel(value=50, style={"height": "7rem"}):
        with ui.pane():
            ui.text("The first pane")
        with ui.pane():
            ui.text("The second pane")


@sample("Layout")
def tabs(side: Literal["top", "bottom", "start", "end"] = "top"):
    page = ui.state("Line-up")
    with ui.tabs(bind=page, side=side):
        with ui.tab("Line-up"):
            ui.list(NAMES[:3], numbered=True)
        with ui.tab("Score"):
            ui.text("Nobody has run yet.")
        with ui.tab("Rules"):
            ui.text("Three strikes, and you are out.")


@sample("Layout")
def tab(disabled: bool = False):
    with ui.tabs():
        with ui.tab("Team", icon="users"):
            ui.text("Nine of them.")
        with ui.tab("Prizes", icon="trophy", disabled=disabled):
            ui.text("None so far.")


@sample("Layout")
def details(disabled: bool = False):
    with ui.details("Why this order?", open=True, disabled=disabled):
        ui.text("Who is on first, by custom.")
    with ui.details("And who is on second?", disabled=disabled):
        ui.text("No, Who is on first. What is on second.")
