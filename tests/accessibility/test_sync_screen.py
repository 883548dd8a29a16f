"""The exchange in a header, in Chromium: nothing in anybody's way in any state, all of it by keyboard alone, and the header stays a header."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.ports import SyncStatus
from hipflask.testing import Screen
from hipflask.ui.elements.sync_status import words
from ui.told_replica import SYNCED, Replica, refused

Violations = Callable[[Screen], list[str]]
SINCE = datetime.now().astimezone() - timedelta(days=3)
INBOX = [
    refused(7),
    refused(
        8, model="Movement", kind="insert", values={"quantity": -20, "note": "one\ntwo"}, code="reference"
    ),
    refused(9, kind="delete", values={}),
]
STATES = [
    SYNCED,
    SyncStatus("connecting", "The hub is being asked."),
    SyncStatus("waiting", "3 changes are on their way.", waiting=3),
    SyncStatus("downloading", "The first download.", done=120_000, total=1_000_000),
    SyncStatus("refused", "The hub has refused 3 changes.", refused=3),
    SyncStatus("offline", "The hub does not answer.", waiting=1234, refused=2, since=SINCE),
    SyncStatus("signed out", "The hub does not know this device.", waiting=5),
    SyncStatus("turned away", "The hub has to be upgraded first."),
    SyncStatus("paused", "Nothing is exchanged.", waiting=2),
]


@pytest.fixture
def replica(app: Hipflask) -> Replica:
    """The exchange of `app`, in a header as people draw one."""
    replica = Replica()
    app.actions.keep_sync(lambda: replica)

    @app.window("/", title="Items")
    def window() -> None:
        with ui.row():
            ui.heading("Items")
            with ui.row(gap="xs", style={"margin-inline-start": "auto"}):
                ui.sync_status()
                ui.button("New", tone="primary")

    return replica


@pytest.fixture
def header(app: Hipflask, replica: Replica) -> Iterator[Screen]:
    with Screen(app, width=900, height=900) as screen:
        yield screen.open("/")


def show(replica: Replica, status: SyncStatus) -> None:
    replica.inbox.set(INBOX if status.refused else [])
    replica.state.set(status)


def close(screen: Screen) -> None:
    """Close the drawer, and wait until it has gone."""
    screen.press("Escape")
    screen.see_not("Exchange with the hub")


@pytest.mark.parametrize("status", STATES, ids=lambda status: status.state)
def test_no_state_stands_in_anybodys_way(
    header: Screen, replica: Replica, violations: Violations, status: SyncStatus
) -> None:
    """The panel of each, in light and in dark, with an inbox where there is one."""
    show(replica, status)
    header.click(words(status))
    header.see(status.sentence)
    if status.refused:
        header.on_page(lambda page: page.get_by_role("button", name="Edit").first.click())
        header.see("Done")
    assert violations(header) == []


def test_a_header_stays_one_line(header: Screen, replica: Replica) -> None:
    """However short or long the words are: what stands beside them is not pushed below."""
    for status in STATES:
        show(replica, status)
        header.see(words(status))
        tops = header.on_page(_middles)
        assert max(tops) - min(tops) < 8, status.state


def _middles(page: Any) -> list[float]:
    """How far down the window the middle of each button is."""
    boxes = [button.bounding_box() for button in page.get_by_role("button").all()]
    return [box["y"] + box["height"] / 2 for box in boxes if box]


def test_everything_is_done_by_keyboard(header: Screen, replica: Replica) -> None:
    """From the header into the panel, through the inbox, and back to where one was."""
    show(replica, SyncStatus("refused", "The hub has refused 3 changes.", refused=3))
    header.see("3 refused")
    reach(header, "3 refused")
    header.press("Enter")
    header.see("Refused by the hub")
    reach(header, "Edit")
    header.press("Enter")
    header.see("Done")
    reach(header, "Price")
    header.press("Control+a")
    for letter in "much":
        header.press(letter)
    reach(header, "Try again")
    header.press("Enter")
    assert header.notes() == ["Price: expected a decimal number."]
    reach(header, "Price", back=True)
    header.press("Control+a")
    for digit in "11":
        header.press(digit)
    reach(header, "Try again")
    header.press("Enter")
    header.see_not("Item bolt-7")
    assert replica.done[0] == ("retry", 7, {"price": "11"})
    reach(header, "Drop")
    header.press("Enter")
    header.see_not("Movement bolt-8")
    assert replica.done[-1] == ("drop", 8)
    close(header)
    assert focused(header) == "3 refused"


def reach(screen: Screen, name: str, *, back: bool = False) -> None:
    """Press Tab until it is there."""
    passed = []
    for _ in range(40):
        screen.press("Shift+Tab" if back else "Tab")
        passed.append(focused(screen))
        if passed[-1] == name:
            return
    raise AssertionError(f"Tab does not lead to {name!r}, but to {passed}")


def focused(screen: Screen) -> str:
    """The words of what has the focus."""
    return str(screen.on_page(lambda page: page.evaluate(_FOCUSED)))


_FOCUSED = """() => {
  const now = document.activeElement;
  return (now.label || now.getAttribute("aria-label") || now.textContent || "").trim();
}"""
