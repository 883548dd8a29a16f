"""Publishing with keys that expire, are replaced, or have leaked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from publishing import ONE, TWO, WINDOWS, Installed, Place, ask, now
from tuf.api.exceptions import UnsignedMetadataError

from hipflask.build.publish import keys
from hipflask.core.errors import BuildError


def test_expired_root_metadata_are_told_before_anything_is_signed(place: Place) -> None:
    """Installed programs would refuse it all; the message says what to do."""
    with pytest.raises(BuildError, match="hipflask keys renew"):
        place.publisher(days=800).publish([place.bundle("1.0.0", ONE)], {})


def test_root_metadata_that_expire_soon_are_spoken_of(place: Place) -> None:
    """Whenever somebody publishes, while there is time."""
    bundle = place.bundle("1.0.0", ONE)
    for _ in range(2):
        assert "Renew them in time" in place.publisher(days=700).publish([bundle], {})[-1]
    assert "Renew them in time" in place.publisher(days=701).refresh()[-1]


def test_a_rotation_without_the_old_key_is_followed_too(place: Place, installed: Installed) -> None:
    """It is gone, so it cannot sign beside the new one: the new root comes first."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    installed.look()
    for file in place.keys.folder.glob("online-*.pem"):
        file.unlink()
    place.keys = keys.rotate(place.keys, "online", [place.stick], ask, now=now())
    place.publisher().refresh()
    assert installed.look()[1].release.version == "1.0.0"


@pytest.mark.parametrize("role", ["online", "root"])
def test_programs_of_before_a_rotation_follow_it(place: Place, installed: Installed, role: str) -> None:
    """One that has seen the old keys, and one that was installed with them and looks for the first time."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    installed.look()
    place.keys = keys.rotate(place.keys, role, [place.stick], ask, now=now())
    place.publisher().publish([place.bundle("1.1.0", TWO)], {})
    late = Installed(installed.folder.parent / "late", installed.url, place.keys.content(1))
    for program in (installed, late):
        assert program.look()[1].release.version == "1.1.0"
    place.publisher().publish([place.bundle("1.2.0", ONE)], {})
    assert installed.look()[1].release.version == "1.2.0"


def test_after_a_rotation_the_old_online_key_is_refused(place: Place, installed: Installed) -> None:
    """Who has stolen it can sign what he likes: programs that have seen the new root believe none of it."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    thief = Place.__new__(Place)
    thief.__dict__ |= place.__dict__ | {"public": place.home / "thief"}
    shutil.copytree(place.public, thief.public)
    place.keys = keys.rotate(place.keys, "online", [place.stick], ask, now=now())
    place.publisher().publish([place.bundle("1.1.0", TWO)], {})
    installed.look()
    for number in range(3):
        thief.publisher().publish([thief.bundle(f"6.6.{number}", {"stock.py": f"evil {number}"})], {})
    for name in ("timestamp.json", "4.snapshot.json", "4.targets.json"):
        shutil.copy(thief.public / "metadata" / name, place.public / "metadata" / name)
    with pytest.raises(UnsignedMetadataError):
        installed.look()


def test_what_a_leaked_key_signed_is_not_built_upon(place: Place, installed: Installed) -> None:
    """Only afresh, which carries nothing over; versions go on, so programs follow."""
    place.publisher().publish([place.bundle("1.0.0", ONE), place.bundle("1.0.0", ONE, WINDOWS)], {})
    installed.look()
    stolen = place.home / "stolen"
    shutil.copytree(place.public, stolen)
    place.keys = keys.rotate(place.keys, "online", [place.stick], ask, leaked=True, now=now())
    for attempt in (
        lambda: place.publisher().publish([place.bundle("1.1.0", TWO)], {}),
        place.publisher().refresh,
    ):
        with pytest.raises(BuildError, match="--afresh"):
            attempt()
    place.publisher().publish([place.bundle("1.1.0", TWO)], {}, afresh=True)
    assert installed.look()[1].release.version == "1.1.0"
    assert installed.look(f"stable/{WINDOWS}") is None
    # The thief is still in the web server, and puts back what his key signed.
    shutil.rmtree(place.public)
    shutil.copytree(stolen, place.public)
    with pytest.raises(BuildError, match="--afresh"):
        place.publisher().publish([place.bundle("1.2.0", ONE)], {})


def test_other_keys_do_not_take_over_a_folder(place: Place, tmp_path: Path) -> None:
    """Installed programs would refuse them; better said now."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    stranger = Place(tmp_path / "stranger")
    shutil.rmtree(stranger.keys.folder)
    stranger.keys = keys.make(stranger.keys.folder, stranger.stick, ask, now=now())
    stranger.public = place.public
    with pytest.raises(BuildError, match="signed by other keys"):
        stranger.publisher().publish([stranger.bundle("1.1.0", TWO)], {})
