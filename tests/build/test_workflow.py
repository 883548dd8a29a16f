"""The workflow that `hipflask build --ci github` prints."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import pytest

from hipflask.build.bundle import Bundle
from hipflask.build.platforms import USUAL, platform_of
from hipflask.build.project import Project
from hipflask.build.reading.configuration import read_project
from hipflask.build.release import Release
from hipflask.build.targets import ALL, Target
from hipflask.build.workflow import github
from lacking import lacking


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(
        folder=tmp_path, source=tmp_path, app="stock", files=(), id="com.example.stock", name="Lager & Größen", program="stock",
        version="1.4.0", publisher="Example Ltd", description="Stock",
    )  # fmt: skip


def scripts(text: str, shell: str) -> list[str]:
    """What the steps run, in one shell; bash is what is used where none is named."""
    found = []
    for step in re.split(r"^      - ", text, flags=re.MULTILINE)[1:]:
        named = re.search(r"^ *shell: (\w+)$", step, re.MULTILINE)
        block = re.search(r"^( *)run: \|\n((?:\1  .*\n)+)", step, re.MULTILINE)
        line = re.search(r"^ *(?:- )?run: ([^|\n].*)$", step, re.MULTILINE)
        if (named[1] if named else "bash") == shell and (block or line):
            script = block[2] if block else line[1]  # type: ignore[index]
            found.append(re.sub(r"\$\{\{.*?\}\}", "X", script))
    return found


def test_the_same_project_is_the_same_text(project: Project) -> None:
    """Wherever it stands, as long as it stands at the same place of its repository."""
    assert github(project) == github(
        replace(project, folder=project.folder / "..", source=project.folder / "..")
    )


def test_every_script_is_one_that_bash_reads(project: Project) -> None:
    """Also with a name that has every sign in it which means something to a shell."""
    bash = shutil.which("bash")
    if bash is None:
        lacking("bash")
    strange = replace(project, name='It\'s "$HOME" `id` \\ & #1: {x}')
    found = scripts(github(strange), "bash")
    assert len(found) >= 8
    for script in found:
        done = subprocess.run([bash, "-n"], input=script, capture_output=True, text=True, check=False)  # type: ignore[list-item]
        assert done.returncode == 0, f"{script}\n{done.stderr}"


def test_names_are_given_as_variables(project: Project) -> None:
    """So no shell ever reads them as a part of a command."""
    for name in ('It\'s "$HOME" `id`', "在庫", "a: b # c"):
        text = github(replace(project, name=name))
        (line,) = (line for line in text.splitlines() if line.startswith("  NAME:"))
        assert json.loads(line.partition(":")[2]) == name
        assert name not in text.replace(line, "")


def test_each_kind_of_computer_tries_what_was_built_for_it(project: Project) -> None:
    """All six; what a job looks for is called as the formats call it."""
    text = github(project)
    for target in ALL:
        (job,) = re.findall(rf"^  {target.system}:\n(?:(?:    .*)?\n)+", text, re.MULTILINE)
        rows = re.findall(r"\{ runner: ([\w.-]+), machine: (\w+), debian: (\w+) \}", job)
        assert {machine for _, machine, _ in rows} == {"x86_64", "aarch64"}
        (debian,) = (debian for _, machine, debian in rows if machine == target.machine)
        job = job.replace("${{ matrix.machine }}", target.machine).replace("${{ matrix.debian }}", debian)
        patterns = re.findall(r"\*[-_][\w.-]+", job)
        files = _files(project, target)
        assert patterns and all(any(fnmatch(file, pattern) for file in files) for pattern in patterns), (
            patterns,
            files,
        )
        assert "--selftest" in job and "needs: build" in job and "GITHUB_STEP_SUMMARY" in job


def _files(project: Project, target: Target) -> list[str]:
    """What a build of this target makes."""
    ids = dict.fromkeys(("runtime", "packages", "app"), "0" * 64)
    release = Release(project.id, project.name, project.version, target.name, "stable", "3.14.7", "", **ids)
    bundle = Bundle(project, target, release, (), project.folder, project.folder)
    formats = platform_of(target).FORMATS
    return [formats[name].file_name(bundle) for name in USUAL[target.system]]


def test_every_file_that_is_tried_is_uploaded(project: Project) -> None:
    """And the folders of the bundles are not."""
    patterns = re.findall(r"/bundles/(\*\S+)", github(project))
    for target in ALL:
        assert all(any(fnmatch(file, pattern) for pattern in patterns) for file in _files(project, target))


def test_a_program_without_a_console_is_waited_for(project: Project) -> None:
    """PowerShell goes on at once when it calls one; and what failed must fail the job."""
    for script in scripts(github(project), "pwsh"):
        started = [
            line for line in script.splitlines() if ".exe" in line and "Test-Path" not in line and "=" in line
        ]
        assert not [line for line in started if line.strip().startswith("&")]
        assert script.count("Start-Process") == script.count("-Wait")
        assert script.count("-PassThru") == script.count("$done.ExitCode -ne 0")
        assert "throw" in script


@pytest.mark.parametrize("layout", ["app.py", "stock.py", "stock/__init__.py", "src/stock/__init__.py"])
@pytest.mark.parametrize("place", ["", "desktop"])
def test_the_build_finds_the_program(tmp_path: Path, layout: str, place: str) -> None:
    """In whatever folder of its repository it is: what `--app` says there means what was meant here."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / place
    file = folder / layout
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("from hipflask import Hipflask\napp = Hipflask(__name__)\n")
    (folder / "pyproject.toml").write_text('[project]\nname = "stock"\nversion = "1.0"\n[tool.hipflask]\n')
    name = "app" if layout == "app.py" else "stock"
    project = read_project(name, folder)
    text = github(project)
    (where,) = re.findall(r"working-directory: (.*)", text)
    (said,) = re.findall(r"hipflask --app (\S+) build", text)
    again = read_project(said, tmp_path / json.loads(where))
    assert (again.app, again.source, again.folder) == (project.app, project.source, project.folder)
    assert f"hashFiles('{place}/hipflask.lock'".replace("'/", "'") in text
