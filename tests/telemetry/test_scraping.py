"""The port with the figures: who may ask it, what it answers, and who cannot keep it from answering."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from hipflask.core import tracing
from hipflask.core.errors import UsageError
from hipflask.telemetry import scraping
from hipflask.telemetry.scraping import MOST_AT_ONCE, PATIENCE, address_of, serving


@pytest.fixture
def address() -> Iterator[str]:
    with serving("0") as address:
        yield address


def asked(address: str, path: str = "/metrics", method: str = "GET", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(address).port or 0, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_the_page(address: str) -> None:
    """It is there while the block lasts, on the loopback, and counting goes on as long."""
    assert urlsplit(address).hostname == "127.0.0.1"
    with tracing.span("handler", "save"):
        pass
    with urlopen(address) as answer:
        assert answer.headers.get_content_type() == "text/plain"
        assert b'hipflask_duration_seconds_count{kind="handler",name="save"} 1.0' in answer.read()


def test_it_ends_with_the_block() -> None:
    """Then nobody answers, and nobody counts."""
    with serving("0") as address:
        assert tracing.sinks
    assert not tracing.sinks
    with pytest.raises(ConnectionRefusedError):
        asked(address)


def test_other_addresses_and_methods(address: str) -> None:
    """Nothing else is there, and nothing is taken."""
    assert asked(address, "/")[0] == 404
    assert asked(address, "/metrics/../etc/passwd")[0] == 404
    assert asked(address, method="POST")[0] == 501
    assert asked(address, "/metrics?name[]=x")[0] == 200


@pytest.mark.parametrize("host", ["127.0.0.1:9464", "localhost", "LOCALHOST:1", "[::1]:9464"])
def test_by_our_own_name(address: str, host: str) -> None:
    """Programs on this computer name the loopback."""
    assert asked(address, Host=host)[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:9464", "[::1].evil.example", ""])
def test_by_another_name(address: str, host: str) -> None:
    """A page in a browser that reaches us by a name of its own is not answered."""
    assert asked(address, Host=host)[0] == 403


def test_who_says_nothing_makes_room(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that stand and say nothing, however many, are cut before the page is kept from anybody."""
    monkeypatch.setattr(scraping._Handler, "timeout", 60)
    with ExitStack() as held:
        port = urlsplit(address).port or 0
        silent = [
            held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            for _ in range(5 * MOST_AT_ONCE)
        ]
        assert asked(address)[0] == 200
        assert silent[0].recv(1) == b""


def test_who_is_slow_is_cut(address: str) -> None:
    """Half a request is not waited for."""
    with socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), timeout=PATIENCE + 5) as slow:
        slow.sendall(b"GET /metrics HTTP/1.1\r\nHost: loc")
        assert slow.recv(1) == b""


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("9464", ("127.0.0.1", 9464)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
        ("[::1]:0", ("::1", 0)),
        (":80", ("127.0.0.1", 80)),
    ],
)
def test_addresses(words: str, meant: tuple[str, int]) -> None:
    """A port alone is one of the loopback."""
    assert address_of(words) == meant


@pytest.mark.parametrize("words", ["", "x", "-1", "65536", "1.2.3.4", "1.2.3.4:", "localhost:x", "²"])
def test_no_addresses(words: str) -> None:
    """Whatever else is written is refused in a sentence."""
    with pytest.raises(UsageError, match="as in 9464"):
        address_of(words)


def test_a_port_that_is_taken(address: str) -> None:
    """It is refused with what to do; of several processes, each takes the next that is free."""
    port = urlsplit(address).port or 0
    with pytest.raises(UsageError, match="another program"), serving(str(port)):
        pass
    with serving(str(port), 64) as next_one:
        assert (urlsplit(next_one).port or 0) > port
        assert asked(next_one)[0] == 200
