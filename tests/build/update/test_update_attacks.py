"""The attacks that The Update Framework's specification lists, and more: each is refused in a sentence.

Whoever attacks controls what the program reads, and sometimes one of the keys; never what is on the computer already.
"""

from __future__ import annotations

import datetime
import http.server
import json
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer import CryptoSigner
from shop import (
    CHANNEL,
    FOR_LAUNCHER,
    HASTY,
    TARGET,
    Program,
    Server,
    Shop,
    layers,
    packed,
    serving,
    sha256,
    soon,
)
from tuf.api.metadata import TargetFile

from hipflask.build.offer import Archive, Offer
from hipflask.build.update.report import status
from hipflask.build.update.web import Patience
from hipflask.core.errors import UpdateError

FOREVER = 1 << 30


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


@pytest.fixture
def program(tmp_path: Path, shop: Shop) -> Program:
    """Version 1.1 of three; it has seen that 1.1 is the newest."""
    installed = Program.install(tmp_path / "Stock", shop, "1.1", layers("1.1"))
    shop.sell("1.0", layers("1.0"))
    shop.sell("1.1", layers("1.1"))
    installed.updater().check()
    return installed


@pytest.fixture
def server(shop: Shop) -> Iterator[Server]:
    with serving(shop.folder) as server:
        yield server


def refused(program: Program, words: str, **other: Any) -> str:
    """An update is refused in these words; nothing outside of `updates` has changed, and the program starts."""
    before = program.outside()
    with pytest.raises(UpdateError, match=words) as said:
        program.update(**other)
    sentence = str(said.value)
    assert program.outside() == before
    assert program.version == "1.1"
    assert " ".join(sentence.split()) in status(program.installation)
    if FOR_LAUNCHER.is_file():
        assert program.start() == "1.1"
    assert not list((program.folder / "layers").glob(".*"))
    return sentence


def goes_on(program: Program, shop: Shop, **other: Any) -> None:
    """When the attack is over, an honest update is taken."""
    shop.sell("9.0", layers("9.0"))
    assert program.update(**other)
    assert program.version == "9.0"


def changed(content: bytes) -> bytes:
    return content[:-3] + bytes([content[-3] ^ 1]) + content[-2:]


# ── arbitrary software ──


def test_a_layer_that_was_changed_on_the_way(program: Program, shop: Shop) -> None:
    """One bit of an archive, and it is not used; the next time, whole, it is."""
    offer = shop.sell("1.2", layers("1.2"))
    file = shop.file_of(offer.archives["app"])
    good = file.read_bytes()
    file.write_bytes(changed(good))
    refused(program, "is not what was signed, or was damaged on the way")
    file.write_bytes(good)
    goes_on(program, shop)


def test_an_archive_of_something_else_that_was_signed(program: Program, shop: Shop) -> None:
    """Even when the sum of the archive is right: what comes out of it must be the layer that the release names."""
    offer = shop.offer("1.2", layers("1.2"))
    content = packed({"version": (b"evil", 0o644)})
    other = Archive(sha256(content), len(content), 4)
    shop.file_of(other).write_bytes(content)
    shop.put(Offer(offer.release, {**offer.archives, "app": other}))
    refused(program, "What came as the layer app")
    goes_on(program, shop)


@pytest.mark.parametrize("path", ["../../evil", "/tmp/hipflask-evil", "C:/evil", "a\\..\\..\\evil"])
def test_an_archive_that_wants_out(program: Program, shop: Shop, path: str) -> None:
    """A path that leaves the layer is refused before anything of it is written."""
    offer = shop.offer("1.2", layers("1.2"))
    content = packed({path: (b"evil", 0o755)})
    other = Archive(sha256(content), len(content), 4)
    shop.file_of(other).write_bytes(content)
    shop.put(Offer(offer.release, {**offer.archives, "app": other}))
    refused(program, "which no layer can have")
    assert not list(program.folder.parent.rglob("*evil"))


def test_a_delta_that_wants_out(program: Program, shop: Shop) -> None:
    """A delta's listing cannot have files copied to elsewhere either; the layer is brought whole instead."""
    former = program.installation.release
    offer = shop.offer("1.2", layers("1.2", data=bytes(range(256)) * 40))
    listing = f"- {sha256(b'app = 1')} ../../../evil\n".encode()
    content = packed({".hipflask-delta": (listing, 0o644)})
    delta = Archive(sha256(content), len(content), len(listing))
    shop.file_of(delta).write_bytes(content)
    assert delta.size < offer.archives["app"].size
    shop.put(Offer(offer.release, offer.archives, {("app", former.app[:16]): delta}))
    assert program.update()
    assert program.version == "1.2"
    assert not list(program.folder.parent.rglob("*evil"))


def test_an_archive_that_swells(program: Program, shop: Shop) -> None:
    """An archive that unpacks to more than was said is left at what was said."""
    offer = shop.offer("1.2", layers("1.2"))
    content = packed({"version": (bytes(50_000_000), 0o644)})
    other = Archive(sha256(content), len(content), 1000)
    shop.file_of(other).write_bytes(content)
    shop.put(Offer(offer.release, {**offer.archives, "app": other}))
    refused(program, "unpacks to more than the 1000 bytes")


def test_an_offer_that_was_changed(program: Program, shop: Shop) -> None:
    """One bit of an offer, and the metadata do not vouch for it."""
    offer = shop.sell("1.2", layers("1.2"))
    file = next(
        each
        for each in (shop.folder / "targets").rglob("*")
        if each.is_file() and each.read_bytes() == offer.text.encode()
    )
    file.write_bytes(changed(offer.text.encode()))
    refused(program, "a file is not the one that another names")
    file.write_bytes(offer.text.encode())
    goes_on(program, shop)


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_metadata_that_were_changed(program: Program, shop: Shop, role: str) -> None:
    """A longer life, written by somebody without a key: the signature no longer fits."""
    shop.sell("1.2", layers("1.2"))
    name = role if role == "timestamp" else f"{shop.versions[role]}.{role}"
    file = shop.folder / "metadata" / f"{name}.json"
    content = json.loads(file.read_bytes())
    content["signed"]["expires"] = "2099-01-01T00:00:00Z"
    file.write_text(json.dumps(content))
    refused(program, "is not signed by those whom this program trusts")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"<html>Sign in to the hotel's network</html>", b"[" * 9000, b"\xff\0"]
)
def test_what_is_no_metadata(program: Program, shop: Shop, content: bytes) -> None:
    """Rubbish, of which the most common is the page of a hotel's network."""
    shop.sell("1.2", layers("1.2"))
    (shop.folder / "metadata" / "timestamp.json").write_bytes(content)
    refused(program, "cannot be trusted")
    goes_on(program, shop)


# ── wrong keys ──


def test_somebody_else_publishes(program: Program, shop: Shop, tmp_path: Path) -> None:
    """A whole publication with keys of one's own, in the place of the true one."""
    shutil.rmtree(shop.folder)
    other = Shop(shop.folder)
    other.versions.update(timestamp=50, snapshot=50, targets=50)
    other.sell("6.6", layers("6.6"))
    refused(program, "is not signed by those whom this program trusts")


def test_a_root_that_nobody_has_signed(program: Program, shop: Shop) -> None:
    """New keys are believed only when those before have signed them."""
    true = shop.key
    shop.key, shop.online = CryptoSigner.generate_ed25519(), CryptoSigner.generate_ed25519()
    shop.write_root()
    shop.sell("1.2", layers("1.2"))
    refused(program, "is not signed by those whom this program trusts")
    shop.versions["root"] -= 1
    shop.write_root(signers=(shop.key, true))
    goes_on(program, shop)


def test_a_key_that_was_taken_out_of_use(program: Program, shop: Shop) -> None:
    """After a rotation, what the stolen key signs is worth nothing."""
    stolen = shop.online
    shop.online = CryptoSigner.generate_ed25519()
    shop.write_root()
    shop.write()
    program.updater().check()
    shop.online = stolen
    shop.sell("1.2", layers("1.2"))
    refused(program, "is not signed by those whom this program trusts")


def test_an_expired_root(program: Program, shop: Shop) -> None:
    """A root that nobody has renewed ends all trust, until somebody does."""
    shop.write_root(days=-1)
    shop.sell("1.2", layers("1.2"))
    assert "root.json is expired" in refused(program, "no longer valid")
    shop.write_root()
    goes_on(program, shop)


def test_a_program_with_a_broken_root(program: Program, shop: Shop) -> None:
    """Nothing is trusted if what all trust begins with is no root."""
    refused(program, "cannot be trusted", root_json=b"{}")


# ── rollback, freeze, fast-forward, mix and match ──


def test_an_older_timestamp(program: Program, shop: Shop) -> None:
    """What was true yesterday, kept by somebody, is not true today."""
    file = shop.folder / "metadata" / "timestamp.json"
    old = file.read_bytes()
    shop.sell("1.2", layers("1.2"))
    program.updater().check()
    file.write_bytes(old)
    refused(program, "older than what was there before")


@pytest.mark.parametrize("role", ["snapshot", "targets"])
def test_older_metadata_under_a_newer_timestamp(program: Program, shop: Shop, role: str) -> None:
    """With the online key alone, one cannot go back to the targets of yesterday."""
    older = {"snapshot": shop.versions["snapshot"], "targets": shop.versions["targets"]}
    shop.sell("1.2", layers("1.2"))
    program.updater().check()
    if role == "targets":
        shop.write_snapshot(targets=older["targets"])
    shop.write_timestamp(snapshot=older["snapshot"] if role == "snapshot" else None)
    refused(program, "older than what was there before")


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_metadata_that_have_expired(program: Program, shop: Shop, role: str) -> None:
    """Somebody holds back what is newer: that is noticed, at the latest when the time is over. A wrong clock looks the same."""
    shop.sell("1.2", layers("1.2"))
    shop.write_targets(days=-1 if role == "targets" else 30)
    shop.write_snapshot(days=-1 if role == "snapshot" else 30)
    shop.write_timestamp(days=-1 if role == "timestamp" else 7)
    said = refused(program, "no longer valid")
    assert f"{role}" in said and "this computer's clock is wrong: it says 20" in said
    goes_on(program, shop)


def shift(wrong: pytest.MonkeyPatch, days: int) -> None:
    """Set the clock of this computer by so many days."""

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return super().now(tz) + datetime.timedelta(days=days)

    wrong.setattr(datetime, "datetime", Shifted)


def test_a_clock_that_is_ahead(program: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year ahead everything has expired, and the sentence says what the clock says; set right again, all goes on."""
    with monkeypatch.context() as wrong:
        shift(wrong, 400)
        refused(program, "this computer's clock is wrong: it says")
    goes_on(program, shop)


def test_a_clock_that_is_behind(program: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has expired then looks valid; but what is old is told by its number, and stays refused."""
    file = shop.folder / "metadata" / "timestamp.json"
    old = file.read_bytes()
    shop.sell("1.2", layers("1.2"))
    with monkeypatch.context() as wrong:
        shift(wrong, -400)
        assert program.updater().check() is not None
        file.write_bytes(old)
        refused(program, "older than what was there before")


def test_versions_that_ran_ahead_are_brought_back_by_new_keys(program: Program, shop: Shop) -> None:
    """Fast-forward: with a stolen key all versions are huge, so nothing newer could ever come; a rotation ends that."""
    shop.write_targets(version=FOREVER)
    shop.write_snapshot(version=FOREVER)
    shop.write_timestamp(version=FOREVER)
    program.updater().check()
    shop.versions.update(timestamp=3, snapshot=3, targets=3)
    shop.sell("1.2", layers("1.2"))
    refused(program, "older than what was there before")
    shop.online = CryptoSigner.generate_ed25519()
    shop.write_root()
    goes_on(program, shop)


def test_metadata_that_do_not_belong_together(program: Program, shop: Shop) -> None:
    """Mix and match: a snapshot of one day with the targets of another."""
    shop.sell("1.2", layers("1.2"))
    metadata = shop.folder / "metadata"
    older = (metadata / f"{shop.versions['targets']}.targets.json").read_bytes()
    shop.sell("1.3", layers("1.3"))
    (metadata / f"{shop.versions['targets']}.targets.json").write_bytes(older)
    refused(program, "not of one piece")


def test_a_snapshot_that_the_timestamp_does_not_name(program: Program, shop: Shop) -> None:
    """The same one step earlier; and with a sum in the timestamp that is not the snapshot's."""
    shop.sell("1.2", layers("1.2"))
    metadata = shop.folder / "metadata"
    older = (metadata / f"{shop.versions['snapshot']}.snapshot.json").read_bytes()
    shop.sell("1.3", layers("1.3"))
    (metadata / f"{shop.versions['snapshot']}.snapshot.json").write_bytes(older)
    refused(program, "not of one piece")
    shop.write_timestamp(hashes={"sha256": "0" * 64})
    refused(program, "not of one piece")


# ── more than was asked for ──


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "com.example.other"}, "for another program: 'com.example.other'"),
        (
            {"target": "macos-x86_64" if TARGET != "macos-x86_64" else "linux-x86_64"},
            "for another kind of computer",
        ),
        ({"library": "../../evil.so"}, "library is outside its layer"),
    ],
)
def test_an_offer_for_somebody_else(
    program: Program, shop: Shop, changes: dict[str, str], words: str
) -> None:
    """A publisher of several programs has mixed up the folders, or means harm."""
    said = {"id": shop.id} | changes
    shop.id = said.pop("id")
    shop.put(shop.offer("1.2", layers("1.2"), **said))
    refused(program, words)


def test_an_older_version_is_no_update(program: Program, shop: Shop) -> None:
    """Signed anew or not: a program does not go back by itself."""
    before = program.outside()
    shop.sell("1.0", layers("1.0"))
    assert not program.update()
    assert program.outside() == before


@pytest.mark.parametrize("percent", ["all", True, None, [10]])
def test_a_percentage_that_is_none(program: Program, shop: Shop, percent: Any) -> None:
    """What cannot be understood is not taken for everybody."""
    offer = shop.offer("1.2", layers("1.2"))
    shop.put(offer)
    shop.targets[f"{CHANNEL}/{TARGET}"].unrecognized_fields["custom"]["percent"] = percent
    shop.write()
    refused(program, "for a percentage of all")


def test_an_offer_that_is_none(program: Program, shop: Shop) -> None:
    """A text that is no offer, and one of a size that no offer has."""
    path = f"{CHANNEL}/{TARGET}"
    for content, words in ((b"hipflask=2\n", "This is no offer"), (bytes(100_000), "at most 65536 bytes")):
        shop.targets[path] = TargetFile.from_data(path, content, ["sha256"])
        (shop.folder / "targets" / CHANNEL / f"{sha256(content)}.{TARGET}").write_bytes(content)
        shop.write()
        refused(program, words)


def test_an_offer_of_a_layer_without_end(program: Program, shop: Shop) -> None:
    """A layer that would fill the disk is refused before it is asked for."""
    offer = shop.offer("1.2", layers("1.2"))
    huge = Archive(offer.archives["app"].sha256, 10**12, 10**12)
    shop.put(Offer(offer.release, {**offer.archives, "app": huge}))
    refused(program, r"There is no room for the update: it needs 2000\.\d GB")


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


# ── what is kept on this computer ──


def test_whatever_is_damaged_of_what_was_kept_heals(program: Program, shop: Shop) -> None:
    """A flipped bit, half a file, nothing, or rubbish in each file that is kept: the next look reads it anew."""
    shop.write_root()
    program.updater().check()
    kept = program.installation.updates
    files = [each for each in kept.rglob("*") if each.is_file() and each.name != "lock"]
    assert {"timestamp.json", "snapshot.json", "targets.json", "1.root.json", "2.root.json", "offer"} <= {
        each.name for each in files
    }
    for number, file in enumerate(files):
        for damage in (
            changed,
            lambda content: content[: len(content) // 2],
            lambda _: b"",
            lambda _: b"{\xff",
        ):
            file.write_bytes(damage(file.read_bytes()) if file.stat().st_size else b"{\xff")
            version = f"1.1.{number + 1}"
            shop.sell(version, layers("1.1"))
            news = program.updater().check()
            assert news is not None and news.version == version, file


def test_what_is_kept_is_not_forgotten_because_of_what_a_server_says(program: Program, shop: Shop) -> None:
    """Rubbish from a server does not open the way for what is old."""
    file = shop.folder / "metadata" / "timestamp.json"
    old = file.read_bytes()
    shop.sell("1.2", layers("1.2"))
    program.updater().check()
    for rubbish in (b"{}", b"", b"\xff"):
        file.write_bytes(rubbish)
        refused(program, "cannot be trusted")
    file.write_bytes(old)
    refused(program, "older than what was there before")


def test_no_links_are_needed(program: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither links nor hard links can be made, as for most users of Windows and on many shared folders, all works."""
    import os

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "symlink", refuse)
    monkeypatch.setattr(os, "link", refuse)
    shutil.rmtree(program.installation.updates)
    shop.write_root()
    goes_on(program, shop)


def test_the_signatures_are_verified_without_the_tools_that_make_them(program: Program, shop: Shop) -> None:
    """An installed program has The Update Framework and no `cryptography`: it takes what is signed, and only that."""
    import subprocess
    import sys

    shop.sell("1.2", layers("1.2"))
    root = program.folder / "root.json"
    root.write_bytes(program.root)
    code = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from pathlib import Path; from hipflask.build.update.installation import Installation; from hipflask.build.update.updater import Updater\n"
        "folder, key, url, channel = sys.argv[1:]\n"
        "updater = Updater(Installation.at(Path(folder), key), url, channel, (Path(folder) / 'root.json').read_bytes())\n"
        "print(updater.check())\n"
    )
    command = [
        sys.executable,
        "-c",
        code,
        str(program.folder),
        program.installation.key,
        program.url,
        CHANNEL,
    ]
    assert "version 1.2" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    shop.sell("1.3", layers("1.3"))
    file = shop.folder / "metadata" / "timestamp.json"
    file.write_bytes(file.read_bytes().replace(b'"version":', b'"version": '))
    assert "version 1.3" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    file.write_bytes(file.read_bytes().replace(b'"expires":"20', b'"expires":"21'))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "is not signed by those whom this program trusts" in done.stderr
