"""Keys: made, kept from others, replaced; and every way in which that goes wrong is said in a sentence."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from publishing import PASSPHRASE, ask, now
from tuf.api.metadata import Metadata, Root

from hipflask.build.publish import commands, keys
from hipflask.build.publish.keys import Keys
from hipflask.core.errors import BuildError


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


@pytest.fixture
def made(tmp_path: Path, stick: Path) -> Keys:
    return keys.make(tmp_path / "keys", stick, ask, now=now())


def _files(folder: Path) -> list[str]:
    return sorted(file.name.split("-")[0] for file in folder.iterdir())


def test_the_root_key_is_offline_and_only_public_files_are_readable(made: Keys, stick: Path) -> None:
    """Private keys are their owner's alone, and the root key needs its passphrase besides."""
    assert _files(made.folder) == ["1.root.json", "online", "root.json"]
    assert _files(stick) == ["root"]
    for file in [*made.folder.glob("*.pem"), *stick.iterdir()]:
        assert os.name != "posix" or stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in next(stick.iterdir()).read_bytes()
    assert made.folder.joinpath("root.json").read_bytes() == made.content(1)


def test_the_root_metadata_say_who_signs_what(made: Keys) -> None:
    """One key for the root, another for the rest; hash-prefixed names, so that nobody sees half a publication."""
    root = Metadata[Root].from_bytes(made.content(1)).signed
    assert root.consistent_snapshot
    assert root.roles["root"].keyids != root.roles["targets"].keyids
    assert root.roles["targets"].keyids == root.roles["snapshot"].keyids == root.roles["timestamp"].keyids
    assert 725 < (root.expires - now()).days < 731
    assert Keys.read(made.folder).root == root


def test_each_replacement_is_signed_by_those_before_it(made: Keys, stick: Path) -> None:
    """Online, root, renewed: four versions, each following from the last."""
    second = keys.rotate(made, "online", [stick], ask, now=now())
    third = keys.rotate(second, "root", [stick], ask, now=now())
    fourth = keys.renew(third, [stick], ask, now=now(400))
    read = Keys.read(made.folder)
    assert [root.signed.version for root in read.roots] == [1, 2, 3, 4]
    assert second.root.roles["root"] == made.root.roles["root"]
    assert second.root.roles["targets"] != made.root.roles["targets"]
    assert third.root.roles["root"] != second.root.roles["root"]
    assert len(read.roots[2].signatures) == 2
    assert (fourth.root.expires - third.root.expires).days == 400
    assert made.folder.joinpath("root.json").read_bytes() == read.content(4)
    assert read.online(ask).public_key == read.online_key(4)


def test_several_root_keys_of_which_some_must_sign(tmp_path: Path, stick: Path) -> None:
    """One of three is lost, two sign; with two lost nobody can do anything any more."""
    three = keys.make(tmp_path / "keys", stick, ask, count=3, threshold=2, now=now())
    one, two, _ = sorted(stick.iterdir())
    one.unlink()
    renewed = keys.renew(three, [stick], ask, now=now())
    assert renewed.root.version == 2
    two.unlink()
    with pytest.raises(BuildError, match="2 of these root keys must sign, and 1 were found"):
        keys.renew(renewed, [stick], ask, now=now())


def test_a_threshold_beyond_the_keys_is_refused(tmp_path: Path) -> None:
    """Nobody could ever sign anything."""
    with pytest.raises(BuildError, match="between 1 and 2 must sign, got 3"):
        keys.make(tmp_path / "keys", tmp_path / "stick", ask, count=2, threshold=3, now=now())


def test_a_wrong_passphrase_is_told(made: Keys, stick: Path) -> None:
    """And nothing is written."""
    with pytest.raises(BuildError, match="not the passphrase of root-"):
        keys.renew(made, [stick], lambda name, is_new: "something else", now=now())
    assert _files(made.folder) == ["1.root.json", "online", "root.json"]


def test_a_passphrase_that_is_guessed_at_once_is_refused(tmp_path: Path) -> None:
    """Eight characters at the least."""
    with pytest.raises(BuildError, match="at least 8 characters, got 3"):
        keys.make(tmp_path / "keys", tmp_path / "stick", lambda name, is_new: "abc", now=now())


def test_the_online_key_may_have_a_passphrase_too(tmp_path: Path) -> None:
    """Then publishing asks for it."""
    locked = keys.make(tmp_path / "keys", tmp_path / "stick", ask, lock_online=True, now=now())
    assert locked.online(ask).public_key == locked.online_key(1)
    with pytest.raises(BuildError, match="not the passphrase of online-"):
        locked.online(lambda name, is_new: "something else")


def test_a_key_that_others_can_read_is_not_used(made: Keys) -> None:
    """The message has the command."""
    if os.name != "posix":
        pytest.skip("Windows keeps no such permissions")
    file = next(made.folder.glob("*.pem"))
    file.chmod(0o644)
    with pytest.raises(BuildError, match=f"chmod 600 {file}"):
        made.online(ask)


def test_a_key_that_is_missing_damaged_or_another_is_told(made: Keys, tmp_path: Path) -> None:
    """Each by its name."""
    other = keys.make(tmp_path / "other", tmp_path / "other", ask, now=now())
    file = next(made.folder.glob("*.pem"))
    file.write_bytes(next(other.folder.glob("online-*.pem")).read_bytes())
    with pytest.raises(BuildError, match="holds another key"):
        made.online(ask)
    file.write_bytes(b"nothing of the kind")
    with pytest.raises(BuildError, match="holds no private key"):
        made.online(ask)
    file.unlink()
    with pytest.raises(BuildError, match=r"online-.*\.pem is not in"):
        made.online(ask)


def test_root_metadata_that_do_not_follow_from_each_other_are_refused(
    made: Keys, stick: Path, tmp_path: Path
) -> None:
    """Changed, of somebody else, or no metadata at all."""
    keys.rotate(made, "online", [stick], ask, now=now())
    second = made.folder / "2.root.json"
    good = second.read_bytes()
    stranger = keys.make(tmp_path / "other", tmp_path / "other", ask, now=now())
    forged = keys.rotate(stranger, "online", [stranger.folder], ask, now=now())
    for bad, message in [
        (json.dumps(json.loads(good) | {"signatures": []}).encode(), "not signed by the root keys"),
        (forged.content(2), "not signed by the root keys"),
        (made.content(1), "should be 2"),
        (b"[]", "no root metadata"),
        (b"\xff", "no root metadata"),
    ]:
        second.write_bytes(bad)
        with pytest.raises(BuildError, match=message):
            Keys.read(made.folder)


def test_keys_are_not_made_where_they_would_be_committed_or_over_others(made: Keys, tmp_path: Path) -> None:
    """A repository keeps what was in it once."""
    (tmp_path / "project/.git").mkdir(parents=True)
    with pytest.raises(BuildError, match="is in the repository"):
        keys.make(tmp_path / "project/deep/keys", tmp_path / "stick", ask, now=now())
    with pytest.raises(BuildError, match="has keys already"):
        keys.make(made.folder, tmp_path / "stick", ask, now=now())


def test_there_are_no_keys_in_an_empty_folder(tmp_path: Path) -> None:
    """What to do about it is said."""
    with pytest.raises(BuildError, match="hipflask keys make"):
        Keys.read(tmp_path)


def test_the_commands_make_show_and_replace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As somebody does it in a shell, with the passphrase in the environment or typed twice."""
    folder, stick = str(tmp_path / "keys"), str(tmp_path / "stick")
    run = CliRunner().invoke
    made = run(commands.keys, ["make", folder, "--offline", stick], input=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert made.exit_code == 0, made.output
    assert "Keep the root keys offline" in made.output
    assert PASSPHRASE not in made.output
    monkeypatch.setenv(commands.PASSPHRASE, PASSPHRASE)
    rotated = run(commands.keys, ["rotate", "online", folder, "--offline", stick])
    assert rotated.exit_code == 0, rotated.output
    assert "Root metadata, version 2: good for" in rotated.output
    shown = run(commands.keys, ["show", folder])
    assert shown.output.count("online-") == 2
    assert "counts no more" in shown.output
    renewed = run(commands.keys, ["renew", folder, "--offline", stick])
    assert "version 3" in renewed.output


def test_showing_says_what_has_expired(made: Keys) -> None:
    """Before somebody finds out by publishing."""
    assert "expired 70 days ago" in keys.describe(made, now(800.5))[0]
