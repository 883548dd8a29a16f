"""A stockroom full of things that nobody ever ordered."""

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from .data import Item, Movement, Supplier, db

BITE = 5_000
SUPPLIERS = {
    "ABBOTT": "Abbott Hardware",
    "BASES": "First Base Fasteners",
    "COST": "Costello & Sons",
    "MILL": "Mill Street Metals",
}
THINGS = {
    "Hex bolt": 12, "Cap screw": 9, "Wood screw": 4, "Washer": 2, "Locknut": 5, "Dowel pin": 15, "Anchor": 35,
    "Threaded rod": 180, "Ball bearing": 420, "Hose clamp": 95, "Cable tie": 3, "Hinge": 260, "Bracket": 145,
}  # fmt: skip
SIZES = [f"M{size} × {length}" for size in range(3, 25) for length in range(10, 200, 5)]
FINISHES = ["zinc", "brass", "steel", "stainless", "black", "nylon", "copper", "galvanized"]
UNITS = ["pcs", "pcs", "pcs", "box", "m"]
NOTES = ["Workshop", "Sold", "Site 4", "Damaged", ""]


def items(count, chance):
    """So many different things; 86,944 at most."""
    different = chance.sample([*product(THINGS, SIZES, FINISHES)], count)
    for number, (thing, size, finish) in enumerate(different, 10_000):
        yield {
            "code": f"{thing[0]}-{number}",
            "name": f"{thing} {size} {finish}",
            "unit": chance.choice(UNITS),
            "price": Decimal(THINGS[thing] * chance.randint(50, 300)) / 100,
            "low_at": chance.choice([0, 0, 0, 10, 20, 50]),
            "supplier_code": chance.choice([*SUPPLIERS]),
        }


def movements(code, today, chance):
    """A delivery, and a few things that were taken."""
    day = today - timedelta(days=chance.randint(60, 300))
    yield {"item_code": code, "day": day, "quantity": chance.randint(60, 400), "note": "Delivery"}
    for _ in range(chance.randint(0, 4)):
        day += timedelta(days=chance.randint(1, 12))
        yield {
            "item_code": code,
            "day": day,
            "quantity": -chance.randint(1, 60),
            "note": chance.choice(NOTES),
        }


def fill(count):
    chance, today = random.Random(4), date.today()
    made = [*items(count, chance)]
    moved = [movement for item in made for movement in movements(item["code"], today, chance)]
    suppliers = [{"code": code, "name": name} for code, name in SUPPLIERS.items()]
    for model, rows in {Supplier: suppliers, Item: made, Movement: moved}.items():
        for start in range(0, len(rows), BITE):
            with db.transaction():  # others may write in between
                db.write(model, rows[start : start + BITE])
    return f"{len(made):,} items, {len(moved):,} movements"
