"""What is not published, and what of a published folder is not built upon."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from publishing import ONE, SOME, TWO, WINDOWS, Installed, Place, ask, now

from hipflask.build.publish import archives, keys
from hipflask.core.errors import BuildError


def test_a_version_that_is_not_newer_is_refused(place: Place, installed: Installed) -> None:
    """Nobody would take it; who means it says so."""
    place.publisher().publish([place.bundle("1.1.0", TWO)], {})
    for version in ("1.0.0", "1.1.0"):
        with pytest.raises(BuildError, match="is not newer"):
            place.publisher().publish([place.bundle(version, ONE)], {})
    assert installed.look()[1].release.version == "1.1.0"
    place.publisher().publish([place.bundle("1.0.0", ONE)], {}, is_meant=True)
    assert installed.look()[1].release.version == "1.0.0"


def test_forged_metadata_are_not_signed_again(place: Place) -> None:
    """Somebody who got into the web server adds an offer: the next publication does not lend it our signature."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    file = place.public / "metadata/1.targets.json"
    file.write_bytes(file.read_bytes().replace(b'"percent":100', b'"percent":0'))
    with pytest.raises(BuildError, match="not as our keys signed it"):
        place.publisher().publish([place.bundle("1.1.0", TWO)], {})


def test_a_forged_former_release_is_not_gone_back_to(place: Place) -> None:
    """What was offered before counts only as far as it was signed."""
    for version, app in (("1.0.0", ONE), ("1.1.0", TWO)):
        place.publisher().publish([place.bundle(version, app)], {})
    file = place.public / "metadata/1.targets.json"
    file.write_bytes(file.read_bytes().replace(b'"percent":100', b'"percent":0'))
    assert f"{SOME} is not offered any more." in place.publisher().withdraw("stable")


def test_a_damaged_archive_is_made_again(place: Place) -> None:
    """A layer that is there only by name is packed anew."""
    bundle = place.bundle("1.0.0", ONE)
    place.publisher().publish([bundle], {})
    for file in (place.public / "layers").iterdir():
        file.write_bytes(b"damaged")
    place.publisher().publish([bundle], {})
    assert all(archives.file_of(file, "").sha256 in file.name for file in (place.public / "layers").iterdir())


def test_an_offer_that_is_gone_is_told_and_publishing_afresh_mends_it(
    place: Place, installed: Installed
) -> None:
    """Somebody has tidied up the folder."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    shutil.rmtree(place.public / "targets")
    with pytest.raises(BuildError, match="gone or damaged"):
        place.publisher().publish([place.bundle("1.1.0", TWO)], {})
    place.publisher().publish([place.bundle("1.1.0", TWO)], {}, afresh=True)
    assert installed.look()[1].release.version == "1.1.0"


def test_apps_that_trust_other_keys_are_not_published(place: Place, tmp_path: Path) -> None:
    """Once they are installed nobody could update them any more."""
    others = keys.make(tmp_path / "keys", tmp_path / "stick", ask, now=now())
    with pytest.raises(BuildError, match="refuse whatever these keys sign"):
        place.publisher(keys=others).publish([place.bundle("1.0.0", ONE)], {})


def test_keys_within_the_published_folder_are_refused(place: Place) -> None:
    """The whole world would download them."""
    place.public = place.home
    with pytest.raises(BuildError, match="Move them out of it"):
        place.publisher().publish([place.bundle("1.0.0", ONE)], {})


def test_a_private_key_in_the_app_is_refused(place: Place) -> None:
    """Wherever in the app, and under whatever name."""
    pem = next(place.keys.folder.glob("online-*.pem")).read_text()
    bundle = place.bundle("1.0.0", ONE | {"data/notes.txt": f"for later\n{pem}"})
    with pytest.raises(BuildError, match=r"private key in it, data/notes\.txt"):
        place.publisher().publish([bundle], {})
    assert not place.public.exists()


@pytest.mark.parametrize(
    ("bundles", "message"),
    [
        (lambda place: [], "nothing to publish"),
        (lambda place: [place.bundle("1", ONE), place.bundle("2", ONE, WINDOWS)], "of one version, got 1, 2"),
        (lambda place: [place.bundle("1", ONE), place.bundle("1", ONE, WINDOWS, "beta")], "of one channel"),
        (lambda place: [place.bundle("1", ONE, id="com.example.other")], "of one program"),
        (lambda place: [place.bundle("1", ONE, channel="../up")], "A channel is called"),
        (lambda place: [place.bundle("../1", ONE)], "A version is letters"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    place: Place, bundles: Callable[[Place], list[object]], message: str
) -> None:
    """Before a byte is written."""
    with pytest.raises(BuildError, match=message):
        place.publisher().publish(bundles(place), {})  # type: ignore[arg-type]
    assert not place.public.exists()
