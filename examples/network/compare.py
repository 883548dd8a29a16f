"""What somebody has: the cells of all items, and the movements; of a laptop's file, or of the company's database.

base = of_laptop(ann)                       what both had when they last had the same
base.changed(of_laptop(ann))                what waits on Ann's laptop
base.changed(of_database(database))         what has not come to her yet
both at once                                what was changed on both sides: somebody has to win, or both count
"""

import contextlib
import sqlite3

# The same text on both engines: prices in cents, days as they are written.
COLUMNS = ("name", "unit", "price", "low_at", "supplier_code")
ITEMS = "SELECT code, name, unit, {cents}, low_at, supplier_code FROM item"
MOVEMENTS = "SELECT {key}, item_code, {day}, quantity, note FROM movement"
HERE = {"cents": "price", "key": "id", "day": "day"}
THERE = {"cents": "(price * 100)::bigint", "key": "id::text", "day": "day::text"}


class Looked:
    """What somebody has: values by row and column."""

    def __init__(self, items, movements):
        self.codes = sorted(code for code, *_ in items)
        self.movements = {id: movement for id, *movement in movements}
        self.cells = {
            (code, name): value for code, *row in items for name, value in zip(COLUMNS, row, strict=True)
        }
        self.cells |= {(id, "movement"): tuple(movement) for id, movement in self.movements.items()}

    def __eq__(self, other):
        return isinstance(other, Looked) and self.cells == other.cells

    def changed(self, other):
        """The places, (row, column), where somebody else has something else."""
        places = self.cells.keys() | other.cells.keys()
        return {place for place in places if self.cells.get(place) != other.cells.get(place)}

    def of(self, code):
        """An item as a person reads it: its name, its price, and how many there are."""
        stock = sum(quantity for item, _, quantity, _ in self.movements.values() if item == code)
        price = self.cells.get((code, "price"), 0)
        return {
            "Name": self.cells.get((code, "name"), "none yet"),
            "Price": f"{price / 100:,.2f} €",
            "In stock": f"{stock:,}",
        }


def of_laptop(store):
    """What is in a laptop's file, None if there is nothing yet."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_reading(store)) as connection:
        connection.execute("BEGIN")
        return _look(lambda sql: connection.execute(sql.format(**HERE)).fetchall())
    return None


def of_database(database):
    """What is in the company's database, None if it does not answer."""
    import psycopg

    with contextlib.suppress(psycopg.Error), psycopg.connect(database, connect_timeout=2) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return _look(lambda sql: connection.execute(sql.format(**THERE)).fetchall())
    return None


def _look(rows_of):
    return Looked(rows_of(ITEMS), rows_of(MOVEMENTS))


def _reading(store):
    return sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=2, isolation_level=None)
