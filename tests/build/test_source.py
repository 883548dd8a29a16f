"""Which files are part of a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipflask.build.reading.source import files_of_project, files_of_script, refuse_secrets
from hipflask.core.errors import BuildError


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_script_takes_along_what_it_imports_of_what_is_beside_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "stock.py": "import json, prices\nfrom parts.bolts import bolt",
            "prices.py": "import rates",
            "rates.py": "import stock",  # a circle ends
            "parts/__init__.py": "",
            "parts/bolts.py": "",
            "parts/table.csv": "",
            "parts/tests/test_bolts.py": "",
            "unrelated.py": "",
            "static/style.css": "",
            "templates/page.html": "",
        },
    )
    assert files_of_script(tmp_path, "stock") == (
        "parts/__init__.py",
        "parts/bolts.py",
        "parts/table.csv",
        "prices.py",
        "rates.py",
        "static/style.css",
        "stock.py",
        "templates/page.html",
    )


def test_a_project_is_taken_whole_but_for_what_is_not_part_of_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        dict.fromkeys(
            [
                "app.py", "cards/deck.json", "migrations/0001.py",  # the program
                ".env", ".git/config", "tests/test_app.py", "instance/app.sqlite", "app.sqlite", "key.pem", ".venv/x.py",
                "node_modules/x.js", "pyproject.toml", "cards/__pycache__/x.pyc", "drafts/plan.txt",
            ],
            "",
        ),
    )  # fmt: skip
    assert files_of_project(tmp_path, exclude=["drafts/*"]) == (
        "app.py",
        "cards/deck.json",
        "migrations/0001.py",
    )
    assert "tests/test_app.py" in files_of_project(tmp_path, include=["tests/**"])


def test_a_private_key_is_never_given_away(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "", "notes.txt": "-----BEGIN OPENSSH " + "PRIVATE KEY-----\nabc"})
    with pytest.raises(BuildError, match=r"notes\.txt holds a private key"):
        refuse_secrets(tmp_path, ["app.py", "notes.txt"])


def test_code_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "x = 1\ndef ("})
    with pytest.raises(BuildError, match=r"app\.py, line 2 is no Python"):
        files_of_script(tmp_path, "app")


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no module or package 'stock'"):
        files_of_script(tmp_path, "stock")
