"""An app of macOS is replaced as a whole and never changed: here with ordinary folders, since there is no Mac."""

from __future__ import annotations

import atexit
import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest
from shop import CHANNEL, Program, Shop, layers, written

from hipflask.build.current import Current
from hipflask.build.layer import Layer
from hipflask.build.offer import Offer
from hipflask.build.update import sealed
from hipflask.build.update.installation import Installation
from hipflask.build.update.report import status
from hipflask.build.update.sealed import Sealed
from hipflask.build.update.switching import roll_back
from hipflask.core.errors import UpdateError

MAC = "macos-aarch64"


@pytest.fixture
def program(tmp_path: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Version 1.0 in Applications/Stock.app."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    contents = tmp_path / "Applications" / "Stock.app" / "Contents"
    (contents / "MacOS").mkdir(parents=True)
    (contents / "MacOS" / "Stock").write_bytes(b"the launcher")
    (contents / "Info.plist").write_bytes(b"1.0")
    return Program.install(contents / "Resources", shop, "1.0", layers("1.0"), target=MAC)


def sell(shop: Shop, version: str) -> Offer:
    offer = shop.offer(version, layers(version), target=MAC)
    shop.put(offer, path=f"{CHANNEL}/{MAC}")
    return offer


def ended(program: Program) -> Program:
    """The program, after it has ended and been started again."""
    place = Sealed(program.installation)
    atexit.unregister(sealed._finish)
    place.finish()
    return program.restarted()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_nothing_in_a_running_app_is_changed_until_it_ends(program: Program, shop: Shop) -> None:
    """The new app is built beside; when the program has ended, it has taken the place of the old one, which is kept."""
    sell(shop, "1.1")
    app = program.folder.parents[1]
    before = bytes_of(app)
    assert program.update()
    assert bytes_of(app) == before
    assert program.updater().check() is None
    assert program.installation.waiting is not None and program.installation.waiting.version == "1.1"
    program = ended(program)
    assert program.version == "1.1" and program.installation.waiting is None
    assert (app / "Contents" / "MacOS" / "Stock").read_bytes() == b"the launcher"
    assert bytes_of(app.with_name(".Stock.app-previous")) == before
    assert sorted(each.name for each in app.parent.iterdir()) == [".Stock.app-previous", "Stock.app"]
    assert program.current == Current(program.installation.key)
    program.installation.healthy()
    assert not (program.folder / "updates").exists()


def test_one_goes_back_to_the_app_before(program: Program, shop: Shop) -> None:
    """The two change places again, and the version that was left is not taken again; a newer one is."""
    sell(shop, "1.1")
    program.update()
    program = ended(program)
    assert roll_back(program.installation).version == "1.0"
    program = ended(program)
    assert program.version == "1.0"
    assert not program.update()
    assert "did not start" in status(program.installation)
    sell(shop, "1.2")
    assert program.update()
    assert ended(program).version == "1.2"


def test_there_may_be_no_app_to_go_back_to(program: Program) -> None:
    """As after the first installation."""
    with pytest.raises(UpdateError, match="no earlier version"):
        roll_back(program.installation)


def test_it_happens_by_itself_when_the_program_ends(program: Program, shop: Shop, tmp_path: Path) -> None:
    """A process that has switched leaves the new app behind when it ends."""
    sell(shop, "1.1")
    (tmp_path / "root.json").write_bytes(program.root)
    code = (
        "import sys; from pathlib import Path; from hipflask.build.update.installation import Installation; from hipflask.build.update.updater import Updater\n"
        "updater = Updater(Installation.at(Path(sys.argv[1]), sys.argv[2]), sys.argv[3], 'stable', Path(sys.argv[4]).read_bytes())\n"
        "news = updater.check(); updater.download(news); updater.switch(news)\n"
    )
    subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            str(program.folder),
            program.installation.key,
            program.url,
            str(tmp_path / "root.json"),
        ],
        check=True,
    )
    assert program.version == "1.1"


def test_a_frame_that_comes_with_the_release_is_what_surrounds_it(program: Program, shop: Shop) -> None:
    """A signed app needs the signature of the new one: its frame is a layer of the release."""
    frame = {"Contents/Info.plist": b"1.1", "Contents/_CodeSignature/CodeResources": b"signed"}
    offer = shop.offer("1.1", layers("1.1") | {"frame": frame}, target=MAC)
    shop.put(offer, path=f"{CHANNEL}/{MAC}")
    assert program.update()
    app = program.folder.parents[1]
    program = ended(program)
    assert program.version == "1.1"
    # The seal covers these two files: they are what the publisher has sealed, to the byte.
    inside = dataclasses.replace(offer.release, frame="")
    assert (program.folder / "releases" / inside.key).read_text() == inside.text
    assert (
        program.folder / "current"
    ).read_text() == f"release={inside.key}\nprevious=\nstate=healthy\nrefused=\n"
    roll_back(program.installation)
    assert not ended(program).update()
    assert (
        app.with_name(".Stock.app-previous") / "Contents" / "_CodeSignature" / "CodeResources"
    ).read_bytes() == b"signed"


def test_a_signed_app_is_not_replaced_by_one_without_a_signature(program: Program, shop: Shop) -> None:
    """Its signature would not fit what is new."""
    (program.folder.parent / "_CodeSignature").mkdir()
    sell(shop, "1.1")
    with pytest.raises(UpdateError, match="The app is signed"):
        program.update()
    assert program.version == "1.0"
    assert [each.name for each in program.folder.parents[2].iterdir()] == ["Stock.app"]


@pytest.mark.parametrize("in_one_step", [True, False])
def test_two_folders_change_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_one_step: bool
) -> None:
    """In one step where the file system has it, else in three."""
    if not in_one_step:

        class Without:
            def __init__(self, *_: object, **__: object) -> None:
                pass

        monkeypatch.setattr("ctypes.CDLL", Without)
    one, other = tmp_path / "one", tmp_path / "other"
    written("a", {"file": b"1"}, one)
    written("a", {"file": b"2"}, other)
    sealed.exchange(one, other)
    assert (one / "a" / "file").read_bytes() == b"2" and (other / "a" / "file").read_bytes() == b"1"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "other"]


def test_a_power_failure_after_the_exchange_leaves_the_new_app(program: Program, shop: Shop) -> None:
    """What waits is then the old one: it is not mistaken for an update."""
    sell(shop, "1.1")
    program.update()
    app = program.folder.parents[1]
    sealed.exchange(app, app.with_name(".Stock.app-next"))
    program = program.restarted()
    place = Sealed(program.installation)
    assert program.version == "1.1" and place.next.version == "1.1"
    assert program.updater().check() is None


def test_a_folder_that_is_not_ones_own_is_named(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may not write into Applications gets a sentence, not half an app."""
    real = os.open

    def refuse(path: object, *rest: object, **more: object) -> int:
        if str(path).startswith(str(program.folder.parents[2])):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    said = Installation.at(program.folder, program.installation.key).refusal
    assert said is not None and "may not be changed" in said


def test_layers_of_an_app_are_as_they_were_published(program: Program, shop: Shop) -> None:
    """To the byte, executables included."""
    offer = sell(shop, "1.1")
    program.update()
    program = ended(program)
    for name, layer in offer.release.layers.items():
        assert Layer.of(name, offer.release.home(name, program.folder)).id == layer
