"""`hipflask new`: what it makes runs and passes its tests at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hipflask.cli import CommandLine, new
from hipflask.devtools import new as devtools

FOLDERS = {path.name for path in (Path(devtools.__file__).parent / "templates").iterdir()} - {"common"}


# Plugins of pytest that are here for other tests are nothing that a new project has, and take seconds to load.
ENVIRONMENT = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """What a person would call in the project's folder."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_every_template_can_be_asked_for() -> None:
    [option] = [each for each in new.params if each.name == "template"]
    assert isinstance(option.type, click.Choice)
    assert set(option.type.choices) == FOLDERS


@pytest.mark.parametrize("template", sorted(FOLDERS))
def test_a_new_project_passes_its_own_tests(tmp_path: Path, template: str) -> None:
    made = run(tmp_path, "-m", "hipflask.cli", "new", "my-own", "--template", template)
    assert made.returncode == 0, made.stderr
    assert "hipflask run --debug" in made.stdout
    tested = run(tmp_path / "my-own", "-m", "pytest", "-W", "error", "-p", "no:cacheprovider")
    assert tested.returncode == 0, tested.stdout
    assert " passed" in tested.stdout


@pytest.mark.parametrize("template", sorted(FOLDERS))
def test_a_new_project_is_found_by_the_command_line(tmp_path: Path, template: str) -> None:
    """`hipflask run` in its folder finds the app, and its first page is answered."""
    devtools.new(tmp_path / "my-own", template)
    code = (
        "from flask.cli import ScriptInfo\n"
        "app = ScriptInfo().load_app()\n"
        "app.testing = True\n"
        "assert app.test_client().get('/', follow_redirects=True).status_code == 200\n"
    )
    answered = run(tmp_path / "my-own", "-c", code)
    assert answered.returncode == 0, answered.stderr


def test_the_name_stands_where_it_belongs(tmp_path: Path) -> None:
    made = devtools.new(tmp_path / "line-up", "hello")
    assert Path(".gitignore") in made
    texts = {str(file): (tmp_path / "line-up" / file).read_text() for file in made}
    assert 'name = "line-up"' in texts["pyproject.toml"]
    assert 'title="line-up"' in texts["app.py"]
    assert not any("PROJECT-NAME" in text for text in texts.values())


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_there_is_left_alone(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "mine"
    place.mkdir() if kind == "folder" else place.write_text("precious")
    answer = run(tmp_path, "-m", "hipflask.cli", "new", "mine")
    assert answer.returncode == 1
    assert answer.stderr == "Error: mine is there already. Choose another name, or move it away first.\n"
    assert not list(place.iterdir()) if kind == "folder" else place.read_text() == "precious"


@pytest.mark.parametrize("name", ["a b", "9lives", "-x", "päckchen", "a--b", "..", "flask", "App", "class"])
def test_an_odd_name_is_refused_with_a_better_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(CommandLine(), ["new", "--", name])
    assert answer.exit_code == 1
    assert "hipflask new " in answer.output
    assert list(tmp_path.iterdir()) == []
