"""What goes on in the company meanwhile: people book what comes and goes, and somebody in the office changes prices with psql.

Neither of them goes through Hipflask: a row put into a laptop's file by any program is pushed, and one changed in the database by any
program is pulled.
"""

import contextlib
import random
import sqlite3
import threading
from datetime import date

from hipflask.store.models.base import uuid7

BOOK = "INSERT INTO movement (id, item_code, day, quantity, note) SELECT ?, code, ?, ?, ? FROM item ORDER BY random() LIMIT 1"
PRICE = "UPDATE item SET price = round(price * (0.95 + 0.1 * random())::numeric, 2) WHERE code IN (SELECT code FROM item ORDER BY random() LIMIT 5)"


class Busy:
    """Does something every now and then, while it is switched on."""

    def __init__(self, work, seconds):
        self.is_on = False
        self.done = 0
        self._work, self._seconds = work, seconds
        threading.Thread(target=self._run, name="busy", daemon=True).start()

    def _run(self):
        pause = threading.Event()
        while True:
            pause.wait(random.uniform(0.5, 1.5) * self._seconds)
            if self.is_on:
                with contextlib.suppress(
                    Exception
                ):  # a hub that is down, a file that is locked: the next time
                    self._work()
                    self.done += 1


def book(store, name):
    """One movement, into a laptop's own file."""
    quantity = random.choice([-4, -3, -2, -1, -1, 20])
    with contextlib.closing(sqlite3.connect(store, timeout=5)) as connection, connection:
        connection.execute(BOOK, (str(uuid7()), date.today().isoformat(), quantity, f"{name}, by hand"))


def change_prices(database):
    """Five prices, in the company's database."""
    import psycopg

    with psycopg.connect(database, connect_timeout=2) as connection:
        connection.execute(PRICE)
