"""The line-up of a team: one list of players, in every window, on the web and in the shell.

    python examples/lineup.py                        a window
    hipflask --app examples/lineup.py on first       the shell: "Who is on first."
    hipflask --app examples/lineup.py serve          as many windows as you like, and GET /on/first, POST /players

Each function below is plain Python; the decorators only say how people reach it.
"""

from dataclasses import dataclass, field
from itertools import count
from typing import Literal, get_args

from hipflask import Hipflask, ui

app = Hipflask(__name__, theme=ui.Theme(primary="royalblue"))

Base = Literal["first", "second", "third", "short"]
BASES = get_args(Base)
NARROW = {"flex": "0 1 8rem"}
numbers = count(1)


@dataclass
class Player:
    name: str
    base: Base
    number: int = field(default_factory=lambda: next(numbers))


# Shared by all windows: whoever changes it, everybody sees it at once.
players = ui.State([Player("Who", "first"), Player("What", "second"), Player("I Don't Know", "third")])


@app.api("/on/<base>")
@app.command("on")
def who_is_on(base: Base) -> str:
    """Who plays at this base?"""
    names = [player.name for player in players.value if player.base == base]
    return f"{' and '.join(names) or 'Nobody'} is on {base}."


@app.api("/players", methods=["POST"])
def add(name: str, base: Base = "first") -> Player:
    """Put a player at the end of the line-up."""
    player = Player(name, base)
    players.update(lambda order: [*order, player])
    return player


def remove(player):
    players.update(lambda order: [other for other in order if other is not player])


def move(player, steps):
    def moved(order):
        place = max(order.index(player) + steps, 0)
        others = [other for other in order if other is not player]
        return [*others[:place], player, *others[place:]]

    players.update(moved)


@app.window("/", title="Line-up", width=640, height=560)
def lineup():
    name = ui.state("")

    def add_typed(typed):
        if typed.strip():
            add(typed.strip())
            name.set("")

    ui.heading("Line-up")
    last = len(players.value) - 1
    with ui.column(gap="s"):
        for place, player in enumerate(players.value):
            seat(player, is_first=place == 0, is_last=place == last, key=player.number)
    if not players.value:
        ui.text("Nobody plays. Add somebody below.", tone="quiet")
    with ui.row(wrap=False):
        ui.input(bind=name, placeholder="Who else?", on_enter=add_typed, attrs={"aria-label": "Who else?"})
        ui.button("Add", icon="plus", tone="primary", on_click=lambda: add_typed(name.value))


@ui.component
def seat(player, is_first, is_last):
    """One row, which is drawn again by itself when its player changes."""
    with ui.row(gap="s", wrap=False):
        about = {"aria-label": f"Name of number {player.number}"}
        ui.input(value=player.name, on_change=setattr, args=(player, "name"), attrs=about)
        ui.select("", BASES, value=player.base, on_change=setattr, args=(player, "base"), style=NARROW)
        with ui.row(gap="none", wrap=False):
            icon_button("arrow-up", f"{player.name} up", move, (player, -1), disabled=is_first)
            icon_button("arrow-down", f"{player.name} down", move, (player, 1), disabled=is_last)
            icon_button("x", f"{player.name} out", remove, (player,))


def icon_button(icon, label, on_click, args, disabled=False):
    look = {"appearance": "plain", "disabled": disabled, "attrs": {"aria-label": label}}
    ui.button(icon=icon, on_click=on_click, args=args, **look)


if __name__ == "__main__":
    app.run()
