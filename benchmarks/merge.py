"""Two devices come back: each has changed 1,000 of 10,000 rows offline, 500 of them the same rows in different columns.

    python -m benchmarks.merge [--quick] [--json]

Both connect at the same moment, and the clock stops when both have everything: signed in, pushed, merged by the hub, and the other's edits committed in their files.
`merge_ms` is the time of that, on a machine that hub, PostgreSQL and both devices share. `edits_kept` is the share of the 500 rows in which both edits are there in the
end, on both devices; `bytes_per_change` is what went over the sockets, both ways, for each of the 2,000 changes.

`quiet_ms` is the same meeting with nothing to tell, and `beyond_ms` the difference: what the changes themselves cost. PouchDB and its server keep what they have in LevelDB, as they
do unless one chooses otherwise (`pouchdb_in_memory`: neither does); TinyBase meets over sockets, in memory; cr-sqlite and pycrdt are handed each other's changes without any.
Ours is in SQLite and PostgreSQL, and on the disk when it is acknowledged.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from examples.network.wires import Wire

from . import peers
from ._measure import Figures, Result, machine, main, note, rounded
from .syncing import others
from .syncing.ours import Device, device, hub
from .syncing.work import Edits, edits, items

ROWS, CHANGES = 10_000, 1_000
ROUNDS, QUICK_ROUNDS = 5, 3


def measure(quick: bool) -> Result:
    """Some meetings of ours, of which the usual one counts, and one of each peer."""
    rows = list(items(ROWS))
    made = edits([str(row[0]) for row in rows], CHANGES)
    with tempfile.TemporaryDirectory() as folder:
        ours = _ours(Path(folder), rows, made, QUICK_ROUNDS if quick else ROUNDS)
        theirs = others.all_of_them(rows, made, Path(folder))
    ratios = {f"{name}_time": rounded(each["merge_ms"] / ours["merge_ms"]) for name, each in theirs.items()}
    return Result("merge", ours, theirs, ratios, machine(**peers.NODE_PINS))


def _ours(folder: Path, rows: list[Any], made: Edits, rounds: int) -> Figures:
    note("ours")
    with hub(folder) as running:
        port = int(running.url.rpartition(":")[2])
        wire = Wire(lambda: [port])
        through = f"http://127.0.0.1:{wire.port}"
        with device("ann", running, through) as ann, device("bob", running, through) as bob:
            running.fill(rows)
            ann.ask("sync")
            bob.ask("sync")
            merges, quiets, kept, carried = [], [], [], []
            for number in range(rounds):
                again = _numbered(made, number)
                quiets.append(_meeting(ann, bob, Edits([], [], [])))
                before = wire.passed
                merges.append(_meeting(ann, bob, again))
                carried.append((wire.passed - before) / (2 * CHANGES))
                kept.append(min(_kept(each, again) for each in (ann, bob)))
        wire.close()
    merge, quiet = _usual(merges), _usual(quiets)
    return {
        "merge_ms": rounded(merge),
        "quiet_ms": rounded(quiet),
        "beyond_ms": rounded(merge - quiet),
        "edits_kept": min(kept),
        "bytes_per_change": rounded(_usual(carried)),
    }


def _meeting(ann: Device, bob: Device, made: Edits) -> float:
    """Milliseconds until both have everything. Whoever was first lacks what the other pushed later, so both ask once more: what is committed by then is theirs."""
    ann.ask("edit", edits=made.ann)
    bob.ask("edit", edits=made.bob)
    start = time.perf_counter()
    for each in (ann, bob):
        each.begin("sync")
    for each in (ann, bob):
        each.end()
    for each in (ann, bob):
        each.ask("sync")
    return (time.perf_counter() - start) * 1000


def _numbered(made: Edits, number: int) -> Edits:
    """The same edits with values of this round."""
    ann = [(column, f"{value}, {number}", key) for column, value, key in made.ann]
    bob = [(column, int(value) + number * 10_000, key) for column, value, key in made.bob]
    return Edits(ann, bob, made.both)


def _kept(each: Device, made: Edits) -> float:
    found = each.ask("values", keys=made.both)["rows"]
    names = {key: value for _, value, key in made.ann}
    prices = {key: value for _, value, key in made.bob}
    return sum(found[key] == [names[key], prices[key]] for key in made.both) / len(made.both)


def _usual(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main(__doc__.splitlines()[0], measure)
