"""The peers' side: the same rows and edits, given to a script per peer as JSON; pycrdt in this process."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from .. import peers
from .._measure import Figures, note, rounded
from .work import COLUMNS, Edits, Row

SCRIPTS = {
    "pouchdb": ("pouchdb.mjs", "files"),  # as it is where nobody chooses anything
    "pouchdb_in_memory": ("pouchdb.mjs", "memory"),
    "tinybase": ("tinybase.mjs",),
    "crsqlite": ("crsqlite.mjs",),
}
LONGEST = 300.0


def all_of_them(rows: Sequence[Row], edits: Edits, folder: Path) -> dict[str, Figures]:
    """Rows per second of a first download, milliseconds of a merge, and how many of the rows that both edited kept both edits."""
    node = shutil.which("node")
    if node is None:
        raise SystemExit(
            "The peers run under Node.js, and `node` is not on PATH. `scripts/setup` installs one."
        )
    documents = [{"_id": row[0], **dict(zip(COLUMNS[1:], row[1:], strict=True))} for row in rows]
    work = folder / "work.json"
    work.write_text(
        json.dumps({"rows": documents, "edits": [edits.ann, edits.bob], "overlapping": edits.both})
    )
    figures = {}
    for name, (script, *options) in SCRIPTS.items():
        note(name)
        command = [
            node,
            str(Path(__file__).with_name(script)),
            str(peers.node_modules()),
            str(work),
            *options,
        ]
        answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LONGEST).stdout
        figures[name] = {key: rounded(value) for key, value in json.loads(answer).items()}
    note("pycrdt")
    return {**figures, "pycrdt": _pycrdt(rows, edits)}


def _pycrdt(rows: Sequence[Row], edits: Edits) -> Figures:
    """One document with a map per row, handed over without a network."""
    from pycrdt import Doc, Map

    def opened(update: bytes | None = None) -> Doc:
        doc: Doc = Doc()
        doc["item"] = Map()
        if update is not None:
            doc.apply_update(update)
        return doc

    hub = opened()
    with hub.transaction():
        for row in rows:
            hub["item"][row[0]] = Map(dict(zip(COLUMNS[1:], row[1:], strict=True)))
    start = time.perf_counter()
    ann = opened(hub.get_update())
    pulled = time.perf_counter() - start
    bob = opened(hub.get_update())
    before = hub.get_state()
    for doc, made in ((ann, edits.ann), (bob, edits.bob)):
        with doc.transaction():
            for column, value, key in made:
                doc["item"][key][column] = value
    start = time.perf_counter()
    for doc in (ann, bob):
        hub.apply_update(doc.get_update(before))
    for doc in (ann, bob):
        doc.apply_update(hub.get_update(before))
    merged = time.perf_counter() - start
    wanted = [
        (key, column, value)
        for made in (edits.ann, edits.bob)
        for column, value, key in made
        if key in set(edits.both)
    ]
    lost = {key for key, column, value in wanted if ann["item"][key][column] != value}
    return {
        "rows_per_second": rounded(len(rows) / pulled),
        "merge_ms": rounded(merged * 1000),
        "edits_kept": 1 - len(lost) / len(edits.both),
    }
