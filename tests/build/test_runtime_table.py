"""The table of Pythons, and the script that writes it."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hipflask.build.runtime.table import NEWEST, row
from hipflask.build.targets import ALL, Target
from hipflask.core.errors import BuildError

LINUX = Target.parse("linux")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "runtimes.py"
    spec = importlib.util.spec_from_file_location("runtimes", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def download(target: Target, patch: int, **changed: Any) -> dict[str, Any]:
    """A row of uv's list."""
    system = {"macos": "darwin"}.get(target.system, target.system)
    return {
        "name": "cpython",
        "arch": {"family": target.machine, "variant": None},
        "os": system,
        "libc": "gnu" if target.system == "linux" else "none",
        "major": 3,
        "minor": 14,
        "patch": patch,
        "prerelease": "",
        "url": f"https://example.org/3.14.{patch}-{target}-install_only_stripped.tar.gz",
        "sha256": f"{patch:064}",
        "variant": None,
        "build": "20260814",
        **changed,
    }


@pytest.mark.parametrize("target", ALL, ids=str)
@pytest.mark.parametrize("python", ["3.13", "3.14"])
def test_every_target_has_a_finished_stripped_python_of_either_version(target: Target, python: str) -> None:
    found = row(target, python)
    assert re.fullmatch(rf"{re.escape(python)}\.\d+", found.version)
    assert re.fullmatch(r"[0-9a-f]{64}", found.sha256)
    assert found.url.startswith("https://")
    triple = {"windows": "pc-windows-msvc", "macos": "apple-darwin", "linux": "unknown-linux-gnu"}[
        target.system
    ]
    end = f"/cpython-{found.version}%2B\\d+-{target.machine}-{triple}-install_only_stripped.tar.gz"
    assert re.search(f"{end}$", found.url)


def test_the_newest_is_taken_where_none_is_asked_for() -> None:
    assert row(LINUX) == row(LINUX, NEWEST) == row(LINUX, row(LINUX).version)


@pytest.mark.parametrize("python", ["3.12", "3.14.0", "3", "latest", "4.1"])
def test_a_version_that_is_not_there_is_told_with_those_that_are(python: str) -> None:
    with pytest.raises(
        BuildError, match=rf"no Python {re.escape(python)} for linux-x86_64.*3\.14 \(3\.14\.\d+\)"
    ):
        row(LINUX, python)


def test_the_script_takes_the_latest_plain_release(script: ModuleType) -> None:
    """None for newer processors, none without the lock, none for musl, none unfinished, none of another form."""
    plain = download(LINUX, 7)
    others = [
        download(LINUX, 6),
        download(LINUX, 9, arch={"family": "x86_64", "variant": "v3"}),
        download(LINUX, 9, arch={"family": "aarch64", "variant": None}),
        download(LINUX, 9, variant="freethreaded"),
        download(LINUX, 9, libc="musl"),
        download(LINUX, 9, prerelease="rc1"),
        download(LINUX, 9, name="pypy"),
        download(LINUX, 9, sha256=None),
        download(LINUX, 9, minor=13),
        download(LINUX, 9, url="https://example.org/3.14.9-debug-full.tar.zst"),
        download(LINUX, 7, build="20260101", url="https://example.org/old-install_only_stripped.tar.gz"),
    ]
    wanted = {"version": "3.14.7", "url": plain["url"], "sha256": plain["sha256"]}
    assert script.newest([*others, plain], LINUX, 14) == script.newest([plain, *others], LINUX, 14) == wanted
    with pytest.raises(SystemExit, match=r"no Python 3\.14"):
        script.newest(others[1:-1], LINUX, 14)


def test_the_script_writes_the_same_whatever_the_order_of_the_list(script: ModuleType) -> None:
    every = [download(target, 7, minor=minor) for target in ALL for minor in (13, 14)]
    text = script.table({str(number): each for number, each in enumerate(every)})
    assert text == script.table({str(number): each for number, each in enumerate(reversed(every))})
    assert list(json.loads(text)) == [target.name for target in ALL]


def test_the_table_that_is_there_is_in_the_form_that_the_script_writes(script: ModuleType) -> None:
    text = script.TABLE.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2) + "\n"
