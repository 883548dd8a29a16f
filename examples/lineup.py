"""The line-up of a team: one table of players, in every window, on the web and in the shell.

    python examples/lineup.py                        a window
    hipflask --app examples/lineup.py on first       the shell: "Who is on first."
    hipflask --app examples/lineup.py serve          as many windows as you like, and GET /on/first, POST /players

Each function below is plain Python; the decorators only say how people reach it. The players are kept in SQLite, in
examples/instance/lineup.sqlite: whoever changes that file, every window shows it.
"""

from typing import Literal, get_args

from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store, ui

app = Hipflask(__name__, theme=ui.Theme(primary="royalblue"))
db = Store(app)

Base = Literal["first", "second", "third", "short"]
BASES = get_args(Base)
NARROW = {"flex": "0 1 8rem"}


class Player(db.Model):
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    base: Mapped[Base] = "first"
    place: Mapped[int]


IN_ORDER = db.select(Player).order_by(Player.place)


@app.api("/on/<base>")
@app.command("on")
def who_is_on(base: Base) -> str:
    """Who plays at this base?"""
    names = [player.name for player in db.all(IN_ORDER.filter_by(base=base))]
    return f"{' and '.join(names) or 'Nobody'} is on {base}."


@app.api("/players", methods=["POST"])
def add(name: str, base: Base = "first") -> Player:
    """Put a player at the end of the line-up."""
    last = db.first(db.select(Player.place).order_by(Player.place.desc())) or 0
    return Player.create(name=name, base=base, place=last + 1)


def begin():
    for name, base in {"Who": "first", "What": "second", "I Don't Know": "third"}.items():
        add(name, base)


def swap(player, other):
    player.update(place=other.place)
    other.update(place=player.place)


@app.window("/", title="Line-up", width=640, height=560)
def lineup():
    name = ui.state("")

    def add_typed(typed):
        if typed.strip():
            add(typed.strip())
            name.set("")

    ui.heading("Line-up")
    players = db.all(IN_ORDER)
    with ui.column(gap="s"):
        for above, player, below in zip([None, *players], players, [*players[1:], None], strict=False):
            seat(player, above, below, key=player.number)
    if not players:
        ui.text("Nobody plays. Add somebody below.", tone="quiet")
        ui.button("The usual three", icon="users", on_click=begin)
    with ui.row(wrap=False):
        ui.input(bind=name, placeholder="Who else?", on_enter=add_typed, attrs={"aria-label": "Who else?"})
        ui.button("Add", icon="plus", tone="primary", on_click=lambda: add_typed(name.value))


@ui.component
def seat(player, above, below):
    """One row, which is drawn again by itself when its player or a neighbour changes."""
    with ui.row(gap="s", wrap=False):
        about = {"aria-label": f"Name of number {player.number}"}
        ui.input(bind=(player, Player.name), attrs=about)
        ui.select("", BASES, bind=(player, Player.base), style=NARROW)
        with ui.row(gap="none", wrap=False):
            icon_button("arrow-up", f"{player.name} up", swap, (player, above), disabled=above is None)
            icon_button("arrow-down", f"{player.name} down", swap, (player, below), disabled=below is None)
            icon_button("x", f"{player.name} out", player.delete)


def icon_button(icon, label, on_click, args=(), disabled=False):
    look = {"appearance": "plain", "disabled": disabled, "attrs": {"aria-label": label}}
    ui.button(icon=icon, on_click=on_click, args=args, **look)


if __name__ == "__main__":
    app.run()
