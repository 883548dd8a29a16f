"""What people choose from."""

from hipflask import ui

from .samples import sample

BASES = ["first", "second", "third", "home"]


@sample("Choices")
def checkbox(disabled: bool = False):
    agreed = ui.state(True)
    ui.checkbox("The umpire is always right", bind=agreed, disabled=disabled)
    ui.text("Play ball!" if agreed.value else "You are out.", tone="quiet")


@sample("Choices")
def switch(disabled: bool = False):
    lights = ui.state(True)
    ui.switch("Floodlights", bind=lights, disabled=disabled)
    ui.icon(
        "lightbulb" if lights.value else "lightbulb-off",
        label="The lights",
        size="2rem",
    )


@sample("Choices")
def radio(horizontal: bool = False, disabled: bool = False):
    base = ui.state("first")
    ui.radio("Base", BASES, bind=base, horizontal=horizontal, disabled=disabled)
    ui.text(f"On {base.value}", tone="quiet")


@sample("Choices")
def select(placeholder: str = "Any of them", disabled: bool = False):
    base = ui.state("second")
    ui.select("Base", BASES, bind=base, placeholder=placeholder, disabled=disabled)
    ui.text(f"On {base.value}", tone="quiet")


@sample("Choices")
def multi_select(disabled: bool = False):
    bases = ui.state(["first", "third"])
    ui.multi_select("Bases", BASES, bind=bases, disabled=disabled)
    ui.text(f"{len(bases.value)} on base", tone="quiet")


@sample("Choices")
def combobox(placeholder: str = "Type a name", disabled: bool = False):
    players = {
        1: "Who",
        2: "What",
        3: "I Don't Know",
        4: "Why",
        5: "Because",
        6: "Tomorrow",
        7: "Today",
    }
    ui.combobox("Player", players, value=3, placeholder=placeholder, disabled=disabled)


@sample("Choices")
def slider(step: int = 1, disabled: bool = False):
    speed = ui.state(90)
    ui.slider("Pitch", min=60, max=105, step=step or 1, bind=speed, disabled=disabled)
    ui.text(f"{speed.value} miles an hour", tone="quiet")


@sample("Choices")
def range_(disabled: bool = False):
    innings = ui.state((3, 7))
    ui.range("Innings", min=1, max=9, bind=innings, disabled=disabled)
    ui.text(f"Innings {innings.value[0]} to {innings.value[1]}", tone="quiet")


@sample("Choices")
def rating(max: int = 5, halves: bool = True, disabled: bool = False):
    joke = ui.state(4)
    ui.rating("Who is on first", max=max or 1, halves=halves, bind=joke, disabled=disabled)
