"""Who plays where: nine players in SQLite, whose names are the trouble."""

import os
import threading
from typing import Literal

from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store, ui

Place = Literal["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
Name = Literal["Nine", "What", "Tomorrow", "Nobody", "Why", "Perhaps", "Where", "Whatever", "Who"]

app = Hipflask(__package__, theme=ui.Theme(primary="#7c3aed"))
app.config.update(ALEXA_INVOCATION_NAME="nine players", SEED=os.environ.get("SEED", "7"))
db = Store(app)


class Player(db.Model):
    place: Mapped[Place] = mapped_column(primary_key=True)
    name: Mapped[Name]
    number: Mapped[int]


IN_ORDER = db.select(Player).order_by(Player.number)
FILLING = threading.Lock()


def fill():
    """Write the usual nine down, unless somebody is there already; at once, since two may ask at the same time."""
    with FILLING:
        if db.first(IN_ORDER) is not None:
            return
        pairs = zip(Place.__args__, Name.__args__, strict=True)
        for number, (place, name) in enumerate(pairs, 1):
            Player.create(place=place, name=name, number=number)
        db.session.commit()


def at(place):
    """The name of the player at a place."""
    fill()
    player = db.first(IN_ORDER.filter_by(place=place))
    return player.name if player else "Nobody"


def place_of(name):
    """Where somebody of this name plays; None if nobody is called that."""
    fill()
    player = db.first(IN_ORDER.filter_by(name=name))
    return player.place if player else None
