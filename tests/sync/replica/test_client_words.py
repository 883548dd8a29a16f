"""What a person is told: where the hub is, how it stands, and why it cannot be spoken to."""

from __future__ import annotations

import socket
import sqlite3
import ssl
from datetime import UTC, datetime

import pytest
from websockets.exceptions import ConnectionClosedError, InvalidMessage

from hipflask.core.errors import StoreFull, UsageError
from hipflask.sync.exchange import TurnedAway
from hipflask.sync.messages import MessageRefused, Refused
from hipflask.sync.parties import Situation
from hipflask.sync.replica.address import PORTAL, Answered, Unreachable, address_of, seconds_of
from hipflask.sync.replica.ends import end_of, may_posts_do
from hipflask.sync.replica.state import SHOWN_FROM, SIGNED_OUT, SYNCED, Link, status_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALL = Situation(has_all=True)
CONNECTED = Link("connected", is_current=True)


# ── where it is ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "socket_url", "post_url"),
    [
        ("https://hub.example.com", "wss://hub.example.com:443/sync", "https://hub.example.com:443/sync"),
        ("wss://hub.example.com/", "wss://hub.example.com:443/sync", "https://hub.example.com:443/sync"),
        (
            "https://example.com:8443/stock/",
            "wss://example.com:8443/stock/sync",
            "https://example.com:8443/stock/sync",
        ),
        (
            "https://example.com/stock/sync",
            "wss://example.com:443/stock/sync",
            "https://example.com:443/stock/sync",
        ),
        ("http://127.0.0.1:8100", "ws://127.0.0.1:8100/sync", "http://127.0.0.1:8100/sync"),
        ("http://localhost:8100", "ws://localhost:8100/sync", "http://localhost:8100/sync"),
        ("ws://[::1]:8100", "ws://[::1]:8100/sync", "http://[::1]:8100/sync"),
    ],
)
def test_a_hub_has_one_address_for_both_ways(url: str, socket_url: str, post_url: str) -> None:
    """Whichever of them HUB_URL is written as."""
    address = address_of(url)
    assert (address.socket_url, address.post_url) == (socket_url, post_url)


@pytest.mark.parametrize(
    "url",
    [
        "hub.example.com",
        "ftp://x",
        "https://",
        "https://x:port",
        "https://x?y",
        "https://me@x",
        "https://x#y",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """With an example of one."""
    with pytest.raises(UsageError, match=r"such as https://hub\.example\.com"):
        address_of(url)


@pytest.mark.parametrize(
    "url", ["http://hub.example.com", "ws://10.0.0.1:80", "http://localhost.evil.example"]
)
def test_a_token_does_not_travel_in_the_open(url: str) -> None:
    """Without TLS only this computer is spoken to."""
    with pytest.raises(UsageError, match="in the open"):
        address_of(url)


@pytest.mark.parametrize(
    ("header", "seconds"), [("5", 5.0), (None, None), ("", None), ("-1", None), ("Mon, 23 Nov", None)]
)
def test_how_long_the_hub_wants_one_to_wait(header: str | None, seconds: float | None) -> None:
    """A date is as good as nothing: the usual wait does."""
    assert seconds_of(header) == seconds


# ── how it stands ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("link", "situation", "state"),
    [
        (CONNECTED, ALL, "synced"),
        (Link("connected"), ALL, "connecting"),
        (CONNECTED, Situation(has_all=True, waiting=2), "waiting"),
        (CONNECTED, Situation(has_all=True, refused=2), "refused"),
        (CONNECTED, Situation(has_all=True, waiting=1, refused=2), "waiting"),
        (CONNECTED, Situation(), "downloading"),
        (CONNECTED, Situation(has_all=True, total=SHOWN_FROM), "downloading"),
        (CONNECTED, Situation(has_all=True, total=SHOWN_FROM - 1), "synced"),
        (Link("offline"), Situation(has_all=True, waiting=2), "offline"),
        (Link("paused"), Situation(), "paused"),
        (Link("signed out"), ALL, "signed out"),
    ],
)
def test_one_word_for_how_it_stands(link: Link, situation: Situation, state: str) -> None:
    """ "Synced" is said only after a checkpoint on this very connection, and with nothing waiting."""
    assert status_of(link, situation).state == state


def test_all_that_is_known_comes_along() -> None:
    """Counts, since when, how far, and a sentence."""
    situation = Situation(waiting=3, refused=1, done=10, total=5_000, reset="restored")
    status = status_of(Link("offline", "The hub does not answer.", NOON), situation)
    assert (status.waiting, status.refused, status.since) == (3, 1, NOON)
    assert (status.done, status.total, status.sentence) == (10, 5_000, "The hub does not answer.")
    assert "restored from a backup" in status_of(CONNECTED, situation).sentence
    assert status_of(CONNECTED, ALL).sentence == SYNCED


# ── why not ───────────────────────────────────────────────────────────────────────────────────────


def unverified() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "no")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "word", "sentence"),
    [
        (
            ConnectionRefusedError(111, "Connection refused"),
            "offline",
            "cannot be reached: Connection refused",
        ),
        (socket.gaierror(-3, "Temporary failure"), "offline", "no network"),
        (TimeoutError(), "offline", "does not answer"),
        (unverified(), "offline", "cannot be trusted: self-signed certificate"),
        (ssl.SSLError(1, "wrong version number"), "offline", "No safe connection"),
        (Answered(200, "<html>Welcome to the hotel", is_ours=False), "offline", PORTAL),
        (Answered(401, "Sign in to the hotel", is_ours=False), "offline", PORTAL),
        (Answered(401, "No such token.", is_ours=True), "signed out", SIGNED_OUT),
        (
            Answered(503, "The database is away.", is_ours=True, retry_after=5.0),
            "offline",
            "The database is away.",
        ),
        (TurnedAway(Refused("token", "Revoked.")), "signed out", SIGNED_OUT),
        (
            TurnedAway(Refused("schema", "Item.color is unknown.")),
            "turned away",
            "The hub has to be upgraded first: Item.color",
        ),
        (TurnedAway(Refused("protocol", "Protocol 2.")), "turned away", "This program has to be updated"),
        (TurnedAway(Refused("busy", "Too many.")), "offline", "Too many."),
        (MessageRefused("A message cannot be read."), "offline", "makes no sense"),
        (ConnectionClosedError(None, None), "offline", "has broken"),
        (Unreachable("The hub's answer was cut off."), "offline", "cut off"),
        (StoreFull("There is no room left."), "offline", "no room left"),
        (sqlite3.OperationalError("disk I/O error"), "offline", "disk I/O error"),
        (ZeroDivisionError("a mistake of ours"), "offline", "a mistake of ours"),
    ],
)
def test_each_end_has_a_sentence(error: Exception, word: str, sentence: str) -> None:
    """It says what a person can do something about."""
    end = end_of(error)
    assert end.word == word
    assert sentence in end.sentence
    assert end.is_unforeseen == isinstance(error, ZeroDivisionError)


def test_a_portal_does_not_sign_anybody_out() -> None:
    """Only the hub's own no counts: a hotel's 401 would cost the token."""
    assert end_of(Answered(401, "", is_ours=True)).is_bad_token
    assert not end_of(Answered(401, "", is_ours=False)).is_bad_token


def test_the_hub_may_say_how_long_to_wait() -> None:
    """Otherwise waits grow; one that has to be upgraded is asked every minute."""
    assert end_of(Answered(503, "", is_ours=True, retry_after=5.0)).seconds == 5.0
    assert end_of(Answered(503, "", is_ours=True)).seconds is None
    assert end_of(TurnedAway(Refused("schema", ""))).seconds == 60.0


@pytest.mark.parametrize(
    ("error", "may_do"),
    [
        (Answered(400, "", is_ours=False), True),  # a proxy that knows no WebSockets
        (Answered(401, "", is_ours=True), False),
        (InvalidMessage("cut off"), True),
        (TimeoutError(), True),
        (EOFError(), True),
        (ConnectionRefusedError(), False),
        (socket.gaierror(), False),
        (TurnedAway(Refused("busy", "")), False),
        (sqlite3.OperationalError(), False),
    ],
)
def test_posts_are_tried_where_somebody_may_have_kept_a_socket_from_getting_through(
    error: Exception, may_do: bool
) -> None:
    """Where nobody listens at all, or the hub itself has said no, they would do no better."""
    assert may_posts_do(error) == may_do
