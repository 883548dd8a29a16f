"""Publishing: what is in the folder afterwards, and what installed programs make of it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from publishing import LINUX, WINDOWS, Installed, Place, ask, now, served
from tuf.api.exceptions import ExpiredMetadataError, UnsignedMetadataError

from hipflask.build import layer
from hipflask.build.bundle import Bundle
from hipflask.build.current import Current
from hipflask.build.publish import archives, commands, keys, page
from hipflask.core.errors import BuildError

ONE = {"stock.py": "print('one')\n"}
TWO = {"stock.py": "print('two')\n"}
SOME = f"stable/{LINUX}"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "home")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes time and is looked at elsewhere: the best compression (it clears 700 MB first), the icon, the disk's own pace."""
    monkeypatch.setattr(layer, "_PRESET", 0)
    monkeypatch.setattr(page, "png_of", lambda project, size: b"a picture")
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def url(place: Place) -> Iterator[str]:
    with served(place.public) as address:
        yield address


@pytest.fixture
def installed(place: Place, url: str, tmp_path: Path) -> Installed:
    return Installed(tmp_path / "installed", url, place.keys.content(1))


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
    before = _contents(place.public)
    assert place.publisher().publish([bundle], {}) == [
        "All of this is published already; nothing has changed."
    ]
    assert _contents(place.public) == before


def test_a_wider_roll_out_writes_metadata_alone(place: Place, installed: Installed) -> None:
    """First ten of a hundred, then everybody: the same offer, and no layer is packed again."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    bundle = place.bundle("1.1.0", TWO)
    place.publisher().publish([bundle], {}, percent=10)
    ten, offer = installed.look()
    before = _contents(place.public)
    said = place.publisher().publish([bundle], {}, percent=100)
    assert said == [f"{SOME}: 1.1.0, offered to everybody."]
    everybody, same = installed.look()
    assert (ten.custom["percent"], everybody.custom["percent"]) == (10, 100)
    assert same == offer
    new = set(_contents(place.public)) - set(before)
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


def test_a_version_that_is_not_newer_is_refused(place: Place, installed: Installed) -> None:
    """Nobody would take it; who means it says so."""
    place.publisher().publish([place.bundle("1.1.0", TWO)], {})
    for version in ("1.0.0", "1.1.0"):
        with pytest.raises(BuildError, match="is not newer"):
            place.publisher().publish([place.bundle(version, ONE)], {})
    assert installed.look()[1].release.version == "1.1.0"
    place.publisher().publish([place.bundle("1.0.0", ONE)], {}, is_meant=True)
    assert installed.look()[1].release.version == "1.0.0"


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


def test_other_keys_do_not_take_over_a_folder(place: Place, tmp_path: Path) -> None:
    """Installed programs would refuse them; better said now."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    stranger = Place(tmp_path / "stranger")
    shutil.rmtree(stranger.keys.folder)
    stranger.keys = keys.make(stranger.keys.folder, stranger.stick, ask, now=now())
    stranger.public = place.public
    with pytest.raises(BuildError, match="signed by other keys"):
        stranger.publisher().publish([stranger.bundle("1.1.0", TWO)], {})


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


class Killed(BaseException):
    """The publisher is gone."""


def _dying(at: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have the publisher die as it is about to give its `at`-th file its name, however that is done."""
    done: list[str] = []
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if len(done) == at:
            raise Killed
        done.append(Path(target).name)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    return done


@pytest.mark.parametrize("rotations", [0, 2])
def test_a_publisher_that_dies_at_any_write_leaves_a_whole_repository(
    place: Place, installed: Installed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rotations: int
) -> None:
    """Whoever looks afterwards finds the old release or the new one, complete; and publishing again finishes it."""
    installer = tmp_path / "stock.tar.gz"
    installer.write_bytes(b"installer")
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    for _ in range(rotations):
        place.keys = keys.rotate(place.keys, "online", [place.stick], ask, now=now())
    start = tmp_path / "start"
    shutil.copytree(place.public, start)
    seen = set()
    for at in range(50):
        shutil.rmtree(place.public)
        shutil.copytree(start, place.public)
        died = False
        with monkeypatch.context() as patch:
            _dying(at, patch)
            try:
                place.publisher().publish([place.bundle("1.1.0", TWO)], {LINUX.name: [installer]})
            except Killed:
                died = True
        program = Installed(tmp_path / f"program-{at}", installed.url, place.keys.content(1))
        offer = program.look()[1]
        seen.add(offer.release.version)
        assert all(archives.is_there(archive, place.public) for archive in offer.archives.values())
        if not died:
            break
        place.publisher().publish([place.bundle("1.1.0", TWO)], {LINUX.name: [installer]})
        assert program.look()[1].release.version == "1.1.0"
    else:
        pytest.fail("it never came to an end")
    assert at >= 8
    assert seen == {"1.0.0", "1.1.0"}


def test_a_publisher_that_dies_while_the_old_key_is_gone_finishes_the_next_time(
    place: Place, installed: Installed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Between the new root and the new timestamp nobody is served; publishing again ends that, wherever it stopped."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    for file in place.keys.folder.glob("online-*.pem"):
        file.unlink()
    place.keys = keys.rotate(place.keys, "online", [place.stick], ask, now=now())
    start = tmp_path / "start"
    shutil.copytree(place.public, start)
    for at in range(5):
        shutil.rmtree(place.public)
        shutil.copytree(start, place.public)
        with monkeypatch.context() as patch, contextlib.suppress(Killed):
            _dying(at, patch)
            place.publisher().refresh()
        place.publisher().refresh()
        assert Installed(tmp_path / f"at-{at}", installed.url, place.keys.content(1)).look() is not None


def test_a_publisher_killed_by_the_system_leaves_a_whole_repository(
    place: Place, installed: Installed, tmp_path: Path
) -> None:
    """The same with a process that gets SIGKILL at some moment, half-written files and all."""
    place.publisher().publish([place.bundle("1.0.0", ONE)], {})
    script = textwrap.dedent(
        f"""
        import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pathlib import Path
        from publishing import *
        place = Place.__new__(Place); place.home = Path({str(place.home)!r})
        place.keys = Keys.read(place.home / "keys"); place.public = place.home / "public"
        place.project = Place.project_in(place.home)
        print("go", flush=True)
        for n in range(1, 500):
            place.publisher().publish([place.bundle(f"1.{{n}}.0", {{"stock.py": f"print({{n}})"}})], {{}}, is_meant=True)
        """
    )
    moments = random.Random(5)
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(moments.uniform(0.1, 0.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        offer = installed.look()[1]
        assert all(archives.is_there(archive, place.public) for archive in offer.archives.values())
        shutil.rmtree(place.home / "builds")
    place.publisher().publish([place.bundle("2.0.0", TWO)], {})
    assert installed.look()[1].release.version == "2.0.0"
    assert not [name for name in _contents(place.public) if Path(name).name.startswith(".")]


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_command_publishes_what_build_has_left(
    place: Place, installed: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a project's folder: published, widened, withdrawn and refreshed, with the keys named in the environment."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "stock.py").write_text("from hipflask import Hipflask\n\napp = Hipflask(__name__)\n")
    shutil.copy(place.keys.folder / "root.json", folder / "root.json")
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "stock"\nversion = "1.0.0"\n\n[tool.hipflask]\napp = "stock"\nid = "com.example.stock"\n'
        'name = "Stock"\nupdates = { url = "https://example.com/stock", root = "root.json" }\n'
    )
    monkeypatch.chdir(folder)
    monkeypatch.setenv(commands.KEYS, str(place.keys.folder))
    for version, app in (("1.0.0", ONE), ("1.1.0", TWO)):
        _build(place.bundle(version, app), folder / "dist")
        said = _publish(str(place.public), "--percent", "10")
        assert f"{SOME}: {version}, offered to 10 of 100." in said
        assert "Upload" in said and "metadata/timestamp.json after everything else" in said
    assert installed.look()[0].custom == {"version": "1.1.0", "percent": 10}
    assert "offered to everybody" in _publish(str(place.public))
    assert "1.1.0 is withdrawn" in _publish(str(place.public), "--withdraw", "stable")
    assert installed.look()[1].release.version == "1.0.0"
    assert "good for another 7 days" in _publish(str(place.public), "--refresh", "--days", "7", "--keep", "2")
    assert installed.look()[1].release.version == "1.0.0"


def _build(bundle: Bundle, output: Path) -> None:
    """What `hipflask build` leaves of a bundle."""
    root = output / LINUX.name / "stock"
    shutil.rmtree(output, ignore_errors=True)
    for each in bundle.layers:
        shutil.copytree(each.folder, root / each.home)
    (root / "releases").mkdir()
    (root / "releases" / bundle.release.key).write_text(bundle.release.text)
    Current(bundle.release.key).write(root)


def _publish(*words: str) -> str:
    result = CliRunner().invoke(commands.publish, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output
