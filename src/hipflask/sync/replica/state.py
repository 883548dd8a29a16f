"""What a person is told: how the connection stands, and what the replica knows, as one status with a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ...core.ports import SyncStatus, SyncWord
from ..parties import Situation

# Smaller downloads come and go within a moment: to show each would only flicker.
SHOWN_FROM = 1_000

SYNCED = "Everything is in the hub, and what others have written is here."
PAUSED = "Nothing is exchanged until you go on. What you write is kept here."
SIGNED_OUT = "The hub does not know this device. What you write is kept here until you have signed in."
CONNECTING = "The hub is being asked."
NO_KEEPER = "Another program on this computer exchanges this data."
_RESETS = {
    "first": "The data is being fetched for the first time.",
    "expired": "This device was away for very long, so everything is fetched anew. What was written here is kept.",
    "restored": "The hub has been restored from a backup, so everything is fetched anew. What was written here is kept.",
    "copied": "This is a copy of another device's data, so everything is fetched anew. What was written here is kept.",
}


@dataclass(frozen=True, slots=True)
class Link:
    """How the connection to the hub stands."""

    word: Literal["connecting", "connected", "offline", "signed out", "turned away", "paused"] = "connecting"
    sentence: str = CONNECTING
    since: datetime | None = None  # when the hub was heard of last, if it is not connected
    is_current: bool = False  # a checkpoint has come on this connection


def status_of(link: Link, situation: Situation) -> SyncStatus:
    """What a person is told."""
    is_download = situation.total >= SHOWN_FROM or not situation.has_all
    word, sentence = _connected(link, situation) if link.word == "connected" else (link.word, link.sentence)
    return SyncStatus(
        word,
        sentence,
        situation.waiting,
        situation.refused,
        link.since,
        situation.done if is_download else 0,
        situation.total if is_download else 0,
    )


def _connected(link: Link, situation: Situation) -> tuple[SyncWord, str]:
    if not situation.has_all or situation.total >= SHOWN_FROM:
        return "downloading", _RESETS.get(situation.reset, "What others have written is being fetched.")
    if situation.waiting:
        return "waiting", f"{_changes(situation.waiting)} on the way to the hub."
    if not link.is_current:
        return "connecting", CONNECTING
    if situation.refused:
        return "refused", f"The hub has refused {_refused(situation.refused)}. Everything else is there."
    return "synced", SYNCED


def _changes(count: int) -> str:
    return "One change is" if count == 1 else f"{count:,} changes are"


def _refused(count: int) -> str:
    return "a change" if count == 1 else f"{count:,} changes"
