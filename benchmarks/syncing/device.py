"""One device, a process of its own that is told what to do: `python -m benchmarks.syncing.device`, a line of JSON each way.

{"do": "sync"}                   exchange everything     → {"seconds": 1.2, "rows": 10000, "peak_mb": 81.5}
{"do": "edit", "edits": [...]}   write, and say nothing to anybody
{"do": "values", "keys": [...]}  what it has             → {"rows": {key: [name, price]}}
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from .stock import Item, app, db

TIMEOUT = 580.0


def sync() -> dict[str, Any]:
    """Everything, both ways."""
    start = time.perf_counter()
    db.sync.resume()
    if not db.sync.now(TIMEOUT):
        raise SystemExit(f"The exchange was not done within {TIMEOUT:.0f} s: {db.sync.status}")
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "rows": db.count(Item), "peak_mb": peak}


def edit(edits: list[tuple[str, Any, str]]) -> dict[str, Any]:
    """Write offline, each edit as a person's handler would."""
    db.sync.pause()
    with db.transaction():
        for column, value, key in edits:
            item = db.get(Item, key)
            assert item is not None
            item.update(**{column: value})
    return {}


def values(keys: list[str]) -> dict[str, Any]:
    """Names and prices."""
    found = (db.get(Item, key) for key in keys)
    return {"rows": {item.id: [item.name, item.price] for item in found if item is not None}}


DOES: dict[str, Callable[..., dict[str, Any]]] = {"sync": sync, "edit": edit, "values": values}


def main() -> None:
    """Do what is asked until nothing is asked any more."""
    with app.app_context():
        for line in sys.stdin:
            asked = json.loads(line)
            print(json.dumps(DOES[asked.pop("do")](**asked)), flush=True)


if __name__ == "__main__":
    main()
