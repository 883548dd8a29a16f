"""A thousand rows of five elements, keyed components each with a state of its own, and what one does with such a list."""

from __future__ import annotations

from dataclasses import dataclass

from hipflask import Hipflask, ui

app = Hipflask(__name__)
runs = {"functions": 0}  # how often any function below has drawn


@dataclass(frozen=True)
class Player:
    id: int
    name: str
    base: str


@ui.component
def seat(player: Player) -> None:
    runs["functions"] += 1
    goals = ui.state(0)
    with ui.row():
        ui.text(player.id)
        ui.text(player.name)
        ui.text(player.base)
        ui.text(f"{goals.value} goals")
        ui.button("Goal", on_click=lambda: goals.update(lambda n: n + 1))


@app.window("/")
def lineup() -> None:
    runs["functions"] += 1
    players = ui.state(team(1))
    with ui.row():
        ui.button("Create", on_click=lambda: players.set(team(1)))
        ui.button("Append", on_click=lambda: players.update(lambda now: [*now, *team(1001)]))
        ui.button("Remove", on_click=lambda: players.update(lambda now: [*now[:499], *now[500:]]))
        ui.button("Swap", on_click=lambda: players.update(swapped))
        ui.button("Reverse", on_click=lambda: players.update(lambda now: now[::-1]))
        ui.button("Clear", on_click=lambda: players.set([]))
    for player in players.value:
        seat(player, key=player.id)


@app.route("/runs")
def functions_run() -> str:
    return str(runs["functions"])


def team(first: int) -> list[Player]:
    return [Player(i, f"Player {i}", "first") for i in range(first, first + 1000)]


def swapped(players: list[Player]) -> list[Player]:
    return [players[0], players[998], *players[2:998], players[1], *players[999:]]
