"""What must hold for every file: it would work on anybody's machine, and builds the same tomorrow."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MADE = {  # by the commands, not by us: what .gitignore names
    "node_modules", "static", "__pycache__", "screenshots", "dist", "instance",
}  # fmt: skip
FOLDERS = ("src", "tests", "client", "examples", "benchmarks", "docs", "scripts", ".ci", ".github")
# Written with brackets, so that this file does not find itself.
ELSEWHERE = re.compile(
    r"registry[.]npmjs|(?<![-\w.])pypi[.]org|files[.]pythonhosted|deb[.]debian|"  # where packages come from is the machine's choice
    r"(?<![\w./:<>-])/(?:home|root|Users|work|mnt)/[\w.]|\b[A-Z]:[\\]Users[\\]"  # somebody's own folders
)


def files() -> list[Path]:
    """Every text file of the project."""
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    found = [*inside, *(path for path in ROOT.iterdir() if path.is_file())]
    return [path for path in found if not MADE & set(path.relative_to(ROOT).parts) and is_text(path)]


def is_text(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:1024]


def test_no_file_knows_a_machine() -> None:
    """No registry's address, no folder of one person's computer."""
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ELSEWHERE.search(line)
    ]
    assert lines == []


@pytest.mark.parametrize(
    "line",
    ["see https://pypi" + ".org/x", "cd /wo" + "rk/main", 'open("/ho' + 'me/lou/x")', "C:" + "\\Users\\lou"],
)
def test_a_machine_would_be_noticed(line: str) -> None:
    """The check above is not blind."""
    assert ELSEWHERE.search(line)


def test_the_client_is_built_from_exact_versions() -> None:
    """package.json names one version of each package, and the lock has the same one."""
    package = json.loads((ROOT / "client" / "package.json").read_text())
    locked = json.loads((ROOT / "client" / "package-lock.json").read_text())["packages"]
    wanted = package.get("dependencies", {}) | package.get("devDependencies", {})
    assert wanted
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version} is not one exact version"
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"]


def test_the_lock_says_nothing_of_where_packages_come_from() -> None:
    """The registry is whatever npm is configured to use."""
    assert '"resolved"' not in (ROOT / "client" / "package-lock.json").read_text()
