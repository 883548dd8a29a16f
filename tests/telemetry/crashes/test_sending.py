"""Sending a report: to the one address, within a time, and with a sentence for whatever happens there."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from hipflask.core.errors import NotSent, UsageError
from hipflask.telemetry.crashes import sending
from hipflask.telemetry.crashes.sending import LONGEST_MAIL, Address

Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts collectors that answer as they are told to; gives the address of each."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[BaseHTTPRequestHandler], None]) -> str:
        class Collector(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                answer(self)

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Collector))
        servers[-1].block_on_close = False
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/crashes"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "given",
    [
        "http://example.com/crashes",
        "ftp://example.com",
        "file:///etc/passwd",
        "https://",
        "https://anna:secret@example.com/",
        "https://[::1",
        "mailto:",
        "mailto:help@example.com?cc=other@example.com",
        "javascript:alert(1)",
        "help@example.com",
        7,
        ["https://example.com"],
    ],
)
def test_an_address_that_a_report_must_not_go_to(given: object) -> None:
    """The developer is told at the start, and what to write instead."""
    with pytest.raises(UsageError, match=r"mailto:help@example\.com"):
        Address.of(given)


def test_a_report_is_posted_as_it_is(serve: Serve) -> None:
    """Its bytes, and nothing that says whose they are."""
    heard: list[tuple[bytes, dict[str, str]]] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        heard.append((body, dict(request.headers)))
        request.send_response(204)
        request.end_headers()

    Address.of(serve(answer)).post(b'{"version": 1}')

    [(body, headers)] = heard
    assert json.loads(body) == {"version": 1}
    assert set(headers) == {
        "Accept-Encoding",
        "Content-Length",
        "Host",
        "User-Agent",
        "Content-Type",
        "Connection",
    }
    assert headers["User-Agent"] == "Hipflask"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, serve: Serve) -> None:
    """Its person has agreed to one address."""
    taken: list[str] = []
    other = serve(lambda request: taken.append(request.path))

    def redirect(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Location", other)
        request.end_headers()

    with pytest.raises(NotSent, match=f"it answered {status}"):
        Address.of(serve(redirect)).post(b"{}")
    assert taken == []


def _drip(request: BaseHTTPRequestHandler) -> None:
    for letter in "HTTP/1.1 200 OK\r\nX: " + "y" * 1000:
        request.wfile.write(letter.encode())
        time.sleep(0.05)


def _flood(request: BaseHTTPRequestHandler) -> None:
    request.send_response(500)
    request.end_headers()
    for _ in range(50):
        request.wfile.write(b"<script>alert(1)</script>" * 4000)


def _nonsense(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"\x00\xff" * 1000 + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (_drip, "it has not answered within 1 seconds"),
        (_flood, "it answered 500"),
        (_nonsense, "it cannot be reached"),
        (lambda request: None, "it cannot be reached"),
    ],
)
def test_a_hostile_collector(
    answer: Callable[[BaseHTTPRequestHandler], None], said: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes no longer than a person waits, and nothing that it says is shown."""
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    before = time.monotonic()
    with pytest.raises(NotSent, match=said) as refused:
        Address.of(serve(answer)).post(b"{}")
    assert time.monotonic() - before < 5
    assert "script" not in str(refused.value)


def test_nobody_is_there() -> None:
    """It can be saved, and sent in another way."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(NotSent, match=r"cannot be reached \(ConnectionRefusedError\).*Save it"):
        Address.of(address).post(b"{}")


def test_a_mail_has_what_fits() -> None:
    """Whole lines, below what the mail programs of all systems take; letters that mean something in an address stay letters."""
    address = Address.of("mailto:help@example.com")
    short = address.mail("Stock: ValueError in save", "one & two\nthree?")
    long = address.mail("Stock" * 100, "\n".join(f"line {number} äöü &=?#" for number in range(1000)))

    parts = urlsplit(short)
    assert parts.path == "help@example.com"
    assert parse_qs(parts.query) == {
        "subject": ["Stock: ValueError in save"],
        "body": ["one & two\r\nthree?"],
    }
    assert len(long) <= LONGEST_MAIL
    assert "line 1 äöü" in parse_qs(urlsplit(long).query)["body"][0]
    assert "please attach it" in parse_qs(urlsplit(long).query)["body"][0]
