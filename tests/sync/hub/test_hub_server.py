"""The hub's server on a real socket: who is let in, what is said when, and what happens to whoever misbehaves."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from replicas import ByHand, opened
from tinyhub import TinyHub, TinyTokens, hello, pushed
from websockets.exceptions import ConnectionClosed, InvalidStatus

from hipflask.sync import exchange
from hipflask.sync.hub import serving, sockets
from hipflask.sync.hub.serving import HubServer
from hipflask.sync.messages import (
    Ack,
    Begin,
    Checkpoint,
    Have,
    Page,
    Push,
    Refused,
    Rows,
    Welcome,
    unpack,
)


@pytest.fixture
def hub() -> TinyHub:
    return TinyHub()


@pytest.fixture
def tokens() -> TinyTokens:
    return TinyTokens()


@pytest.fixture
def hub_server(hub: TinyHub, tokens: TinyTokens) -> Iterator[HubServer]:
    with HubServer(hub, tokens) as server:
        yield server


def until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def said(page: Page) -> list[list[object]]:
    rows: list[Rows] = unpack(page.body, list[Rows])
    return [row for part in rows for row in part.rows]


# ── what is said ─────────────────────────────────────────────────────────────────────────────────


def test_a_replica_is_welcomed_and_told_everything(hub: TinyHub, hub_server: HubServer) -> None:
    """Hello → Welcome, Begin, pages, a checkpoint."""
    hub.write("a", "first")
    with ByHand(hub_server.port).say(hello()) as replica:
        welcome, begin, page, checkpoint = replica.until(Checkpoint)
    assert isinstance(welcome, Welcome) and isinstance(begin, Begin) and isinstance(checkpoint, Checkpoint)
    assert said(page) == [["a", "first"]]


def test_a_push_is_acknowledged_and_told_to_the_others(hub: TinyHub, hub_server: HubServer) -> None:
    """What one pushes, another hears once it is woken."""
    hub.write("a", "first")
    with (
        ByHand(hub_server.port).say(hello("r1")) as ann,
        ByHand(hub_server.port, "hft_bob").say(hello("r2")) as bob,
    ):
        ann.until(), bob.until()
        ann.say(*pushed(1, "b", parts=3))
        assert ann.until(Ack)[-1] == Ack(1, [])
        hub_server.wake()
        assert said(bob.until()[1]) == [["b", "text of b"]]
    assert hub.applied == {"r1": 1}


def test_what_a_replica_has_is_passed_on(hub: TinyHub, hub_server: HubServer) -> None:
    """`Have` reaches the hub with the next news."""
    hub.write("a", "first")
    with ByHand(hub_server.port).say(hello()) as replica:
        replica.until()
        replica.say(Have(1))
        until(lambda: hub_server.wake() or bool(hub.had))  # type: ignore[func-returns-value]
    assert hub.had == {"r1": 1}


def test_nobody_is_asked_for_news_who_was_not_woken(hub: TinyHub, hub_server: HubServer) -> None:
    """A connection on which nothing happens costs nothing."""
    hub.write("a", "first")
    with ByHand(hub_server.port).say(hello()) as replica:
        replica.until()
        asked = hub.news_asked
        time.sleep(0.3)
        assert hub.news_asked == asked


def test_news_are_asked_for_unwoken_from_time_to_time(
    hub: TinyHub, hub_server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a user may have can change without a version; nobody waits for ever."""
    monkeypatch.setattr(sockets, "NEWS_SECONDS", 0.1)
    hub.write("a", "first")
    with ByHand(hub_server.port).say(hello()) as replica:
        replica.until()
        hub.write("b", "second")  # and nobody wakes the server
        assert said(replica.until()[1]) == [["b", "second"]]


def test_uploads_do_not_wait_for_downloads(hub: TinyHub, hub_server: HubServer) -> None:
    """A push is acknowledged in the middle of a download that the replica has not read to its end."""
    for number in range(40):
        hub.write(f"n{number}", "x")
    hub.page_bytes = 1_000_000
    replica = ByHand(hub_server.port, max_queue=1).say(hello())
    assert isinstance(replica.hear(), Welcome)
    replica.say(*pushed(1, "mine"))
    until(lambda: hub.applied == {"r1": 1})
    assert hub.open_news == 1  # the download is still under way
    assert Ack(1, []) in replica.until(Checkpoint)
    replica.cut()


def test_a_slow_reader_builds_no_queue(hub: TinyHub, hub_server: HubServer) -> None:
    """News are read from the hub only as fast as the replica takes them, and the server holds a page or two."""
    for number in range(60):
        hub.write(f"n{number}", "x")
    hub.page_bytes = 3_000_000
    before = _memory_mb()
    replica = ByHand(hub_server.port, max_queue=1).say(hello())
    assert isinstance(replica.hear(), Welcome)
    time.sleep(1.0)
    assert hub.open_news == 1
    assert _memory_mb() - before < 60  # of 180
    replica.cut()
    until(lambda: hub.open_news == 0)  # a connection that breaks ends the download


def test_downloads_of_many_slow_readers_hold_up_nobody(hub: TinyHub, hub_server: HubServer) -> None:
    """More slow readers than the server has threads: others are served at once."""
    for number in range(20):
        hub.write(f"n{number}", "x")
    hub.page_bytes = 2_000_000
    slow = [ByHand(hub_server.port, max_queue=1).say(hello(f"s{number}")) for number in range(12)]
    until(lambda: hub.open_news == 12)
    hub.page_bytes = 0
    with ByHand(hub_server.port).say(hello("quick")) as quick:
        begun = time.monotonic()
        quick.until()
        assert time.monotonic() - begun < 2
    for each in slow:
        each.cut()
    until(lambda: hub.open_news == 0)


# ── who is let in ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("token", [None, "", "wrong", "hft_ann x"])
def test_without_a_good_token_nobody_is_let_in(hub_server: HubServer, token: str | None) -> None:
    """401, a sentence, and our header, by which a replica knows that it was us."""
    with pytest.raises(InvalidStatus) as refused:
        opened(hub_server.port, token)
    answer = refused.value.response
    assert answer.status_code == 401
    assert answer.headers["hipflask-hub"] == "1"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert b"oken" in answer.body


def test_tokens_are_in_no_log(
    hub: TinyHub, tokens: TinyTokens, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much is logged; and who is not let in is no error of ours."""
    uvicorn = logging.getLogger("uvicorn.error")
    monkeypatch.setattr(uvicorn, "level", logging.NOTSET)
    with caplog.at_level(logging.DEBUG), HubServer(hub, tokens) as server:
        with pytest.raises(InvalidStatus):
            opened(server.port, "hft_wrong")
        with ByHand(server.port).say(hello()) as replica:
            replica.hear()
    ours = [
        record for record in caplog.records if not record.name.startswith("websockets")
    ]  # those are the client's
    assert ours and not any("hft_" in record.getMessage() for record in ours)
    assert not any(record.levelno >= logging.ERROR for record in ours)


def test_browsers_are_not_let_in(hub_server: HubServer) -> None:
    """A page that has got hold of a token cannot use it."""
    with pytest.raises(InvalidStatus) as refused:
        opened(hub_server.port, headers={"Origin": "https://elsewhere.example"})
    assert refused.value.response.status_code == 403


def test_a_socket_of_another_protocol_is_refused(hub_server: HubServer) -> None:
    """Whoever does not offer our subprotocol hears which it is."""
    with pytest.raises(InvalidStatus) as refused:
        opened(hub_server.port, subprotocols=["chat"])
    assert refused.value.response.status_code == 400
    assert b"hipflask.1" in refused.value.response.body


def test_there_is_one_address_for_sockets(hub_server: HubServer) -> None:
    """All others are not there."""
    with pytest.raises(InvalidStatus) as refused:
        opened(hub_server.port, path="/elsewhere")
    assert refused.value.response.status_code == 404


def test_many_wrong_tokens_are_not_looked_up(tokens: TinyTokens, hub_server: HubServer) -> None:
    """After ten wrong ones from an address the database is spared; who was let in lately still is."""
    ByHand(hub_server.port).close()
    statuses = []
    for number in range(14):
        with pytest.raises(InvalidStatus) as refused:
            opened(hub_server.port, f"wrong{number}")
        statuses.append(refused.value.response.status_code)
    assert statuses == [401] * 10 + [429] * 4
    assert int(refused.value.response.headers["retry-after"]) >= 1
    assert tokens.asked == 11
    with ByHand(hub_server.port).say(hello()) as replica:
        assert isinstance(replica.hear(), Welcome)


def test_a_revoked_token_ends_the_connection(tokens: TinyTokens, hub_server: HubServer) -> None:
    """Within five seconds, with a reason; others stay."""
    with (
        ByHand(hub_server.port).say(hello()) as ann,
        ByHand(hub_server.port, "hft_bob").say(hello("r2")) as bob,
    ):
        ann.until(), bob.until()
        del tokens.users["hft_ann"]
        begun = time.monotonic()
        heard, code = ann.end()
        assert time.monotonic() - begun < 5
        assert heard[-1].code == "token" and code == sockets.REFUSED
        with pytest.raises(TimeoutError):
            bob.hear(0.2)


def test_a_revoked_token_ends_a_connection_that_does_not_read(
    hub: TinyHub, tokens: TinyTokens, hub_server: HubServer
) -> None:
    """Also where the last word cannot be said, because the replica takes nothing."""
    for number in range(20):
        hub.write(f"n{number}", "x")
    hub.page_bytes = 2_000_000
    replica = ByHand(hub_server.port, max_queue=1).say(hello())
    until(lambda: hub.open_news == 1)
    del tokens.users["hft_ann"]
    until(lambda: hub.open_news == 0, 8)
    replica.cut()


# ── what makes no sense ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\xff" * 100,
        b"\x93\xa5hello",
        b"\x91\xa4nope",
        b"\x96\xa4push\x01",
        b"\x91" * 100_000,
        "a text",
    ],
    ids=["empty", "zero", "ones", "cut off", "unknown", "short", "deep", "text"],
)
def test_what_cannot_be_read_ends_the_connection(hub_server: HubServer, data: bytes | str) -> None:
    """With a reason; the server lives on."""
    with ByHand(hub_server.port) as replica:
        replica.socket.send(data)
        heard, code = replica.end()
    assert [each.code for each in heard] == ["message"] and code == sockets.REFUSED
    with ByHand(hub_server.port).say(hello()) as next_one:
        assert isinstance(next_one.hear(), Welcome)


@pytest.mark.parametrize(
    "messages",
    [
        pushed(1, "a"),
        [Have(1)],
        [hello(), hello()],
        [hello(), pushed(1, "a", parts=3)[1]],
        [hello(), Push(1, 0, 0, b"")],
    ],
    ids=["push first", "have first", "hello twice", "parts out of order", "no parts"],
)
def test_what_may_not_be_said_ends_the_connection(hub_server: HubServer, messages: list[object]) -> None:
    """Each message in its place."""
    with ByHand(hub_server.port) as replica:
        replica.say(*messages)  # type: ignore[arg-type]
        heard, code = replica.end()
    assert heard[-1].code == "message" and code == sockets.REFUSED


def test_a_body_that_is_none_is_refused(hub: TinyHub, hub_server: HubServer) -> None:
    """A push whose parts are all there, and cannot be unpacked."""
    with ByHand(hub_server.port).say(hello(), Push(1, 0, 1, b"nonsense")) as replica:
        heard, _ = replica.end()
    assert heard[-1].code == "message" and hub.times_applied == 0


def test_what_the_hub_refuses_is_said(hub_server: HubServer) -> None:
    """A schema that the hub does not know."""
    with ByHand(hub_server.port).say(hello(**{"unheard of": {}})) as replica:
        heard, code = replica.end()
    assert [each.code for each in heard] == ["schema"] and code == sockets.REFUSED


def test_a_message_of_100_mb_is_not_taken_in(hub_server: HubServer) -> None:
    """It ends after what is allowed, and never is in memory as a whole."""
    before = _memory_mb()
    with ByHand(hub_server.port).say(hello()) as replica:
        with pytest.raises(ConnectionClosed) as closed:
            replica.socket.send(bytes(1_000_000) for _ in range(100))
            while True:
                replica.hear()
        assert closed.value.rcvd is None or closed.value.rcvd.code == 1009
    assert _memory_mb() - before < 40


def test_parts_do_not_grow_without_end(
    hub: TinyHub, hub_server: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push whose parts together are more than could ever be unpacked is refused before they fill the memory."""
    monkeypatch.setattr(exchange, "MOST_UNPACKED", 1_000_000)
    with ByHand(hub_server.port).say(hello()) as replica:
        replica.say(*(Push(1, part, 500, bytes(300_000)) for part in range(4)))
        heard, _ = replica.end()
    assert heard[-1].code == "message" and "larger" in heard[-1].sentence
    assert hub.times_applied == 0


def test_who_says_no_hello_is_sent_away(hub_server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten seconds, which are a quarter of one here."""
    monkeypatch.setattr(sockets, "HELLO_SECONDS", 0.25)
    with ByHand(hub_server.port) as replica:
        heard, code = replica.end()
    assert [each.code for each in heard] == ["message"] and code == sockets.REFUSED


def test_a_head_that_never_ends_is_cut_off(hub_server: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte now and then does not hold a connection for ever."""
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.5)
    with socket.create_connection(("127.0.0.1", hub_server.port)) as loris:
        begun = time.monotonic()
        loris.sendall(b"GET /sync HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises(OSError):
            while True:
                loris.sendall(b"X: y\r\n")
                time.sleep(0.1)
        assert time.monotonic() - begun < 3


# ── when something is wrong here ─────────────────────────────────────────────────────────────────


def test_a_database_that_is_gone_is_told_as_busy(hub: TinyHub, hub_server: HubServer) -> None:
    """The replica hears that it may try again, and nothing was acknowledged."""
    with ByHand(hub_server.port).say(hello()) as replica:
        replica.until()
        hub.is_gone = True
        replica.say(*pushed(1, "a"))
        heard, code = replica.end()
    assert heard == [Refused("busy", "The database cannot be reached.")] and code == sockets.BUSY
    hub.is_gone = False
    with ByHand(hub_server.port).say(hello(), *pushed(1, "a")) as replica:
        replica.until(Ack)
    assert hub.times_applied == 1


def test_an_error_in_the_hub_is_told_without_its_text(
    hub: TinyHub, hub_server: HubServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A defect is logged here with all that there is to know, and not told outside."""
    monkeypatch.setattr(hub, "welcome", lambda *_: 1 / 0)
    with ByHand(hub_server.port).say(hello()) as replica:
        heard, code = replica.end()
    assert [each.code for each in heard] == ["busy"] and code == sockets.BUSY
    assert "division" not in heard[0].sentence
    assert "division" in caplog.text


def _memory_mb() -> float:
    import resource

    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6
