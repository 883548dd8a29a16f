"""`hipflask` in a folder whose pyproject.toml says which program it is about."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "stock.py").write_text(
        "from hipflask import Hipflask, ui\nit = Hipflask(__name__)\n\n@it.window('/shelves')\ndef shelves():\n    ui.text('full')\n"
    )
    (tmp_path / "pyproject.toml").write_text('[tool.hipflask]\napp = "stock:it"\nname = "Stock"\n')
    return tmp_path


def hipflask(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hipflask.cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_projects_app_is_the_one_that_is_meant(project: Path) -> None:
    done = hipflask(project, "routes")
    assert "/shelves" in done.stdout, done.stderr


def test_a_table_that_cannot_be_is_said_in_a_sentence(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.hipflask]\napp = 3\n")
    done = hipflask(project, "routes")
    assert done.returncode == 1
    assert "what [tool.hipflask] says cannot be" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_workflow_is_printed_and_nothing_else(project: Path) -> None:
    done = hipflask(project, "build", "--ci", "github")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# Written by")
    assert 'NAME: "Stock"' in done.stdout


def test_the_doctor_says_what_is_here(project: Path) -> None:
    done = hipflask(project, "doctor")
    assert done.returncode == 0, done.stderr
    assert "windows-x86_64" in done.stdout
    assert "launcher" in done.stdout
