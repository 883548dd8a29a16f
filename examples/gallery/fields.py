"""What people type, and what they hand over."""

import datetime
from typing import Annotated, Literal

import msgspec

from hipflask import ui

from .samples import sample


@sample("Fields")
def input_(
    kind: Literal["text", "email", "search", "tel", "url"] = "text",
    placeholder: str = "On first",
    hint: str = "As it is on the shirt.",
    error: str = "",
    disabled: bool = False,
):
    name = ui.state("Who")
    ui.input(
        "Name",
        bind=name,
        kind=kind,
        placeholder=placeholder,
        hint=hint,
        error=error,
        disabled=disabled,
    )
    ui.text(f"{name.value} is on first.", tone="quiet")


@sample("Fields")
def textarea(rows: int = 4, disabled: bool = False):
    ui.textarea("Notes", value="Bring the bat.\nAnd the ball.", rows=rows, disabled=disabled)


@sample("Fields")
def password(new: bool = False, hint: str = "The one of the locker room."):
    ui.password(value="third base", new=new, hint=hint)


@sample("Fields")
def number(min: int = 1, max: int = 20, disabled: bool = False):
    innings = ui.state(9)
    ui.number("Innings", min=min, max=max, bind=innings, disabled=disabled)
    ui.text(f"{innings.value} innings", tone="quiet")


@sample("Fields")
def date(disabled: bool = False):
    day = ui.state(datetime.date(2026, 3, 26))
    ui.date("Opening day", bind=day, disabled=disabled)
    ui.text(f"{day.value:%A}" if day.value else "Some day", tone="quiet")


@sample("Fields")
def time(seconds: bool = False, disabled: bool = False):
    ui.time(
        "First pitch",
        value=datetime.time(19, 5),
        seconds=seconds,
        disabled=disabled,
    )


@sample("Fields")
def color(disabled: bool = False):
    shirt = ui.state("#3559dc")
    ui.color(
        "Shirt",
        bind=shirt,
        swatches=["#3559dc", "#d32f45", "#14854a"],
        disabled=disabled,
    )
    ui.icon("shirt", label="The shirt", size="3rem", style={"color": shirt.value})


@sample("Fields")
def upload(multiple: bool = True, disabled: bool = False):
    names = ui.state([])
    ui.upload(
        "Drop score cards here, or choose some",
        on_upload=lambda file: names.update(lambda old: [*old, f"{file.name}, {file.size} bytes"]),
        accept=[".csv", ".txt"],
        max_mb=5,
        multiple=multiple,
        disabled=disabled,
        hint="CSV or text, up to 5 MB",
    )
    ui.list(names.value)


@sample("Fields")
def drop_area():
    paths = ui.state([])
    ui.drop_area("Drop tables here", on_drop=paths.set)
    ui.list([path.name for path in paths.value])


class Player(msgspec.Struct):
    name: str
    number: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    bats: Literal["left", "right"] = "right"
    plays: bool = True


@sample("Fields")
def form(submit: str = "Add", clears: bool = True):
    team = ui.state([])
    ui.form(
        Player,
        on_submit=lambda player: team.update(lambda old: [*old, player]),
        submit=submit,
        clears=clears,
    )
    ui.list([f"{player.number} {player.name}" for player in team.value])
