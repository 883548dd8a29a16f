"""A program to be killed: it takes orders and bakes, in children that a line on its standard input asks for.

    work 3        a child that works until it is killed, and forgets nothing that was baked in `baked.txt`
    order 7       a child that writes down and sends 7, 8, 9… until it is killed; every third it takes back

It answers each line with the child's number. What it has imported once every child has, so that many of them may die in a short time.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Event

import sqlalchemy.orm  # noqa: F401  (so that no child has to)

from hipflask import Hipflask, Mapped, Store
from hipflask.surfaces.worker import worker  # noqa: F401
from hipflask.surfaces.worker.working import working

folder = Path(sys.argv[1])
app = Hipflask("kitchen", root_path=str(folder), instance_path=str(folder / "instance"))
app.config["HIPFLASK_WORKER_THREADS"] = 2
db = Store(app)
orders = app.queue("orders", dead_letter_after=1000, visibility_timeout=1)


class Order(db.Model):  # type: ignore[misc, name-defined]
    """One order."""

    number: Mapped[int]


@app.on_sqs_message(orders, batch_size=3)
def bake(number: int) -> None:
    """Take a while, and put it on the table: one line for each, however many processes write."""
    time.sleep(0.03)
    table = os.open(folder / "baked.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(table, f"{number}\n".encode())
    os.close(table)


def work(_: int) -> None:
    """Work until killed."""
    with working(app):
        Event().wait()


def order(first: int) -> None:
    """Order until killed; what is taken back is a negative number."""
    number = first
    while True:
        number += 1
        with suppress(ValueError), app.actions.unit_of_work():
            Order.create(number=number if number % 3 else -number)
            orders.send({"number": number if number % 3 else -number})
            if number % 3 == 0:
                raise ValueError("changed my mind")
        time.sleep(0.005)  # else there would be more orders than anybody bakes in time


def main() -> None:
    """Start children as asked."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no looking after
    with db.transaction():  # the file is made before anybody is killed
        pass
    db.close()
    print("ready", flush=True)
    for line in sys.stdin:
        what, _, number = line.partition(" ")
        child = os.fork()
        if child == 0:
            {"work": work, "order": order}[what](int(number))
        print(child, flush=True)


main()
