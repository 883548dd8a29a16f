"""A signed app of macOS is built, published, and updated to the byte as its publisher has sealed it."""

from __future__ import annotations

import atexit
import hashlib
import sys
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bundles import bundle
from shop import CHANNEL, Program, serving

from hipflask.build.bundle import Bundle
from hipflask.build.current import Current
from hipflask.build.layer import SHORT, Layer
from hipflask.build.platforms import macos
from hipflask.build.project import Updates
from hipflask.build.publish.keys import Keys, make
from hipflask.build.publish.repository import Publisher
from hipflask.build.update import sealed
from hipflask.build.update.installation import Installation
from hipflask.build.update.sealed import Sealed
from hipflask.core.errors import UpdateError

# What stands in for codesign: an app's seal has the sum of every other file in it, as the true one has.
SEALS = """
import hashlib, sys
from pathlib import Path
app = Path(sys.argv[1])
if app.is_dir():
    files = sorted(path for path in app.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.relative_to(app).as_posix()}\\n" for path in files]
    seal = app / "Contents/_CodeSignature/CodeResources"
    seal.parent.mkdir()
    seal.write_text("".join(lines), encoding="utf-8")
"""
SEAL = "Contents/_CodeSignature/CodeResources"


class Maker:
    """Somebody who signs what they build, and publishes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys: Keys = make(folder / "keys", folder / "stick", self.ask, now=datetime.now(UTC))
        self.root = (folder / "keys" / "1.root.json").read_bytes()
        self.updates = Updates("https://example.com/", folder / "keys" / "1.root.json")
        (folder / "sign.py").write_text(SEALS)

    @staticmethod
    def ask(name: str, is_new: bool) -> str:
        return "correct horse"

    @property
    def signing(self) -> Mapping[str, str]:
        return {"sign-macos": f"'{sys.executable}' '{self.folder / 'sign.py'}' {{file}}"}

    def build(self, version: str, hooks: Mapping[str, str]) -> tuple[Bundle, Path]:
        """An app and its zip."""
        place = self.folder / "builds" / version
        made = bundle(place, "macos", version=version, hooks=hooks, updates=self.updates)
        macos.make_zip(made, place / "app.zip")
        return made, place / "app.zip"

    def publish(self, made: Bundle) -> list[str]:
        now = datetime.now(UTC)
        publisher = Publisher(made.project, self.folder / "public", self.keys, self.ask, now)
        return publisher.publish([made], {})


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def installed(zipped: Path, maker: Maker, url: str) -> Program:
    """The app, unpacked into Applications as people do."""
    applications = zipped.parents[2] / "Applications"
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(applications)
        for entry in archive.infolist():
            (applications / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
    [app] = applications.iterdir()
    root = app / "Contents" / "Resources"
    return Program(Installation.at(root, Current.read(root).release), maker.root, url)


def ended(program: Program) -> Program:
    """The program, after it has ended and been started again."""
    atexit.unregister(sealed._finish)
    Sealed(program.installation).finish()
    return program.restarted()


def is_whole(app: Path) -> bool:
    """What macOS asks of a signed app: every file is as the seal says, and there is no other."""
    lines = (app / SEAL).read_text(encoding="utf-8").splitlines()
    said = dict(reversed(line.split(" ", 1)) for line in lines)
    files = {path.relative_to(app).as_posix(): path for path in app.rglob("*") if path.is_file()}
    del files[SEAL]
    return said == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def test_a_signed_app_updates_to_what_its_publisher_sealed(
    maker: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Built, signed, published, offered, downloaded and put together: to the byte, with what may be executed, twice."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    first, zipped = maker.build("1.0", maker.signing)
    maker.publish(first)
    with serving(tmp_path / "public") as server:
        program = installed(zipped, maker, server.url)
        app = program.folder.parents[1]
        assert is_whole(app)
        for version in ("1.1", "1.2"):
            made, _ = maker.build(version, maker.signing)
            maker.publish(made)
            assert program.update()
            assert is_whole(app)
            program = ended(program)
            assert program.version == version
            assert is_whole(app)
            assert Layer.of("app", app).files == Layer.of("app", made.folder).files
        assert not program.update()


def test_only_the_frame_of_a_signed_app_is_published(maker: Maker, tmp_path: Path) -> None:
    """It is an archive of its own, named by the offer and not by the release within the app."""
    made, _ = maker.build("1.0", maker.signing)
    maker.publish(made)
    [offer] = (tmp_path / "public" / "targets" / CHANNEL).iterdir()
    lines = dict(line.split("=", 1) for line in offer.read_text(encoding="utf-8").splitlines())
    assert len(list((tmp_path / "public" / "layers").iterdir())) == 4
    assert (tmp_path / "public" / "layers" / f"{lines['archive.frame'].split(' ')[0]}.tar.xz").is_file()
    assert not made.release.frame and lines["frame"][:SHORT] not in made.release.text
    assert maker.publish(made) == ["All of this is published already; nothing has changed."]


def test_an_app_that_nobody_signed_has_no_frame(maker: Maker, tmp_path: Path) -> None:
    """Three layers, as everywhere; and a signed app does not take it."""
    signed, zipped = maker.build("1.0", maker.signing)
    plain, _ = maker.build("1.1", {})
    maker.publish(plain)
    assert len(list((tmp_path / "public" / "layers").iterdir())) == 3
    with serving(tmp_path / "public") as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path / "home"))
        program = installed(zipped, maker, server.url)
        with pytest.raises(UpdateError, match="The app is signed"):
            program.update()
        assert is_whole(program.folder.parents[1])
        assert program.version == signed.release.version
