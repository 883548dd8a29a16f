"""`hipflask publish`, as the shell has it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from publishing import LINUX, ONE, SOME, TWO, Installed, Place

from hipflask.build.bundle import Bundle
from hipflask.build.current import Current
from hipflask.build.publish import commands


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
