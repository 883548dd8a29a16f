"""A server that forks after the store was opened: each process opens it for itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys, threading
from hipflask import Hipflask, Mapped, Store

app = Hipflask("forking")
app.config["STORE"] = sys.argv[1]
db = Store(app)

class Player(db.Model):
    name: Mapped[str]

Player.create(name="parent")
told = threading.Event()
db.listen(lambda schema, batch: told.set())
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        for turn in range(20):
            Player.create(name=f"child {number} {turn}")
        heard = threading.Event()
        db.listen(lambda schema, batch: heard.set())
        Player.create(name=f"child {number} last")
        os._exit(0 if heard.wait(10) else 7)
    children.append(child)
for turn in range(20):
    Player.create(name=f"parent {turn}")
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
assert codes == [0, 0, 0], codes
assert told.wait(10)
assert db.count(Player) == 1 + 20 + 3 * 21, db.count(Player)
assert db.check() == []
db.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_parent_and_children_write_and_follow(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-W",
        "ignore::DeprecationWarning",
        "-c",
        PROGRAM,
        str(tmp_path / "store.sqlite"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
