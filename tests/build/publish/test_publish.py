"""Publishing: what is in the folder afterwards, and what installed programs make of it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from publishing import LINUX, ONE, SOME, TWO, WINDOWS, Installed, Place, contents, served
from tuf.api.exceptions import ExpiredMetadataError

from hipflask.build import layer
from hipflask.build.publish import archives
from hipflask.core.errors import BuildError


def test_an_installed_program_finds_and_believes_what_was_published(
    place: Place, installed: Installed
) -> None:
    """The whole way: published, fetched over HTTP, verified, and every archive that is named is there."""
    bundle = place.bundle("1.0.0", ONE)
    said = place.publisher().publish([bundle], {})
    assert said == [f"{SOME}: 1.0.0, offered to everybody."]
    info, offer = installed.look()
    assert offer.release == bundle.release
    assert info.custom == {"version": "1.0.0", "percent": 100}
    assert all(archives.is_there(archive, place.public) for archive in offer.archives.values())
    assert {name: archive.unpacked for name, archive in offer.archives.items()} == {
        each.name: each.size for each in bundle.layers
    }


def test_the_same_again_writes_nothing(place: Place) -> None:
    """Publishing twice is not two publications."""
    bundle = place.bundle("1.0.0", ONE)
    place.publisher().publish([bundle], {})
    before = contents(place.public)
    assert place.publisher().publish([bundle], {}) == [
        "All of this is published already; nothing has changed."
    ]
    assert contents(place.public) == before


def test_a_wider_roll_out_writes_metadata_alone(place: Place, installed: Installed) -> None:
    """First ten of a hundred, then everybody: the same offer, and no layer is packed again."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    bundle = place.bundle("1.1.0", TWO)
    place.publisher().publish([bundle], {}, percent=10)
    ten, offer = installed.look()
    before = contents(place.public)
    said = place.publisher().publish([bundle], {}, percent=100)
    assert said == [f"{SOME}: 1.1.0, offered to everybody."]
    everybody, same = installed.look()
    assert (ten.custom["percent"], everybody.custom["percent"]) == (10, 100)
    assert same == offer
    new = set(contents(place.public)) - set(before)
    assert all(name.startswith("metadata/") for name in new)


def test_a_change_of_one_line_costs_less_than_5_000_bytes(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With six targets published: timestamp, snapshot, targets, the offer and the app's layer together."""
    monkeypatch.setattr(layer, "_PRESET", 9)
    targets = [
        type(LINUX)(system, machine)
        for system in ("windows", "macos", "linux")
        for machine in ("x86_64", "aarch64")
    ]
    random.seed(3)
    source = "".join(f"def view_{random.random()}(): return {random.random()}\n" for _ in range(25))
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        app = {
            "hello.py": f"{source}print({version!r})\n",
            "hipflask-app.json": json.dumps({"version": version}),
        }
        said = place.publisher().publish([place.bundle(version, app, target) for target in targets], {})
    sizes = [int(line.split("downloads ")[1].split(" ")[0].replace(",", "")) for line in said]
    assert len(sizes) == 6
    assert max(sizes) < 5_000, said


def test_a_withdrawn_release_gives_way_to_the_one_before(place: Place, installed: Installed) -> None:
    """As new metadata, which those who saw the withdrawn one accept; and going back again goes further back."""
    for version, app in (("1.0.0", ONE), ("1.1.0", TWO), ("1.2.0", {"stock.py": "boom"})):
        place.publisher().publish([place.bundle(version, app)], {})
        assert installed.look()[1].release.version == version
    said = place.publisher().withdraw("stable")
    assert said[0].startswith("1.2.0 is withdrawn")
    assert installed.look()[1].release.version == "1.1.0"
    place.publisher().withdraw("stable")
    assert installed.look()[1].release.version == "1.0.0"
    said = place.publisher().withdraw("stable")
    assert f"{SOME} is not offered any more." in said
    assert installed.look() is None
    with pytest.raises(BuildError, match="nothing to withdraw"):
        place.publisher().withdraw("stable")


def test_withdrawing_leaves_targets_alone_that_never_had_it(place: Place, installed: Installed) -> None:
    """Only Linux got 1.1; Windows stays where it is."""
    place.publisher().publish([place.bundle("1.0.0", ONE), place.bundle("1.0.0", ONE, WINDOWS)], {})
    place.publisher().publish([place.bundle("1.1.0", TWO)], {})
    place.publisher().withdraw("stable")
    assert installed.look()[1].release.version == "1.0.0"
    assert installed.look(f"stable/{WINDOWS}")[1].release.version == "1.0.0"


def test_channels_do_not_disturb_each_other(place: Place, installed: Installed) -> None:
    """A beta beside what is stable, each with its own page."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    place.publisher().publish([place.bundle("2.0.0b1", TWO, channel="beta")], {})
    assert installed.look()[1].release.version == "1.0.0"
    assert installed.look(f"beta/{LINUX}")[1].release.version == "2.0.0b1"
    assert (place.public / "index.html").is_file()
    assert (place.public / "channel-beta.html").is_file()


def test_metadata_expire_and_a_refresh_makes_them_good_again(place: Place, installed: Installed) -> None:
    """Nobody can keep somebody on an old release for longer than the timestamp lives."""
    place.publisher(days=-100).publish([place.bundle("1.0.0", ONE)], {})
    with pytest.raises(ExpiredMetadataError):
        installed.look()
    place.publisher().refresh()
    assert installed.look()[1].release.version == "1.0.0"
    assert not (place.public / "metadata/2.targets.json").exists()  # the timestamp alone


def test_a_refresh_renews_what_would_expire_before_the_next(place: Place, installed: Installed) -> None:
    """Snapshot and targets live longer than the timestamp, and not for ever."""
    place.publisher(days=-364).publish([place.bundle("1.0.0", ONE)], {})
    place.publisher().refresh()
    assert (place.public / "metadata/2.targets.json").exists()
    assert installed.look()[1].release.version == "1.0.0"


def test_layers_that_targets_have_in_common_are_packed_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is published already is not packed again."""
    packed: list[str] = []
    real = archives.whole
    monkeypatch.setattr(
        archives, "whole", lambda layer, folder: (packed.append(layer.name), real(layer, folder))[1]
    )
    place.publisher().publish([place.bundle("1.0.0", ONE), place.bundle("1.0.0", ONE, WINDOWS)], {})
    assert sorted(packed) == ["app", "packages", "runtime", "runtime"]
    place.publisher().publish([place.bundle("1.1.0", TWO)], {})
    assert packed[4:] == ["app"]


def test_installers_are_copied_and_pruned_with_their_release(place: Place, tmp_path: Path) -> None:
    """Each version's installers stand in a folder of their own; what nobody refers to any more is taken away."""
    for number in range(4):
        installer = tmp_path / f"stock-{number}.tar.gz"
        installer.write_bytes(bytes([number]) * 1000)
        bundle = place.bundle(f"1.{number}.0", {"stock.py": f"print({number})\n" * 300})
        place.publisher().publish([bundle], {LINUX.name: [installer]})
    assert "stock-3.tar.gz" in (place.public / "index.html").read_text()
    layers = len(list((place.public / "layers").iterdir()))
    said = place.publisher().prune(2)
    assert said[0].startswith("Removed what only publications before the last 2 needed")
    assert sorted(file.name for file in (place.public / "installers/stable").iterdir()) == ["1.2.0", "1.3.0"]
    assert len(list((place.public / "layers").iterdir())) == layers - 2
    assert sorted(file.name for file in (place.public / "metadata").iterdir()) == [
        "1.root.json", "3.snapshot.json", "3.targets.json", "4.snapshot.json", "4.targets.json", "timestamp.json",
    ]  # fmt: skip
    with served(place.public) as url:
        offer = Installed(tmp_path / "late", url, place.keys.content(1)).look()[1]
    assert all(archives.is_there(archive, place.public) for archive in offer.archives.values())
    with pytest.raises(BuildError, match="At least 2"):
        place.publisher().prune(1)
