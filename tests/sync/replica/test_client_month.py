"""A month offline, and what the person at the window notices of it when it is over."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from offices import Office

COUNT = 100_000 if os.environ.get("HIPFLASK_LONG") == "1" else 4_000


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def test_a_month_offline_is_pushed_while_the_person_goes_on(office: Office) -> None:
    """All of it arrives once, in several pushes if it is much; who writes meanwhile is never refused."""
    ann = office.device("ann")
    ann.wire.be("cut")
    for start in range(0, COUNT, 2_000):
        ann.db.write(
            ann.Item,
            [{"code": f"c{n}", "name": f"Item {n}", "stock": 1} for n in range(start, start + 2_000)],
        )
    waits: list[float] = []
    is_over = threading.Event()

    def write() -> None:
        while not is_over.wait(0.01):
            before = time.monotonic()
            ann.Item.create(code=f"w{len(waits)}", name=f"written {len(waits)}")
            waits.append(time.monotonic() - before)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        ann.wire.be("open")
        assert ann.sync.now(600 if COUNT > 10_000 else 60)
    finally:
        is_over.set()
        writing.join()
    assert ann.sync.now(60)
    assert waits
    rows = office.rows()
    assert len(rows) == COUNT + len(waits)
    assert {row["stock"] for code, row in rows.items() if code.startswith("c")} == {1}
    waits.sort()
    print(
        f"{COUNT:,} changes; a write meanwhile took {waits[len(waits) // 2] * 1e3:.0f} ms, at most {waits[-1] * 1e3:.0f} ms"
    )
