"""setup.exe as a file: the same bytes from anywhere, and what is told where it cannot be made."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest
from wine import NAME, Make, bundle_of, maker, project_of

from hipflask.build.platforms import nsis
from hipflask.core.errors import BuildError

pytestmark = pytest.mark.usefixtures("makensis")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return maker(tmp_path, nsis.make, "setup.exe")


def test_the_same_bundle_is_the_same_setup_file_from_another_folder(make: Make) -> None:
    """Neither where it was made is in it, nor when, nor how old the files were."""
    _, first = make()
    bundle, second = make()
    for path in bundle.root.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    nsis.make(bundle, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_signing_command_that_fails_says_why(make: Make, tmp_path: Path) -> None:
    """Already for the uninstaller, where makensis is in between; there is no setup file then."""
    script = tmp_path / "no.sh"
    script.write_text("#!/bin/sh\necho 'the token is not plugged in'\nexit 3\n")
    script.chmod(0o755)
    with pytest.raises(BuildError, match="the token is not plugged in"):
        make(hooks={"sign-windows": f"{script} {{file}}"})
    assert not list(tmp_path.rglob("setup.exe"))


def test_without_makensis_it_is_said_where_to_get_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each system; and what can be made without it."""
    monkeypatch.setenv("PATH", "/nonexistent")
    sentence = nsis.needs()
    assert sentence is not None
    for word in (
        "makensis",
        "apt install nsis",
        "brew install makensis",
        "winget install",
        "zip needs nothing",
    ):
        assert word in sentence
    with pytest.raises(BuildError, match="apt install nsis"):
        make()


def test_a_path_that_is_too_long_for_windows_is_found_when_building(tmp_path: Path) -> None:
    """For the longest name that a user can have; the message says by how much."""
    bundle = bundle_of(tmp_path, project_of(tmp_path))
    deep = bundle.root / bundle.release.home("app", PurePosixPath()) / "folder"  # type: ignore[arg-type]
    deep.mkdir()
    length = 259 - len(
        rf"C:\{'Users'}\{20 * 'x'}\AppData\Local\Programs\{NAME}\layers\0123456789abcdef\folder\.py"
    )
    (deep / f"{length * 'x'}.py").touch()
    nsis.make(bundle, tmp_path / "setup.exe")
    (deep / f"{length * 'y'}y.py").touch()
    with pytest.raises(BuildError, match=r"yyy\.py would have 260 characters.* 1 shorter"):
        nsis.make(bundle, tmp_path / "setup.exe")


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("1.4.0", "1.4.0.0"),
        ("1.4.0rc1", "1.4.0.0"),
        ("2026.11.22.5.6", "2026.11.22.5"),
        ("1.100000", "1.65535.0.0"),
        ("7", "7.0.0.0"),
    ],
)
def test_a_version_is_four_numbers_to_windows(version: str, numbers: str) -> None:
    """Whatever a project calls it."""
    assert nsis.numbers_of(version) == numbers
