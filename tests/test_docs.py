"""The documentation's code runs, its tests pass, and what is generated is up to date."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from hipflask import Hipflask
from hipflask.testing import User

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = [
    pytest.param(code, id=f"{page.relative_to(ROOT)}:{number}")
    for page in PAGES
    if page.parent.name != "reference"
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(), re.S), 1)
]


@pytest.mark.parametrize("code", BLOCKS)
def test_the_code_in_the_documentation_runs(
    code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each block is a program: its windows open, and its tests pass."""
    monkeypatch.setenv("HIPFLASK_STORE", str(tmp_path / "documented.sqlite"))
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")  # app.run() returns, as it does under `hipflask --app`
    module = ModuleType("documented")
    monkeypatch.setitem(sys.modules, "documented", module)
    exec(compile(code, "documented.py", "exec"), module.__dict__)
    for test in [thing for name, thing in vars(module).items() if name.startswith("test_")]:
        test()
    app = getattr(module, "app", None)
    for _, door in app.actions.doors("window") if isinstance(app, Hipflask) else ():
        if "<" not in door.name:
            with User(app).open(door.name) as user:
                assert user.seen()
    if hasattr(module, "db"):
        module.db.close()


def test_the_reference_is_up_to_date() -> None:
    """What scripts/reference.py would write is what is there."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that exists."""
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"
