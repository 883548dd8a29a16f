"""Threads and loop: started when they are needed, ended with the app, and alive whatever runs in them."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from threading import Event

import pytest

from hipflask.ui.workers import Pool, Workers

HANGING = """
import asyncio, threading
from hipflask import Hipflask, ui
from hipflask.surfaces.pages import host_of
from hipflask.testing import User

app = Hipflask(__name__)
begun = threading.Semaphore(0)

async def wait():
    begun.release()
    await asyncio.sleep(3600)

def hang():
    begun.release()
    threading.Event().wait()

@app.window("/")
def window():
    ui.button("Wait", on_click=wait)
    ui.button("Hang", on_click=hang)

user = User(app, patience=0.1).open()
user.click("Wait")
user.click("Hang")
begun.acquire(), begun.acquire()
host_of(app).close()
print("over")
"""


def test_a_program_ends_at_once_and_quietly_though_handlers_hang_and_wait(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(HANGING)
    began = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-W", "error", "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60, env=os.environ
    )  # fmt: skip
    assert result.stdout == "over\n"
    assert result.stderr == ""
    assert result.returncode == 0
    assert time.monotonic() - began < 20


def test_threads_are_started_as_they_are_needed_and_no_more() -> None:
    pool, done, may_end = Pool(3, "test-pool"), [], Event()

    def names() -> set[str]:
        return {thread.name for thread in threading.enumerate() if thread.name.startswith("test-pool")}

    assert names() == set()
    pool.submit(done.append, 1)
    _wait_until(lambda: done == [1])
    assert names() == {"test-pool-1"}
    for _ in range(10):
        pool.submit(may_end.wait, 20)
    _wait_until(lambda: len(names()) == 3)
    pool.submit(done.append, 2)
    may_end.set()
    _wait_until(lambda: done == [1, 2])
    assert len(names()) == 3
    pool.stop()
    _wait_until(lambda: names() == set())


def test_a_thread_survives_what_runs_in_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "hipflask.ui.workers")

    def fail() -> None:
        raise ValueError("no")

    pool, done = Pool(1, "test-survivor"), []
    pool.submit(fail)
    pool.submit(done.append, 1)
    _wait_until(lambda: done == [1])
    assert "nobody else had caught" in caplog.text
    pool.stop()


def test_what_is_put_off_is_called_later_on_the_loop_and_not_before() -> None:
    workers, calls = Workers(), []
    began = time.monotonic()
    workers.later(0.1, lambda: calls.append((threading.current_thread().name, time.monotonic() - began)))
    _wait_until(lambda: calls)
    [(name, after)] = calls
    assert name == "hipflask-loop"
    assert after >= 0.09
    workers.stop()
    assert workers.loop.is_closed()


def _wait_until(condition: object) -> None:
    end = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.005)
