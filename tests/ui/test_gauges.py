"""What can be asked of an app's windows at any time."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import Any

import pytest

from hipflask import ui
from hipflask.core import tracing
from hipflask.ui.host import Host
from hipflask.ui.places import as_written


def _value(name: str, **labels: str) -> float:
    return next(value for found, value in tracing.gauges[name]() if found == labels)


@pytest.fixture
def host() -> Any:
    host = Host(logging.getLogger("hipflask.tests"))
    yield host
    host.close()


def test_sessions_and_their_frames_are_counted(host: Host) -> None:
    """Frames also when their session is no more: what is counted never becomes less."""
    connected, frames = _value("hipflask_sessions", screen="connected"), _value("hipflask_frames_total")
    count = ui.State(0)

    def window() -> None:
        ui.text(count.value)

    session = host.open(
        window, {}, enter=nullcontext, find_place=as_written, find_rows=lambda what: None, debug=False
    )
    session.first_page("/live", {}, "auto")
    session.connect(lambda data: None, 1)
    assert _value("hipflask_sessions", screen="connected") == connected + 1
    count.set(1)
    assert session.wait_for(lambda: session.pace.frames == 1, 10)
    assert _value("hipflask_frames_total") == frames + 1
    host.forget(session)
    assert _value("hipflask_frames_total") == frames + 1
    assert _value("hipflask_sessions", screen="connected") == connected


def test_work_that_waits_is_counted(host: Host) -> None:
    """By what it is for."""
    assert {labels["of"] for labels, _ in tracing.gauges["hipflask_work"]()} == {"handlers", "drawings"}
