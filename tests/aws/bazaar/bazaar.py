"""A small app with every kind of function that Lambda can call; the cloud of the tests runs it as it is deployed."""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Any

from hipflask import Hipflask
from hipflask.core.errors import EntryError

app = Hipflask(__name__)
orders = app.queue("orders", dead_letter_after=2)
uploads = app.bucket("uploads")
ledger = app.bucket("ledger")
news = app.topic("news")
app.allow(["s3:PutObject", "s3:GetObject", "s3:ListBucket"], ledger)


def note(key: str, what: object) -> None:
    """Write something down, where others can read it."""
    ledger.put(key, json.dumps(what, sort_keys=True))


@app.api("/prices/<fruit>")
def price(fruit: str, count: int = 1) -> dict[str, object]:
    """What so many of a fruit cost."""
    return {"fruit": fruit, "price": 3 * count}


@app.api("/orders", methods=["POST"])
def order(fruit: str, count: int) -> str:
    """Order fruit; it is packed later."""
    orders.send({"fruit": fruit, "count": count})
    return "ordered"


@app.on_sqs_message(orders, batch_size=10)
def pack(fruit: str, count: int) -> None:
    """Pack what was ordered."""
    print("packing", count, fruit)
    if fruit == "poisoned apple":
        raise EntryError("nobody packs that")
    note(f"packed/{fruit}", count)


@app.on_s3_event(uploads, suffix=".txt")
def weigh(key: str, size: int) -> None:
    """Write down how much was uploaded."""
    note(f"weighed/{key}", size)


@app.on_sns_message(news)
def spread(headline: str) -> None:
    """Spread the news."""
    note("news", headline)


@app.schedule("cron(0 2 * * ? *)")
def report(time: datetime) -> None:
    """Write the nightly report."""
    note("report", time.isoformat())


@app.on_dynamodb_record(os.environ["BAZAAR_STREAM"])
def follow(event_name: str, new: dict[str, Any]) -> None:
    """Follow what changes in a table."""
    note(f"followed/{new['id']}", [event_name, new["name"]])


@app.lambda_function()
def add(a: int, b: int) -> dict[str, object]:
    """Add two numbers, and say where."""
    return {"sum": a + b, "stage": os.environ["BAZAAR_STAGE"]}
