"""The attacks that The Update Framework's specification lists, and more: each is refused in a sentence.

Here: what is offered is not what was signed, or not for this program. See test_update_trust.py and test_update_servers.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from attacks import changed, goes_on, refused
from shop import (
    CHANNEL,
    TARGET,
    Program,
    Shop,
    layers,
    packed,
    sha256,
)
from tuf.api.metadata import TargetFile

from hipflask.build.offer import Archive, Offer

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
