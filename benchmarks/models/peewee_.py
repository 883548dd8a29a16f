"""peewee, as its documentation has it: one statement a row, in one transaction."""

from __future__ import annotations

import time

import peewee
from rows import FILE, PRAGMAS, Clock, make

database = peewee.SqliteDatabase(FILE, pragmas=[pragma.split(" = ") for pragma in PRAGMAS])


class Item(peewee.Model):
    id = peewee.UUIDField(primary_key=True)
    name = peewee.TextField()
    note = peewee.TextField()
    price = peewee.FloatField()
    stock = peewee.IntegerField()
    is_active = peewee.BooleanField()
    changed_at = peewee.DateTimeField()

    class Meta:
        database = database


database.create_tables([Item])
clock, data = Clock(), make()

began = time.perf_counter()
with database.atomic():
    for row in data:
        Item.create(**row)
clock.lap("insert", began)

began = time.perf_counter()
rows = list(Item.select())
clock.lap("query", began)
assert len(rows) == len(data)

began = time.perf_counter()
with database.atomic():
    for row in rows:
        row.stock += 1
        row.save(only=[Item.stock])
clock.lap("update", began)
clock.tell()
