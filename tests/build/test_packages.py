"""A bundle's site-packages: for another system, from files with checksums alone, the same bytes every time."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bundles import project
from wheels import Shelf, needs_uv

import hipflask
from hipflask.build.layer import Layer
from hipflask.build.packages.framework import files_in_a_bundle
from hipflask.build.packages.install import install
from hipflask.build.packages.pruning import RULES, prune
from hipflask.build.packages.requirements import requirements_of
from hipflask.build.packages.resolving import resolve
from hipflask.build.targets import Target
from hipflask.core.errors import BuildError

LINUX, WINDOWS, MACOS = (Target.parse(system) for system in ("linux", "windows", "macos"))
SOURCE = Path(hipflask.__file__).parent


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    needs_uv()
    return Shelf(tmp_path, monkeypatch)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def files(folder: Path) -> set[str]:
    """What stands in a folder, besides the framework."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {path for path in paths if not path.startswith("hipflask")}


def test_two_installs_are_the_same_bytes(shelf: Shelf, cache: Path, tmp_path: Path) -> None:
    """Into two folders, with two caches, at two times."""
    pins = [shelf.wheel("apples"), shelf.wheel("pears", files={"pears/data.json": "{}"})]
    install(pins, LINUX, 14, tmp_path / "a", cache=cache)
    install(list(reversed(pins)), LINUX, 14, tmp_path / "somewhere else" / "b", cache=tmp_path / "other")
    one, two = Layer.of("packages", tmp_path / "a"), Layer.of("packages", tmp_path / "somewhere else" / "b")
    assert one.files == two.files
    assert {"apples/__init__.py", "pears/data.json", "apples-1.0.dist-info/METADATA"} <= files(tmp_path / "a")


def test_nothing_in_it_speaks_of_the_computer_that_built(shelf: Shelf, cache: Path, tmp_path: Path) -> None:
    """No folder of it, no user, no version of its tools."""
    entry = {"apples-1.0.dist-info/entry_points.txt": "[console_scripts]\napples = apples:main\n"}
    pins = [shelf.wheel("apples", files=entry), shelf.source("pears")]
    install(pins, LINUX, 14, tmp_path / "a", cache=cache)
    everything = b"".join((tmp_path / "a" / path).read_bytes() for path in files(tmp_path / "a"))
    assert str(tmp_path).encode() not in everything
    assert sys.prefix.encode() not in everything
    assert b"Generator" not in everything
    assert "apples-1.0.dist-info/entry_points.txt" in files(tmp_path / "a"), "packages are found by these"
    assert not any(path.startswith("bin/") for path in files(tmp_path / "a"))


def test_a_second_build_takes_what_the_first_has_kept(
    shelf: Shelf, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without uv; and what is asked for otherwise is installed anew."""
    said: list[str] = []
    pins = [shelf.wheel("apples")]
    install(pins, LINUX, 14, tmp_path / "a", cache=cache, say=said.append)
    assert said == ["Installing 1 packages for linux-x86_64"]
    install(pins, WINDOWS, 14, tmp_path / "w", cache=cache, say=said.append)
    assert len(said) == 2
    monkeypatch.setattr("hipflask.build.packages.uv.find", lambda: pytest.fail("uv was asked"))
    install(pins, LINUX, 14, tmp_path / "b", cache=cache, say=said.append)
    assert len(said) == 2
    assert Layer.of("packages", tmp_path / "a").id == Layer.of("packages", tmp_path / "b").id


def test_a_failed_install_leaves_nothing_in_the_cache(shelf: Shelf, cache: Path, tmp_path: Path) -> None:
    """The next build would take it for good."""
    wrong = replace(shelf.wheel("apples"), sha256="0" * 64)
    with pytest.raises(BuildError):
        install([wrong], LINUX, 14, tmp_path / "a", cache=cache)
    assert not list((cache / "packages").iterdir())


def test_a_file_that_is_not_the_one_that_was_chosen_is_refused(
    shelf: Shelf, cache: Path, tmp_path: Path
) -> None:
    """Whoever has put another under its name."""
    pin = shelf.wheel("apples")
    shelf.wheel("apples", files={"apples/evil.py": "import os\n"})
    with pytest.raises(BuildError, match=r"could not be installed.*(?s:.*)[Hh]ash"):
        install([pin], LINUX, 14, tmp_path / "a", cache=cache)


def test_nothing_is_installed_that_was_not_chosen(shelf: Shelf, cache: Path, tmp_path: Path) -> None:
    """What a package asks for has a pin of its own, or is left out."""
    shelf.wheel("pears")
    install([shelf.wheel("apples", requires=["pears"])], LINUX, 14, tmp_path / "a", cache=cache)
    assert not any(path.startswith("pears") for path in files(tmp_path / "a"))


@pytest.mark.parametrize(
    "outside", ["../evil.py", "/tmp/hipflask-evil.py", "apples-1.0.data/purelib/../../../evil.py"]
)
def test_a_wheel_stays_in_its_folder(shelf: Shelf, cache: Path, tmp_path: Path, outside: str) -> None:
    """Whatever paths it has: it is refused, or that file does not come."""
    pin = shelf.wheel("apples", files={outside: "evil = True\n"})
    with contextlib.suppress(BuildError):
        install([pin], LINUX, 14, tmp_path / "a", cache=cache)
    assert not [
        path
        for path in tmp_path.rglob("evil.py")
        if tmp_path / "a" not in path.parents and shelf.cache not in path.parents
    ]
    assert not Path("/tmp/hipflask-evil.py").exists()


def test_a_link_in_a_wheel_does_not_come(shelf: Shelf, cache: Path, tmp_path: Path) -> None:
    """It could lead anywhere, and Windows has none: it is refused, or a file with its words."""
    pin = shelf.wheel("apples", links={"apples/passwords": "/etc/passwd"})
    try:
        install([pin], LINUX, 14, tmp_path / "a", cache=cache)
    except BuildError as refused:
        assert "link" in str(refused)
    assert not [path for path in (tmp_path / "a").rglob("*") if path.is_symlink()]
    assert b"root:" not in b"".join(path.read_bytes() for path in (tmp_path / "a").rglob("passwords"))


def test_a_link_is_refused_whoever_made_it(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should uv ever make one: it would be followed when the folder is copied, to a file that is not of the package."""

    def attempt(arguments: list[str | Path], **_: object) -> str:
        Path(arguments[arguments.index("--target") + 1], "passwords").symlink_to("/etc/passwd")
        return ""

    monkeypatch.setattr("hipflask.build.packages.uv.attempt", attempt)
    with pytest.raises(BuildError, match="has a link, passwords"):
        install([], LINUX, 14, tmp_path / "a", cache=cache)


def test_offline_nothing_is_asked_of_the_network(shelf: Shelf, cache: Path, tmp_path: Path) -> None:
    """What uv has seen before is there; what it has not is an error that says why."""
    shelf.wheel("apples")
    with shelf.served() as asked:
        with pytest.raises(BuildError, match="network was disabled"):
            resolve(["apples"], LINUX, 14, offline=True)
        assert asked == []
        pins = resolve(["apples"], LINUX, 14)
        install(pins, LINUX, 14, tmp_path / "a", cache=cache)
        asked.clear()
        assert resolve(["apples"], LINUX, 14, offline=True) == pins
        install(pins, LINUX, 14, tmp_path / "b", cache=tmp_path / "other", offline=True)
        assert asked == []


def test_source_that_is_pure_python_is_built(shelf: Shelf, cache: Path, tmp_path: Path) -> None:
    """And fits every system then."""
    install([shelf.source("apples")], WINDOWS, 14, tmp_path / "a", cache=cache)
    assert (tmp_path / "a" / "apples.py").read_text() == "where = 'built'\n"
    assert "Dynamic" not in (tmp_path / "a" / "apples-1.0.dist-info" / "METADATA").read_text()


def test_source_that_is_not_pure_is_refused(shelf: Shelf, cache: Path, tmp_path: Path) -> None:
    """What is built of it runs on this kind of computer only, even where that is the target."""
    tag = f"cp3{sys.version_info[1]}-abi3-linux_x86_64"
    pin = shelf.source("apples", tag=tag)
    with pytest.raises(BuildError, match="apples"):
        install([pin], LINUX, sys.version_info[1], tmp_path / "a", cache=cache)
    if Target.host() == LINUX:
        with pytest.raises(BuildError, match="apples is published as source only, and is not pure Python"):
            install([pin], LINUX, sys.version_info[1], tmp_path / "a", cache=cache)


def test_no_package_brings_files_of_the_framework(shelf: Shelf, cache: Path, tmp_path: Path) -> None:
    """They would be taken for ours."""
    pin = shelf.wheel("apples", files={"hipflask/extra.py": ""})
    with pytest.raises(BuildError, match="only Hipflask's own"):
        install([pin], LINUX, 14, tmp_path / "a", cache=cache)


def test_what_no_program_uses_goes_and_licences_stay(tmp_path: Path) -> None:
    """By the table; and folders that are empty then."""
    gone = [
        "a-1.dist-info/RECORD", "a-1.dist-info/sboms/a.json", "a/types.pyi", "a/_c.pxd", "bin/a", "PyObjCTest/x.py",
        "objc/_objc.so.dSYM/Contents/x", "a/__pycache__/x.pyc", "webview/lib/Core.dll", "numpy/core/tests/test_a.py",
    ]  # fmt: skip
    stays = ["a-1.dist-info/METADATA", "a-1.dist-info/licenses/LICENSE", "a-1.dist-info/entry_points.txt", "a/tests/x.py",
             "a/bin/x.py", "a/_c.so", "numpy/testing/x.py"]  # fmt: skip
    for path in [*gone, *stays]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    prune(tmp_path, MACOS)
    assert files(tmp_path) == set(stays)
    assert not (tmp_path / "PyObjCTest").exists()


def test_windows_keeps_what_its_window_is_made_of(tmp_path: Path) -> None:
    """What goes on one system is all there is on another."""
    (tmp_path / "webview/lib").mkdir(parents=True)
    (tmp_path / "webview/lib/Core.dll").touch()
    prune(tmp_path, WINDOWS)
    assert files(tmp_path) == {"webview/lib/Core.dll"}


def test_every_rule_says_why(tmp_path: Path) -> None:
    """And stands there once."""
    assert all(rule.why for rule in RULES)
    assert len({rule.files for rule in RULES}) == len(RULES)
    assert not any(re.search("licen[cs]e|copying|notice", rule.files, re.IGNORECASE) for rule in RULES)


def test_a_bundle_has_what_the_framework_imports(tmp_path: Path) -> None:
    """Also within functions: nothing that it has names a module of ours that it has not."""
    there = set(files_in_a_bundle(SOURCE))
    lacking = []
    for name in sorted(there):
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse((SOURCE / name).read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.level and node.module:
                home = (SOURCE / name).parents[node.level - 1] / node.module.replace(".", "/")
                found = [path for path in (home.with_suffix(".py"), home / "__init__.py") if path.is_file()]
                if not any(path.relative_to(SOURCE).as_posix() in there for path in found):
                    lacking.append(f"{name} imports {node.module}")
    # A program that is written, not run: reloading, and the people of its tests.
    assert [line for line in lacking if not re.search(r"imports (devtools|testing)\b", line)] == []


def test_a_bundle_has_nothing_that_only_builds(tmp_path: Path) -> None:
    """Neither the tests' tools nor the builder; its command line stays where programs are written."""
    there = files_in_a_bundle(SOURCE)
    assert (
        "boot.py" in there
        and "ui/assets.py" in there
        and any(path.startswith("ui/static/") for path in there)
    )
    unwanted = (
        r"(testing|devtools)/|cli\.py|build/(packages|platforms|publish|launcher|runtime)|.*(\.pyc|\.md)$"
    )
    assert not [path for path in there if re.match(unwanted, path)]


def test_the_framework_runs_from_what_was_installed(cache: Path, tmp_path: Path) -> None:
    """With the real packages, for this very computer, in a Python that sees nothing else."""
    needs_uv()
    program = project(tmp_path, store=False)
    pins = resolve(
        [*requirements_of(program), "tuf>=7", "sqlalchemy>=2.1", "alembic>=1.17"],
        Target.host(),
        sys.version_info[1],
    )
    place = tmp_path / "packages"
    install(pins, Target.host(), sys.version_info[1], place, cache=cache)
    code = (
        f"import sys; sys.path.insert(0, {str(place)!r})\n"
        "import importlib.metadata, hipflask.boot, hipflask.updates, hipflask.app, hipflask.surfaces.desktop\n"
        "from hipflask import Hipflask, Store, ui\n"
        "import flask, httptools, msgspec, sqlalchemy, alembic, tuf.ngclient, websockets.speedups\n"
        "ui.text, Store(Hipflask('packed'))\n"
        "assert importlib.metadata.version('hipflask') and importlib.metadata.version('flask')\n"
        f"strangers = [m for m in list(sys.modules.values()) if 'site-packages' in (getattr(m, '__file__', None) or '')]\n"
        "print(strangers)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert (place / f"hipflask-{hipflask.__version__}.dist-info" / "METADATA").is_file()


def test_what_the_window_needs_on_windows_is_built_of_source(cache: Path, tmp_path: Path) -> None:
    """From the index that uv is configured for: pywebview needs it, and nobody has published a wheel."""
    needs_uv()
    install(resolve(["proxy-tools"], WINDOWS, 14), WINDOWS, 14, tmp_path / "packages", cache=cache)
    assert (tmp_path / "packages" / "proxy_tools" / "__init__.py").is_file()


@pytest.mark.parametrize("target", [WINDOWS, MACOS, LINUX, Target.parse("linux", "arm64")], ids=str)
def test_real_wheels_are_installed_for_another_system(target: Target, cache: Path, tmp_path: Path) -> None:
    """From the index that uv is configured for."""
    needs_uv()
    place = tmp_path / "packages"
    install(resolve(["msgspec", "httptools"], target, 14), target, 14, place, cache=cache)
    compiled = {path for path in files(place) if path.endswith((".so", ".pyd"))}
    mark = {
        "windows-x86_64": ".cp314-win_amd64.pyd",
        "macos-aarch64": ".cpython-314-darwin.so",
        "linux-x86_64": ".cpython-314-x86_64-linux-gnu.so",
        "linux-aarch64": ".cpython-314-aarch64-linux-gnu.so",
    }[target.name]
    assert compiled == {
        f"msgspec/_core{mark}",
        f"httptools/parser/parser{mark}",
        f"httptools/parser/url_parser{mark}",
    }
    assert not any(os.access(place / path, os.X_OK) for path in compiled)
