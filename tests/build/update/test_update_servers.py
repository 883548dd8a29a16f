"""Servers that never come to an end, have nothing, speak something else, or are elsewhere."""

from __future__ import annotations

import http.server
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attacks import refused
from shop import (
    HASTY,
    TARGET,
    Program,
    Server,
    Shop,
    layers,
    serving,
    soon,
)

from hipflask.build.update.web import Patience
from hipflask.core.errors import UpdateError

# ── without end, without haste ──


def endless(request: http.server.BaseHTTPRequestHandler) -> None:
    """Answers for ever, as fast as it can, and never says how much it will be."""
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(bytes(1 << 16))


def dripping(request: http.server.BaseHTTPRequestHandler) -> None:
    """Answers a byte at a time, always in time for a limit between two bytes."""
    request.send_response(200)
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b" ")
        time.sleep(0.05)


def dripping_headers(request: http.server.BaseHTTPRequestHandler) -> None:
    """The same before there is any answer."""
    request.wfile.write(b"HTTP/1.0 200 OK\r\nX-Wait: ")
    for _ in range(200):
        request.wfile.write(b"x")
        time.sleep(0.05)


def silent(request: http.server.BaseHTTPRequestHandler) -> None:
    """Takes the question and says nothing."""
    request.rfile.read(1)


def no_http(request: http.server.BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")


WHERE = {
    "timestamp": "timestamp.json",
    "root": "2.root.json",
    "snapshot": ".snapshot.json",
    "targets": ".targets.json",
    "offer": f".{TARGET}",
    "layer": ".tar.xz",
}


CASES = [
    *((what, endless, "larger than it may be|must have .* sent more than") for what in WHERE),
    # One of the metadata and a layer stand for all: each of these takes a second.
    *(
        (what, how, "too slowly")
        for what in ("timestamp", "layer")
        for how in (dripping, dripping_headers, silent)
    ),
]


@pytest.mark.parametrize(("what", "how", "words"), CASES)
def test_an_answer_without_end(
    program: Program, shop: Shop, server: Server, what: str, how: Callable[[Any], None], words: str
) -> None:
    """Endless data and slow retrieval, at every step: given up within moments, and without filling anything."""
    offer = shop.sell("1.2", layers("1.2"))
    server.instead[WHERE[what]] = how
    begin = time.monotonic()
    refused(program, words, url=server.url, patience=HASTY if how is not endless else Patience())
    assert time.monotonic() - begin < 5
    kept = sum(each.stat().st_size for each in program.installation.updates.rglob("*") if each.is_file())
    assert kept < 20_000
    del server.instead[WHERE[what]]
    assert program.update(url=server.url)
    assert program.version == offer.release.version


@pytest.mark.parametrize("status_code", [403, 404, 500, 503])
def test_a_server_that_has_nothing(program: Program, server: Server, status_code: int) -> None:
    """Whatever number it says, a sentence names it and the address."""
    server.instead["timestamp.json"] = lambda request: request.send_error(status_code)
    said = refused(program, f"answered with {status_code}", url=server.url)
    assert f"{server.url}/metadata/timestamp.json" in said


def test_a_server_that_speaks_something_else(program: Program, server: Server) -> None:
    """What answers there is no web server."""
    server.instead["timestamp.json"] = no_http
    refused(program, "a form that is no HTTP", url=server.url)


def test_no_server_at_all(program: Program) -> None:
    """Offline is the most common of all: one sentence, no harm."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    refused(program, "could not be read", url=f"http://127.0.0.1:{port}")
    refused(program, "could not be read|answered with 404", url=(program.folder / "nowhere").as_uri())


# ── addresses ──


@pytest.mark.parametrize(
    "url", ["http://example.com/stock", "ftp://example.com/stock", "data:,x", "stock", ""]
)
def test_an_address_that_updates_do_not_come_from(program: Program, url: str) -> None:
    """Only https:, file:, and http: of this computer; or any http: if the project says so."""
    refused(program, "Updates come from https: or file: addresses", url=url)


@pytest.mark.parametrize("to", ["file:///etc/hostname", "http://example.com/", "ftp://example.com/x"])
def test_a_server_that_sends_one_elsewhere(program: Program, server: Server, to: str) -> None:
    """A redirect leads nowhere where the address itself could not have led."""

    def elsewhere(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", to)
        request.end_headers()

    server.instead["timestamp.json"] = elsewhere
    refused(program, r"Updates come from|answered with 302 .* not allowed", url=server.url)


def test_a_server_that_has_moved(program: Program, shop: Shop, server: Server) -> None:
    """A redirect to where an address may lead is followed; one that leads to itself is given up."""
    shop.sell("1.2", layers("1.2"))

    def moved(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", f"{server.url}/metadata/timestamp.json?moved")
        request.end_headers()

    server.instead["/metadata/timestamp.json"] = moved
    with serving(shop.folder) as other:
        server.instead["?moved"] = lambda request: server._send(
            request, (shop.folder / "metadata" / "timestamp.json").read_bytes()
        )
        assert program.update(url=server.url)
        del other
    assert program.version == "1.2"


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (-1, 1, ""),
        (-9, -1, "is not who it says to be: certificate has expired. This computer's clock says 20"),
        (1, 9, "is not who it says to be: certificate is not yet valid. This computer's clock says 20"),
    ],
)
def test_an_address_with_https(
    program: Program,
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begins: int,
    ends: int,
    words: str,
) -> None:
    """A certificate that the system trusts is asked for; one out of time may be a matter of the clock, which is said."""
    shop.sell("1.2", layers("1.2"))
    certificate = certified(tmp_path, begins, ends)
    with serving(shop.folder, certificate) as server:
        refused(program, "is not who it says to be: self.signed certificate", url=server.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        if words:
            refused(program, words, url=server.url)
        else:
            assert program.update(url=server.url)
            server.instead["timestamp.json"] = dripping_headers
            with pytest.raises(UpdateError, match="too slowly"):
                program.updater(url=server.url, patience=HASTY).check()


def certified(folder: Path, begins: int, ends: int) -> Path:
    """The key and the certificate of a server on this computer, valid between these days from now."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), soon(begins), soon(ends)
    )
    here = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = builder.add_extension(here, False).sign(key, SHA256())
    file = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


def test_the_system_s_proxy_is_asked(
    program: Program, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a company that has one, nothing else leads out."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", server.url)
    refused(program, "answered with 404", url="http://stock.invalid", allow_http=True)
    assert server.asked[0].startswith("http://stock.invalid/metadata/")
