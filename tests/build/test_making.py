"""Which targets and formats the words of a command line mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipflask.build.assemble import Choices
from hipflask.build.making import make, targets_of
from hipflask.build.reading.configuration import read_project
from hipflask.build.targets import ALL, Target
from hipflask.core.errors import BuildError


def test_targets_are_named_as_people_name_them() -> None:
    assert targets_of([], None) == (Target.host(),)
    assert targets_of(["windows", "Windows", "macos"], None) == (
        Target("windows", "x86_64"),
        Target("macos", "aarch64"),
    )
    assert targets_of(["linux"], "arm64") == (Target("linux", "aarch64"),)
    assert targets_of(["windows-aarch64"], None) == (Target("windows", "aarch64"),)
    assert targets_of(["all"], None) == ALL
    assert {target.machine for target in targets_of(["all"], "x64")} == {"x86_64"}


@pytest.mark.parametrize(("system", "machine"), [("beos", None), ("linux", "m68k")])
def test_what_is_no_target_is_refused_with_those_that_are(system: str, machine: str | None) -> None:
    with pytest.raises(BuildError, match=r"Write windows, macos or linux|Write x86_64 or aarch64"):
        targets_of([system], machine)


def test_a_format_of_another_system_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    project = read_project("app.py", _app(tmp_path))
    with pytest.raises(
        BuildError, match=r"no format .msi. for linux\. Write tar\.gz, deb, appimage or folder"
    ):
        make(project, Target("linux", "x86_64"), tmp_path / "dist", ["msi"], Choices(), lambda _: None)
    assert not (tmp_path / "dist").exists()


def _app(folder: Path) -> Path:
    (folder / "app.py").write_text("from hipflask import Hipflask\napp = Hipflask(__name__)\n")
    return folder
