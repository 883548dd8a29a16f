"""How this device and the hub stand: a few words in the header, and behind them what was refused and what can be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from hipflask import Hipflask, ui
from hipflask.core.ports import SyncStatus
from hipflask.testing import User
from hipflask.ui.elements.sync_status import moment, words
from ui.told_replica import NOON, SYNCED, Replica, refused


@pytest.fixture
def replica(app: Hipflask) -> Replica:
    """The exchange of `app`, which has a window that shows it."""
    replica = Replica()
    app.actions.keep_sync(lambda: replica)

    @app.window("/")
    def window() -> None:
        ui.sync_status()

    return replica


def test_an_app_without_a_hub_shows_nothing(app: Hipflask, user: User) -> None:
    """So it may always stand in a header."""

    @app.window("/")
    def window() -> None:
        ui.sync_status()
        ui.text("That is all.")

    user.open("/")
    assert [found.label for found in user.seen()] == ["That is all."]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (SYNCED, "Synced"),
        (SyncStatus("connecting", ""), "Connecting"),
        (SyncStatus("waiting", "", waiting=1234), "1,234 waiting"),
        (SyncStatus("offline", "", since=NOON), "Offline since 12:05"),
        (SyncStatus("offline", "", waiting=3), "Offline · 3 waiting"),
        (SyncStatus("refused", "", refused=2), "2 refused"),
        (SyncStatus("waiting", "", waiting=1, refused=2), "1 waiting · 2 refused"),
        (SyncStatus("downloading", "", done=120_000, total=1_000_000), "Downloading 120,000 of 1,000,000"),
        (SyncStatus("downloading", ""), "Downloading"),
        (SyncStatus("signed out", "", waiting=5), "Signed out · 5 waiting"),
        (SyncStatus("turned away", ""), "Not exchanged"),
        (SyncStatus("paused", ""), "Paused"),
    ],
)
def test_each_state_has_its_words(status: SyncStatus, expected: str) -> None:
    """Short enough for a header."""
    assert words(status) == expected


def test_another_day_is_named_by_its_date() -> None:
    """ "Offline since 14:05" is said of today only."""
    long_ago = NOON - timedelta(days=40)
    assert moment(long_ago) == f"{long_ago.day} {long_ago:%b}"
    assert moment(NOON.astimezone(UTC)) == "12:05"


def test_the_words_follow_the_exchange(replica: Replica, user: User) -> None:
    """Nobody has to draw the window again."""
    user.open("/")
    user.see("Synced")
    replica.state.set(SyncStatus("downloading", "", done=250, total=1000))
    user.see("Downloading 250 of 1,000")
    assert user.find("Downloading", "progressbar").shown.props["value"] == 25.0


def test_a_click_shows_what_it_means(replica: Replica, user: User) -> None:
    """The panel says the whole sentence, and offers what can be done."""
    user.open("/")
    user.see_not("Everything is in the hub.")
    user.click("Synced")
    user.see("Everything is in the hub.")
    user.click("Exchange now")
    assert replica.done == ["now"]


def test_the_exchange_is_paused_and_goes_on(replica: Replica, user: User) -> None:
    """Pause and Go on take each other's place."""
    user.open("/")
    user.click("Synced")
    user.click("Pause")
    user.see("Paused")
    user.click("Go on")
    user.see("Pause")
    assert replica.status == SYNCED


def test_a_refused_change_is_tried_again_as_it_was(replica: Replica, user: User) -> None:
    """The panel names the row, the reason and the values."""
    replica.inbox.set([refused(7), refused(8)])
    replica.state.set(SyncStatus("refused", "The hub has refused 2 changes.", refused=2))
    user.open("/")
    user.click("2 refused")
    user.see("Item bolt-7")
    user.see("Only the buyer may change a price.")
    user.see("12.50")
    user.click("Try again")
    assert replica.done[0] == ("retry", 7, {})
    user.see_not("Item bolt-7")
    user.see("Item bolt-8")


def test_a_refused_change_is_edited_first(replica: Replica, user: User) -> None:
    """Only what was edited is sent along; what does not fit is said, and nothing is lost."""
    replica.inbox.set([refused(7)])
    user.open("/")
    user.click("Synced")
    user.click("Edit")
    user.type("Price", "much")
    user.click("Try again")
    assert user.notes() == ["Price: expected a decimal number."]
    user.type("Price", "11")
    user.click("Done")
    user.see("11")
    user.click("Try again")
    assert replica.done[0] == ("retry", 7, {"price": "11"})


def test_a_refused_change_is_dropped(replica: Replica, user: User) -> None:
    """A deleted row has nothing to edit."""
    replica.inbox.set([refused(7, kind="delete", values={})])
    user.open("/")
    user.click("Synced")
    user.see_not("Edit")
    user.click("Drop")
    assert replica.done == [("drop", 7)]
    user.see_not("Refused by the hub")


def test_a_device_is_signed_in(replica: Replica, user: User) -> None:
    """A token that cannot be one is not taken."""
    replica.state.set(SyncStatus("signed out", "The hub does not know this device."))
    user.open("/")
    user.click("Signed out")
    user.type("Token of this device", "two words")
    user.click("Sign in")
    user.see("A token is one word.")
    user.type("Token of this device", "hf-token")
    user.click("Sign in")
    assert replica.done == [("token", "hf-token")]
    user.see("Synced")


def test_a_long_value_is_cut(replica: Replica, user: User) -> None:
    """A page of notes does not fill the panel."""
    replica.inbox.set([replace(refused(7), values={"notes": "x" * 1000})])
    user.open("/")
    user.click("Synced")
    user.see("x" * 199 + "…")


def test_editing_begins_with_the_whole_value(replica: Replica, user: User) -> None:
    """What is cut for reading is not cut for editing: nothing of it would come back."""
    replica.inbox.set([replace(refused(7), values={"notes": "x" * 1000, "lines": "a\nb"})])
    user.open("/")
    user.click("Synced")
    user.click("Edit")
    assert user.find("Notes", "textbox").shown.props["value"] == "x" * 1000
    assert user.find("Lines", "textbox").shown.tag == "wa-textarea"
