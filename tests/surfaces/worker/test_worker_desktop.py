"""A desktop program works for its queues as long as its windows are open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
from hipflask import Hipflask, ui

app = Hipflask(__name__)
orders = app.queue("orders")

@app.window("/")
def kitchen():
    ui.text("Kitchen")

@app.on_sqs_message(orders)
def bake(number: int) -> None:
    print("baked", number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a program there without asking")
@pytest.mark.parametrize("how", [[], ["--debug"]], ids=["run", "run --debug"])
def test_a_program_with_windows_bakes(tmp_path: Path, how: list[str]) -> None:
    """Another process orders; the one with the window bakes, also while it is being written."""
    (tmp_path / "kitchen_app.py").write_text(PROGRAM)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLASK")}
    run = [sys.executable, "-m", "hipflask.cli", "--app", "kitchen_app", "run", "--shell", "url", *how]
    with (tmp_path / "log.txt").open("w") as log:
        program = subprocess.Popen(run, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        send = "from kitchen_app import orders; orders.send({'number': 7})"
        subprocess.run([sys.executable, "-c", send], cwd=tmp_path, env=environment, check=True)
        end = time.monotonic() + 20
        while "baked 7" not in (said := (tmp_path / "log.txt").read_text()):
            assert time.monotonic() < end, said
            assert program.poll() is None, said
            time.sleep(0.05)
    finally:
        program.send_signal(signal.SIGTERM)
        program.wait(15)
