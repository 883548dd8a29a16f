"""One window with every element of `ui` in it, as people combine them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from hipflask import Hipflask, ui
from hipflask.ui import _ELEMENTS

PLAYERS = ["Who", "What", "I Don't Know", "Why", "Because", "Tomorrow"]
PICTURE = b"""<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 90' width='160' height='90'>
<rect width='160' height='90' fill='#2f8f5b'/><path d='M80 84 126 42 80 8 34 42Z' fill='#d9a066'/>
<path d='M80 72 112 42 80 18 48 42Z' fill='#2f8f5b'/></svg>"""
MARKUP = "<h3>Rules</h3><p>Who is <b>on first</b>, <a href='/'>What</a> is on second.</p><ul><li>One</li><li>Two</li></ul>"
WORDS = "A *short* text, with `code` and a [link](/).\n\n> Who is on first?\n\n1. First\n2. Second\n"


@dataclass
class Player:
    """What the form asks for."""

    name: Annotated[str, Meta(description="As it is on the shirt")]
    number: Annotated[int, Meta(ge=1, le=99)] = 7
    plays: bool = True


@dataclass
class Kept:
    """What the window has been told, for the tests to look at."""

    told: list[object] = field(default_factory=list)

    def tell(self, what: object, *more: object) -> None:
        """Remember what happened."""
        self.told.append((what, *more) if more else what)


def mount(app: Hipflask) -> Kept:
    """Give an app the window, at "/", and return what it is told."""
    kept = Kept()

    @app.window("/", title="Everything")
    def window() -> None:
        everything(kept)

    return kept


def everything(kept: Kept) -> None:
    """Draw every element."""
    with ui.menu_bar():
        with ui.menu("File"):
            ui.menu_item("Open it", on_click=kept.tell, args=("open",))
        with ui.menu("Help"):
            ui.menu_item("About", on_click=kept.tell, args=("about",))
    ui.heading("Everything")
    ui.text("Every element there is, once.", tone="quiet")
    _words_and_pictures()
    with ui.grid(min_width="24rem"):
        _typing(kept)
        _choosing(kept)
        _doing(kept)
        _leading(kept)
    _grouping(kept)
    _showing()


def missing(drawn: set[str]) -> set[str]:
    """The elements that a tree with these kinds in it does not have."""
    # A chart is of one kind for all, json is drawn as a tree, and a note is called for and not drawn.
    parts = {
        "line_chart": "chart",
        "bar_chart": "chart",
        "pie_chart": "chart",
        "json": "branch",
        "notify": "button",
    }
    return {name for name in _ELEMENTS if parts.get(name, name) not in drawn}


def _words_and_pictures() -> None:
    with ui.row(gap="l"):
        ui.image(PICTURE, alt="A diamond", width=160, height=90)
        ui.avatar("Lou Costello")
        ui.icon("star", label="Favourite", size="1.5rem")
        ui.badge("On first", tone="success")
        ui.badge(3, tone="danger", appearance="accent")
        ui.badge("late", tone="warning")
        ui.badge("new", tone="primary", appearance="outlined")
        ui.spinner("Looking for Who")
        ui.link("The rules", "/rules")
    for tone in ("normal", "primary", "success", "warning", "danger"):
        ui.callout("Who is on first.", title=f"A {tone} note", tone=tone)
    with ui.row():
        for tone in ("quiet", "primary", "success", "warning", "danger"):
            ui.text(tone.capitalize(), tone=tone)
        ui.text("Small", size="s")
        ui.text("Large", size="l", strong=True)
    ui.divider()


def _typing(kept: Kept) -> None:
    name, secret, notes = ui.state("Who"), ui.state(""), ui.state("")
    with ui.card("Typing"):
        ui.input("Name", bind=name, hint="As it is on the shirt", placeholder="Anybody")
        ui.input("Refused", value="x", error="Not like that.")
        ui.number("Innings", value=9, min=1, max=20, on_change=kept.tell, args=("innings",))
        ui.password("Secret", bind=secret)
        ui.textarea("Notes", bind=notes, rows=2)
        ui.date("Opening day", value=datetime.date(2026, 3, 26))
        ui.time("First pitch", value=datetime.time(19, 5))
        ui.color(
            "Shirt", value="#3559dc", swatches=["#3559dc", "#d32f45"], on_change=kept.tell, args=("shirt",)
        )
        ui.input("Locked", value="No", disabled=True)
        ui.upload(
            "Line-up",
            on_upload=lambda file: kept.tell("file", file.name),
            accept=[".csv"],
            hint="A .csv, up to 5 MB",
        )


def _choosing(kept: Kept) -> None:
    with ui.card("Choosing"):
        ui.select("Base", ["first", "second", "third"], value="first", on_change=kept.tell, args=("base",))
        ui.combobox("Player", PLAYERS, value="Who", on_change=kept.tell, args=("player",))
        ui.multi_select(
            "Bases", ["first", "second", "third"], value=["first"], on_change=kept.tell, args=("bases",)
        )
        ui.radio("Hand", ["left", "right", "both"], value="left", on_change=kept.tell, args=("hand",))
        ui.checkbox("Captain", on_change=kept.tell, args=("captain",))
        ui.checkbox("Plays", value=True, disabled=True)
        ui.switch("Floodlights", on_change=kept.tell, args=("lights",))
        ui.slider("Volume", value=40, on_change=kept.tell, args=("volume",))
        ui.range("Price", value=(20, 80), on_change=kept.tell, args=("price",))
        ui.rating("Joke", value=2, on_change=kept.tell, args=("joke",))


def _fail() -> None:
    raise ValueError("Not like that.")


def _doing(kept: Kept) -> None:
    asking, settings = ui.state(False), ui.state(False)
    with ui.card("Doing"):
        with ui.row():
            ui.button("Save", tone="primary", on_click=kept.tell, args=("save",))
            ui.button("Note", on_click=ui.notify, args=("Saved.",), icon="bell")
            ui.button("Delete…", tone="danger", appearance="outlined", on_click=asking.set, args=(True,))
            ui.button(
                "Settings",
                appearance="plain",
                icon="settings",
                icon_only=True,
                on_click=settings.set,
                args=(True,),
            )
            ui.button("Never", disabled=True)
            ui.button("Fail", on_click=_fail)
        with ui.row():
            for tone in ("normal", "primary", "success", "warning", "danger"):
                for look in ("filled", "outlined", "plain"):
                    ui.button(
                        f"{tone} {look}", tone=tone, appearance=look, size="s", tooltip=f"{tone}, {look}"
                    )
        with ui.menu("Game", icon="trophy"):
            ui.menu_item("New", on_click=kept.tell, args=("new",), icon="plus", shortcut="Ctrl+Alt+N")
            ui.menu_item("Numbers", checked=True)
            ui.divider()
            with ui.menu_item("Sort by"):
                ui.menu_item("Age", on_click=kept.tell, args=("age",))
            ui.menu_item("Forget it", tone="danger", disabled=True)
        with ui.column():
            ui.button("Right-click me", on_click=kept.tell, args=("left",))
            with ui.context_menu():
                ui.menu_item("Send home", on_click=kept.tell, args=("home",))
        with ui.dialog("Delete the game?", open=asking):
            ui.text("It cannot be brought back.")
            with ui.row():
                ui.button("Delete it", tone="danger", on_click=asking.set, args=(False,))
                ui.button("Keep it", on_click=asking.set, args=(False,))
        with ui.drawer("Settings", open=settings):
            ui.checkbox("Keep score")
        with ui.drop_area("Drop tables here", on_drop=kept.tell):
            ui.text("Or press the button.", tone="quiet")
        ui.form(Player, on_submit=kept.tell, submit="Add")


def _leading(kept: Kept) -> None:
    page, step, chosen = ui.state(3), ui.state(1), ui.state("")
    with ui.card("Leading"):
        ui.breadcrumb({"Teams": "/teams", "Wolves": lambda: kept.tell("wolves"), "Who is it": None})
        ui.pagination(20, bind=page)
        ui.stepper(["Pick", "Umpire", "Play"], at=step)
        ui.progress(0.65, label="Loading")
        ui.progress(None, label="Waiting")
        with ui.tree_view(label="Team", bind=chosen):
            with ui.branch("Infield", open=True, icon="folder"):
                ui.branch("Who", value=1, icon="user")
                ui.branch("What", value=2)
            with ui.branch("Outfield"):
                ui.branch("Why")
        ui.json({"first": "Who", "scores": [1, 2]}, label="Data")
        ui.list(["Who", "What"], numbered=True)
        with ui.list():
            ui.item("An entry")
        with ui.row():
            ui.skeleton(width="2.5rem", height="2.5rem", round=True)
            ui.skeleton(width="12rem")


def _grouping(kept: Kept) -> None:
    with ui.tabs():
        with ui.tab("Line-up", icon="users"):
            ui.table(
                [
                    {"base": base, "player": name, "average": 0.3}
                    for base, name in zip(("1", "2"), PLAYERS, strict=False)
                ],
                label="Averages",
            )
        with ui.tab("Score"):
            ui.text("Nobody has run yet.")
        ui.tab("Shut", disabled=True)
    with ui.details("Why this order?", on_toggle=kept.tell, args=("why",)):
        ui.text("By custom.")
        ui.button("Inside", on_click=kept.tell, args=("inside",))
    with ui.split_panel(value=30, on_change=kept.tell, args=("split",)):
        with ui.pane():
            ui.text("To the left")
        with ui.pane(), ui.scroll_area("Lines", height="6rem"):
            for number in range(12):
                ui.text(f"Line {number}")


def _showing() -> None:
    with ui.grid(min_width="20rem"):
        ui.line_chart("Runs", {"Who": [1, 3, 2], "What": [0, 2, None]}, ["May", "June", "July"])
        ui.bar_chart("Hits", {"Who": [4, 2], "What": [3, 5]}, ["Home", "Away"])
        ui.pie_chart("Shares", {"Hits": 3, "Walks": 2, "Outs": 5})
        ui.chart({"day": [1, 2, 3], "Who": [4, 2, 5]}, x="day", y="Who", label="Runs by day", height="12rem")
    with ui.grid(min_width="24rem"):
        with ui.column():
            ui.code("pip install hipflask")
            ui.log(["Who is on first.", "What is on second."], label="Line by line", height="6rem")
        ui.html(MARKUP)
        ui.markdown(WORDS)
