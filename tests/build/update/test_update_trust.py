"""Whom a program believes: other keys, older or mixed metadata, wrong clocks, and what it has kept of all that."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attacks import changed, goes_on, refused
from securesystemslib.signer import CryptoSigner
from shop import (
    CHANNEL,
    Program,
    Shop,
    layers,
)

FOREVER = 1 << 30


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

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "symlink", refuse)
    monkeypatch.setattr(os, "link", refuse)
    shutil.rmtree(program.installation.updates)
    shop.write_root()
    goes_on(program, shop)


def test_the_signatures_are_verified_without_the_tools_that_make_them(program: Program, shop: Shop) -> None:
    """An installed program has The Update Framework and no `cryptography`: it takes what is signed, and only that."""
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
