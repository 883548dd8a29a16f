"""How an exchange stands, asked from outside and told to who looks inside."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from offices import Office, until

from hipflask.core import tracing
from hipflask.core.tracing import Note, Span


class Notes:
    def __init__(self) -> None:
        self.heard: list[Note] = []

    def began(self, span: Span) -> None:
        pass

    def ended(self, span: Span) -> None:
        pass

    def noted(self, note: Note) -> None:
        self.heard.append(note)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


def gauge(name: str) -> float | None:
    """What it says, None if nothing."""
    samples = [value for labels, value in tracing.gauges[f"hipflask_sync_{name}"]() if not labels]
    return samples[0] if samples else None


def test_gauges(office: Office) -> None:
    """Of all stores of the process together: what waits and for how long, what was refused, who is connected; nothing where there are none."""
    gc.collect()
    ann, bob = office.device("ann"), office.device("bob", "hft-bob")
    until(lambda: ann.state == bob.state == "synced")
    assert (gauge("connected"), gauge("waiting"), gauge("lag_seconds"), gauge("offline_seconds")) == (
        2,
        0,
        0,
        0,
    )
    ann.sync.pause()
    until(lambda: ann.state == "paused")
    for code in "ab":
        ann.Item.create(code=code, name=code, price=5)
    until(lambda: gauge("waiting") == 2)
    assert gauge("connected") == 1
    assert 0 < (gauge("lag_seconds") or 0) < 60 and 0 < (gauge("offline_seconds") or 0) < 60
    ann.Item.create(code="dear", name="dear", price=5_000)
    ann.sync.resume()
    until(lambda: gauge("refused") == 1)
    until(
        lambda: (
            (gauge("connected"), gauge("waiting"), gauge("lag_seconds"), gauge("offline_seconds"))
            == (2, 0, 0, 0)
        )
    )
    ann.close(), bob.close()
    assert gauge("connected") is None


def test_notes(office: Office) -> None:
    """Each change of how it stands is a note: a word and numbers; the sentence, which may name things, is a value."""
    notes = Notes()
    tracing.add(notes)
    try:
        device = office.device("ann")
        until(lambda: device.state == "synced")
    finally:
        tracing.remove(notes)
    told = [note for note in notes.heard if note.kind == "sync"]
    assert told[-1].name == "synced"
    assert told[-1].facts == {"waiting": 0, "refused": 0, "done": 0, "total": 0}
    assert "sentence" in told[-1].values
