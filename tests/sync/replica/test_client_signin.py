"""The token is found where it was kept, and nobody else can read it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from hipflask.core.errors import EntryError
from hipflask.sync.replica.signin import FILE, SERVICE, SignIn

URL = "https://hub.example.com"
keyring = pytest.importorskip("keyring")


class Keyring(keyring.backend.KeyringBackend):
    """A keyring of this test's own."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[Keyring]:
    """The system's keyring, as far as this process knows."""
    before = keyring.get_keyring()
    ring = Keyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def no_ring() -> Iterator[None]:
    """A system without one: asking it fails."""
    from keyring.backends import fail

    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


def device(folder: Path, given: str | None = None, url: str = URL) -> SignIn:
    return SignIn(url, folder, lambda: given)


def test_the_keyring_keeps_it(ring: Keyring, tmp_path: Path) -> None:
    """Under the hub's address; nothing is written beside the data."""
    device(tmp_path).keep(" hf-abc ")
    assert ring.kept == {(SERVICE, URL): "hf-abc"}
    assert device(tmp_path).token() == "hf-abc"
    assert list(tmp_path.iterdir()) == []


def test_it_is_forgotten(ring: Keyring, tmp_path: Path) -> None:
    """Also by this very process."""
    signin = device(tmp_path)
    signin.keep("hf-abc")
    signin.forget()
    assert (signin.token(), ring.kept) == (None, {})


def test_without_a_keyring_a_file_keeps_it_for_its_owner_alone(no_ring: None, tmp_path: Path) -> None:
    """One line for each hub, and no rights for others, not even for a moment."""
    folder = tmp_path / "instance"
    before = os.umask(0)
    try:
        device(folder).keep("hf-abc")
        device(folder, url="https://other.example.com").keep("hf-other")
    finally:
        os.umask(before)
    assert device(folder).token() == "hf-abc"
    assert [file.name for file in folder.iterdir()] == [FILE]
    if os.name == "posix":
        assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    device(folder).forget()
    assert device(folder).token() is None
    assert device(folder, url="https://other.example.com").token() == "hf-other"


def test_the_configuration_comes_first(ring: Keyring, tmp_path: Path) -> None:
    """For servers and tests; signing in by hand counts for as long as the program runs."""
    ring.kept[SERVICE, URL] = "hf-ring"
    signin = device(tmp_path, given="hf-given")
    assert signin.token() == "hf-given"
    signin.keep("hf-typed")
    assert signin.token() == "hf-typed"


def test_a_damaged_file_is_no_token(no_ring: None, tmp_path: Path) -> None:
    """And is written anew by the next sign-in."""
    (tmp_path / FILE).write_text('["no')
    assert device(tmp_path).token() is None
    device(tmp_path).keep("hf-abc")
    assert device(tmp_path).token() == "hf-abc"


@pytest.mark.parametrize("typed", ["", "  ", "two words", "naïve", "a\nb", "a\x00b"])
def test_what_cannot_be_a_token_is_refused(typed: str, ring: Keyring, tmp_path: Path) -> None:
    """It would go into a header as it is."""
    with pytest.raises(EntryError, match="one word"):
        device(tmp_path).keep(typed)
