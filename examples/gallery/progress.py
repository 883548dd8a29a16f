"""What is going on."""

import time
from typing import Literal

from hipflask import ui

from .samples import sample


@sample("Progress")
def progress(value: float = 0.4, endless: bool = False):
    ui.progress(None if endless else value, label="Simulating")


@sample("Progress")
def spinner(size: str = "2rem"):
    ui.spinner("Looking for Who", size=size)


@sample("Progress")
def skeleton(round: bool = True):
    with ui.row(wrap=False):
        ui.skeleton(width="3rem", height="3rem", round=round)
        with ui.column(style={"flex": "1"}):
            ui.skeleton(width="60%")
            ui.skeleton()


@sample("Progress")
def log(height: str = "9rem"):
    lines = ui.state(["Who is on first.", "What is on second.", "I Don't Know is on third."])

    def call(pitches: int):
        for number in range(pitches):
            lines.update(lambda old, number=number: [*old, f"Pitch {number + 1}: strike"])
            time.sleep(0.1)

    ui.log(lines, label="Calls", height=height)
    ui.button("Three pitches", on_click=call, args=(3,))


@sample("Progress")
def stepper(at: Literal[0, 1, 2, 3] = 1):
    ui.stepper(["Line-up", "Umpire", "Play ball"], at=at)
