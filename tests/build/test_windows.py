"""What surrounds the layers on Windows, what may be called how there, and the zip."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from wine import Wine, bundle_of, contents, is_signed, project_of, signer, starts

from hipflask.build.launcher import binary
from hipflask.build.platforms import platform_of
from hipflask.build.platforms.icons import ICO_SIZES
from hipflask.build.platforms.names import check, check_name
from hipflask.build.platforms.pe import ICON, MANIFEST, MANIFEST_KIND, VERSION, resources
from hipflask.build.platforms.windows import FORMATS, folder_name, frame, root_in
from hipflask.build.targets import Target
from hipflask.core.errors import BuildError

NAME = "Lager & Größen"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_launcher_has_the_programs_icon_and_name(tmp_path: Path, machine: str) -> None:
    """And is the launcher of its own kind of computer, with Hipflask's manifest."""
    target = Target.parse("windows", machine)
    bundle = bundle_of(tmp_path, project_of(tmp_path))
    frame(bundle.project, target, bundle.release, tmp_path / "framed")
    assert [path.name for path in (tmp_path / "framed").iterdir()] == [f"{NAME}.exe"]
    made = (tmp_path / "framed" / f"{NAME}.exe").read_bytes()
    found = resources(made)
    assert sum(kind == ICON for kind, _ in found) == len(ICO_SIZES)
    assert found[MANIFEST_KIND, 1] == MANIFEST
    for said in (NAME, "1.4.0", 'Müller "& Söhne" $1', f"{NAME}.exe"):
        assert said.encode("utf-16-le") in found[VERSION, 1]
    plain = binary(target).read_bytes()
    processor = int.from_bytes(plain[0x3C:0x40], "little") + 4
    assert made[processor : processor + 2] == plain[processor : processor + 2]


def test_the_launcher_is_signed(tmp_path: Path) -> None:
    """After its icon and name are in it."""
    project = project_of(tmp_path, hooks={"sign-windows": signer(tmp_path)})
    bundle_of(tmp_path, project, launcher=None)
    assert is_signed(tmp_path / "bundle" / f"{NAME}.exe", tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "CON",
        "nul",
        "Com1",
        "LPT¹",
        "aux.tool",
        "a:b",
        'a"b',
        "a/b",
        "a\\b",
        "what?",
        "a.",
        "a ",
        " a",
        "",
        "x" * 65,
    ],
)
def test_a_name_that_windows_cannot_have_is_refused_first(tmp_path: Path, name: str) -> None:
    """Before anything is downloaded or written: the folder's name is asked for at the beginning."""
    bundle = bundle_of(tmp_path, project_of(tmp_path))
    project = project_of(tmp_path, name=name)
    for use in (lambda: check_name(name), lambda: folder_name(project)):
        with pytest.raises(BuildError, match="name"):
            use()
    with pytest.raises(BuildError, match="name"):
        frame(project, bundle.target, bundle.release, tmp_path / "framed")
    assert not (tmp_path / "framed").exists()


@pytest.mark.parametrize(
    "name", ["Stock", "Lager & Größen", "Console", "COM10", "在庫", "v1.2", ".stock", "R&D (50%)"]
)
def test_other_names_are_taken(tmp_path: Path, name: str) -> None:
    """Of any letters."""
    assert folder_name(project_of(tmp_path, name=name)) == name


@pytest.mark.parametrize("path", ["flask/aux.py", "flask/a:b.py", "flask/end.", "nul/x.py"])
def test_a_file_that_windows_cannot_have_is_found_when_building(tmp_path: Path, path: str) -> None:
    """The message names it."""
    bundle = bundle_of(tmp_path, project_of(tmp_path))
    check(bundle)
    file = bundle.root / bundle.release.home("packages", Path()) / path
    file.parent.mkdir(exist_ok=True)
    file.touch()
    with pytest.raises(BuildError, match=path):
        FORMATS["zip"].make(bundle, tmp_path / "stock.zip")
    assert not (tmp_path / "stock.zip").exists()


def test_two_files_that_are_one_on_windows_are_found_when_building(tmp_path: Path) -> None:
    """Capital letters make no difference there."""
    bundle = bundle_of(tmp_path, project_of(tmp_path))
    folder = bundle.root / bundle.release.home("packages", Path()) / "flask"
    (folder / "größe.py").touch()
    (folder / "GRÖSSE.py").touch()
    check(bundle)  # ß and SS are two
    (folder / "GRÖßE.py").touch()
    with pytest.raises(BuildError, match="one file on Windows"):
        check(bundle)


def test_the_zip_is_the_bundle_in_one_folder(tmp_path: Path) -> None:
    """The same bytes from another folder."""
    made = []
    for place in ("one", "another"):
        folder = tmp_path / place
        folder.mkdir()
        bundle = bundle_of(folder, project_of(folder))
        assert root_in(bundle.folder, bundle.project) == bundle.root
        zipped = folder / FORMATS["zip"].file_name(bundle)
        assert zipped.name == "stock-1.4.0-windows-x86_64.zip"
        FORMATS["zip"].make(bundle, zipped)
        made.append(zipped.read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(zipped) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"{NAME}/{path}": content for path, content in contents(bundle.root).items()
        }


def test_the_zip_runs_where_it_is_unpacked(windows: Wine, tmp_path: Path) -> None:
    """With the true launcher, in a folder with a space in its name."""
    bundle = bundle_of(tmp_path, project_of(tmp_path), launcher=None)
    FORMATS["zip"].make(bundle, tmp_path / "stock.zip")
    with zipfile.ZipFile(tmp_path / "stock.zip") as archive:
        archive.extractall(tmp_path / "un packed")
    assert starts(windows, tmp_path / "un packed" / NAME / f"{NAME}.exe", tmp_path)


def test_windows_has_these_formats() -> None:
    """What people can run first; each under its own name."""
    platform = platform_of(Target.parse("windows"))
    assert list(platform.FORMATS) == ["setup.exe", "msi", "zip"]
    assert all(name == each.name for name, each in platform.FORMATS.items())
