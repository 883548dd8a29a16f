"""The hub over plain HTTP: for networks in which sockets do not get through, and for balancers."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from replicas import Answered, asked, posted
from schemathesis import GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance
from tinyhub import TinyHub, TinyTokens, hello, pushed

from hipflask.sync.framing import MEDIA_TYPE, Unframed, framed
from hipflask.sync.hub import door, requests
from hipflask.sync.hub.health import Health
from hipflask.sync.hub.serving import HubServer
from hipflask.sync.messages import (
    MOST_BYTES,
    Checkpoint,
    Have,
    MessageRefused,
    Page,
    Refused,
    Welcome,
    encode,
)


@pytest.fixture
def hub() -> TinyHub:
    return TinyHub()


@pytest.fixture
def tokens() -> TinyTokens:
    return TinyTokens()


@pytest.fixture
def health() -> dict[str, bool | int]:
    return {}


@pytest.fixture
def hub_server(hub: TinyHub, tokens: TinyTokens, health: dict[str, bool]) -> Iterator[HubServer]:
    with HubServer(hub, tokens, health=lambda: Health(**health)) as server:
        yield server


def kinds(answer: Answered) -> list[str]:
    return [type(message).__name__ for message in answer.said]


def test_one_request_says_and_hears_everything(hub: TinyHub, hub_server: HubServer) -> None:
    """Hello and pushes there, welcome, acknowledgements and all news back."""
    hub.write("a", "first")
    answer = posted(hub_server.port, hello(), *pushed(1, "b", parts=3))
    assert kinds(answer) == ["Welcome", "Ack", "Begin", "Page", "Page", "Checkpoint"]
    assert answer.said[-1].settled == 1
    assert answer.headers["hipflask-hub"] == "1"


def test_a_request_without_wait_is_answered_at_once(hub: TinyHub, hub_server: HubServer) -> None:
    """If there is nothing new, there is only a welcome."""
    hub.write("a", "first")
    begun = time.monotonic()
    assert kinds(posted(hub_server.port, hello(seal=b"1"))) == ["Welcome"]
    assert time.monotonic() - begun < 2


def test_a_request_that_waits_is_answered_when_there_are_news(hub: TinyHub, hub_server: HubServer) -> None:
    """The answer is held open, and news come as soon as over a socket."""
    hub.write("a", "first")

    def write() -> None:
        hub.write("b", "second")
        hub_server.wake()

    threading.Timer(0.5, write).start()
    begun = time.monotonic()
    answer = posted(hub_server.port, hello(seal=b"1"), wait=20)
    assert 0.4 < time.monotonic() - begun < 5
    assert kinds(answer) == ["Welcome", "Begin", "Page", "Checkpoint"]


def test_a_request_does_not_wait_for_ever(hub: TinyHub, hub_server: HubServer) -> None:
    """After `wait` seconds the answer ends without news."""
    hub.write("a", "first")
    begun = time.monotonic()
    assert kinds(posted(hub_server.port, hello(seal=b"1"), wait=1)) == ["Welcome"]
    assert 0.9 < time.monotonic() - begun < 5


def test_who_waits_and_leaves_is_forgotten(hub: TinyHub, hub_server: HubServer) -> None:
    """A request whose client has gone holds nothing."""
    hub.write("a", "first")
    with pytest.raises(OSError):
        posted_cut_off(hub_server.port)
    until(lambda: not hub_server.app._conversations, 5)


def posted_cut_off(port: int) -> None:
    body = framed(encode(hello(seal=b"1")))
    head = (
        f"POST /sync?wait=30 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hft_ann\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(head.encode() + body)
        assert client.recv(1000)
        client.settimeout(0.2)
        while True:
            client.recv(1000)


def until(is_so: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_pushes_of_a_replica_that_gets_another_name_are_left(
    hub: TinyHub, hub_server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come again under the new name; if this answer were lost, they would count twice."""
    welcome = hub.welcome

    def renamed(user: str, first: object) -> object:
        visitor, said = welcome(user, hello("another"))  # type: ignore[misc]
        return visitor, said

    monkeypatch.setattr(hub, "welcome", renamed)
    assert kinds(posted(hub_server.port, hello("r1"), *pushed(1, "b"))) == ["Welcome", "Begin", "Checkpoint"]
    assert hub.times_applied == 0


@pytest.mark.parametrize("wait", ["x", "-1", "61", "1.5", "", "٣", "1&wait=2"])
def test_wait_is_a_number_of_seconds(hub_server: HubServer, wait: str) -> None:
    """Anything else is told, not guessed."""
    from urllib.parse import quote

    path = f"/sync?wait={quote(wait, safe='&=')}"
    headers = {"Authorization": "Bearer hft_ann", "Content-Type": MEDIA_TYPE}
    answer = asked(hub_server.port, "POST", path, framed(encode(hello())), **headers)
    assert answer.status == 400 and b"wait" in answer.body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"\x00\x00\x00\x05abc",
        framed(b""),
        framed(b"\xff"),
        framed(encode(pushed(1, "a")[0])),
        framed(encode(hello())) + b"\x00\x00",
        (MOST_BYTES + 1).to_bytes(4, "big") + bytes(10),
    ],
    ids=["nothing", "a byte", "cut off", "empty", "none", "push first", "cut off later", "too long"],
)
def test_a_body_that_makes_no_sense_is_refused(hub_server: HubServer, body: bytes) -> None:
    """400 with a sentence; the server lives on."""
    headers = {"Authorization": "Bearer hft_ann", "Content-Type": MEDIA_TYPE}
    answer = asked(hub_server.port, "POST", "/sync", body, **headers)
    assert answer.status == 400 and answer.body.endswith(b".\n")
    assert isinstance(posted(hub_server.port, hello()).said[0], Welcome)


def test_a_body_of_another_type_is_refused(hub_server: HubServer) -> None:
    """415."""
    answer = asked(
        hub_server.port,
        "POST",
        "/sync",
        b"{}",
        Authorization="Bearer hft_ann",
        Content_Type="application/json",
    )
    assert answer.status == 415


def test_a_refusal_comes_as_a_message(hub: TinyHub, hub_server: HubServer) -> None:
    """What the hub says to a replica it says in messages, also over HTTP."""
    answer = posted(hub_server.port, hello(**{"unheard of": {}}))
    assert [each.code for each in answer.said] == ["schema"]


def test_a_database_that_is_gone_is_a_503(hub: TinyHub, hub_server: HubServer) -> None:
    """To be tried again; nothing was acknowledged."""
    hub.is_gone = True
    answer = posted(hub_server.port, hello(), *pushed(1, "a"))
    assert answer.status == 503 and answer.headers["retry-after"] == "5"
    assert b"cannot be reached" in answer.body


def test_what_breaks_within_an_answer_is_its_last_message(
    hub: TinyHub, hub_server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status has been said by then."""

    def breaking(_: object) -> Iterator[object]:
        yield Page(b"", b"")
        raise RuntimeError("secret")

    monkeypatch.setattr(hub, "news", breaking)
    said = posted(hub_server.port, hello()).said
    assert isinstance(said[-1], Refused) and said[-1].code == "busy" and "secret" not in said[-1].sentence
    assert not any(isinstance(each, Checkpoint) for each in said)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer no"}, 401),
        ({"Authorization": "Basic YTpi"}, 401),
        ({"Authorization": "Bearer hft_ann", "Origin": "null"}, 403),
    ],
    ids=["no token", "wrong", "another way", "a browser"],
)
def test_not_everybody_is_let_in(hub_server: HubServer, headers: dict[str, str], status: int) -> None:
    """The same door as the sockets'; the body is not read."""
    answer = asked(
        hub_server.port, "POST", "/sync", framed(encode(hello())), Content_Type=MEDIA_TYPE, **headers
    )
    assert answer.status == status and answer.headers["connection"] == "close"


def test_a_body_that_stops_coming_is_given_up(hub_server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """After half a minute, which is a moment here."""
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.3)
    head = f"POST /sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hft_ann\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: 500\r\n\r\n"
    with socket.create_connection(("127.0.0.1", hub_server.port), timeout=5) as client:
        client.sendall(head.encode() + b"\0\0")
        assert client.recv(1000).startswith(b"HTTP/1.1 400")


def test_a_body_of_100_mb_is_not_taken_in(hub: TinyHub, hub_server: HubServer) -> None:
    """It is refused at its first length, and the rest is never read."""
    head = f"POST /sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer hft_ann\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: 100000000\r\n\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", hub_server.port), timeout=5) as client:
        client.sendall(head.encode() + (99_999_996).to_bytes(4, "big"))
        assert client.recv(1000).startswith(b"HTTP/1.1 400")
        with pytest.raises(OSError):
            while sent < 100_000_000:
                sent += client.send(bytes(100_000))
    assert sent < 50_000_000


def test_other_addresses_and_methods_are_told(hub_server: HubServer) -> None:
    """404 and 405, with what is allowed."""
    assert asked(hub_server.port, "GET", "/").status == 404
    answer = asked(hub_server.port, "GET", "/sync")
    assert answer.status == 405 and answer.headers["allow"] == "POST"


# ── framing ──────────────────────────────────────────────────────────────────────────────────────


def test_messages_come_out_of_pieces_of_any_size() -> None:
    """Also one byte at a time."""
    messages = [b"", b"a", b"bc" * 500]
    stream = b"".join(map(framed, messages))
    for size in (1, 3, 7, len(stream)):
        unframed = Unframed(MOST_BYTES)
        found = [each for at in range(0, len(stream), size) for each in unframed.feed(stream[at : at + size])]
        unframed.end()
        assert found == messages


def test_a_stream_that_ends_within_a_message_is_refused() -> None:
    """Nothing is taken for whole that is not."""
    unframed = Unframed(MOST_BYTES)
    assert list(unframed.feed(framed(b"abc")[:-1])) == []
    with pytest.raises(MessageRefused):
        unframed.end()


# ── health ───────────────────────────────────────────────────────────────────────────────────────


def test_health_is_for_a_balancer(hub_server: HubServer, health: dict[str, bool | int]) -> None:
    """200 with what there is to know, 503 if it cannot do its work; without a token."""
    health.update(version=7, waiting=3)
    answer = asked(hub_server.port, "GET", "/health")
    assert answer.status == 200
    assert json.loads(answer.body) == {
        "status": "ok",
        "database": True,
        "sequencer": True,
        "version": 7,
        "waiting": 3,
    }
    health["sequencer"] = False
    answer = asked(hub_server.port, "GET", "/health")
    assert answer.status == 503 and json.loads(answer.body)["status"] == "failing"


def test_health_that_fails_tells_no_secrets(hub_server: HubServer, health: dict[str, bool | int]) -> None:
    """A database that is gone is a failing hub, without the error's text."""
    health["no such thing"] = 1  # the call fails
    answer = asked(hub_server.port, "GET", "/health")
    assert answer.status == 503
    assert json.loads(answer.body)["database"] is False and b"no such" not in answer.body


_said = st.lists(st.sampled_from([hello(), Have(1), *pushed(1, "a", parts=2)])).map(
    lambda messages: b"".join(framed(encode(message)) for message in [hello(), *messages])
)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("bodies", [_said, st.binary(max_size=200)], ids=["messages", "anything"])
def test_everything_is_answered_as_described(
    hub: TinyHub,
    hub_server: HubServer,
    mode: GenerationMode,
    bodies: st.SearchStrategy[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Schemathesis asks whatever the description allows, and a lot that it does not."""
    monkeypatch.setattr(door, "FAILURES_AT_ONCE", 1_000_000)  # it also tries many wrong tokens
    schemathesis.openapi.media_type(MEDIA_TYPE, bodies)
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{hub_server.port}/openapi.json")
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=1000 if os.environ.get("HIPFLASK_LONG") == "1" else 12, deadline=None)
        def check(case: schemathesis.Case) -> None:
            nonlocal count
            count += 1
            # What is no message cannot be told from one by the description, which only knows bytes. A wait is waited for.
            case.query.pop("wait", None) if str(case.query.get("wait", "0")).isdigit() else None
            answer = case.call(headers={"Authorization": "Bearer hft_ann"})
            case.validate_response(
                answer, excluded_checks=[positive_data_acceptance, negative_data_rejection]
            )

        try:
            check()
        except Unsatisfiable:
            assert (
                mode is GenerationMode.NEGATIVE and operation.path == "/health"
            )  # there is nothing to do wrong
    assert count >= 12
