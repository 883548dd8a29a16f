"""What the simulator holds to be possible: neither more nor less than what people wrote."""

from __future__ import annotations

import pytest

from hipflask.store.models.shared import shared_tables
from hipflask.testing.devices.contents import Contents, Entry, Row
from hipflask.testing.devices.example import example
from hipflask.testing.devices.history import History

OLD: Row = {"id": "b", "name": "Bolt"}
GREY: Row = OLD | {"color": "grey"}
RED: Row = OLD | {"color": "red"}
BLUE: Row = OLD | {"color": "blue"}


def _history(*changes: tuple[Row, Row]) -> History:
    """A row that an old version of the app made, and what became of it since."""
    history = History({str(table.name): table for table in shared_tables(example().metadata)})
    history.note("ann", [Entry(0, 0, "item", "b", "insert", {}, OLD)])
    for at, (before, after) in enumerate(changes, 1):
        history.note("bob", [Entry(at, at, "item", "b", "update", before, after)])
    return history


def _ending(row: Row) -> Contents:
    contents: Contents = {str(table.name): {} for table in shared_tables(example().metadata)}
    contents["item"]["b"] = row
    return contents


def test_who_takes_back_a_default_that_nobody_wrote_is_right() -> None:
    """A column that came with an update was grey everywhere, and is again."""
    assert _history((GREY, RED), (RED, GREY)).complaint(_ending(GREY)) == ""


def test_who_takes_back_what_he_never_saw_is_right() -> None:
    """On a device that has the column, but not yet what others wrote into it."""
    assert _history((GREY, RED), (BLUE, GREY)).complaint(_ending(GREY)) == ""


@pytest.mark.parametrize("ending", [GREY, RED], ids=["the default", "what was written over"])
def test_what_somebody_replaced_does_not_come_back(ending: Row) -> None:
    """Neither a default nor a value; what was written at last is there."""
    history = _history((GREY, RED), (RED, BLUE))
    assert "can only be one of ['blue']" in history.complaint(_ending(ending))
    assert history.complaint(_ending(BLUE)) == ""
