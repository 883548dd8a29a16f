"""The same program of ours in a window of the system's WebKitGTK; the probe is put into its page as the page begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import live_table_ours
from flask import request

from hipflask.surfaces.window import webkitgtk

PROBE = (Path(__file__).parent.parent / "live_table.js").read_text("utf-8")
TELL = """
setInterval(() => fetch("/painted", { method: "POST", body: JSON.stringify(liveTable.take()) }), 250);
"""
app = live_table_ours.app
frames: dict[str, int] = {}
beats: list[list[float]] = []


@app.post("/painted")
def painted() -> str:
    said: dict[str, Any] = request.get_json(force=True)
    for name in ("frames", "all"):
        frames[name] = frames.get(name, 0) + said[name]
    beats.extend(said["beats"])
    return ""


def seen() -> dict[str, object]:
    """What the page has told since the last time."""
    taken = {**frames, "beats": beats[:]}
    frames.clear()
    beats.clear()
    return taken


live_table_ours.pace.seen = seen
webkitgtk.NAME_SCRIPT += "\n" + (PROBE + TELL).replace("%", "%%")
if __name__ == "__main__":
    app.run()
