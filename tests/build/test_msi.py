"""The .msi, made here and run in Wine by Windows Installer's own commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from wine import (
    NAME,
    Make,
    Wine,
    bundle_of,
    contents,
    is_signed,
    maker,
    project_of,
    seen_from_inside,
    signer,
    starts,
)

from hipflask.build.platforms import msi
from hipflask.core.errors import BuildError
from lacking import lacking

OWN = "com.example.stock"
CLASSES = r"Software\Classes"
# What it brings beside the bundle.
BESIDE = {"managed": b"msi\n", "trying": b""}


@pytest.fixture(autouse=True)
def wixl() -> None:
    if msi.needs():
        lacking("wixl")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return maker(tmp_path, msi.make, "stock.msi")


@pytest.fixture
def clean(windows: Wine) -> Iterator[Wine]:
    """A Windows in which nothing is installed, and in which nothing is afterwards."""
    msiexec.packages.clear()
    yield windows
    for package in reversed(msiexec.packages):
        if not (windows.programs / NAME).exists():
            break
        windows.run("msiexec", "/x", seen_from_inside(package), "/qn")
    shutil.rmtree(windows.programs, ignore_errors=True)


class Msiexec:
    """Windows Installer, asked nothing and asking nothing; it remembers what it has installed."""

    def __init__(self) -> None:
        self.packages: list[Path] = []

    def install(self, windows: Wine, package: Path) -> int:
        self.packages.append(package)
        return windows.run("msiexec", "/i", seen_from_inside(package), "/qn")

    def remove(self, windows: Wine, package: Path) -> int:
        return windows.run("msiexec", "/x", seen_from_inside(package), "/qn")


msiexec = Msiexec()


def test_the_same_bundle_is_the_same_package_from_another_folder(make: Make) -> None:
    """Neither the time nor a random number is in it; another version is another package and another product."""
    _, first = make()
    bundle, second = make()
    for path in bundle.root.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    time.sleep(2.1)  # a cabinet counts in steps of two seconds
    msi.make(bundle, second)
    assert first.read_bytes() == second.read_bytes()
    _, other = make("1.5.0")
    assert len({_code(each) for each in (first, other)}) == 2
    assert len({_property(each, "ProductCode") for each in (first, other)}) == 2
    assert len({_property(each, "UpgradeCode") for each in (first, other)}) == 1


def _told(*command: str | Path) -> str:
    if shutil.which("msiinfo") is None:
        lacking("msiinfo")
    return subprocess.run(["msiinfo", *command], capture_output=True, text=True, check=True).stdout


def _code(package: Path) -> str:
    return next(line for line in _told("suminfo", package).splitlines() if "UUID" in line)


def _property(package: Path, name: str) -> str:
    rows = (line.split("\t") for line in _told("export", package, "Property").splitlines())
    return next(row[1] for row in rows if row[0] == name)


def test_a_file_of_two_versions_is_one_component(make: Make) -> None:
    """Windows counts who needs a component: its code must be of what it is, and no two files share one."""
    (_, first), (_, second) = make("1.4.0"), make("1.5.0")
    codes = []
    for package in (first, second):
        rows = [line.split("\t") for line in _told("export", package, "Component").splitlines()[3:]]
        codes.append({row[1] for row in rows})
        assert len(codes[-1]) == len(rows)
    assert codes[0] & codes[1]  # the launcher, current, managed
    assert codes[0] - codes[1]  # what is in the layers


def test_it_installs_for_one_user_and_goes_without_a_trace(clean: Wine, make: Make) -> None:
    """`msiexec /qn`: every file, the shortcut, what it opens; the program is told who brings new versions."""
    before = clean.registry()
    bundle, package = make()
    assert msiexec.install(clean, package) == 0
    home = clean.programs / NAME
    assert contents(home) == contents(bundle.root) | BESIDE
    link = (clean.menu / f"{NAME}.lnk").read_bytes()
    assert f"{NAME}.exe".encode("utf-16-le") in link
    registry = clean.registry()
    place = rf"C:\users\{clean.home.name}\AppData\Local\Programs\{NAME}"
    assert registry[rf"{CLASSES}\.stück\OpenWithProgids"] == {f"{OWN}.stück": ""}
    assert registry[rf"{CLASSES}\.stück"] == {}  # which program it is that opens them is a policy's to say
    assert registry[rf"{CLASSES}\{OWN}.stück\shell\open\command"] == {"": rf'"{place}\{NAME}.exe" "%1"'}
    assert registry[rf"Software\{OWN}\Capabilities\URLAssociations"] == {"stock": f"{OWN}.url"}
    assert registry[r"Software\Microsoft\Windows\CurrentVersion\Run"][OWN] == rf'"{place}\{NAME}.exe"'
    (home / "trying").write_text("held")  # as the launcher does
    assert msiexec.remove(clean, package) == 0
    assert not home.exists()
    assert not (clean.menu / f"{NAME}.lnk").exists()
    after = clean.registry()
    assert _told_by_programs(after) == _told_by_programs(before)


def _told_by_programs(registry: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """All but the accounts that Windows Installer keeps, and keys that only were there to hold something."""
    return {key: values for key, values in registry.items() if values and "Installer" not in key}


@pytest.mark.parametrize(("earlier", "later"), [("1.9.0", "1.10.0"), ("1.4.0rc1", "1.4.0")])
def test_a_later_version_takes_the_place_of_an_earlier_one(
    clean: Wine, make: Make, earlier: str, later: str
) -> None:
    """Nothing of the earlier one stays; one that Windows takes for the same version is replaced as well."""
    _, first = make(earlier)
    bundle, second = make(later)
    assert msiexec.install(clean, first) == 0
    (clean.programs / NAME / "current").write_text("changed since")
    assert msiexec.install(clean, second) == 0
    assert contents(clean.programs / NAME) == contents(bundle.root) | BESIDE


def test_an_earlier_version_takes_nobodys_place(clean: Wine, make: Make) -> None:
    """Windows Installer refuses it."""
    bundle, newer = make("1.10.0")
    _, older = make("1.9.0")
    assert msiexec.install(clean, newer) == 0
    assert clean.run("msiexec", "/i", seen_from_inside(older), "/qn") != 0
    assert contents(clean.programs / NAME) == contents(bundle.root) | BESIDE


def test_what_is_installed_starts_and_is_signed(clean: Wine, make: Make, tmp_path: Path) -> None:
    """The package, and the true launcher in it."""
    _, package = make(launcher=None, hooks={"sign-windows": signer(tmp_path)})
    assert is_signed(package, tmp_path)
    assert msiexec.install(clean, package) == 0
    program = clean.programs / NAME / f"{NAME}.exe"
    assert is_signed(program, tmp_path)
    assert starts(clean, program, tmp_path)


def test_brackets_stand_for_themselves(clean: Wine, make: Make) -> None:
    """To Windows Installer they are the names of properties."""
    _, package = make(description="[all] of [ProductName]")
    assert msiexec.install(clean, package) == 0
    said = clean.registry()[rf"Software\{OWN}\Capabilities"]
    assert said["ApplicationDescription"] == "[all] of [ProductName]"


@pytest.mark.parametrize("version", ["2026.11.22", "1.256.0", "1.2.65536", "1.2.3.4"])
def test_a_version_that_windows_installer_cannot_compare_is_refused(make: Make, version: str) -> None:
    """It would cut it off without a word, and take the next version for this one."""
    with pytest.raises(BuildError, match="make a setup"):
        make(version)


def test_without_wixl_it_is_said_where_to_get_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each system; and what can be made without it."""
    monkeypatch.setenv("PATH", "/nonexistent")
    sentence = msi.needs()
    assert sentence is not None
    for word in ("wixl", "apt install wixl", "brew install msitools", "MSYS2", "setup.exe and the zip"):
        assert word in sentence
    with pytest.raises(BuildError, match="apt install wixl"):
        make()


def test_sixteen_hundred_files_take_seconds(tmp_path: Path) -> None:
    """A Python has as many; wixl must not take the square of them."""
    bundle = bundle_of(tmp_path, project_of(tmp_path))
    folder = bundle.root / bundle.release.home("runtime", Path()) / "Lib"
    for number in range(1600):
        (folder / f"module_{number}.py").touch()
    msi.make(bundle, tmp_path / "stock.msi")
    assert len(_told("export", tmp_path / "stock.msi", "File").splitlines()) > 1600
