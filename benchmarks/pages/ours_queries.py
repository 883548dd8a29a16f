"""A window of cells, each a component with a live query of its own; a route that changes the first cell."""

from __future__ import annotations

import os
import tempfile
import time

from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store, ui

QUERIES, KIND = int(os.environ["QUERIES"]), os.environ["KIND"]
app = Hipflask(__name__)
app.config["STORE"] = os.path.join(tempfile.mkdtemp(), "cells.sqlite")
db = Store(app)
runs = 0


class Cell(db.Model):
    number: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(index=True)
    value: Mapped[int] = 0


db.write(Cell, [{"number": number, "place": number} for number in range(QUERIES)])


@app.window("/")
def cells() -> None:
    ui.heading("Cells")
    for number in range(QUERIES):
        cell(number, key=number)
    ui.text("Ready")


@ui.component
def cell(number: int) -> None:
    global runs
    runs += 1
    ui.text(f"{number}: {ask(number).value}")


def ask(number: int) -> Cell:
    if KIND == "equality":
        return db.first(Cell, place=number)
    return db.first(db.select(Cell).where(Cell.place.between(number, number)))


@app.route("/write/<int:value>")
def write(value: int) -> str:
    with db.transaction():
        db.get(Cell, 0).update(value=value)
    return str(time.time())


@app.route("/file")
def file() -> str:
    return str(db.file)


@app.route("/runs")
def count() -> str:
    return str(runs)
