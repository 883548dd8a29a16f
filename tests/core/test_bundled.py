"""What a program knows of itself in a bundle."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from hipflask import Hipflask
from hipflask.core import bundled
from hipflask.core.errors import HipflaskError


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release that the launcher has started."""
    file = tmp_path / "release"
    file.write_text("hipflask=1\nid=com.example.stock\nname=Lager für Büros\n", encoding="utf-8")
    monkeypatch.setenv(bundled.VARIABLE, str(file))
    return file


def test_from_its_source_a_program_is_in_no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(bundled.VARIABLE, raising=False)
    assert bundled.program_id() is None
    assert bundled.program_name() is None
    assert not bundled.has_splash()
    with pytest.raises(HipflaskError, match="no bundle"):
        bundled.app_folder()


def test_the_release_says_who_it_is(release: Path) -> None:
    assert (bundled.program_id(), bundled.program_name()) == ("com.example.stock", "Lager für Büros")


def test_what_is_no_release_is_named(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.write_text("id=x\n")
    monkeypatch.setenv(bundled.VARIABLE, str(other))
    with pytest.raises(ValueError, match="other, which HIPFLASK_BUNDLE names, is no release"):
        bundled.program_id()


def test_the_apps_layer_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / bundled.DESCRIPTION).write_text(json.dumps({"app": "stock"}))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert bundled.app_folder() == tmp_path
    assert bundled.description() == {"app": "stock"}


def test_the_instance_folder_is_with_the_users_data(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an existing Flask app keeps there must not go with the next version."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert "com.example.stock" in Hipflask("stock", root_path=str(tmp_path)).instance_path
    assert Hipflask("stock", instance_path=str(tmp_path / "own")).instance_path == str(tmp_path / "own")
